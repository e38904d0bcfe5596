"""Answers acknowledged per second, and how long one takes at 20/s: `python -m bench.answers`.

A whole house (relay and worker apply the answers meanwhile) against a bare FastAPI insert with FULL, in turns, by the
same driver. An answer counts from POST to the 303 to its receipt. Asks, mails and pages are prepared before.
Prints one line of JSON; exit code 1 when an acknowledged answer is not there, or there twice.
"""

import argparse
import asyncio
import html
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import measure
from bench.journeys import REGIONS, Pulang, spawn, start_bench_house
from bench.offices import NONCE, OFFICER, Letter
from bench.wire import Reply, Wire
from tests.support.house import House, free_ports

PACE = 20.0
KEPT_OPEN = "bp3mi-"
"""How the mailboxes of the offices begin whose ask stays open."""

GOAL_RATIO, GOAL_P95_MS = 0.4, 15.0
SETTLED_WITHIN_S = 180.0


@dataclass(frozen=True, slots=True)
class Form:
    """One answer ready to be sent."""

    path: str
    fields: dict[str, str]


@dataclass
class Target:
    """Where answers go. receipts: of every answer that was acknowledged."""

    name: str
    wire: Wire
    forms: list[Form]
    receipts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    saturated: list[float] = field(default_factory=list)
    paced: list[list[float]] = field(default_factory=list)

    async def send(self, form: Form, due: float) -> float:
        """Seconds from *due* (perf_counter) to the acknowledgement."""
        reply: Reply = await self.wire.post_form(form.path, form.fields)
        took = time.perf_counter() - due
        if reply.status == 303:
            self.receipts.append(reply.headers["location"].rpartition("/")[2])
        else:
            self.faults.append(f"{reply.status} {reply.headers.get('x-pulang-code', '')}")
        return took

    async def saturate(self, count: int, at_once: int) -> None:
        forms = iter([self.forms.pop() for _ in range(count)])
        began = time.perf_counter()

        async def keep_sending() -> None:
            for form in forms:
                await self.send(form, time.perf_counter())

        await asyncio.gather(*(keep_sending() for _ in range(at_once)))
        self.saturated.append(count / (time.perf_counter() - began))

    async def pace(self, count: int) -> None:
        """One every 50 ms, whether or not the one before is back; counted from when it should have been sent."""
        began = time.perf_counter() + 0.05
        sending = []
        for place in range(count):
            due = began + place / PACE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            sending.append(asyncio.create_task(self.send(self.forms.pop(), due)))
        self.paced.append(list(await asyncio.gather(*sending)))

    def told(self) -> dict[str, Any]:
        return {
            "saturated_per_s": measure.median(self.saturated, 1),
            "runs_per_s": [round(each, 1) for each in self.saturated],
            "p50_ms_at_20": measure.median([measure.percentile_ms(each, 0.5) for each in self.paced]),
            "p95_ms_at_20": measure.median([measure.percentile_ms(each, 0.95) for each in self.paced]),
            "acknowledged": len(self.receipts),
            "errors": len(self.faults),
            "first_errors": self.faults[:3],
        }


