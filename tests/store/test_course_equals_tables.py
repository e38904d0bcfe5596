"""Random people do random things to one case: the tables stay what the journal says, and nothing forbidden happens.

Every step is legal or not; a refusal is a DomainError and leaves everything as it was. The machine starts from a case
at one of several points of its life, so that journeys and after-care are reached too.
"""

import hashlib
import itertools
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from domain.cases import MAY_GO, CaseStatus
from domain.course import Course
from domain.errors import DomainError
from domain.folding import fold, take_in
from domain.journal import Kind
from domain.tasks import offered
from store import journal
from store.answers import answer_as_staff
from store.case_acts import close_case, lift_hold, name_offices, name_receiver, set_destination, set_flags, set_hold
from store.casefile import _TABLES, case_columns, open_case_file, tables_of
from store.gatekeeping import approve
from store.journey import LegEntry, depart, plan_legs, record_leg_event
from store.reviews import decide, mark_not_required, verify
from store.tables_case import answers, cases, receipts
from store.unit import Reading, StoreConfig, Unit, Units
from tests.support.cases import POINTS, REMAINS, STAY, AtPoint, Ministry, Point, a_form, open_quickly
from tests.support.database import RealClock, a_vault

NAMES = [name for name, _ in (*POINTS, *REMAINS)]
LIVES = 16


def counted_bytes() -> Callable[[int], bytes]:
    """Bytes that are different each time and the same in each run."""
    numbers = itertools.count(1)
    return lambda count: hashlib.shake_128(str(next(numbers)).encode()).digest(count)


def compare(reading: Reading, number: str) -> None:
    """Fails when a table says anything else of the case than a fresh fold of its journal."""
    file = open_case_file(reading, number)
    said = tables_of(file)
    for name, table, keys in _TABLES:
        rows = reading.execute(select(table).where(table.c.case_id == file.id)).mappings()
        stored = {tuple(row[key] for key in keys): row for row in rows}
        assert stored.keys() == said[name].keys(), name
        for key, columns in said[name].items():
            assert {column: stored[key][column] for column in columns} == columns, (name, key)
    row = reading.execute(select(cases).where(cases.c.id == file.id)).mappings().one()
    wanted = case_columns(file, reading.now)
    del wanted["updated_at"]
    assert {column: row[column] for column in wanted} == wanted


