"""Journeys per second through a whole house and through bare Temporal, in turns: `python -m bench.journeys`.

One unit of work: the start, 12 asks in 3 waves of 4 answered by link, the legs, gate, 2 approvals, departure, 2
hand-overs by link. Prints one line of JSON; exit code 1 when an answer was lost or counted twice.
"""

import argparse
import asyncio
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client

from bench import measure
from bench.bare.journeys import Bare, Rows
from bench.offices import Offices
from bench.wire import Wire
from pulang import devserver
from pulang.settings import Settings
from tests.support.house import PARTS, House, free_ports, start_house

PROCEDURE = Path(__file__).with_name("procedure.toml")
POLL_S = 0.1
BARE_POLL_S = 0.01
LONGEST_S = 600.0
REGIONS = ("5313", "3318", "5203", "3509", "1207", "6371", "7371", "3273")
_SOUNDS = ("ba", "ci", "du", "fe", "go", "ha", "ji", "ku", "le", "mo", "na", "pi", "ru", "se", "to", "wa", "yu")


@dataclass
class Round:
    """One round of one side."""

    seconds: float
    cpu_s: dict[str, float]
    latencies: list[float]


class Side(ABC):
    """What is measured: does one journey, knows its processes."""

    name = ""

    @abstractmethod
    def pids(self) -> dict[str, int]:
        """Process ids by the name of the part."""

    @abstractmethod
    async def one(self) -> str:
        """One journey from start to end. Returns its id."""

    async def round(self, journeys: int, in_flight: int) -> Round:
        slots = asyncio.Semaphore(in_flight)
        latencies: list[float] = []

        async def do() -> None:
            async with slots:
                began = time.perf_counter()
                self.done.append(await self.one())
                latencies.append(time.perf_counter() - began)

        before, began = measure.cpu_of(self.pids()), time.perf_counter()
        async with asyncio.timeout(LONGEST_S), asyncio.TaskGroup() as group:
            for _ in range(journeys):
                group.create_task(do())
        seconds = time.perf_counter() - began
        return Round(seconds, measure.used(before, measure.cpu_of(self.pids())), latencies)

    def __init__(self) -> None:
        self.done: list[str] = []


@dataclass
class Watch:
    """One look at the case list for everybody who waits for a status: polling, as an outsider must."""

    wire: Wire
    token: str
    waiting: Counter[str] = field(default_factory=Counter)
    seen: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    async def run(self) -> None:
        while True:
            for status in [status for status, count in self.waiting.items() if count > 0]:
                page = await self.wire.get(f"/api/v1/cases?status={status}", self.token)
                assert page.status == 200, page.text
                self.seen[status] = {item["number"]: item for item in page.json()["items"]}
            await asyncio.sleep(POLL_S)

    async def until(self, number: str, status: str, waits_for: str | None = None) -> None:
        """Until the case stands in *status* and, when named, waits for that task."""
        self.waiting[status] += 1
        try:
            while True:
                item = self.seen.get(status, {}).get(number)
                if item and (waits_for is None or any(wait["task"] == waits_for for wait in item["waits_for"])):
                    return
                await asyncio.sleep(POLL_S / 2)
        finally:
            self.waiting[status] -= 1