class Prepared:
    """A house with open asks, each in a mail of its own, to offices in turn."""

    def __init__(self, house: House) -> None:
        self.side = Pulang(house)
        self._turn = 0

    async def forms(self, count: int) -> list[Form]:
        """*count* answers to single asks, their pages opened.

        One ask of each case stays open, so that no answer is followed by the next wave's mails.
        """
        offices = await self._offices("polri", "faskes", "uptd_ppa", "bp3mi")
        forms: list[Form] = []
        while len(forms) < count:
            await asyncio.gather(*(self._start(offices) for _ in range(6)))
            await asyncio.sleep(0.3)
            for letter in self.side.offices.new_letters():
                if letter.ask and not letter.to.startswith(KEPT_OPEN):
                    forms.append(await self._opened(letter))
        return forms[:count]

    async def _offices(self, *functions: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {function: [] for function in functions}
        cursor = ""
        while True:
            query = f"?cursor={cursor}" if cursor else ""
            page = (await self.side.wire.get(f"/api/v1/agencies{query}", self.side.tokens["koordinator"])).json()
            for agency in page["items"]:
                for function in set(agency["functions"]) & found.keys():
                    found[function].append(agency["code"])
            cursor = page["next_cursor"]
            if not cursor:
                return found

    async def _start(self, offices: dict[str, list[str]]) -> None:
        self._turn += 1
        named = {function: codes[self._turn % len(codes)] for function, codes in offices.items()}
        region = REGIONS[self._turn % len(REGIONS)]
        self.side.done.append(await self.side.start(region, named))

    async def _opened(self, letter: Letter) -> Form:
        page = await self.side.wire.get(letter.path)
        nonce = NONCE.search(page.text)
        assert nonce is not None, (page.status, page.headers.get("x-pulang-code"))
        fields = {"nonce": html.unescape(nonce[1]), "code": letter.code, "action": "confirm", **OFFICER}
        return Form(letter.path, fields)

    async def applied(self, receipts: Sequence[str]) -> tuple[int, int]:
        """(lost, doubled): acknowledged answers without a row that a conductor took in; asks with two of them."""
        deadline = time.monotonic() + SETTLED_WITHIN_S
        while True:
            found = await asyncio.to_thread(_rows, self.side.house.home / "pulang.db")
            applied = {receipt for receipt, _, is_applied in found if is_applied}
            lost = len(set(receipts) - applied)
            if not lost or time.monotonic() > deadline:
                doubled = sum(count - 1 for count in Counter(ask for _, ask, _ in found if ask).values())
                return lost, doubled + len(receipts) - len(set(receipts))
            await asyncio.sleep(0.5)


def _rows(database: Path) -> list[tuple[str, str, int]]:
    open_ = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return open_.execute(
            "SELECT a.receipt, a.ask, a.row <= s.applied FROM answers a JOIN subjects s ON s.id = 'case-' || a.case_id"
        ).fetchall()
    finally:
        open_.close()


async def _bare(tmp: Path, stack: AsyncExitStack, count: int) -> tuple[Target, int]:
    port = free_ports(1)[0]
    command = [sys.executable, "-m", "bench.bare.answers", str(port), str(tmp / "bare.db")]
    process = spawn(command, stack)
    wire = Wire(port)
    for _ in range(100):
        try:
            await wire.get("/")
            break
        except OSError:
            await asyncio.sleep(0.1)
    fields = {"nonce": "n" * 90, "code": "ABCD-EFGH", "action": "confirm", **OFFICER}
    return Target("bare", wire, [Form(f"/t/{'x' * 30}{n}", fields) for n in range(count)]), process.pid


async def run(saturating: int, pacing: int, rounds: int, at_once: int) -> tuple[dict[str, Any], bool]:
    async with AsyncExitStack() as stack:
        tmp = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pulang-bench-")))
        count = (saturating + pacing) * rounds + at_once
        prepared = Prepared(start_bench_house(tmp, stack))
        bare, bare_pid = await _bare(tmp, stack, count)
        began = time.monotonic()
        ours = Target("pulang", prepared.side.wire, await prepared.forms(count))
        prepared_s = round(time.monotonic() - began, 1)
        for target in (ours, bare):
            await target.saturate(at_once, at_once)  # warms up, not counted
            target.saturated.clear()
        await _quiet(prepared, ours)
        before = measure.cpu_of(prepared.side.pids())
        for number in range(rounds):
            order = (ours, bare) if number % 2 == 0 else (bare, ours)
            for target in order:
                await _quiet(prepared, ours)
                await target.saturate(saturating, at_once)
            for target in order:
                await _quiet(prepared, ours)
                await target.pace(pacing)
        lost, doubled = await prepared.applied(ours.receipts)
        cpu = measure.used(before, measure.cpu_of(prepared.side.pids()))
        memory = {part: measure.peak_mb(pid) for part, pid in prepared.side.pids().items()}
        bare_lost = len(bare.receipts) - _count(tmp / "bare.db")
        bare_mb = measure.peak_mb(bare_pid)
        for target in (ours, bare):
            target.wire.close()
    result: dict[str, Any] = {
        "config": {"saturating": saturating, "pacing": pacing, "rounds": rounds, "at_once": at_once},
        "prepared_s": prepared_s,
        "pulang": ours.told() | {"lost": lost, "doubled": doubled, "cpu_s": cpu, "peak_mb": memory},
        "bare": bare.told() | {"lost": bare_lost, "peak_mb": {"api": bare_mb}},
    }
    if rounds >= 3:
        ratio = result["pulang"]["saturated_per_s"] / result["bare"]["saturated_per_s"]
        result |= {"ratio": round(ratio, 3), "goal": GOAL_RATIO, "goal_p95_ms_at_20": GOAL_P95_MS}
    return result, not (lost or doubled or bare_lost)


async def _quiet(prepared: Prepared, ours: Target) -> None:
    """Both sides begin with nothing left to do from before: answers applied, mails handed over, workflows idle."""
    await prepared.applied(ours.receipts)
    await prepared.side.settled(SETTLED_WITHIN_S)


def _count(database: Path) -> int:
    open_ = sqlite3.connect(database)
    try:
        return int(open_.execute("SELECT count(*) FROM answers").fetchone()[0])
    finally:
        open_.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.answers", description=__doc__)
    parser.add_argument("--saturating", type=int, default=120, help="answers of a saturated round")
    parser.add_argument("--pacing", type=int, default=80, help="answers of a round at 20/s")
    parser.add_argument("--rounds", type=int, default=3, help="no ratio from fewer than three")
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--keep", action="store_true", help="also write a dated file into bench/results/")
    chosen = parser.parse_args()
    result, whole = asyncio.run(run(chosen.saturating, chosen.pacing, chosen.rounds, chosen.at_once))
    measure.report("answers", result, keep=chosen.keep)
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
