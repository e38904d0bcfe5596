"""A return played on tables: people act through the store by their accounts and links, the machine by `advance`.

Import the fixture `ministry` into a conftest (with those of `tests/support/database.py`). Everything is synchronous and
on SQLite; the wall clock stands until a test moves it, and application time is the same.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest
from sqlalchemy import event, insert, select

from domain.course import NO, YES, Course
from domain.digest import MailOrder
from domain.gate import judge
from domain.journal import Kind
from domain.roles import SYSTEM, Actor
from domain.rulebook import Rulebook, default_rulebook
from domain.tasks import AskState, TaskStatus
from store import agencies, journal
from store.advance import advance
from store.answers import LinkForm, answer_as_staff, answer_by_link
from store.case_acts import set_flags
from store.casefile import CaseFile, open_case_file
from store.desks import record_delivery
from store.engine import Database, open_engine
from store.gatekeeping import approve
from store.journey import LegEntry, depart, plan_legs, record_leg_event
from store.reads import record_view
from store.reviews import decide, mark_not_required, verify
from store.starting import Opened, OpenOrder, PersonEntry, open_case
from store.tables_account import accounts
from store.tables_case import asks, cases
from store.unit import Reading, StoreConfig, Unit, Units
from tests.support.database import RealClock, a_vault

T = TypeVar("T")
SHELTER, OTHER_SHELTER, DESTINATION = "RPTC-TPI", "RPTC-BAP", "5313"
ROUTE = ("provinsi", "kabkota", "penerima")

# login: (roles, agency); the staff number is the login's unless it stands in ONE_PERSON
STAFF: Mapping[str, tuple[tuple[str, ...], str]] = {
    "k1": (("koordinator",), "KEMENSOS-RSKBK"),
    "k2": (("koordinator",), "KEMENSOS-RSKBK"),
    "k1b": (("koordinator",), "KEMENSOS-RSKBK"),  # the second account of k1
    "p1": (("pekerja_sosial",), SHELTER),
    "p3": (("pekerja_sosial",), OTHER_SHELTER),
    "h1": (("kepala_sentra",), SHELTER),
    "h3": (("kepala_sentra",), OTHER_SHELTER),
    "a1": (("pemeriksa",), "KEMENSOS-RSKBK"),
    "a2": (("pemeriksa",), "KEMENSOS-RSKBK"),
    "b1": (("penyetuju",), "KEMENSOS-RSKBK"),
    "b2": (("penyetuju", "pemeriksa"), "KEMENSOS-RSKBK"),
    "b2b": (("penyetuju",), "KEMENSOS-RSKBK"),  # the second account of b2
    "kb": (("koordinator", "pemeriksa", "penyetuju"), "KEMENSOS-RSKBK"),
    "top": (("pimpinan",), "KEMENSOS-RSKBK"),
    "e1": (("pendamping",), "KEMENSOS-RSKBK"),
    "e2": (("pendamping",), "KEMENSOS-RSKBK"),
    "eb": (("pendamping", "penyetuju"), "KEMENSOS-RSKBK"),
    "op": (("operator",), "KEMENSOS"),
    "au": (("auditor",), "KEMENSOS"),
    "ad": (("administrator",), "KEMENSOS"),
}
ONE_PERSON = {"k1b": "k1", "b2b": "b2"}


def actor(login: str) -> Actor:
    roles, agency = STAFF[login]
    number = f"198{ONE_PERSON.get(login, login)}"
    return Actor("account", f"id-{login}", login, f"Contoh {login}", roles, agency, number)


@dataclass(frozen=True)
class Words:
    subject: str
    text: str
    html: str


@dataclass
class QuietComposer:
    """Keeps every order it composed; the mail's words are the least that a test needs."""

    orders: list[MailOrder] = field(default_factory=list)

    def compose(self, order: MailOrder) -> Words:
        self.orders.append(order)
        lines = [f"{ask.number} {ask.initials} {ask.title_id}" for ask in order.asks]
        text = "\n".join([*lines, order.link or "", f"Kode: {order.code}" if order.code else ""])
        return Words(f"{len(order.asks)} permintaan", text, "<p></p>")


