import tomllib
from collections import Counter
from dataclasses import replace

import pytest

from domain import data
from domain.agencies import Agency, Place, Register, expand_seed
from domain.calendar import PROFILES
from domain.errors import NotFound
from domain.regions import find_region
from domain.rulebook import default_rulebook
from tests.domain.moments import at


@pytest.fixture(scope="module")
def register() -> Register:
    return Register(expand_seed())


def code(agency: Agency | None) -> str | None:
    return agency and agency.code


def test_the_seed_makes_every_office_that_its_rules_name(register: Register) -> None:
    kinds = Counter(agency.kind for agency in register)
    assert len(register) == 791
    assert kinds["DINSOS_PROVINSI"] == 38
    assert kinds["DINSOS_KABKOTA"] == 508
    assert kinds["SUDINSOS"] == 6
    assert kinds["PERWAKILAN_RI"] == 38
    assert kinds["UPT_KEMENSOS"] == 33
    assert kinds["UPTD_PPA"] == 38


def test_every_office_can_be_reached_and_has_a_calendar_and_a_superior_that_exist(register: Register) -> None:
    for agency in register:
        assert agency.mailbox.endswith("@example.invalid")
        assert agency.mailbox == agency.mailbox.lower()
        assert "," not in agency.mailbox
        assert "{" not in agency.code + agency.name + agency.short_name + agency.mailbox + (agency.superior or "")
        assert "555" in agency.phone
        assert agency.calendar in PROFILES
        assert agency.superior is None or register.find(agency.superior) is not None
        assert agency.superior != agency.code
        assert agency.region is None or find_region(agency.region) is not None
        assert not agency.confirmed
        assert agency.desk_language == "id"
    mailboxes = [agency.mailbox for agency in register]
    assert len(set(mailboxes)) == len(mailboxes)


def test_the_line_of_coordination_always_ends(register: Register) -> None:
    for agency in register:
        seen, current = {agency.code}, agency
        while current.superior is not None:
            current = register.get(current.superior)
            assert current.code not in seen
            seen.add(current.code)


@pytest.mark.parametrize(
    ("office", "short"),
    [
        ("DINSOS-53", "Dinsos Prov. NTT"),
        ("DINSOS-32", "Dinsos Prov. Jawa Barat"),
        ("DINSOS-11", "Dinsos Aceh"),
        ("DINSOS-5313", "Dinsos Kab. Lembata"),
        ("DINSOS-5371", "Dinsos Kota Kupang"),
        ("DINSOS-3175", "Sudinsos Jakarta Timur"),
        ("BP3MI-53", "BP3MI NTT"),
        ("UPTDPPA-53", "UPTD PPA NTT"),
        ("POLDA-21", "Polda Kep. Riau"),
        ("RPTC-TPI", "RPTC Tanjungpinang"),
        ("FASKES-RPTC-TPI", "Faskes RPTC Tanjungpinang"),
        ("KEMENDAGRI-DUKCAPIL", "Ditjen Dukcapil"),
        ("KBRI-RGN", "KBRI Yangon"),
        ("PALANG-MERAH", "Palang Merah Indonesia"),
    ],
)
def test_offices_have_the_short_names_people_use(register: Register, office: str, short: str) -> None:
    assert register.get(office).short_name == short


def test_zone_calendar_and_region_follow_the_seat(register: Register) -> None:
    def seat(office: str) -> tuple[str, str, str | None, str | None]:
        agency = register.get(office)
        return agency.zone, agency.calendar, agency.region, agency.superior

    assert seat("DINSOS-5313") == ("Asia/Makassar", "ASN", "5313", "DINSOS-53")
    assert seat("S-WASANABAHAGIA") == ("Asia/Jayapura", "LAYANAN_24", "8271", "KEMENSOS-RSKBK")
    assert seat("FASKES-S-EFATA") == ("Asia/Makassar", "LAYANAN_24", "5301", "KEMENKES")
    assert seat("KBRI-RUH") == ("Asia/Riyadh", "PERWAKILAN", None, "KEMLU-PWNI")
    assert seat("POLDA-91") == ("Asia/Jayapura", "LAYANAN_24", "91", "POLRI-PPAPPO")
    assert seat("KEMENSOS") == ("Asia/Jakarta", "ASN", None, None)


