"""The ministry's own people: whatever waits for them is done by the accounts that may, one act of a case at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from domain.cases import ENDED, CaseStatus
from domain.procedure import Procedure
from domain.rulebook import Rulebook
from domain.tasks import TaskStatus
from pulang.simulate.caller import Caller, Reply

WAITS: Final = frozenset({TaskStatus.DIMINTA, TaskStatus.DIPERPANJANG})
PLAN, DEPARTURE, SCREENING = "pulang.rencana_perjalanan", "jalan.cek_berangkat", "awal.skrining"
LIFTERS: Final = ("koordinator", "pekerja_sosial", "penyetuju", "pimpinan")
OWN: Final = ("pekerja_sosial", "kepala_sentra")
ROUTES: Final = (("provinsi", "kabkota", "penerima"), ("kabkota", "penerima"))  # the second: of remains
_AT_REST: Final = frozenset({*ENDED, CaseStatus.DRAF})


@dataclass
class Staff:
    """Coordinators, social workers, the shelter's head, checker and approver."""

    caller: Caller
    rules: Rulebook

    def open_cases(self) -> list[str]:
        """Numbers of the cases that have not ended."""
        numbers: list[str] = []
        cursor = ""
        while True:
            page = self.caller.get(f"/cases?cursor={cursor}" if cursor else "/cases")
            numbers += [item["number"] for item in page["items"] if item["status"] not in _AT_REST]
            cursor = page["next_cursor"] or ""
            if not cursor:
                return numbers

    def step(self, number: str, now: datetime) -> str | None:
        """Does the first thing that somebody can do for this case now; None when there is none."""
        case = self.caller.get(f"/cases/{number}")
        procedure = self.rules.procedure(case["procedure"]["code"], case["procedure"]["version"])
        for what, reply in self._acts(number, case, procedure, now):
            if reply.status in (200, 201):
                return what
        return None

    def _acts(self, number: str, case: Any, procedure: Procedure, now: datetime) -> Iterator[tuple[str, Reply]]:
        path = f"/cases/{number}"
        if case["status"] == "MENUNGGU_GERBANG":
            for role in ("pemeriksa", "penyetuju"):
                snapshot = self.caller.get(path, role)["gate"]["snapshot"]
                body = {"decision": "approve", "snapshot": snapshot}
                yield f"{role} approve", self.caller.post(f"{path}/approvals", body, role)
        for hold in case["holds"]:
            lift = f"{path}/holds/{hold['id']}/lift"
            yield from (("lift", reply) for reply in self._by_any(lift, {"reason": "Peragaan"}, *LIFTERS))
        for task in case["tasks"]:
            where, status = f"{path}/tasks/{task['code']}", task["status"]
            if status == TaskStatus.DIJAWAB:
                yield "verify", self.caller.post(f"{where}/verifications", {"result": "pass", "n": task["n"]}, number=1)
            elif status == TaskStatus.GAGAL:
                again = {"choice": "ask_again", "reason": "Peragaan", "n": task["n"]}
                yield "ask again", self.caller.post(f"{where}/decisions", again)
            elif status in WAITS and procedure.kinds[procedure.get_task(task["code"]).owner].is_staff:
                yield from self._own(path, task, case, procedure, now)

    def _own(self, path: str, task: Any, case: Any, procedure: Procedure, now: datetime) -> Iterator[tuple[str, Reply]]:
        """Every way to do it, one after another, until one is taken."""
        code = task["code"]
        if code == PLAN:
            for route in ROUTES:
                yield code, self.caller.post(f"{path}/legs", {"legs": _legs(route, now)})
            return
        if code == DEPARTURE:
            body = {"leg": task["n"], "result": "BERANGKAT"}
            yield from ((code, reply) for reply in self._by_any(f"{path}/departures", body, *OWN, "koordinator"))
            return
        if code == SCREENING:
            unknown = {flag: "tidak" for flag in procedure.required_flags if case["flags"][flag] == "belum_diketahui"}
            if unknown:
                yield from (("flags", reply) for reply in self._by_any(f"{path}/flags", {"flags": unknown}, *OWN))
        answer = {"answer": procedure.get_task(code).answers.passes[0], "n": task["n"]}
        ways = self._by_any(f"{path}/tasks/{code}/answers", answer, "koordinator", *OWN)
        yield from ((code, reply) for reply in ways)

    def _by_any(self, path: str, body: dict[str, Any], *roles: str) -> Iterator[Reply]:
        """The same act by each account of these roles: which of them may is the house's to say."""
        for role in roles:
            for number in range(self.caller.number_of(role)):
                yield self.caller.post(path, body, role, number)


def _legs(route: tuple[str, ...], now: datetime) -> list[dict[str, str]]:
    """A journey in three days' time. now: application time."""
    legs = []
    for n, to in enumerate(route):
        departs = now + timedelta(days=3, hours=8 * n)
        leg = {"kind": "domestik", "from": "Peragaan", "to": "Peragaan", "carrier": "Kapal Peragaan"}
        times = {"departs_at": departs.isoformat(), "arrives_at": (departs + timedelta(hours=6)).isoformat()}
        legs.append(leg | times | {"hands_to": to})
    return legs
