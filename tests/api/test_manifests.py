"""Sheets of people by API: handed in once, told line by line as the demonstration's own answers say, decided."""

import io
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from openpyxl import Workbook

from domain import data
from tests.support.bodies import a_case, a_start
from tests.support.client import Site

DEMO = Path(data.__file__).parent / "demo"
SAID = {"title": "Contoh Rombongan", "arrival": "2026-12-14", "shelter": "RPTC-TPI"}
HEADINGS = "no;nama;nik;jenis kelamin;tanggal lahir;kab/kota;provinsi;kategori\n"
PERSON = "1;Maria Seran;5321005708959007;P;17/08/1995;Kab. Malaka;NTT;PMIB\n"
DOUBTFUL = "2;Dwi Lestari;123;P;03/01/1988;Kab. Malang;Jawa Timur;PMIB\n"
SMALL = (HEADINGS + PERSON + DOUBTFUL).encode()
MEBIBYTE = 1024 * 1024


async def hand_in(
    site: Site, content: bytes, login: str = "koordinator1", key: str | None = None, **said: Any
) -> httpx2.Response:
    fields = {name: value for name, value in (SAID | said).items() if value is not None}
    headers = site.token(login) | {"Idempotency-Key": key or f"sheet-{len(content)}-{next(COUNT)}"}
    return await site.client.post(
        "/api/v1/manifests", data=fields, files={"file": ("daftar.csv", content)}, headers=headers
    )


COUNT = iter(range(10_000))


async def taken(site: Site, content: bytes = SMALL) -> str:
    answer = await hand_in(site, content)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def seen(site: Site, manifest: str, login: str = "koordinator1") -> dict[str, Any]:
    answer = await site.get(login, f"/manifests/{manifest}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.proves("B06", "B07", "B08", "B09", "B10")
@pytest.mark.parametrize("name", ["manifest_dirty", "manifest_dirty_cp1252", "manifest_rounded_nik"])
async def test_every_line_is_told_as_the_expected_file_says(site: Site, name: str) -> None:
    expected = json.loads((DEMO / f"{name}.expected.json").read_text(encoding="utf-8"))
    answer = await hand_in(site, (DEMO / f"{name}.csv").read_bytes(), arrival=expected["arrival_date"])
    assert answer.status_code == 201, answer.text
    found = await seen(site, answer.json()["id"])

    assert found["file_codes"] == expected["file_codes"]
    assert found["counts"] == expected["counts"]
    assert sum(found["counts"].values()) == found["records"] == len(found["rows"])
    assert found["undecided"] == [row["line"] for row in found["rows"] if row["status"] == "warned"]
    told = {row["line"]: row for row in found["rows"]}
    for wanted in expected["rows"]:
        row = told[wanted["line"]]
        for field in ("status", "codes", "line_end", "candidates", "duplicate_of_line", "similar_to_line"):
            assert row.get(field) == wanted.get(field), (field, wanted)
        assert wanted.get("values", {}).items() <= row.get("values", {}).items()


@pytest.mark.proves("B16", "B35")
async def test_the_same_bytes_are_the_first_import_and_the_same_key_the_same_answer(site: Site) -> None:
    first = await hand_in(site, SMALL, key="one")
    assert first.json() == {"id": first.json()["id"], "state": "open"}
    length = site.journal_length()
    assert (await hand_in(site, SMALL, key="one")).content == first.content
    again = await hand_in(site, SMALL, login="koordinator2", title="Contoh lain")
    assert (again.status_code, again.headers["x-pulang-code"]) == (200, "IMPORT_SEEN")
    assert again.json() == {"id": first.json()["id"], "state": "open", "code": "IMPORT_SEEN"}
    assert site.journal_length() == length
    reused = await hand_in(site, SMALL + b"\n", key="one")
    assert (reused.status_code, reused.json()["code"]) == (409, "KEY_REUSED")


def a_book(change: str) -> bytes:
    book = Workbook()
    book.active.append(HEADINGS.strip().split(";"))
    book.active.append(PERSON.strip().split(";"))
    if change == "sheets":
        book.create_sheet("Lain")
    elif change == "formula":
        book.active.append(["=1+1"])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


async def test_a_workbook_is_taken_as_well(site: Site) -> None:
    found = await seen(site, await taken(site, a_book("")))
    assert found["counts"] == {"accepted": 1, "warned": 0, "refused": 0, "skipped": 1}
    assert found["state"] == "ready"


@pytest.mark.proves("B01", "B02", "B03", "B04", "B05", "B11", "B12", "B13", "B14", "I19")
@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "FILE_EMPTY"),
        (HEADINGS.encode(), 422, "FILE_EMPTY"),
        (b"x" * (10 * MEBIBYTE + 1), 413, "FILE_TOO_LARGE"),
        (b"x" * (12 * MEBIBYTE), 413, "FILE_TOO_LARGE"),
        ((HEADINGS + PERSON * 5001).encode(), 422, "ROWS_TOO_MANY"),
        (SMALL.replace(b"nik;", b"zzz;"), 422, "HEADER_BAD"),
        (SMALL.decode().encode("utf-16"), 422, "ENCODING_BAD"),
        (SMALL.replace(b"Maria", b"Mar\x07ia"), 422, "CELL_CONTROL_CHAR"),
        (SMALL.replace(b"Maria", b'"Maria'), 422, "CSV_SHAPE"),
        (a_book("sheets"), 422, "SHEET_SHAPE"),
        (a_book("formula"), 422, "SHEET_SHAPE"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, 415, "TYPE_UNSUPPORTED"),
        (b"<html><table></table></html>", 415, "TYPE_UNSUPPORTED"),
    ],
)
async def test_a_file_that_is_not_taken_stores_nothing(site: Site, content: bytes, status: int, code: str) -> None:
    before = site.journal_length()
    answer = await hand_in(site, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert b"Maria" not in answer.content
    assert site.journal_length() == before


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"title": None}, 422, "FIELD_MISSING"),
        ({"arrival": "14/12/2026"}, 422, "DATE_INVALID"),
        ({"arrival": "9999-12-14"}, 422, "DATE_INVALID"),
        ({"shelter": "DINSOS-5313"}, 422, "NO_OFFICE"),
        ({"mission": "X"}, 422, "NO_OFFICE"),
        ({"debarkation": "X"}, 422, "FIELD_INVALID"),
        ({"urgent": "perhaps"}, 422, "FIELD_INVALID"),
        ({"evil": "x"}, 422, "FIELD_UNKNOWN"),
    ],
)
async def test_what_is_said_of_a_sheet_is_checked(site: Site, said: dict[str, Any], status: int, code: str) -> None:
    before = site.journal_length()
    answer = await hand_in(site, SMALL, **said)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert site.journal_length() == before