def a_person(name: str = "Yohana Ina Contoh", **facts: Any) -> PersonEntry:
    return PersonEntry(**({"name": name, "sex": "P", "birth_date": date(1990, 5, 4)} | facts))


def an_order(**facts: Any) -> OpenOrder:
    """A start at RPTC-TPI with Lembata as destination."""
    known = {"person": a_person(), "entry_route": "RUJUKAN_APH", "shelter": SHELTER, "destination": DESTINATION}
    return OpenOrder(**(known | {"offices": {"lks": "PALANG-MERAH"}} | facts))


def a_form(action: str | None = None, nonce: str = "", **facts: Any) -> LinkForm:
    return LinkForm(**({"name": "Sri", "position": "Kepala Seksi", "nonce": nonce, "action": action} | facts))


@dataclass
class Ministry:
    """The house without processes. `route`: who receives at the end of each leg when a case comes to its plan."""

    units: Units
    clock: RealClock
    composer: QuietComposer = field(default_factory=QuietComposer)
    route: tuple[str, ...] = ROUTE
    escort: str = ""
    mail_server_says: Literal["accepted", "refused", "uncertain"] = "accepted"
    _count: int = 0

    # --- acting

    def act(self, login: str, fn: Callable[[Unit], T]) -> T:
        return self.units.write_sync(actor(login), fn)

    def by_link(self, mail: str, form: LinkForm) -> Any:
        return self.units.write_sync(Actor("link", mail), lambda unit: answer_by_link(unit, mail, form))

    def system(self, fn: Callable[[Unit], T]) -> T:
        return self.units.write_sync(SYSTEM, fn)

    def read(self, fn: Callable[[Reading], T]) -> T:
        return self.units.read_sync(fn)

    def start(self, login: str = "k1", **facts: Any) -> str:
        return self.opened(login, **facts).number

    def opened(self, login: str = "k1", **facts: Any) -> Opened:
        return self.act(login, lambda unit: open_case(unit, an_order(**facts)))

    # --- looking

    @property
    def now(self) -> datetime:
        return self.clock.now

    def file(self, number: str) -> CaseFile:
        return self.read(lambda reading: open_case_file(reading, number))

    def course(self, number: str) -> Course:
        return self.file(number).course

    def status(self, number: str, task: str | None = None, n: int = 1) -> str:
        course = self.course(number)
        return course.status.value if task is None else course.tasks[task, n].status.value

    def column(self, number: str, name: str) -> Any:
        return self.read(lambda reading: reading.scalar(select(cases.c[name]).where(cases.c.number == number)))

    def snapshot(self, number: str) -> str:
        def look(reading: Reading) -> str:
            file = open_case_file(reading, number)
            return judge(file.course, reading.now, file.world).snapshot

        return self.read(look)

    def kinds(self, number: str) -> list[Kind]:
        return [row.kind for row in self.file(number).rows]

    def mails_to(self, agency: str) -> list[MailOrder]:
        return [order for order in self.composer.orders if order.agency_code == agency]

    def asks_of(self, agency: str) -> list[Any]:
        query = select(asks.c.id, asks.c.task, asks.c.state, asks.c.mail).where(asks.c.agency == agency)
        return list(self.read(lambda reading: reading.rows(query.order_by(asks.c.opened_at, asks.c.id))))

    # --- the machine

    def run(self) -> None:
        """Advances everything with news or past its moment, and has every mail accepted, until nothing is left."""
        for _ in range(500):
            news = self.read(lambda reading: journal.subjects_with_news(reading, reading.now, 100))
            if not news:
                return
            for subject in news:
                self.advance(subject.id)
        raise AssertionError("the machine never comes to rest")

    def advance(self, subject: str) -> Any:
        outcome = self.system(lambda unit: advance(unit, subject, self.composer))
        for mail in outcome.deliver:
            self.replied(mail)
        self.system(lambda unit: journal.set_started(unit, subject, 9))
        return outcome

    def to_next_moment(self) -> None:
        moment = self.read(journal.next_due)
        assert moment is not None, "nothing is waited for"
        self.go_to(moment)

    def replied(self, mail: str) -> None:
        self.system(lambda unit: record_delivery(unit, mail, self.mail_server_says, "said the server"))

    def go_to(self, moment: datetime) -> None:
        """Moves time and has everything due at *moment* done (what is due on the way is done late)."""
        self.clock.now = max(self.clock.now, moment)
        self.run()

    def passes(self, **span: float) -> None:
        """Lets time pass, stopping at every due moment on the way."""
        self.run()
        end = self.clock.now + timedelta(**span)
        while True:
            moment = self.read(journal.next_due)
            if moment is None or moment > end:
                break
            self.go_to(moment)
        self.go_to(end)

    # --- playing on

    def answer(self, number: str, task: str, answer: str | None = None, n: int | None = None, **more: Any) -> str:
        """Answers by account or by link, as the ask's channel says, and has it verified. Returns the receipt."""
        course = self.course(number)
        facts = course.find_task(task, n)
        assert facts is not None
        ask = course.ask_of(facts)
        assert ask is not None, (task, facts.status)
        code = answer or course.rule(task).answers.passes[0]
        fails = code in course.rule(task).answers.fails
        if ask.channel == "staff":
            login = self.staff_for(course, task, ask.agency)
            reason = "KAPASITAS" if fails else None
            receipt = self.act(
                login, lambda unit: answer_as_staff(unit, number, task, facts.n, code, reason, **more)
            ).receipt
        else:
            assert ask.mail is not None, f"{task} was not mailed"
            self._count += 1
            own = {ask.id: code}
            form = a_form(
                nonce=f"{ask.id}-{self._count}", each=own, reasons={ask.id: "KAPASITAS"} if fails else {}, **more
            )
            receipt = self.by_link(ask.mail, form).receipt
        if self.status(number, task, facts.n) == TaskStatus.DIJAWAB:
            self.act("k2", lambda unit: verify(unit, number, task, facts.n, "pass"))
        return str(receipt)

    def staff_for(self, course: Course, task: str, agency: str) -> str:
        if agency == "KEMENSOS-RSKBK":
            return "k1"
        head = course.rule(task).signer == "kepala_sentra"
        return {SHELTER: "h1" if head else "p1", OTHER_SHELTER: "h3" if head else "p3"}[agency]

    def plan(self, number: str, *hands_to: str, starts: timedelta = timedelta(days=3), login: str = "k1") -> str | None:
        entries = []
        for place, to in enumerate(hands_to or self.route):
            departs = self.now + starts + timedelta(hours=8 * place)
            escort = self.escort if place == 0 else ""
            entries.append(LegEntry("domestik", "A", "B", departs, departs + timedelta(hours=6), to, escort=escort))
        return self.act(login, lambda unit: plan_legs(unit, number, entries))

    def say_no_to_other_flags(self, number: str, login: str = "p1") -> None:
        course = self.course(number)
        left = {code: NO for code in course.procedure.required_flags if course.flags[code] not in (YES, NO)}
        if left:
            self.act(login, lambda unit: set_flags(unit, number, left))

    def reads(self, number: str, login: str) -> None:
        """The approver opens the case: its items count as read on the present snapshot."""
        self.act(login, lambda unit: record_view(unit, open_case_file(unit, number), "api", ("identity",)))

    def approve(self, number: str, login: str, decision: str = "approve", **more: Any) -> None:
        snapshot = self.snapshot(number)
        self.reads(number, login)
        self.act(login, lambda unit: approve(unit, number, decision, snapshot, **more))

    def approve_twice(self, number: str) -> None:
        self.approve(number, "a1")
        self.approve(number, "b1")
        self.run()

    def depart(self, number: str, leg: int = 1, result: str = "BERANGKAT", login: str = "p1", **more: Any) -> Any:
        return self.act(login, lambda unit: depart(unit, number, leg, result, **more))

    def leg_event(self, number: str, leg: int, event: str, login: str = "k1", **more: Any) -> None:
        self.act(login, lambda unit: record_leg_event(unit, number, leg, event, **more))

    def not_required(self, number: str, task: str, login: str, reason: str = "TIDAK_RELEVAN") -> None:
        self.act(login, lambda unit: mark_not_required(unit, number, task, None, reason))

    def decides(self, number: str, task: str, choice: str = "ask_again", agency: str | None = None) -> None:
        self.act("k1", lambda unit: decide(unit, number, task, None, choice, agency, "karena"))

    def play_until(
        self, number: str, reached: Callable[[Course], bool], answers: Mapping[str, str] | None = None
    ) -> str:
        """Answers whatever is open until *reached*; stops where the machine waits for a moment, and goes to it."""
        self.run()
        for _ in range(300):
            course = self.course(number)
            if reached(course):
                return number
            assert not course.is_over, course.status
            if not self._step(number, course, answers or {}):
                self.to_next_moment()
            self.run()
        raise AssertionError([(t.code, t.n, t.status.value) for t in course.ordered_tasks() if not t.is_settled])

    def play_to_status(self, number: str, status: str, answers: Mapping[str, str] | None = None) -> str:
        return self.play_until(number, lambda course: course.status == status, answers)

    def play_until_open(self, number: str, task: str, answers: Mapping[str, str] | None = None) -> str:
        """Until *task* can be answered: by staff at once, by link when its mail is there."""

        def is_open(course: Course) -> bool:
            return any(
                ask.task == task and (ask.channel == "staff" or ask.state is AskState.SENT) for ask in course.open_asks
            )

        return self.play_until(number, is_open, answers)

    def _step(self, number: str, course: Course, answers: Mapping[str, str]) -> bool:
        if course.status == "MENUNGGU_GERBANG":
            if course.is_remains and not course.legs:
                self.plan(number, "kabkota", "penerima")
            self.approve_twice(number)
            return True
        if course.status == "DISETUJUI" and course.is_remains:
            self.depart(number, 1, login="k1")
            return True
        ready = [ask for ask in course.open_asks if ask.channel == "staff" or ask.state is AskState.SENT]
        ready = [ask for ask in ready if ask.task != "jalan.cek_berangkat" or _has_come_so_far(course, ask.n)]
        for ask in ready:
            if ask.task == "awal.skrining":
                self.say_no_to_other_flags(number)
            if ask.task == "pulang.rencana_perjalanan":
                self.plan(number)
            elif ask.task == "jalan.cek_berangkat":
                self.depart(number, ask.n, login=self.staff_for(course, ask.task, ask.agency))
            else:
                self.answer(number, ask.task, answers.get(ask.task), ask.n)
            return True
        return False