class Pulang(Side):
    """The whole house: pages, API, worker, relay, mails to the postbox, answers by link."""

    name = "pulang"

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house = house
        self.wire = Wire(int(house.environment["PULANG_HTTP_PORT"]))
        self.offices = Offices(house.home / "postbox", self.wire)
        self.offices.new_letters()  # those of the demonstration's own cases are left alone
        self.offices.counts.clear()
        self.tokens = {
            role: str(house.account(role)["token"])
            for role in ("koordinator", "pemeriksa", "penyetuju", "pekerja_sosial")
        }
        self.watch = Watch(self.wire, self.tokens["koordinator"])
        self._random = random.Random(7)  # noqa: S311  (made-up names)

    def pids(self) -> dict[str, int]:
        return {part: pid for part in PARTS if (pid := self.house.pid(part))} | {"driver": os.getpid()}

    def _person(self) -> dict[str, Any]:
        name = " ".join("".join(self._random.choices(_SOUNDS, k=4)).capitalize() for _ in range(2))
        born = date(1960, 1, 1) + timedelta(days=self._random.randrange(14_000))
        return {"name": name, "sex": "P", "birth_date": born.isoformat(), "birth_date_quality": "pasti"}

    async def _post(self, role: str, path: str, content: dict[str, Any]) -> Any:
        reply = await self.wire.post_json(f"/api/v1{path}", content, self.tokens[role])
        assert reply.status in (200, 201), (path, reply.status, reply.text[:500])
        return reply.json()

    async def start(self, region: str, offices: dict[str, str]) -> str:
        """Starts a return to *region*. offices: named for functions. Returns the case's number."""
        order = {"person": self._person(), "entry_route": "RUJUKAN_APH", "shelter": "RPTC-TPI"}
        started = await self._post("koordinator", "/cases", order | {"destination": region, "offices": offices})
        return str(started["number"])

    async def settled(self, within_s: float) -> None:
        """Waits until the house says that nothing due is left."""
        deadline = time.monotonic() + within_s
        while not (await self.wire.get("/api/v1/demo/clock", self.tokens["koordinator"])).json()["settled"]:
            assert time.monotonic() < deadline, "never settles"
            await asyncio.sleep(0.25)

    async def one(self) -> str:
        number = await self.start(self._random.choice(REGIONS), {})
        case = f"/cases/{number}"
        await self.watch.until(number, "PENANGANAN", "pulang.rencana_perjalanan")
        await self._post("koordinator", f"{case}/legs", {"legs": _legs()})
        await self.watch.until(number, "MENUNGGU_GERBANG")
        for role in ("pemeriksa", "penyetuju"):
            view = await self.wire.get(f"/api/v1{case}", self.tokens[role])
            snapshot = view.json()["gate"]["snapshot"]
            await self._post(role, f"{case}/approvals", {"decision": "approve", "snapshot": snapshot})
        await self.watch.until(number, "DISETUJUI", "jalan.cek_berangkat")
        await self._post("pekerja_sosial", f"{case}/departures", {"leg": 1, "result": "BERANGKAT"})
        await self.watch.until(number, "DISERAHKAN")
        return number

    def lost_and_doubled(self) -> tuple[int, int]:
        """From the rows: every receipt has its effect, every task of every journey exactly one answer, none late."""
        open_ = sqlite3.connect(f"file:{self.house.home / 'pulang.db'}?mode=ro", uri=True)
        found = open_.execute(
            "SELECT c.number, a.task, a.n, a.receipt, a.row <= s.applied FROM answers a "
            "JOIN cases c ON c.id = a.case_id JOIN subjects s ON s.id = 'case-' || c.id"
        ).fetchall()
        open_.close()
        mine = set(self.done)
        answered = Counter((number, task, n) for number, task, n, _, _ in found if number in mine)
        applied = {receipt for number, _, _, receipt, is_applied in found if number in mine and is_applied}
        missing = sum(max(0, 17 - sum(1 for key in answered if key[0] == number)) for number in mine)
        lost = missing + len(self.offices.receipts.keys() - applied)
        return lost, sum(count - 1 for count in answered.values())


def _legs() -> list[dict[str, str]]:
    departs = datetime.now(UTC) + timedelta(days=400)  # the demonstration's clock may be ahead
    legs = []
    for n, to in enumerate(("provinsi", "penerima")):
        at = departs + timedelta(hours=8 * n)
        leg = {"kind": "domestik", "from": "RPTC-TPI", "to": "53", "carrier": "Kapal Ukur", "hands_to": to}
        legs.append(leg | {"departs_at": at.isoformat(), "arrives_at": (at + timedelta(hours=6)).isoformat()})
    return legs


class BareSide(Side):
    """A bare workflow on a server of its own with the same settings."""

    name = "bare"

    def __init__(self, bare: Bare, pids: dict[str, int]) -> None:
        super().__init__()
        self.bare, self._pids = bare, pids

    def pids(self) -> dict[str, int]:
        return self._pids | {"driver": os.getpid()}

    async def one(self) -> str:
        return await self.bare.one(BARE_POLL_S)


def start_bench_house(tmp: Path, stack: AsyncExitStack) -> House:
    house = start_house(tmp, digest_window=0, procedure_file=PROCEDURE, clock_start="2026-11-30T09:00:00+07:00")
    stack.callback(house.stop)
    return house


async def _start_bare(tmp: Path, stack: AsyncExitStack) -> BareSide:
    tmp.mkdir()  # noqa: ASYNC240  (nothing else runs yet)
    port = free_ports(1)[0]
    server = spawn(devserver.command(Settings(home=tmp, temporal_port=port)), stack)
    address = f"127.0.0.1:{port}"
    client = await _connected(address)
    database = tmp / "bare.db"
    rows = Rows(database)
    worker = spawn([sys.executable, "-m", "bench.bare.journeys", address, str(database)], stack)
    bare = Bare(client, rows)
    _keep_running(bare.offices(BARE_POLL_S), stack)
    return BareSide(bare, {"temporal": server.pid, "worker": worker.pid})


