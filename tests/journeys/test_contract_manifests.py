"""A sheet of people from outside, word for word as CONTRACT says: handed in, read, every line decided (J6, in part)."""

import json
import uuid
from typing import Any

import httpx2
import pytest

from tests.support.house import ROOT
from tests.support.outsider import Outsider

DEMO = ROOT / "domain" / "data" / "demo"
SAID = {
    "title": "Contoh rombongan Nunukan", "arrival": "2026-12-14", "mission": "KRI-TWU", "shelter": "RPTC-TPI",
    "debarkation": "DB-TNJ", "urgent": "true",
}  # fmt: skip
MEBIBYTE = 1024 * 1024


def hand_in(outsider: Outsider, content: bytes, role: str = "koordinator", key: str | None = None) -> httpx2.Response:
    token = outsider.house.account(role, 0)["token"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or str(uuid.uuid4())}
    files = {"file": ("daftar.csv", content, "text/csv")}
    return outsider.http.post(f"{outsider.house.base_url}/api/v1/manifests", data=SAID, files=files, headers=headers)


def sum_of(manifest: dict[str, Any]) -> int:
    return sum(manifest["counts"].values())


@pytest.mark.proves("B06", "B08", "B16")
def test_a_sheet_is_handed_in_told_as_expected_and_every_line_decided_with_counts_that_add_up(
    outsider: Outsider,
) -> None:
    raw = (DEMO / "manifest_dirty.csv").read_bytes().replace(b"Rencana tiba", b"Rencana Tiba")  # a sheet of its own
    expected = json.loads((DEMO / "manifest_dirty.expected.json").read_text(encoding="utf-8"))
    cases = outsider.get("/cases")["items"]
    made = hand_in(outsider, raw, key="the-sheet")
    assert made.status_code == 201, made.text
    assert hand_in(outsider, raw, key="the-sheet").content == made.content
    again = hand_in(outsider, raw)
    assert (again.status_code, again.headers["x-pulang-code"]) == (200, "IMPORT_SEEN")
    sheet = made.json()["id"]
    assert again.json()["id"] == sheet

    found = outsider.get(f"/manifests/{sheet}")
    assert (found["counts"], found["file_codes"]) == (expected["counts"], expected["file_codes"])
    told = {row["line"]: (row["status"], row["codes"]) for row in found["rows"]}
    assert told == {row["line"]: (row["status"], row["codes"]) for row in expected["rows"]}
    assert found["state"] == made.json()["state"] == "open"
    for number, line in enumerate(found["undecided"]):
        path = f"/manifests/{sheet}/rows/{line}"
        row = outsider.post(path, {"decision": "refuse" if number % 4 == 3 else "accept"})
        assert row["status"] == ("refused" if number % 4 == 3 else "accepted")
        assert sum_of(outsider.get(f"/manifests/{sheet}", "auditor")) == len(expected["rows"])
    done = outsider.get(f"/manifests/{sheet}")
    assert (done["state"], done["undecided"], done["counts"]["warned"]) == ("ready", [], 0)
    assert outsider.get("/cases")["items"] == cases


@pytest.mark.proves("B02", "S50")
def test_what_is_not_taken_is_refused_by_its_code(outsider: Outsider) -> None:
    for content, status, code in (
        (b"", 422, "FILE_EMPTY"),
        (b"x" * (10 * MEBIBYTE + 1), 413, "FILE_TOO_LARGE"),
        (b"x" * (30 * MEBIBYTE), 413, "FILE_TOO_LARGE"),
        (b"nama;nik\n", 422, "HEADER_BAD"),
    ):
        answer = hand_in(outsider, content)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    raw = (DEMO / "manifest_40.csv").read_bytes()
    for role in ("pekerja_sosial", "pemeriksa", "auditor", "operator"):
        answer = hand_in(outsider, raw, role)
        assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_LACKS_ACTION"), role
