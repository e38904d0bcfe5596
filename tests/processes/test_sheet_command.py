"""`pulang sheet check`: the judgement of a sheet in words, without anybody's data."""

import re
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pulang.__main__ import app

DEMO = files("domain.data").joinpath("demo")


def check(file: str | Path, *options: str, arrival: str = "2026-12-14") -> Result:
    return CliRunner().invoke(app, ["sheet", "check", str(file), "--arrival", arrival, *options])


def check_demo(name: str, *options: str) -> Result:
    with as_file(DEMO.joinpath(name)) as path:
        return check(path, *options)


def test_a_clean_sheet_passes_with_one_line() -> None:
    result = check_demo("manifest_40.csv", "--demo")

    assert result.exit_code == 0
    assert result.stdout == "41 baris: 40 diterima, 0 perlu dijawab, 0 ditolak, 1 bukan orang.\n"


def test_an_untidy_sheet_names_each_line_that_a_person_must_look_at() -> None:
    lines = check_demo("manifest_dirty.csv", "--demo").stdout.splitlines()

    assert lines[:2] == [
        "57 baris: 15 diterima, 28 perlu dijawab, 4 ditolak, 10 bukan orang.",
        "Berkas: Berkas diawali tanda urutan bita (BOM).",
    ]
    assert len(lines) == 1 + 3 + 28 + 4
    assert "Baris 33, ditolak: Orang yang sama sudah ada di berkas ini. Lihat baris 5." in lines
    assert (
        "Baris 26, perlu dijawab: Dapat berarti kabupaten atau kota; pilih salah satu. "
        "Pilihan: 3507 Kabupaten Malang, 3573 Kota Malang." in lines
    )


def test_the_same_is_said_in_english_and_a_refused_line_ends_with_one() -> None:
    result = check_demo("manifest_dirty.csv", "--demo", "--lang", "en")

    assert result.exit_code == 1
    assert "Line 33, refused: The same person already stands in this file. See line 5." in result.stdout
    assert "Baris" not in result.stdout


def test_nothing_that_stands_in_the_cells_of_people_is_printed() -> None:
    shown = check_demo("manifest_dirty.csv").stdout

    assert re.search(r"[0-9]{6}", shown) is None
    for word in ("Sahrul", "Jos", "1992", "ZZ", "hamil"):
        assert word not in shown


def test_outside_the_demonstration_invented_people_are_refused() -> None:
    result = check_demo("manifest_40.csv")

    assert (result.exit_code, result.stdout.count("hanya untuk peragaan")) == (1, 35)


@pytest.mark.parametrize(
    ("content", "language", "said"),
    [
        (b"", "id", "Berkas tidak dipakai. Berkasnya kosong."),
        (b"nama,nik,provinsi\nx,y,z\n", "en", "A column that is needed is missing. Column: sex."),
        (b"nama,nik,provinsi,warna\nx,y,z,w\n", "id", "Sebuah judul kolom tidak dikenal atau kosong. Kolom: 4."),
        (b"<html>", "en", "Save it as a plain .xlsx or .csv"),
        (b"nama,nik\nJos\xff,1\n", "id", "Bita ke-12."),
        (b'nama,nik\n"x,1\n', "en", "Row 2."),
    ],
)
def test_a_file_that_is_not_taken_is_refused_with_reason_place_and_remedy(
    tmp_path: Path, content: bytes, language: str, said: str
) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)

    result = check(file, "--lang", language)

    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr


def test_a_file_that_is_not_there_or_a_day_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    assert check(tmp_path / "none.csv").exit_code == 2
    assert check(tmp_path, arrival="14/12/2026").exit_code == 2