async def test_a_body_that_is_no_form_with_one_file_is_refused(site: Site) -> None:
    headers = site.token("koordinator1") | {"Idempotency-Key": "k"}
    for answer, code in (
        (await site.post("koordinator1", "/manifests", SAID), "TYPE_UNSUPPORTED"),
        (await site.client.post("/api/v1/manifests", files={"title": (None, "x")}, headers=headers), "FIELD_MISSING"),
        (await site.client.post("/api/v1/manifests", files={"other": ("a", b"x")}, headers=headers), "BODY_BAD"),
        (await site.client.post("/api/v1/manifests", content=b"x", headers=headers), "TYPE_UNSUPPORTED"),
        (
            await site.client.post(
                "/api/v1/manifests",
                content=b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\n\xff\r\n--b--\r\n',
                headers=headers | {"Content-Type": "multipart/form-data; boundary=b"},
            ),
            "BODY_BAD",
        ),
    ):
        assert answer.json()["code"] == code
        assert answer.status_code < 500
    without_key = await site.client.post("/api/v1/manifests", headers=site.token("koordinator1"))
    assert (without_key.status_code, without_key.json()["code"]) == (400, "KEY_MISSING")


async def test_only_the_two_addresses_for_sheets_take_a_large_body(site: Site) -> None:
    answer = await site.post("koordinator1", "/cases", b"x" * (2 * MEBIBYTE))
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


