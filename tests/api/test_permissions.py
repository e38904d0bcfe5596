"""Role × call: who may do what by API, walked over every role (CONTRACT "Who may", PROCESS 1.2)."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.bodies import a_case, a_start
from tests.support.client import Site

LOGINS = {
    "koordinator": "koordinator2",
    "pekerja_sosial": "peksos1",
    "kepala_sentra": "kepala1",
    "pemeriksa": "pemeriksa1",
    "penyetuju": "penyetuju1",
    "pimpinan": "pimpinan1",
    "pendamping": "pendamping1",
    "operator": "operator1",
    "auditor": "auditor1",
    "ppdp": "ppdp1",
    "administrator": "admin1",
}
EVERYONE = frozenset(LOGINS)
READERS = EVERYONE - {"operator", "administrator"}
COORDINATOR = frozenset({"koordinator"})
SHELTER = frozenset({"pekerja_sosial", "kepala_sentra"})
LEG = {
    "kind": "domestik",
    "from": "RPTC-TPI",
    "to": "5313",
    "departs_at": "2026-12-10T08:00:00+07:00",
    "arrives_at": "2026-12-10T16:00:00+08:00",
    "hands_to": "penerima",
}


@dataclass(frozen=True)
class Call:
    """One call on a case that has just been started. may: roles that are not refused for their role."""

    name: str
    may: frozenset[str]
    path: str
    body: Any = None

    def __str__(self) -> str:
        return self.name


TASK = "/cases/{n}/tasks/asesmen.biopsikososial"
CALLS = [
    Call("start", COORDINATOR, "/cases", {}),
    Call("duplicates", COORDINATOR, "/cases/{n}/duplicates", {"number": "PLG-2026-000001-3", "decision": "same"}),
    Call("offices", COORDINATOR, "/cases/{n}/offices", {"offices": {"lks": "PALANG-MERAH"}}),
    Call("flags", COORDINATOR | SHELTER, "/cases/{n}/flags", {"flags": {"pregnant": "tidak"}}),
    Call("hold of the ministry", COORDINATOR, "/cases/{n}/holds", {"kind": "ADMINISTRASI", "reason": "Anggaran"}),
    Call(
        "hold for safety",
        COORDINATOR | {"pekerja_sosial"},
        "/cases/{n}/holds",
        {"kind": "KEAMANAN", "reason": "Ancaman"},
    ),
    Call(
        "hold after a complaint",
        COORDINATOR | {"auditor"},
        "/cases/{n}/holds",
        {"kind": "KEBERATAN", "reason": "Pengaduan"},
    ),
    Call("receiver", COORDINATOR, "/cases/{n}/receiver", {"relation": "family", "name": "Contoh Keluarga"}),
    Call("destination", COORDINATOR, "/cases/{n}/destination", {"region": "5301", "reason": "Pindah"}),
    Call("legs", COORDINATOR, "/cases/{n}/legs", {"legs": [LEG]}),
    Call("closure", COORDINATOR, "/cases/{n}/closures", {"status": "SELESAI", "reason": "Selesai"}),
    Call("verification", COORDINATOR, TASK + "/verifications", {"result": "pass"}),
    Call("decision", COORDINATOR, TASK + "/decisions", {"choice": "ask_again", "reason": "Coba lagi"}),
    Call(
        "approval",
        frozenset({"pemeriksa", "penyetuju"}),
        "/cases/{n}/approvals",
        {"decision": "approve", "snapshot": "x" * 24},
    ),
    Call(
        "departure",
        SHELTER | {"pendamping"},
        "/cases/{n}/departures",
        {"leg": 1, "result": "BERANGKAT"},
    ),
    Call(
        "leg event",
        COORDINATOR | {"pendamping"},
        "/cases/{n}/legs/1/events",
        {"event": "ARRIVED", "at": "2026-11-30T08:00:00+07:00"},
    ),
    Call("reading a case", READERS, "/cases/{n}"),
    Call("its journal", READERS - {"pendamping"}, "/cases/{n}/journal"),
    Call("the list", READERS, "/cases"),
    Call("asks", READERS, "/asks"),
    Call("answers", READERS, "/answers/R-2345678923"),
    Call("agencies", EVERYONE, "/agencies"),
    Call("a sheet of people", COORDINATOR, "/manifests", {}),
    Call("reading a sheet", READERS - SHELTER - {"pendamping"}, "/manifests/x"),
    Call("deciding a line", COORDINATOR, "/manifests/x/rows/1", {"decision": "accept"}),
]


async def call_as(site: Site, role: str, call: Call, number: str) -> tuple[int, str]:
    path = call.path.format(n=number)
    if call.body is None:
        answer = await site.get(LOGINS[role], path)
    else:
        answer = await site.post(LOGINS[role], path, a_start() if call.name == "start" else call.body)
    return answer.status_code, str(answer.json().get("code", ""))


@pytest.mark.proves("S50", "S51")
@pytest.mark.parametrize("call", CALLS, ids=str)
async def test_each_call_is_open_to_its_roles_and_to_no_other(site: Site, call: Call) -> None:
    number = await a_case(site)
    for role in LOGINS:
        before = site.journal_length()
        status, code = await call_as(site, role, call, number)
        if role in call.may:
            assert code != "ROLE_LACKS_ACTION", role
            assert status < 500, role
        else:
            # an escort of other people's journeys is not even told that the case exists
            assert (status, code) in ((403, "ROLE_LACKS_ACTION"), (404, "NO_SUCH_CASE")), role
            assert role == "pendamping" or status == 403, role
            assert site.journal_length() == before, role


@pytest.mark.proves("B34")
async def test_the_case_of_another_shelter_reads_like_one_that_does_not_exist(site: Site) -> None:
    number = await a_case(site)
    absent = "PLG-2026-999999-2"
    for path, body in (
        ("", None),
        ("/journal", None),
        ("/flags", {"flags": {"pregnant": "tidak"}}),
        ("/holds", {"kind": "KEAMANAN", "reason": "Ancaman"}),
    ):
        answers = []
        for wanted in (number, absent):
            if body is None:
                answer = await site.get("peksos3", f"/cases/{wanted}{path}")
            else:
                answer = await site.post("peksos3", f"/cases/{wanted}{path}", body)
            told = answer.json()
            told.pop("request_id")
            answers.append((answer.status_code, told))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
        assert answers[0][1]["code"] == "NO_SUCH_CASE"
    assert (await site.get("peksos3", "/cases")).json()["items"] == []


@pytest.mark.proves("B34")
async def test_ids_of_another_shape_are_told_apart_from_unknown_ones(site: Site) -> None:
    number = await a_case(site)
    for hold, status, code in (
        ("7", 422, "ID_INVALID"),
        ("h2345678923", 422, "ID_INVALID"),
        ("h23456789234", 404, "NO_SUCH_HOLD"),
    ):
        answer = await site.post("koordinator1", f"/cases/{number}/holds/{hold}/lift", {"reason": "Selesai"})
        assert (answer.status_code, answer.json()["code"]) == (status, code), hold
    for odd in ("PLG-2026-000001-0", "x", "1' OR '1'='1", "%F0%9F%98%80"):
        assert (await site.get("koordinator1", f"/cases/{odd}")).status_code == 404
    for odd in ("R-0", "x"):
        assert (await site.get("koordinator1", f"/answers/{odd}")).status_code == 404
    answer = await site.post(
        "koordinator1", f"/cases/{number}/legs/one/events", {"event": "ARRIVED", "at": "2026-11-30T08:00:00+07:00"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "FIELD_TYPE")