def _has_come_so_far(course: Course, leg: int) -> bool:
    return all(before.state in ("ARRIVED", "HANDED_OVER") for before in course.legs if before.n < leg)


def fill(units: Units) -> None:
    """The register and the staff, as every test of cases finds them."""

    def seed(unit: Unit) -> None:
        agencies.load_seed(unit)
        rows = []
        for login in STAFF:
            who = actor(login)
            known = {"name": who.name, "roles": list(who.roles), "agency": who.agency, "staff_number": who.staff_number}
            same = {"phone": "", "password_hash": "-", "epoch": 1, "active": True}
            rows.append({"id": who.id, "login": login, **known, **same})
        unit.execute(insert(accounts), rows)

    def made(unit: Unit) -> None:
        journal.ensure_subject(unit, journal.HOUSE)
        seed(unit)

    units.write_sync(SYSTEM, made)


@pytest.fixture(scope="session")
def filled_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with register and staff, that nobody writes to."""
    path = tmp_path_factory.mktemp("filled") / "pulang.db"
    shutil.copy(migrated_file, path)
    database = open_engine(f"sqlite:///{path}")
    fill(Units(database, a_vault(), real_clock=RealClock()))
    database.close_sync()
    return path


def open_quickly(path: Path) -> Database:
    """A database that does not wait for the disk: only the rows of a test are lost when the machine fails."""
    database = open_engine(f"sqlite:///{path}")
    assert database._engine is not None
    event.listen(database._engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF"))
    return database


def open_ministry(
    filled: Path, path: Path, *, window_s: int | None = 5, rules: Rulebook | None = None
) -> tuple[Ministry, Database]:
    """A ministry on its own copy of *filled*. window_s: seconds a desk gathers, None = as the procedure says."""
    shutil.copy(filled, path)
    database = open_quickly(path)
    clock = RealClock()
    config = StoreConfig(demo=True, digest_window_s=window_s)
    units = Units(database, a_vault(), rules or default_rulebook(), config, real_clock=clock)
    return Ministry(units, clock), database


@pytest.fixture
def ministry(filled_file: Path, tmp_path: Path) -> Iterator[Ministry]:
    made, database = open_ministry(filled_file, tmp_path / "ministry.db")
    yield made
    database.close_sync()


# --- cases at a point of their life, played once for a whole run


@dataclass(frozen=True)
class Point:
    """A database at one point of a case's life, the case's number, and the moment at which it stands."""

    path: Path
    number: str
    now: datetime


Step = tuple[str, Callable[[Ministry, str], object]]
POINTS: tuple[Step, ...] = (
    ("started", lambda m, n: m.run()),
    ("at the gate", lambda m, n: m.play_to_status(n, "MENUNGGU_GERBANG")),
    ("approved", lambda m, n: m.approve_twice(n)),
    ("departing", lambda m, n: m.play_until_open(n, "jalan.cek_berangkat")),
    ("on the road", lambda m, n: m.play_to_status(n, "PERJALANAN")),
    ("in a stay", lambda m, n: m.play_to_status(n, "SINGGAH")),
    ("at home", lambda m, n: m.play_until_open(n, "monev.kunjungan")),
    ("ending", lambda m, n: m.play_until_open(n, "pasca.terminasi")),
)
REMAINS: tuple[Step, ...] = (("remains", lambda m, n: m.play_to_status(n, "DISETUJUI")),)
STAY = (OTHER_SHELTER, "provinsi", "kabkota", "penerima")


@pytest.fixture(scope="session")
def points(filled_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Point]:
    """One return by way of a stay, and one of remains, at the points above; the first leg is escorted by e1."""
    folder = tmp_path_factory.mktemp("points")
    kept: dict[str, Point] = {}
    remains = {"entry_route": "JENAZAH", "flags": {"already_entered": "ya"}}
    for steps, facts in ((POINTS, {}), (REMAINS, remains)):
        path = folder / f"{steps[0][0]}.db"
        ministry, database = open_ministry(filled_file, path)
        ministry.route, ministry.escort = STAY, "e1"
        number = ministry.start(**facts)
        for name, step in steps:
            step(ministry, number)
            database.close_sync()  # its log goes into the file
            kept[name] = Point(Path(shutil.copy(path, folder / f"point {name}.db")), number, ministry.now)
            database = open_quickly(path)
            ministry.units = replace(ministry.units, database=database)
        database.close_sync()
    return kept


@dataclass
class Return:
    """A case at some point, in a ministry of its own."""

    ministry: Ministry
    number: str

    @property
    def parts(self) -> tuple[Ministry, str]:
        return self.ministry, self.number


AtPoint = Callable[[str], Return]


@pytest.fixture
def at_point(points: dict[str, Point], tmp_path: Path) -> Iterator[AtPoint]:
    """Opens a copy of the case at a point: `at_point("departing")`."""
    opened: list[Database] = []

    def make(name: str) -> Return:
        point = points[name]
        ministry, database = open_ministry(point.path, tmp_path / f"{len(opened)}.db")
        opened.append(database)
        ministry.clock.now, ministry.route, ministry.escort = point.now, STAY, "e1"
        return Return(ministry, point.number)

    yield make
    for database in opened:
        database.close_sync()