async def _connected(address: str) -> Client:
    for _ in range(200):
        try:
            return await Client.connect(address)
        except RuntimeError:
            await asyncio.sleep(0.1)
    raise AssertionError("no Temporal server")


def spawn(command: list[str], stack: AsyncExitStack) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process


def _keep_running(work: Awaitable[None], stack: AsyncExitStack) -> None:
    """Runs *work* beside the rest; what stops it ends the whole measurement."""

    async def watched() -> None:
        try:
            await work
        except asyncio.CancelledError:
            raise
        except BaseException as fault:
            print(f"stopped: {fault!r}", file=sys.stderr)
            os._exit(2)

    stack.callback(asyncio.ensure_future(watched()).cancel)


async def run(journeys: int, in_flight: int, rounds: int, sides: str) -> tuple[dict[str, Any], bool]:
    """The result, and whether nothing was lost or doubled."""
    async with AsyncExitStack() as stack:
        tmp = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pulang-bench-")))
        measured: list[Side] = []
        if sides != "bare":
            pulang = Pulang(start_bench_house(tmp, stack))
            _keep_running(pulang.offices.run(), stack)
            _keep_running(pulang.watch.run(), stack)
            measured.append(pulang)
        if sides != "pulang":
            measured.append(await _start_bare(tmp / "bare", stack))
        taken: dict[str, list[Round]] = {side.name: [] for side in measured}
        for side in measured:
            await side.round(min(journeys, in_flight), in_flight)  # warms up, not counted
        for number in range(rounds):
            for side in measured if number % 2 == 0 else reversed(measured):
                taken[side.name].append(await side.round(journeys, in_flight))
        result = {side.name: await _told(side, taken[side.name], journeys) for side in measured}
        for side in measured:
            if isinstance(side, Pulang):
                side.wire.close()
    whole = all(not (each["lost"] or each["doubled"]) for each in result.values())
    config = {"journeys": journeys, "in_flight": in_flight, "rounds": rounds}
    told: dict[str, Any] = {"config": config, **result}
    if len(result) == 2 and rounds >= 3:
        told["ratio"] = round(result["pulang"]["per_s"] / result["bare"]["per_s"], 3)
        told["cpu_ratio"] = round(result["pulang"]["cpu_s_per_journey"] / result["bare"]["cpu_s_per_journey"], 2)
        told["goal"] = 0.7
    return told, whole


async def _told(side: Side, rounds: list[Round], journeys: int) -> dict[str, Any]:
    if isinstance(side, Pulang):
        lost, doubled = side.lost_and_doubled()
        faults = side.offices.faults
        more: dict[str, Any] = dict(side.offices.counts) | {"requests": side.wire.requests}
    else:
        assert isinstance(side, BareSide)
        lost, doubled = await side.bare.lost_and_doubled(side.done)
        faults, more = side.bare.faults, {}
    parts = rounds[0].cpu_s
    return {
        "per_s": measure.median([journeys / each.seconds for each in rounds]),
        "runs_per_s": [round(journeys / each.seconds, 2) for each in rounds],
        "journey_s_p50": measure.median([second for each in rounds for second in each.latencies]),
        "cpu_s_per_journey": measure.median([sum(each.cpu_s.values()) / journeys for each in rounds], 3),
        "cpu_ms_per_journey": {
            part: round(measure.median([each.cpu_s[part] for each in rounds], 4) / journeys * 1000, 1) for part in parts
        },
        "peak_mb": {part: measure.peak_mb(pid) for part, pid in side.pids().items()},
        "done": len(side.done),
        "lost": lost,
        "doubled": doubled,
        "errors": len(faults),
        "first_errors": faults[:3],
        **more,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.journeys", description=__doc__)
    parser.add_argument("--journeys", type=int, default=60, help="a round of each side")
    parser.add_argument("--in-flight", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3, help="no ratio from fewer than three")
    parser.add_argument("--only", choices=("both", "pulang", "bare"), default="both")
    parser.add_argument("--keep", action="store_true", help="also write a dated file into bench/results/")
    chosen = parser.parse_args()
    result, whole = asyncio.run(run(chosen.journeys, chosen.in_flight, chosen.rounds, chosen.only))
    measure.report("journeys", result, keep=chosen.keep)
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
