import tomllib
from dataclasses import FrozenInstanceError
from importlib.resources import files

import pytest

from domain import data
from domain.regions import find_region

WEEKDAYS = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]


def test_every_table_has_the_rows_that_its_provenance_states() -> None:
    stated = files("domain.data").joinpath("PROVENANCE.md").read_text(encoding="utf-8")
    for path in (
        "regions/provinces.csv",
        "regions/regencies.csv",
        "regions/retired_codes.csv",
        "regions/aliases.csv",
        "missions.csv",
        "debarkation_points.csv",
        "shelters.csv",
        "holidays_overrides.csv",
    ):
        assert f"| `{path}` | {len(data.table(path))} |" in stated


def test_region_tables_keep_their_licence_and_notice_beside_them() -> None:
    folder = files("domain.data")
    assert "Open Database License" in folder.joinpath("regions", "LICENSE-ODbL-1.0.md").read_text(encoding="utf-8")
    notice = "Contains information from idn-area-data, which is made available under the Open Database License"
    assert notice in folder.joinpath("PROVENANCE.md").read_text(encoding="utf-8")


def test_every_place_of_a_seed_exists() -> None:
    for shelter in data.shelters().values():
        assert find_region(shelter.regency_code), shelter.code
    for point in data.debarkations().values():
        region = find_region(point.regency_code)
        assert region is not None, point.code
        assert region.zone_iana == point.zone_iana, point.code
    for row in data.table("regions/aliases.csv"):
        assert find_region(row["code"]), row["alias"]


def test_the_holidays_of_2026_are_the_seventeen_and_eight_of_the_decree() -> None:
    rows = [row for row in data.holidays().rows.values() if row.day.year == 2026]
    assert sum(row.kind == "libur_nasional" for row in rows) == 17
    assert sum(row.kind == "cuti_bersama" for row in rows) == 8
    assert data.holidays().years == {2026, 2027}
    assert data.holidays().ramadan == ()


def test_the_weekday_written_beside_a_holiday_is_the_right_one() -> None:
    days = {row["date"]: row["weekday"] for row in data.table("holidays_overrides.csv")}
    for holiday in data.holidays().rows.values():
        assert days[holiday.day.isoformat()] == WEEKDAYS[holiday.day.weekday()]


def test_the_procedure_file_is_shipped_whole_and_under_its_own_version() -> None:
    assert list(data.procedure_texts()) == [("pemulangan", "2026.1")]
    procedure = tomllib.loads(data.procedure_texts()["pemulangan", "2026.1"])
    assert len(procedure["task"]) == 47


def test_loaded_tables_cannot_be_changed_by_whoever_reads_them() -> None:
    assert data.provinces() is data.provinces()
    with pytest.raises(TypeError):
        data.provinces()["53"] = data.provinces()["52"]  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        data.provinces()["53"].name = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        data.table("shelters.csv")[0]["code"] = "x"  # type: ignore[index]
