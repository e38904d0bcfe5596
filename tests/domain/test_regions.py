from datetime import datetime

import pytest

from domain import data
from domain.errors import Invalid
from domain.regions import all_regions, find_region, get_region, province_of, zone_name
from tests.domain.moments import at

WINTER, SUMMER = at("2026-01-15 12:00"), at("2026-07-15 12:00")


def test_every_province_and_regency_is_found_by_its_code() -> None:
    assert len(all_regions()) == 38 + 514
    lembata = get_region("5313")
    assert (lembata.name, lembata.short_name, lembata.kind) == ("Kabupaten Lembata", "Lembata", "kabupaten")
    assert (lembata.province_code, lembata.zone_iana) == ("53", "Asia/Makassar")
    assert get_region("53").is_province
    assert not lembata.is_province


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("11", "WIB"),
        ("3175", "WIB"),
        ("6171", "WIB"),
        ("6372", "WITA"),
        ("5313", "WITA"),
        ("81", "WIT"),
        ("9301", "WIT"),
    ],
)
def test_every_region_keeps_the_time_of_its_province(code: str, name: str) -> None:
    assert zone_name(get_region(code).zone_iana, WINTER) == name


def test_every_regency_lies_in_the_province_its_code_begins_with() -> None:
    for region in all_regions().values():
        province = province_of(region.code)
        assert province is not None
        assert province.code == region.province_code
        assert province.zone_iana == region.zone_iana


@pytest.mark.parametrize("code", ["", "5", "99", "5399", "53.13", "531", "53130", " 5313", "Lembata"])
def test_an_unknown_region_is_refused_with_the_name_of_its_field(code: str) -> None:
    assert find_region(code) is None
    with pytest.raises(Invalid) as refused:
        get_region(code, field="destination")
    assert refused.value.code == "REGION_UNKNOWN"
    assert refused.value.facts == {"field": "destination", "successor": None}


def test_a_retired_code_is_refused_with_its_successor() -> None:
    for old, new in data.retired_codes().items():
        with pytest.raises(Invalid) as refused:
            get_region(old)
        assert refused.value.facts["successor"] == new
        assert find_region(new) is not None


@pytest.mark.parametrize(
    ("iana", "moment", "name"),
    [
        ("Asia/Pontianak", WINTER, "WIB"),
        ("Asia/Kuala_Lumpur", WINTER, "UTC+8"),
        ("Asia/Yangon", WINTER, "UTC+6.30"),
        ("Asia/Beirut", WINTER, "UTC+2"),
        ("Asia/Beirut", SUMMER, "UTC+3"),
        ("America/St_Johns", WINTER, "UTC-3.30"),
        ("UTC", WINTER, "UTC+0"),
    ],
)
def test_times_abroad_say_their_distance_from_utc(iana: str, moment: datetime, name: str) -> None:
    assert zone_name(iana, moment) == name