def test_the_register_answers_the_same_whatever_the_order_of_loading(register: Register) -> None:
    backwards = Register(reversed(expand_seed()))
    for function in sorted({function for agency in register for function in agency.functions}):
        for region in (None, "53", "5313", "3175", "91"):
            assert code(register.nearest(function, region)) == code(backwards.nearest(function, region))
        assert register.with_function(function) == backwards.with_function(function)


def test_an_unknown_office_is_not_found(register: Register) -> None:
    assert register.find("DINSOS-99") is None
    with pytest.raises(NotFound, match="NO_SUCH_AGENCY"):
        register.get("DINSOS-99")


@pytest.mark.parametrize(
    ("function", "region", "office"),
    [
        ("dinsos_kabkota", "5313", "DINSOS-5313"),
        ("dinsos_prov", "5313", "DINSOS-53"),
        ("bp3mi", "5313", "BP3MI-53"),
        ("bp3mi", "8271", "KP2MI"),  # no unit in Maluku Utara
        ("uptd_ppa", "2172", "UPTDPPA-21"),
        ("polri", "2172", "POLDA-21"),
        ("polri", None, "POLRI-PPAPPO"),
        ("dukcapil", "5313", "KEMENDAGRI-DUKCAPIL"),
        ("bpjs", None, "BPJS-KES"),
        ("desa", "5313", None),
        ("dinsos_kabkota", "53", None),
    ],
)
def test_the_nearest_office_is_the_regencys_then_the_provinces_then_the_nations(
    register: Register, function: str, region: str | None, office: str | None
) -> None:
    assert code(register.nearest(function, region)) == office


HERE = Place(shelter="RPTC-TPI", destination="5313", debarkation="DB-NNX", mission="KJRI-JHB")


@pytest.mark.parametrize(
    ("function", "near", "place", "office"),
    [
        ("kemensos_sentra", "shelter", HERE, "RPTC-TPI"),
        ("faskes", "shelter", HERE, "FASKES-RPTC-TPI"),
        ("polri", "shelter", HERE, "POLDA-21"),
        ("uptd_ppa", "shelter", HERE, "UPTDPPA-21"),
        ("dinsos_kabkota", "destination", HERE, "DINSOS-5313"),
        ("dinsos_prov", "destination", HERE, "DINSOS-53"),
        ("dinsos_kabkota", "destination", replace(HERE, destination="53"), None),
        ("dinsos_kabkota", "destination", replace(HERE, destination=None), None),
        ("disnaker", "destination", replace(HERE, destination=None), "KEMNAKER"),
        ("bp3mi", "debarkation", HERE, "BP3MI-65"),
        ("bp3mi", "debarkation", replace(HERE, debarkation=None), "BP3MI-21"),
        ("imigrasi", "debarkation", HERE, "KEMENIMIPAS-IMIGRASI"),
        ("perwakilan_ri", "mission", HERE, "KJRI-JHB"),
        ("perwakilan_ri", "mission", replace(HERE, mission=None), None),
        ("kemensos_dit", "nation", HERE, "KEMENSOS-RSKBK"),
        ("polri", "nation", HERE, "POLRI-PPAPPO"),
        ("lks", "named", HERE, None),
        ("lks", "named", replace(HERE, named={"lks": "PALANG-MERAH"}), "PALANG-MERAH"),
        ("faskes", "shelter", replace(HERE, named={"faskes": "KEMENKES"}), "KEMENKES"),
        ("kemensos_sentra", "shelter", Place(), None),
        ("faskes", "shelter", Place(), "KEMENKES"),
    ],
)
def test_an_office_is_looked_for_where_the_procedure_says(
    register: Register, function: str, near: str, place: Place, office: str | None
) -> None:
    assert code(register.office_for(function, near, place)) == office


def test_every_function_of_the_procedure_that_is_not_named_by_hand_finds_an_office(register: Register) -> None:
    text = data.procedure_texts()["pemulangan", "2026.1"]
    for kind in tomllib.loads(text)["agency_kind"]:
        if kind["near"] != "named":
            assert register.office_for(kind["code"], kind["near"], HERE), kind["code"]


def test_working_time_of_an_office_is_its_own(register: Register) -> None:
    lembata = default_rulebook().working(register.get("DINSOS-5313"))
    assert lembata.is_open(at("2026-11-09 06:45"))  # 07.45 WITA
    assert not lembata.is_open(at("2026-11-09 15:00"))
    assert default_rulebook().working(register.get("RPTC-TPI")).is_continuous
