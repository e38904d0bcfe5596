"""The register of agencies, how the seed grows into it, and which office is asked for a place (PROCESS 1.1).

`kind` says what an agency is; `functions` say which roles of the procedure it can fill. Everything seeded is a
demonstration default that an administrator must confirm.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from domain import data
from domain.calendar import PROFILES
from domain.errors import Invalid, NotFound
from domain.regions import WIB, Region, find_region

MINISTRY = "KEMENSOS"


@dataclass(frozen=True, slots=True)
class Agency:
    """One office. zone: IANA. calendar: a profile of `domain.calendar`.

    region: its seat, None for the nation and missions.
    superior: who is asked when it stays silent; a line of coordination, not of command.
    """

    code: str
    kind: str
    name: str
    short_name: str
    functions: frozenset[str]
    zone: str
    calendar: str
    region: str | None
    superior: str | None
    mailbox: str
    phone: str
    confirmed: bool
    desk_language: str = "id"


@dataclass(frozen=True, slots=True)
class Place:
    """What an office is looked for by: shelter, destination region, debarkation point, mission, and offices named.

    named: function to agency code, as a coordinator entered it; it always wins.
    """

    shelter: str | None = None
    destination: str | None = None
    debarkation: str | None = None
    mission: str | None = None
    named: Mapping[str, str] = field(default_factory=dict)


class Register:
    """All agencies by code; look-ups give the same office for the same register whatever the order of loading."""

    def __init__(self, agencies: Iterable[Agency]) -> None:
        self._by_code = {agency.code: agency for agency in sorted(agencies, key=lambda agency: agency.code)}
        seats: dict[tuple[str, str | None], list[Agency]] = {}
        for agency in self._by_code.values():
            for function in agency.functions:
                seats.setdefault((function, agency.region), []).append(agency)
        self._by_seat = seats

    def __iter__(self) -> Iterator[Agency]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def find(self, code: str) -> Agency | None:
        """The office of a code, or None."""
        return self._by_code.get(code)

    def get(self, code: str) -> Agency:
        """Raises NotFound("NO_SUCH_AGENCY")."""
        agency = self.find(code)
        if agency is None:
            raise NotFound("NO_SUCH_AGENCY")
        return agency

    def with_function(self, function: str) -> tuple[Agency, ...]:
        """Every agency that can fill *function*, by code."""
        return tuple(agency for agency in self if function in agency.functions)

    def nearest(self, function: str, region: str | None) -> Agency | None:
        """The office with *function* nearest to *region*: the regency's, else its province's, else the nation's.

        region: two or four digits, None asks for the nation's. Several in one place: the first
        by code. None when nobody fills the function there.
        """
        steps = (region, region[:2], None) if region else (None,)
        for step in steps:
            seated = self._by_seat.get((function, step))
            if seated:
                return seated[0]
        return None

    def office_for(self, function: str, near: str, place: Place) -> Agency | None:
        """The office that is asked for *function*, looked for as `near` of the procedure says; None = not known yet."""
        named = place.named.get(function)
        if named is not None:
            return self.find(named)
        if near == "shelter":
            return self._at_shelter(function, place)
        if near == "destination":
            if place.destination is None and function.startswith("dinsos_"):
                return None
            return self.nearest(function, place.destination)
        if near == "debarkation":
            return self.nearest(function, self._entry_region(place))
        if near == "mission":
            return self.find(place.mission) if place.mission else None
        return self.nearest(function, None) if near == "nation" else None

    def _at_shelter(self, function: str, place: Place) -> Agency | None:
        if function == "kemensos_sentra":
            return self.find(place.shelter) if place.shelter else None
        partner = self.find(f"FASKES-{place.shelter}") if function == "faskes" else None
        return partner or self.nearest(function, self._shelter_region(place))

    def _shelter_region(self, place: Place) -> str | None:
        shelter = self.find(place.shelter) if place.shelter else None
        return shelter.region if shelter else None

    def _entry_region(self, place: Place) -> str | None:
        point = data.debarkations().get(place.debarkation) if place.debarkation else None
        return point.regency_code if point else self._shelter_region(place)


# --- the seed -------------------------------------------------------------------------------------------------------

# Abbreviations that offices use themselves; every other agency keeps its full name.
_WELL_KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "KEMENSOS": "Kemensos",
        "KEMENSOS-REHSOS": "Ditjen Rehsos Kemensos",
        "KEMENSOS-RSKBK": "Dit. RSKBK Kemensos",
        "KEMENSOS-LINJAMSOS": "Ditjen Linjamsos Kemensos",
        "KEMENSOS-DAYASOS": "Ditjen Dayasos Kemensos",
        "KEMENSOS-PUSDATIN": "Pusdatin Kesos",
        "KEMLU": "Kemlu",
        "KEMLU-PWNI": "Dit. Pelindungan WNI",
        "KP2MI": "KP2MI",
        "KEMNAKER": "Kemnaker",
        "KEMENDAGRI": "Kemendagri",
        "KEMENDAGRI-DUKCAPIL": "Ditjen Dukcapil",
        "KEMENIMIPAS": "Kemenimipas",
        "KEMENIMIPAS-IMIGRASI": "Ditjen Imigrasi",
        "KEMENKES": "Kemenkes",
        "KEMENPPPA": "KemenPPPA",
        "KEMENHUB": "Kemenhub",
        "KEMENAG": "Kemenag",
        "KEMENDIKDASMEN": "Kemendikdasmen",
        "KEMENKO-PMK": "Kemenko PMK",
        "KEMENKO-POLKAM": "Kemenko Polkam",
        "POLRI": "Polri",
        "POLRI-PPAPPO": "Dit. PPA-PPO Bareskrim",
        "LPSK": "LPSK",
        "BNPP": "BNPP",
        "KPAI": "KPAI",
        "KOMNAS-PEREMPUAN": "Komnas Perempuan",
        "BAZNAS": "BAZNAS",
        "PELNI": "PELNI",
        "DAMRI": "DAMRI",
        "IOM": "IOM",
        "KEJAKSAAN": "Kejaksaan RI",
    }
)

# Area codes of the provincial capitals; the seven digits after them begin with 555 and are demonstration only.
# fmt: off
_AREA: Mapping[str, str] = MappingProxyType(
    {
        "11": "0651", "12": "061", "13": "0751", "14": "0761", "15": "0741", "16": "0711",
        "17": "0736", "18": "0721", "19": "0717", "21": "0771", "31": "021", "32": "022",
        "33": "024", "34": "0274", "35": "031", "36": "0254", "51": "0361", "52": "0370",
        "53": "0380", "61": "0561", "62": "0536", "63": "0511", "64": "0541", "65": "0552",
        "71": "0431", "72": "0451", "73": "0411", "74": "0401", "75": "0435", "76": "0426",
        "81": "0911", "82": "0921", "91": "0967", "92": "0986", "93": "0971", "94": "0984",
        "95": "0969", "96": "0951",
    }
)
# fmt: on


@cache
def expand_seed() -> tuple[Agency, ...]:
    """Every agency that the seed's tables and rules make, by code.

    Raises Invalid("REGISTER_BAD") when a rule makes another number of rows than it expects, or a code, calendar or
    superior does not fit.
    """
    seed = data.agencies_seed()
    kinds = {kind["code"]: kind for kind in seed["kind"]}
    agencies = [_agency(entry, kinds, None, {}) for entry in seed["agency"]]
    for rule in seed["rule"]:
        rows = _rows_of(rule)
        if len(rows) != rule["expected_rows"]:
            raise Invalid("REGISTER_BAD", field="expected_rows", rule=rule["id"], rows=len(rows))
        agencies += [_agency(rule, kinds, _seat_of(rule, row), row) for row in rows]
    by_code = {agency.code: agency for agency in agencies}
    for agency in agencies:
        if agency.calendar not in PROFILES or (agency.superior and agency.superior not in by_code):
            raise Invalid("REGISTER_BAD", field="superior", agency=agency.code)
    if len(by_code) != len(agencies):
        raise Invalid("REGISTER_BAD", field="code")
    return tuple(by_code[code] for code in sorted(by_code))


def _rows_of(rule: Mapping[str, Any]) -> list[Mapping[str, str]]:
    where: Mapping[str, str] = rule.get("where", {})
    codes = rule.get("where_code_in")
    return [
        row
        for row in data.table(rule["source"])
        if all(row[column] == value for column, value in where.items()) and (codes is None or row["code"] in codes)
    ]


def _seat_of(rule: Mapping[str, Any], row: Mapping[str, str]) -> Region | None:
    """The region an agency of *rule* sits in: the row's own, its shelter's regency, or none for a mission."""
    code = row.get("regency_code", "" if rule["source"] == "missions.csv" else row["code"])
    return find_region(code)


def _agency(
    entry: Mapping[str, Any], kinds: Mapping[str, Mapping[str, Any]], seat: Region | None, row: Mapping[str, str]
) -> Agency:
    code = str(entry["code"]).format_map(row)
    kind = str(entry["kind"])
    name = entry.get("except", {}).get(row.get("code", ""), str(entry["name"]).format_map(row))
    return Agency(
        code=code,
        kind=kind,
        name=name,
        short_name=_short_name(code, kind, name, seat),
        functions=frozenset(entry.get("functions", ())),
        zone=seat.zone_iana if seat else row.get("tz_iana", WIB),
        calendar=entry.get("calendar", kinds[kind].get("calendar", "ASN")),
        region=seat.code if seat else None,
        superior=str(entry["escalates_to"]).format_map(row) or None,
        mailbox=str(entry["demo_email"]).format_map(row).lower(),
        phone=_phone(code, seat),
        confirmed=bool(entry["confirmed"]),
    )


def _short_name(code: str, kind: str, name: str, seat: Region | None) -> str:
    if seat is None or kind == "UPT_KEMENSOS":
        return _WELL_KNOWN.get(code, name)
    where = _short_region(seat)
    if kind == "DINSOS_PROVINSI":
        special = name.removeprefix("Dinas Sosial ")
        return f"Dinsos Prov. {where}" if special.startswith("Provinsi ") else f"Dinsos {where}"
    if kind == "DINSOS_KABKOTA":
        return f"Dinsos {'Kota' if seat.kind == 'kota' else 'Kab.'} {where}"
    if code.startswith("FASKES-"):
        return f"Faskes {data.shelters()[code.removeprefix('FASKES-')].name}"
    prefix = {"SUDINSOS": "Sudinsos", "UPTD_PPA": "UPTD PPA", "UPT_PUSAT_DI_DAERAH": "BP3MI", "LEMBAGA": "Polda"}
    return f"{prefix[kind]} {where}"


def _short_region(region: Region) -> str:
    if region.is_province and region.code in ("52", "53"):  # NTB and NTT: nobody says the long form
        return data.provinces()[region.code].abbr
    return region.short_name.replace("Kepulauan ", "Kep. ")


def _phone(code: str, seat: Region | None) -> str:
    """A made-up number, the same for the same code: the area of the province's capital, then 555."""
    area = _AREA[seat.province_code] if seat else "021"
    number = int.from_bytes(hashlib.sha256(code.encode()).digest()[:4], "big") % 10_000
    return f"({area}) 555-{number:04d}"
