"""A site with cases that have come a long way: played by store acts, as people and offices would, without the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from domain.course import DEPARTURE, PLAN, AskFacts, Course, TaskFacts
from domain.errors import DomainError
from domain.roles import Actor
from domain.tasks import TaskStatus
from store import accounts, answers, case_acts, gatekeeping, journey, reads, reviews, starting
from store.answers import LinkForm
from store.casefile import open_case_file
from store.journey import LegEntry
from store.starting import OpenOrder, PersonEntry
from store.unit import Reading, Unit
from tests.support.backstage import Backstage
from tests.support.client import Site

FLAG_TASKS = ("awal.skrining", "asesmen.biopsikososial")


@dataclass
class Scene:
    """Plays cases on *site*. Every act is by the demonstration account that may do it."""

    site: Site
    stage: Backstage

    @classmethod
    def on(cls, site: Site) -> "Scene":
        return cls(site, Backstage(site.units))

    def actor(self, login: str) -> Actor:
        account = self.site.units.read_sync(lambda r: accounts.find_by_login(r, login))
        assert account is not None
        return account.actor

    def do(self, login: str, act: Callable[[Unit], Any]) -> Any:
        return self.site.units.write_sync(self.actor(login), act)

    def course(self, number: str) -> Course:
        def look(reading: Reading) -> Course:
            return open_case_file(reading, number).course

        return self.site.units.read_sync(look)

    def start(self, name: str = "Sartika Contoh Dewi", **facts: Any) -> str:
        """A case that koordinator1 has just started, its first asks mailed."""
        person = {"sex": "P", "birth_date": date(2000, 3, 4), **facts.pop("person", {})}
        order: dict[str, Any] = {
            "entry_route": "RUJUKAN_APH",
            "shelter": "RPTC-TPI",
            "destination": "5313",
            "offices": {"lks": "PALANG-MERAH"},
            **facts,
        }
        login = order.pop("by", "koordinator1")
        opened = self.do(login, lambda unit: starting.open_case(unit, OpenOrder(PersonEntry(name, **person), **order)))
        self.stage.work()
        return str(opened.number)

    # --- answering

    def answer(self, number: str, code: str, answer: str | None = None, n: int | None = None, **more: Any) -> None:
        """One answer by whoever owns the task; a second look by another coordinator where the task wants one."""
        task = self.course(number).find_task(code, n)
        assert task is not None
        assert task.is_open, (code, task.status)
        chosen = answer or self.course(number).rule(code).answers.passes[0]
        if self._is_staff(number, task):
            login = self._own(number, task)
            self.do(login, lambda unit: answers.answer_as_staff(unit, number, code, task.n, chosen, more.get("reason")))
        else:
            self._by_link(number, task, chosen, more.get("reason"))
        after = self.course(number).find_task(code, task.n)
        if after is not None and after.status is TaskStatus.DIJAWAB and more.get("verify", True):
            self.do("koordinator2", lambda unit: reviews.verify(unit, number, code, task.n, "pass"))
        self.stage.work()

    def _is_staff(self, number: str, task: TaskFacts) -> bool:
        ask = self.course(number).ask_of(task)
        return ask is not None and ask.channel == "staff"

    def _own(self, number: str, task: TaskFacts) -> str:
        rule = self.course(number).rule(task.code)
        if rule.signer:
            return "kepala1"
        return "koordinator1" if rule.owner == "kemensos_dit" else "peksos1"

    def _by_link(self, number: str, task: TaskFacts, chosen: str, reason: str | None) -> None:
        ask = self._mailed(number, task)
        form = LinkForm(
            name="Petrus Contoh Wukak",
            position="Kepala Bidang",
            nonce=uuid4().hex,
            each={ask.id: chosen},
            reasons={ask.id: reason} if reason else {},
        )
        by = Actor("link", str(ask.mail))
        self.site.units.write_sync(by, lambda unit: answers.answer_by_link(unit, by.id, form))

    def _mailed(self, number: str, task: TaskFacts) -> AskFacts:
        """The task's ask once its mail has left, in the office's working hours."""
        for _ in range(20):
            ask = self.course(number).ask_of(task)
            assert ask is not None
            if ask.mail is not None:
                return ask
            self.passes(hours=3)
        raise AssertionError(f"never mailed: {task.code}")

    def say_no_to_other_flags(self, number: str, **flags: str) -> None:
        course = self.course(number)
        left = {
            code: "tidak" for code in course.procedure.required_flags if course.flags.get(code) not in ("ya", "tidak")
        }
        wanted = {**left, **flags}
        if wanted:
            self.do("peksos1", lambda unit: case_acts.set_flags(unit, number, wanted))
        self.stage.work()

    def plan(self, number: str, *hands_to: str, escort: str = "", starts: timedelta = timedelta(days=3)) -> None:
        places = ("RPTC Tanjungpinang", "Kupang", "Lewoleba", "Desa Contoh")
        now: datetime = self.site.units.read_sync(lambda r: r.now)
        entries = []
        for n, to in enumerate(hands_to or ("provinsi", "kabkota", "penerima")):
            departs = now + starts + timedelta(hours=8 * n)
            entries.append(
                LegEntry(
                    "domestik", places[n], places[n + 1], departs, departs + timedelta(hours=6), to, "KM Contoh", escort
                )
            )
        self.do("koordinator1", lambda unit: journey.plan_legs(unit, number, entries))
        self.stage.work()

    # --- the road to the gate

    def to_gate(self, number: str, stop: Callable[[Course], bool] | None = None, **plan: Any) -> None:
        """Answers everything that is asked, day by day, until both signatures are all that is missing."""
        self.say_no_to_other_flags(number)
        for _ in range(80):
            course = self.course(number)
            if course.status == "MENUNGGU_GERBANG" or (stop is not None and stop(course)):
                return
            if not self._one_answer(number, plan):
                self.passes(hours=3)
        raise AssertionError(self.open_tasks(number))

    def _one_answer(self, number: str, plan: Mapping[str, Any]) -> bool:
        course = self.course(number)
        for task in course.ordered_tasks():
            ask = course.ask_of(task)
            if not task.is_open or ask is None or (ask.channel == "link" and ask.mail is None):
                continue
            if task.code == PLAN:
                self.plan(number, **plan)
            elif task.code == DEPARTURE:
                continue
            else:
                self.answer(number, task.code, n=task.n)
            return True
        return False

    def open_tasks(self, number: str) -> list[tuple[str, str]]:
        return [(t.code, t.status.value) for t in self.course(number).ordered_tasks() if not t.is_settled]

    def passes(self, **span: float) -> None:
        self.site.clock.pass_by(**span)
        self.stage.work()

    def sign(self, number: str, login: str, decision: str = "approve", note: str | None = None) -> None:
        def act(unit: Unit) -> None:
            file = open_case_file(unit, number)
            reads.record_view(unit, file, "gate", ("identity",))
            gatekeeping.approve(unit, number, decision, str(file.course.snapshot), note)

        self.do(login, act)
        self.stage.work()

    def refuses(self, act: Callable[[], Any]) -> str:
        """The code with which *act* is refused."""
        try:
            act()
        except DomainError as error:
            return error.code
        raise AssertionError("not refused")
