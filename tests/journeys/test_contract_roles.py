"""Who may, as CONTRACT tells it: every call by every role, and the cases that are not there for somebody."""

import uuid
from typing import Any

import pytest

from tests.support.outsider import Outsider, start_body
from tests.support.probe import IDENTITY, refused

ROLES = [
    "koordinator",
    "pekerja_sosial",
    "kepala_sentra",
    "pemeriksa",
    "penyetuju",
    "pimpinan",
    "pendamping",
    "operator",
    "auditor",
    "ppdp",
    "administrator",
]


def calls(case: str) -> dict[str, tuple[str, dict[str, Any], set[str]]]:
    """Every call that changes a case, with a body and the roles that may; another role is refused before all else."""
    coordinator = {"koordinator"}
    at = "2026-12-01T10:00:00+07:00"
    leg = {"kind": "domestik", "from": "RPTC-TPI", "to": "53", "hands_to": "penerima"}
    leg |= {"departs_at": at, "arrives_at": "2026-12-01T12:00:00+07:00"}
    task = f"/cases/{case}/tasks"
    return {
        "offices": (f"/cases/{case}/offices", {"offices": {"lpsk": "LPSK"}}, coordinator),
        "duplicates": (f"/cases/{case}/duplicates", {"number": case, "decision": "different"}, coordinator),
        "decisions": (f"{task}/{IDENTITY}/decisions", {"choice": "ask_again", "reason": "x"}, coordinator),
        "verifications": (f"{task}/{IDENTITY}/verifications", {"result": "pass"}, coordinator),
        "receiver": (f"/cases/{case}/receiver", {"relation": "family", "name": "Contoh"}, coordinator),
        "destination": (f"/cases/{case}/destination", {"region": "5313", "reason": "x"}, coordinator),
        "legs": (f"/cases/{case}/legs", {"legs": [leg]}, coordinator),
        "leg events": (f"/cases/{case}/legs/1/events", {"event": "ARRIVED", "at": at}, coordinator | {"pendamping"}),
        "closures": (f"/cases/{case}/closures", {"status": "DITUTUP", "reason": "x"}, coordinator),
        "flags": (
            f"/cases/{case}/flags",
            {"flags": {"pmi": "ya"}},
            coordinator | {"pekerja_sosial", "kepala_sentra"},
        ),
        "own task of the shelter": (
            f"{task}/awal.skrining/answers",
            {"answer": "SELESAI"},
            {"pekerja_sosial", "kepala_sentra"},
        ),
        "own task of the directorate": (f"{task}/jalan.surat/answers", {"answer": "SELESAI"}, coordinator),
        "own task with a signer": (f"{task}/layanan.selesai/answers", {"answer": "SELESAI"}, {"kepala_sentra"}),
        "not-required by the head": (
            f"{task}/akses.kebutuhan_dasar/not-required",
            {"reason": "TIDAK_RELEVAN"},
            {"kepala_sentra"},
        ),
        "not-required by the approver": (
            f"{task}/awal.status_hukum/not-required",
            {"reason": "TIDAK_RELEVAN"},
            {"penyetuju"},
        ),
        "departures": (
            f"/cases/{case}/departures",
            {"leg": 1, "result": "BERANGKAT"},
            {"pekerja_sosial", "kepala_sentra", "pendamping"},
        ),
        "approvals": (
            f"/cases/{case}/approvals",
            {"decision": "approve", "snapshot": "x"},
            {"pemeriksa", "penyetuju"},
        ),
    }


@pytest.mark.proves("S50")
def test_every_call_is_refused_to_every_role_that_may_not(outsider: Outsider) -> None:
    case = outsider.start("Contoh Peran")
    outsider.settle()
    for role in ROLES:
        if role != "koordinator":
            refused(outsider.try_post("/cases", start_body("Contoh Peran Lain"), role), 403, "ROLE_LACKS_ACTION")
        for path, body, may in calls(case).values():
            if role not in may:
                refused(outsider.try_post(path, body, role), 403, "ROLE_LACKS_ACTION")
        url = f"{outsider.house.base_url}/api/v1/cases/{case}"
        answer = outsider.http.get(url, headers={"Authorization": f"Bearer {outsider.house.account(role)['token']}"})
        if role in ("operator", "administrator"):
            refused(answer, 403, "ROLE_LACKS_ACTION")
        elif role != "pendamping":
            assert answer.status_code == 200, (role, answer.text)
    assert outsider.case(case)["status"] == "PENANGANAN"


def test_a_case_is_not_there_for_another_shelter_or_a_wrong_number(outsider: Outsider) -> None:
    case = outsider.start("Contoh Tak Ada")
    outsider.settle()
    url = f"{outsider.house.base_url}/api/v1/cases"
    koordinator = {"Authorization": f"Bearer {outsider.house.account('koordinator')['token']}"}
    other = {"Authorization": f"Bearer {outsider.house.accounts[-1]['token']}"}
    for number in ("PLG-2026-999999-9", "apa-saja"):
        refused(outsider.http.get(f"{url}/{number}", headers=koordinator), 404, "NO_SUCH_CASE")
        refused(outsider.try_post(f"/cases/{number}/flags", {"flags": {"pmi": "ya"}}), 404, "NO_SUCH_CASE")
    refused(outsider.http.get(f"{url}/{case}", headers=other), 404, "NO_SUCH_CASE")
    answer = outsider.http.post(
        f"{url}/{case}/flags", json={"flags": {"pmi": "ya"}}, headers=other | {"Idempotency-Key": str(uuid.uuid4())}
    )
    refused(answer, 404, "NO_SUCH_CASE")