class Life(RuleBasedStateMachine):
    points: dict[str, Point]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="pulang-life-")
        self.nonces = itertools.count(1)

    @initialize(point=st.sampled_from(NAMES))
    def begin(self, point: str) -> None:
        start = self.points[point]
        path = Path(self.folder.name) / "life.db"
        shutil.copy(start.path, path)
        self.database = open_quickly(path)
        config = StoreConfig(demo=True, digest_window_s=5)
        units = Units(
            self.database, a_vault(), config=config, real_clock=RealClock(start.now), random_bytes=counted_bytes()
        )
        self.ministry = Ministry(units, units.real_clock, route=STAY)  # type: ignore[arg-type]
        self.number = start.number

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close_sync()
        self.folder.cleanup()

    # --- the frame of every act

    def dump(self) -> dict[str, list[Any]]:
        def look(reading: Reading) -> dict[str, list[Any]]:
            tables = {table.name: table for _, table, _ in _TABLES} | {"cases": cases, "answers": answers}
            tables |= {"receipts": receipts, "journal": journal.journal, "subjects": journal.subjects}
            return {name: [tuple(row) for row in reading.rows(select(table))] for name, table in tables.items()}

        return self.ministry.read(look)

    def attempt(self, login: str, act: Callable[[Unit], object]) -> None:
        self.tried(lambda: self.ministry.act(login, act))

    def tried(self, act: Callable[[], object]) -> None:
        before = self.dump()
        try:
            act()
        except DomainError:
            after = self.dump()
            assert after == before, "a refused act changed something"

    @property
    def course(self) -> Course:
        return self.ministry.course(self.number)

    # --- what people do

    @rule(data=st.data(), login=st.sampled_from(["p1", "p1", "h1", "p3", "k1", "top"]))
    def staff_answers(self, data: st.DataObject, login: str) -> None:
        task, code = self.some_answer(data)
        reason = data.draw(st.sampled_from(["KAPASITAS", "KAPASITAS", None]))
        self.attempt(login, lambda unit: answer_as_staff(unit, self.number, task, None, code, reason))

    @rule(data=st.data())
    def an_officer_answers(self, data: st.DataObject) -> None:
        sent = [ask for ask in self.course.asks.values() if ask.mail and ask.channel == "link"]
        if not sent:
            return
        ask = data.draw(st.sampled_from(sorted(sent, key=lambda ask: ask.id)), "ask")
        codes = [*offered(self.course.rule(ask.task)), "DISPOSISI"]
        code = data.draw(st.sampled_from(codes), "code")
        until = (self.ministry.now + timedelta(days=1)).date().isoformat()
        form = a_form(
            nonce=f"life-{next(self.nonces)}",
            each={ask.id: code},
            reasons={ask.id: data.draw(st.sampled_from(["KAPASITAS", ""]), "reason")},
            until={ask.id: until},
        )
        assert ask.mail is not None
        self.tried(lambda: self.ministry.by_link(str(ask.mail), form))

    def some_answer(self, data: st.DataObject) -> tuple[str, str]:
        course = self.course
        staff = sorted({ask.task for ask in course.asks.values() if ask.channel == "staff"})
        staff = staff or ["awal.skrining"]
        task = data.draw(st.sampled_from(staff), "task")
        return task, data.draw(st.sampled_from([*offered(course.rule(task)), "KONFIRMASI"]), "code")

    @rule(
        data=st.data(),
        login=st.sampled_from(["k2", "k2", "k1", "p1"]),
        result=st.sampled_from(["pass", "pass", "back"]),
    )
    def somebody_verifies(self, data: st.DataObject, login: str, result: str) -> None:
        task = self.some_task(data, "DIJAWAB")
        self.attempt(login, lambda unit: verify(unit, self.number, task, None, result, "karena"))

    @rule(data=st.data(), login=st.sampled_from(["h1", "h1", "b1", "k1", "p1"]))
    def somebody_says_not_required(self, data: st.DataObject, login: str) -> None:
        task = self.some_task(data, "DIMINTA", "BELUM_SIAP", "GAGAL")
        self.attempt(login, lambda unit: mark_not_required(unit, self.number, task, None, "TIDAK_RELEVAN"))

    @rule(data=st.data(), choice=st.sampled_from(["ask_again", "ask_again", "other_office", "close"]))
    def the_coordinator_decides(self, data: st.DataObject, choice: str) -> None:
        task = self.some_task(data, "GAGAL")
        agency = "DINSOS-52" if choice == "other_office" else None
        self.attempt("k1", lambda unit: decide(unit, self.number, task, None, choice, agency, "karena"))

    def some_task(self, data: st.DataObject, *likely: str) -> str:
        found = sorted({t.code for t in self.course.tasks.values() if t.status in likely})
        return str(data.draw(st.sampled_from(found or sorted(self.course.procedure.tasks)), "task"))

    @rule(data=st.data(), login=st.sampled_from(["k1", "p1", "p3", "b1"]), value=st.sampled_from(["ya", "tidak"]))
    def somebody_answers_a_flag(self, data: st.DataObject, login: str, value: str) -> None:
        flag = data.draw(st.sampled_from([f.code for f in self.course.procedure.flags.values()]), "flag")
        self.attempt(login, lambda unit: set_flags(unit, self.number, {flag: value}))

    @rule(data=st.data(), login=st.sampled_from(["k1", "k1", "p1", "e1", "au", "op"]))
    def somebody_sets_a_hold(self, data: st.DataObject, login: str) -> None:
        kind = data.draw(st.sampled_from(sorted(self.course.procedure.holds)), "hold")
        self.attempt(login, lambda unit: set_hold(unit, self.number, kind, "karena"))

    @rule(data=st.data(), login=st.sampled_from(["k1", "k2", "top", "p1"]))
    def somebody_lifts_a_hold(self, data: st.DataObject, login: str) -> None:
        holds = sorted(self.course.holds) or ["hxxxxxxxxxxx"]
        hold = data.draw(st.sampled_from(holds), "hold")
        self.attempt(login, lambda unit: lift_hold(unit, self.number, hold, "karena"))

    @rule(
        route=st.sampled_from([("penerima",), ("provinsi", "kabkota", "penerima"), STAY, ("RPTC-BAP",), ("provinsi",)]),
        hours=st.integers(1, 200),
    )
    def the_coordinator_plans_the_journey(self, route: tuple[str, ...], hours: int) -> None:
        def plan(unit: Unit) -> None:
            entries = []
            for place, to in enumerate(route):
                departs = unit.now + timedelta(hours=hours + 8 * place)
                entries.append(LegEntry("domestik", "A", "B", departs, departs + timedelta(hours=6), to))
            plan_legs(unit, self.number, entries)

        self.attempt("k1", plan)

    @rule(
        login=st.sampled_from(["a1", "a2", "b1", "b2", "b2b", "kb", "k1"]),
        read=st.sampled_from([True, True, True, False]),
        decision=st.sampled_from(["approve", "approve", "approve", "back"]),
        fresh=st.sampled_from([True, True, True, False]),
    )
    def somebody_approves(self, login: str, read: bool, decision: str, fresh: bool) -> None:
        if read:
            self.ministry.reads(self.number, login)
        snapshot = self.ministry.snapshot(self.number) if fresh else "0" * 24
        self.attempt(login, lambda unit: approve(unit, self.number, decision, snapshot, "karena"))

    @rule(
        leg=st.integers(1, 4),
        result=st.sampled_from(["BERANGKAT"] * 4 + ["DITUNDA", "TIDAK_HADIR", "TIDAK_LAYAK", "MENOLAK"]),
        login=st.sampled_from(["p1", "p3", "k1", "e1", "h1"]),
    )
    def somebody_departs(self, leg: int, result: str, login: str) -> None:
        self.attempt(login, lambda unit: depart(unit, self.number, leg, result, note="KAPASITAS penuh"))

    @rule(leg=st.integers(1, 4), event=st.sampled_from(["DEPARTED", "ARRIVED"]), login=st.sampled_from(["k1", "e1"]))
    def somebody_records_a_leg(self, leg: int, event: str, login: str) -> None:
        self.attempt(login, lambda unit: record_leg_event(unit, self.number, leg, event))

    @rule(status=st.sampled_from(list(CaseStatus)), login=st.sampled_from(["k1", "k1", "k2", "p1"]))
    def somebody_ends_or_turns_the_case(self, status: CaseStatus, login: str) -> None:
        self.attempt(login, lambda unit: close_case(unit, self.number, status.value, "karena"))

    @rule(region=st.sampled_from(["5313", "5201", "53", "9999"]))
    def the_coordinator_sets_the_destination(self, region: str) -> None:
        self.attempt("k1", lambda unit: set_destination(unit, self.number, region, "karena"))

    @rule(
        relation=st.sampled_from(["family", "substitute", "institution"]),
        agency=st.sampled_from([None, "PMI", "PALANG-MERAH"]),
    )
    def the_coordinator_names_the_receiver(self, relation: str, agency: str | None) -> None:
        self.attempt("k1", lambda unit: name_receiver(unit, self.number, relation, "Bapak Contoh", None, agency))

    @rule(agency=st.sampled_from(["DINSOS-52", "DUKCAPIL", "RPTC-TPI"]))
    def the_coordinator_names_an_office(self, agency: str) -> None:
        self.attempt("k1", lambda unit: name_offices(unit, self.number, {"dinsos_prov": agency}, "KBRI-KUL"))

    # --- what the machine does

    @rule()
    def the_case_is_advanced(self) -> None:
        self.ministry.advance(self.ministry.file(self.number).subject)

    @rule()
    def everything_due_is_done(self) -> None:
        self.ministry.run()

    @rule()
    def a_mail_server_refuses(self) -> None:
        self.ministry.mail_server_says = "refused"
        self.ministry.run()
        self.ministry.mail_server_says = "accepted"

    @rule(hours=st.integers(1, 300))
    def time_passes(self, hours: int) -> None:
        self.ministry.clock.passes(hours=hours)
        self.ministry.run()

    @rule()
    def time_goes_to_the_next_moment(self) -> None:
        self.the_next_moment_comes()

    def the_next_moment_comes(self) -> None:
        if self.ministry.read(journal.next_due) is not None:
            self.ministry.to_next_moment()

    @rule(steps=st.integers(1, 8))
    def all_goes_well_for_a_while(self, steps: int) -> None:
        for _ in range(steps):
            self.ministry.run()
            course = self.course
            if course.is_over or course.active_holds:
                return
            before = course.head
            self.tried(lambda course=course: self.ministry._step(self.number, course, {}))  # type: ignore[misc]
            if self.course.head == before:  # nothing to answer now
                self.the_next_moment_comes()

    # --- what is always true

    @invariant()
    def the_tables_are_what_the_journal_says(self) -> None:
        if not hasattr(self, "number"):
            return

        self.ministry.read(lambda reading: compare(reading, self.number))

    @invariant()
    def the_chain_is_whole(self) -> None:
        if hasattr(self, "number"):
            assert self.ministry.read(lambda reading: journal.verify_chain(reading)) == []

    @invariant()
    def every_move_is_in_the_table_and_every_departure_passed_the_gate(self) -> None:
        if not hasattr(self, "number"):
            return
        file = self.ministry.file(self.number)
        course = fold(file.course.procedure, ())
        for place, row in enumerate(file.rows):
            before, lost_from = course.status, course.before_lost
            held = bool(course.active_holds)
            take_in(course, row)
            if course.status is before:
                continue
            assert course.status in MAY_GO[before], (before, course.status, row.kind)
            if before is CaseStatus.HILANG_KONTAK and course.status is not CaseStatus.SELESAI:
                assert course.status is lost_from
            departed = row.kind in (Kind.ANSWERED, Kind.LEG_EVENT) and course.status is CaseStatus.PERJALANAN
            if departed:
                judged = [r for r in file.rows[max(0, place - 2) : place] if r.kind is Kind.GATE_JUDGED]
                assert judged, "departed without a judgement in the same transaction"
                assert judged[-1].codes["open"] is True
                assert (judged[-1].codes["basis"] is not None) is not course.is_remains
                assert judged[-1].learned_at == row.learned_at
                assert judged[-1].actor == row.actor
                assert not held


@pytest.mark.proves("I01", "I11", "I14", "I19")
def test_whatever_people_do_the_tables_are_what_the_journal_says(points: dict[str, Point]) -> None:
    class Here(Life):
        pass

    Here.points = points
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=LIVES,
            phases=[Phase.generate],  # shrinking a whole life takes minutes
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )


@pytest.mark.parametrize("name", NAMES)
def test_at_every_point_of_a_life_the_tables_are_what_the_journal_says(at_point: AtPoint, name: str) -> None:
    ministry, number = at_point(name).parts

    ministry.read(lambda reading: compare(reading, number))


def test_on_a_whole_journey_the_tables_follow_every_step(at_point: AtPoint) -> None:
    ministry, number = at_point("departing").parts

    def follow(course: Course) -> bool:
        ministry.read(lambda reading: compare(reading, number))
        return course.status == "PEMANTAUAN"

    ministry.play_until(number, follow)

    assert len(ministry.course(number).handovers) == 4