@pytest.mark.proves("B08")
async def test_a_line_is_taken_refused_or_joined_and_every_answer_tells_it(site: Site) -> None:
    number = await a_case(site, person={"name": "Maria Seran", "birth_date": "1995-08-17", "nik": "5321005708959007"})
    manifest = await taken(site)
    known = next(row for row in (await seen(site, manifest))["rows"] if row["line"] == 2)
    assert (known["status"], known["codes"]) == ("warned", ["DUPLICATE_OPEN"])
    assert {each["number"] for each in known["matches"]} == {number}

    path = f"/manifests/{manifest}/rows"
    joined = await site.post("koordinator1", f"{path}/2", {"decision": "merge", "case": number})
    assert (joined.status_code, joined.json()["status"], joined.json()["case"]) == (200, "accepted", number)
    mended = await site.post("koordinator1", f"{path}/3", {"decision": "accept", "values": {"nik": None}}, key="m")
    assert (mended.json()["status"], mended.json()["values"]["nik"]) == ("accepted", None)
    again = await site.post("koordinator1", f"{path}/3", {"decision": "accept", "values": {"nik": None}}, key="m")
    assert again.content == mended.content
    assert (await seen(site, manifest))["state"] == "ready"
    refused = await site.post("koordinator1", f"{path}/3", {"decision": "refuse"})
    assert refused.json()["status"] == "refused"
    found = await seen(site, manifest)
    assert found["counts"] == {"accepted": 1, "warned": 0, "refused": 1, "skipped": 1}


@pytest.mark.parametrize(
    ("line", "body", "status", "code"),
    [
        ("1", {"decision": "accept"}, 409, "STATE_FORBIDS"),
        ("9", {"decision": "accept"}, 404, "NOT_FOUND"),
        ("0", {"decision": "accept"}, 422, "FIELD_TYPE"),
        ("x", {"decision": "accept"}, 422, "FIELD_TYPE"),
        ("3", {}, 422, "FIELD_MISSING"),
        ("3", {"decision": "perhaps"}, 422, "FIELD_INVALID"),
        ("3", {"decision": "merge"}, 422, "FIELD_MISSING"),
        ("3", {"decision": "merge", "case": "PLG-2026-999999-2"}, 404, "NO_SUCH_CASE"),
        ("3", {"decision": "accept", "values": {"Rahasia": "x"}}, 422, "FIELD_UNKNOWN"),
        ("3", {"decision": "accept", "values": {"nama": ""}}, 422, "ROW_REFUSED"),
        ("3", {"decision": "accept", "values": {"nik": 12}}, 422, "FIELD_TYPE"),
    ],
)
async def test_a_decision_that_cannot_be_is_refused_and_stores_nothing(
    site: Site, line: str, body: dict[str, Any], status: int, code: str
) -> None:
    manifest = await taken(site)
    before = site.journal_length()
    answer = await site.post("koordinator1", f"/manifests/{manifest}/rows/{line}", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "Rahasia" not in answer.text
    assert site.journal_length() == before


@pytest.mark.proves("I18")
async def test_an_auditor_gets_codes_and_no_values_and_each_reading_leaves_a_row(site: Site) -> None:
    manifest = await taken(site)
    before = site.journal_length()
    found = await seen(site, manifest, "auditor1")
    assert all("values" not in row and "no" not in row for row in found["rows"])
    assert "Maria" not in json.dumps(found)
    assert site.journal_length() == before + 1


async def test_nothing_is_asked_and_no_case_is_made_by_taking_a_sheet(site: Site) -> None:
    await site.post("koordinator1", "/cases", a_start())
    listed = (await site.get("koordinator1", "/cases")).json()["items"]
    asks = (await site.get("koordinator1", "/asks")).json()
    await taken(site)
    assert (await site.get("koordinator1", "/cases")).json()["items"] == listed
    assert (await site.get("koordinator1", "/asks")).json() == asks


@pytest.mark.proves("I08")
async def test_neither_the_log_nor_the_metrics_tell_what_a_sheet_holds(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = await taken(site)
    await site.post(
        "koordinator1", f"/manifests/{manifest}/rows/3", {"decision": "accept", "values": {"nama": "Dwi Rahasia"}}
    )
    await hand_in(site, SMALL.replace(b"Maria", b"Mar\x07ia"))
    told = capsys.readouterr().out + (await site.client.get("/metrics")).text
    for text in ("Maria", "Seran", "Rahasia", "5321005708959007", "daftar.csv", SAID["title"]):
        assert text not in told
