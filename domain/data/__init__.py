"""The tables shipped with Pulang: regions, missions, shelters, holidays, agencies, procedures (see PROVENANCE.md).

Each file is read once, when it is first asked for; what comes back is frozen. Region tables stay under the Open
Database License; nothing of other origin is merged into them.
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from domain.calendar import HolidayRow, Holidays


@dataclass(frozen=True, slots=True)
class Province:
    """code: two digits of the Ministry of Home Affairs. abbr: our short form (NTT). zone_iana: its zone."""

    code: str
    name: str
    short_name: str
    abbr: str
    zone_iana: str
    capital: str


@dataclass(frozen=True, slots=True)
class Regency:
    """code: four digits. kind: "kabupaten" or "kota". is_administrative: one of the six parts of Jakarta."""

    code: str
    name: str
    short_name: str
    kind: str
    province_code: str
    is_administrative: bool


@dataclass(frozen=True, slots=True)
class Shelter:
    """A Sentra, Sentra Terpadu or RPTC of the ministry. regency_code: where it lies."""

    code: str
    kind: str
    name: str
    city: str
    regency_code: str


@dataclass(frozen=True, slots=True)
class Mission:
    """A mission abroad: KBRI, KJRI, KRI or KDEI."""

    code: str
    kind: str
    name: str
    city: str
    country_alpha2: str
    zone_iana: str


@dataclass(frozen=True, slots=True)
class Debarkation:
    """A point of entry. kind: airport, seaport or border_post."""

    code: str
    name: str
    kind: str
    regency_code: str
    zone_iana: str
    scope: str


def _text(path: str) -> str:
    return files("domain.data").joinpath(*path.split("/")).read_text(encoding="utf-8")


@cache
def table(path: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a CSV file beside this module, each a read-only mapping from column to text."""
    return tuple(MappingProxyType(row) for row in csv.DictReader(_text(path).splitlines()))


@cache
def provinces() -> Mapping[str, Province]:
    """The 38 provinces by code."""
    return MappingProxyType(
        {
            row["code"]: Province(
                row["code"], row["name"], row["short_name"], row["abbr"], row["tz_iana"], row["capital"]
            )
            for row in table("regions/provinces.csv")
        }
    )


@cache
def regencies() -> Mapping[str, Regency]:
    """The 514 regencies and cities by code."""
    return MappingProxyType(
        {
            row["code"]: Regency(
                code=row["code"],
                name=row["name"],
                short_name=row["short_name"],
                kind=row["kind"],
                province_code=row["province_code"],
                is_administrative=row["administrative"] == "yes",
            )
            for row in table("regions/regencies.csv")
        }
    )


@cache
def retired_codes() -> Mapping[str, str]:
    """Old regency code to its present one (splits of 2012 and 2022)."""
    return MappingProxyType({row["old_code"]: row["new_code"] for row in table("regions/retired_codes.csv")})


@cache
def shelters() -> Mapping[str, Shelter]:
    """Shelters by code, as the seed names them."""
    return MappingProxyType(
        {
            row["code"]: Shelter(row["code"], row["kind"], row["name"], row["city"], row["regency_code"])
            for row in table("shelters.csv")
        }
    )


@cache
def missions() -> Mapping[str, Mission]:
    """Missions abroad by code, as the seed names them."""
    return MappingProxyType(
        {
            row["code"]: Mission(
                row["code"], row["kind"], row["name"], row["city"], row["country_alpha2"], row["tz_iana"]
            )
            for row in table("missions.csv")
        }
    )


@cache
def debarkations() -> Mapping[str, Debarkation]:
    """Points of arrival by code, each with its zone."""
    return MappingProxyType(
        {
            row["code"]: Debarkation(
                row["code"], row["name"], row["kind"], row["regency_code"], row["tz_iana"], row["scope"]
            )
            for row in table("debarkation_points.csv")
        }
    )


@cache
def holidays() -> Holidays:
    """The shipped calendar (2026 and 2027); an administrator's rows are laid over it with `Holidays.changed`."""
    return Holidays.of(
        HolidayRow(
            day=date.fromisoformat(row["date"]),
            op=row["op"],
            kind=row["kind"],
            scope=row["scope"],
            name_id=row["name_id"],
            name_en=row["name_en"],
            status=row["status"],
        )
        for row in table("holidays_overrides.csv")
    )


@cache
def agencies_seed() -> Mapping[str, Any]:
    """The seed of the agency register as parsed TOML; `domain.agencies.expand_seed` makes the agencies."""
    return MappingProxyType(tomllib.loads(_text("agencies_seed.toml")))


@cache
def procedure_texts() -> Mapping[tuple[str, str], str]:
    """The shipped procedure files: (code, version) to the file's text, unchanged."""
    texts: dict[tuple[str, str], str] = {}
    for entry in files("domain.data").joinpath("procedures").iterdir():
        if entry.name.endswith(".toml"):
            text = entry.read_text(encoding="utf-8")
            head = tomllib.loads(text)["procedure"]
            texts[head["code"], head["version"]] = text
    return MappingProxyType(texts)
