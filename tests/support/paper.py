"""A case on paper: rows, rules and a clock, without database or Temporal; for tests of the domain."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.agencies import Register, expand_seed
from domain.course import NO, YES, AskFacts, Course
from domain.data import procedure_texts
from domain.folding import take_in
from domain.gate import Verdict, judge
from domain.journal import Kind, Row
from domain.moves import Act, due, due_moment
from domain.planning import World, leg_of
from domain.procedure import Procedure, parse_procedure
from domain.rulebook import default_rulebook
from domain.tasks import AskState, TaskStatus

MONDAY = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)  # Monday 09.00 WIB
REGISTER = Register(expand_seed())
OFFICES = {"lks": "PALANG-MERAH"}
STAY = ("RPTC-BAP", "provinsi", "kabkota", "penerima")  # by way of the other shelter


def a_world() -> World:
    return default_rulebook().world(REGISTER, lambda text: hashlib.sha256(text.encode()).hexdigest()[:24])


class Paper:
    """Plays one case by its rules. `flags` are the flags set to ya at the start, the others stay unknown."""

    def __init__(
        self,
        *flags: str,
        at: datetime = MONDAY,
        urgent: bool = False,
        procedure: Procedure | None = None,
        route: tuple[str, ...] = (),
        **facts: Any,
    ) -> None:
        self.world = a_world()
        self.now = at
        self.route = route  # who receives at the end of each leg, when the case comes to its plan
        self.rows: list[Row] = []
        self.course = Course(procedure or default_rulebook().current)
        opened: dict[str, Any] = {
            "number": "PLG-2026-000001-3",
            "entry_route": "JENAZAH" if "deceased" in flags else "RUJUKAN_APH",
            "shelter": "RPTC-TPI",
            "destination": "5313",
            "mission": None,
            "debarkation": None,
            "urgent": urgent,
            "offices": dict(OFFICES),
            "draft": False,
            "flags": dict.fromkeys(flags, YES),
        }
        self.row(Kind.OPENED, opened | facts, actor="account:koordinator")
        self.row(Kind.ANSWERED, {"task": "akses.penerimaan", "n": 1, "answer": "SELESAI", "ask": None})
        self.settle()

    def row(self, kind: Kind, codes: Mapping[str, Any], actor: str = "account:x", sealed: Any = None) -> Row:
        row = Row(len(self.rows) + 1, kind, self.now, self.now, actor, codes, sealed or {})
        self.rows.append(row)
        take_in(self.course, row)
        return row

    def settle(self) -> datetime | None:
        """Does everything due now, mails included; returns the next moment."""
        for _ in range(200):
            wanted = due(self.course, self.now, self.world)
            if not wanted.acts:
                if not self._mail():
                    return wanted.next_at
                continue
            for act in wanted.acts:
                self._do(act)
        raise AssertionError("the rules never come to rest")

    def _do(self, act: Act) -> None:
        codes = dict(act.codes)
        if act.kind is Kind.ASKED:
            codes["ask"] = f"a{len(self.rows)}"
        if act.kind is Kind.HOLD_SET:
            codes |= {"hold": f"h{len(self.rows)}", "review_on": "2026-12-31"}
        sealed = {"flags": {act.secret_flag: YES}} if act.secret_flag else {}
        self.row(act.kind, codes, actor="system", sealed=sealed)

    def _mail(self) -> bool:
        queued = [ask for ask in self.course.asks.values() if ask.state is AskState.QUEUED]
        for ask in queued:
            moment = due_moment(self.course, self.course.rule(ask.task), ask.n, self.now, self.world, ask.agency)
            self.row(Kind.MAILED, {"mail": "m", "kind": "ask", "due": {ask.id: moment.isoformat()}}, actor="system")
        return bool(queued)

    def answer(self, code: str, answer: str | None = None, n: int | None = None, **codes: Any) -> None:
        task = self.course.find_task(code, n)
        assert task is not None
        assert task.is_open, (code, task.status)
        rule = self.course.rule(code)
        chosen = answer or rule.answers.passes[0]
        if rule.answers.code == "serah_terima" and chosen in rule.answers.passes:
            codes = {"bast": f"BAST-{len(self.rows)}", "leg": self._leg_ending_with(code, task.n)} | codes
        self.row(Kind.ANSWERED, {"task": code, "n": task.n, "answer": chosen, "ask": task.ask, "receipt": "R"} | codes)
        if rule.verify_by and task.status is TaskStatus.DIJAWAB:
            self.row(Kind.VERIFIED, {"task": code, "n": task.n, "result": "pass"}, actor="account:other")
        self.settle()

    def _leg_ending_with(self, code: str, n: int) -> int | None:
        """The leg that this hand-over ends, as the store works it out."""
        leg, binds = leg_of(self.course, self.course.rule(code), n)
        ends = {"serah.provinsi": "provinsi", "serah.kabkota": "kabkota"}.get(code)
        return leg.n if leg is not None and binds and ends in (None, leg.hands_to) else None

    def say_no_to_other_flags(self) -> None:
        left = {flag: NO for flag in self.course.procedure.required_flags if self.course.flags[flag] not in (YES, NO)}
        self.row(Kind.FLAGS, {"flags": left})
        self.settle()

    def plan_legs(self, *hands_to: str, starts: timedelta = timedelta(days=3)) -> None:
        legs = []
        for n, to in enumerate(hands_to or ("provinsi", "kabkota", "penerima"), start=1):
            departs = self.now + starts + timedelta(hours=8 * (n - 1))
            arrives = departs + timedelta(hours=6)
            legs.append(
                {
                    "n": n,
                    "kind": "domestik",
                    "departs_at": departs.isoformat(),
                    "arrives_at": arrives.isoformat(),
                    "hands_to": to,
                }
            )
        self.row(Kind.LEGS_PLANNED, {"legs": legs})

    def approve_twice(self) -> None:
        for role, account in (("pemeriksa", "account:a"), ("penyetuju", "account:b")):
            snapshot = self.verdict().snapshot
            codes = {"role": role, "account": account, "decision": "approve", "snapshot": snapshot}
            self.row(Kind.APPROVED, codes, actor=account)
        self.settle()

    def verdict(self) -> Verdict:
        return judge(self.course, self.now, self.world)

    def go_to(self, moment: datetime) -> None:
        self.now = max(self.now, moment)
        self.settle()

    def status(self, code: str, n: int = 1) -> TaskStatus:
        return self.course.tasks[code, n].status

    def open_codes(self) -> list[str]:
        return [task.code for task in self.course.ordered_tasks() if task.is_open]

    def play_to_the_end(self, answers: Mapping[str, str] | None = None) -> list[str]:
        """Answers whatever is open until the case is over; returns the tasks in the order they were settled."""
        done: list[str] = []
        for _ in range(300):
            if self.course.is_over:
                return done
            if not self._step(answers or {}, done):
                next_at = self.settle()
                assert next_at is not None, (self.course.status, self._stuck())
                self.go_to(next_at)
        raise AssertionError(self._stuck())

    def _step(self, answers: Mapping[str, str], done: list[str]) -> bool:
        if self.course.status == "MENUNGGU_GERBANG":
            if self.course.is_remains and not self.course.legs:
                self.plan_legs("kabkota", "penerima")
            self.approve_twice()
            return True
        if self.course.is_remains and self.course.status == "DISETUJUI":
            self.row(Kind.LEG_EVENT, {"leg": 1, "event": "DEPARTED", "is_departure": True})
            self.settle()
            return True
        for code in sorted(
            self.open_codes(), key=lambda code: code != "jalan.transit"
        ):  # a stay before what follows it
            if code == "awal.skrining":
                self.say_no_to_other_flags()
            if code == "pulang.rencana_perjalanan":
                self.plan_legs(*self.route)
            self.answer(code, answers.get(code))
            done.append(code)
            return True
        return False

    def _stuck(self) -> list[tuple[str, int, str]]:
        return [(t.code, t.n, t.status.value) for t in self.course.ordered_tasks() if not t.is_settled]

    # --- shorter ways to where a test begins

    def play_until(self, reached: Callable[["Paper"], bool], answers: Mapping[str, str] | None = None) -> "Paper":
        """Plays on until *reached* says so; the case must not be over before."""
        for _ in range(300):
            if reached(self):
                return self
            assert not self.course.is_over, self.course.status
            if not self._step(answers or {}, []):
                next_at = self.settle()
                assert next_at is not None, (self.course.status, self._stuck())
                self.go_to(next_at)
        raise AssertionError(self._stuck())

    def play_to_status(self, status: str, answers: Mapping[str, str] | None = None) -> "Paper":
        return self.play_until(lambda paper: paper.course.status == status, answers)

    def play_until_open(self, code: str, answers: Mapping[str, str] | None = None) -> "Paper":
        return self.play_until(lambda paper: code in paper.open_codes(), answers)

    def set_flags(self, **flags: str) -> None:
        self.row(Kind.FLAGS, {"flags": flags}, actor="account:y")
        self.settle()

    def hold(self, kind: str = "ADMINISTRASI") -> str:
        hold = f"h{len(self.rows)}"
        self.row(Kind.HOLD_SET, {"hold": hold, "kind": kind, "review_on": "2026-12-31", "by_role": "koordinator"})
        self.settle()
        return hold

    def lift(self, hold: str) -> None:
        self.row(Kind.HOLD_LIFTED, {"hold": hold, "kind": self.course.holds[hold].kind})
        self.settle()

    def decide(self, code: str, n: int = 1, **codes: Any) -> None:
        task = self.course.tasks[code, n]
        base = {"task": code, "n": task.n, "choice": "ask_again", "agency": None, "function": None}
        self.row(Kind.DECIDED, base | codes)
        self.settle()

    def close(self, status: str) -> None:
        self.row(Kind.CLOSED, {"status": status})
        self.settle()

    def kinds(self, kind: Kind) -> list[Row]:
        return [row for row in self.rows if row.kind is kind]

    def last(self, kind: Kind) -> Row:
        return self.kinds(kind)[-1]

    def check(self, code: str) -> str:
        return next(check.state.value for check in self.verdict().checks if check.code == code)

    def remedies(self, code: str) -> list[str]:
        return [wait.remedy for check in self.verdict().checks if check.code == code for wait in check.waits]

    def ask_of(self, code: str, n: int = 1) -> AskFacts:
        ask = self.course.ask_of(self.course.tasks[code, n])
        assert ask is not None, (code, self.status(code, n))
        return ask

    def moves_of_the_case(self) -> list[tuple[str, str]]:
        """Every change of status, row by row, as a fresh fold sees it."""
        course, seen = Course(self.course.procedure), []
        for row in self.rows:
            before = course.status
            take_in(course, row)
            if course.status is not before:
                seen.append((before.value, course.status.value))
        return seen


def a_procedure(*changes: tuple[str, str]) -> Procedure:
    """The procedure that comes with Pulang, its text changed; every change must find its place once."""
    text = procedure_texts()[next(iter(procedure_texts()))]
    for old, new in changes:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return parse_procedure(text)


def approved(*flags: str, **facts: object) -> Paper:
    return Paper(*flags, **facts).play_to_status("DISETUJUI")  # type: ignore[arg-type]


def on_the_road(*route: str, **facts: object) -> Paper:
    """Just departed on the first leg, nothing handed over yet."""
    paper = Paper(route=route, **facts).play_until_open("jalan.cek_berangkat")  # type: ignore[arg-type]
    paper.go_to(paper.course.legs[0].departs_at)
    paper.answer("jalan.cek_berangkat", n=1)
    assert paper.course.status == "PERJALANAN"
    return paper


def at_the_door() -> Paper:
    """Everything handed over but the last."""
    return on_the_road().play_until_open("serah.keluarga")
