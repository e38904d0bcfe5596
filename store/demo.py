"""Fictitious people and their returns for the demonstration: rows like any other, made by the same acts, in the past.

Every person here is invented and says so; their NIK carry 00 where a real one has a district, so none was ever issued.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from domain.roles import SYSTEM, Actor
from store import accounts, journal, outbox
from store.advance import advance
from store.answers import LinkForm, answer_as_staff, answer_by_link
from store.case_acts import set_hold
from store.casefile import open_case_file, register_of
from store.desks import Composer, record_delivery
from store.reviews import verify
from store.starting import OpenOrder, PersonEntry, open_case
from store.tables_case import asks
from store.unit import Reading, Unit, Units

WIB = ZoneInfo("Asia/Jakarta")
Post = Callable[[bytes, str], None]
OFFICER = ("Petugas Contoh", "Kepala Seksi Contoh")


@dataclass(frozen=True)
class Story:
    """One fictitious case: who, where, how many working days ago it began, and what happened since."""

    person: PersonEntry
    entry_route: str
    shelter: str
    destination: str
    days_ago: int
    flags: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[tuple[str, str, str], ...] = ()  # (by, task, answer); by: link, pekerja_sosial, koordinator
    hold: tuple[str, str] | None = None


_NO = dict.fromkeys(
    ("witness", "high_risk", "ill", "infectious", "mental_health", "disability", "pregnant", "with_infant", "deceased"),
    "tidak",
)

STORIES: tuple[Story, ...] = (
    Story(
        PersonEntry("Yohana Contoh Lembata", "P", date(2001, 4, 17), nik="5313005704010101", phone=None),
        "LUAR_NEGERI",
        "RPTC-BAP",
        "5313",
        days_ago=1,
    ),
    Story(
        PersonEntry("Slamet Contoh Pati", "L", date(1988, 9, 3), nik="3318000309880102"),
        "DEBARKASI",
        "RPTC-BAP",
        "3318",
        days_ago=2,
        steps=(
            ("pekerja_sosial", "akses.kebutuhan_dasar", "SELESAI"),
            ("link", "akses.identitas", "SESUAI"),
            ("pekerja_sosial", "awal.kesepakatan", "BERSEDIA"),
        ),
    ),
    Story(
        PersonEntry("Siti Contoh Lombok", "P", date(1995, 12, 11), documents=(("SPLP", "SPLP-ZZ000103"),)),
        "RUJUKAN_APH",
        "RPTC-BAP",
        "5203",
        days_ago=3,
        flags=_NO,
        steps=(
            ("pekerja_sosial", "akses.kebutuhan_dasar", "SELESAI"),
            ("link", "akses.identitas", "SESUAI_DENGAN_PERBAIKAN"),
            ("verify", "akses.identitas", "pass"),
            ("pekerja_sosial", "awal.kesepakatan", "BERSEDIA"),
            ("link", "daerah.verifikasi_provinsi", "SESUAI"),
        ),
        hold=("ADMINISTRASI", "Contoh: menunggu kepastian anggaran perjalanan."),
    ),
)


def seed(units: Units, composer: Composer, post: Post) -> None:
    """Writes the fictitious cases. Their mails are handed to *post* (bytes, Message-ID) and count as accepted."""
    now = units.read_sync(lambda reading: reading.now)
    staff = units.read_sync(_staff)
    for story in STORIES:
        _Teller(units, composer, post, staff, story, now).tell()


def _staff(reading: Reading) -> dict[tuple[str, str | None], Actor]:
    found: dict[tuple[str, str | None], Actor] = {}
    for actor in accounts.list_actors(reading):
        for role in actor.roles:
            found.setdefault((role, actor.agency), actor)
    return found


class _Teller:
    """Plays one story on the application clock of the past."""

    def __init__(
        self,
        units: Units,
        composer: Composer,
        post: Post,
        staff: Mapping[tuple[str, str | None], Actor],
        story: Story,
        now: datetime,
    ) -> None:
        self.units, self.composer, self.post, self.staff, self.story = units, composer, post, staff, story
        self.now = now
        self.at = self._begin(now)
        self.number = ""

    def _begin(self, now: datetime) -> datetime:
        """09.30 WIB so many working days back."""

        def look(reading: Reading) -> datetime:
            ministry = register_of(reading).nearest("kemensos_dit", None)
            assert ministry is not None  # noqa: S101  # the seed of the register always has it
            working = reading.rules.working(ministry)
            day = now.astimezone(WIB).date()
            left = self.story.days_ago
            while left:
                day -= timedelta(days=1)
                left -= 1 if working.is_working_day(day) else 0
            return datetime.combine(day, time(9, 30), WIB)

        return self.units.read_sync(look)

    def tell(self) -> None:
        story = self.story
        coordinator = self.staff["koordinator", "KEMENSOS-RSKBK"]
        order = OpenOrder(story.person, story.entry_route, story.shelter, story.destination, flags=story.flags)
        self.number = self._write(coordinator, lambda unit: open_case(unit, order)).number
        self._pass(minutes=45)
        for by, task, answer in story.steps:
            self._step(by, task, answer)
            self._pass(minutes=45)
        if story.hold is not None:
            kind, reason = story.hold
            self._write(coordinator, lambda unit: set_hold(unit, self.number, kind, reason))
        self._pass(minutes=45)

    def _write(self, by: Actor, act: Callable[[Unit], Any]) -> Any:
        return self.units.at(self.at).write_sync(by, act)

    def _step(self, by: str, task: str, answer: str) -> None:
        if by == "verify":
            coordinator = self.staff["koordinator", "KEMENSOS-RSKBK"]
            self._write(coordinator, lambda unit: verify(unit, self.number, task, None, answer))
        elif by == "link":
            mail = self.units.read_sync(lambda reading: self._mail_of(reading, task))
            form = LinkForm(*OFFICER, nonce=f"demo:{self.number}:{task}", action=answer)
            self._write(
                Actor("link", mail), lambda unit: answer_by_link(unit, mail, self._form(unit, mail, task, form))
            )
        else:
            actor = self.staff[by, self.story.shelter]
            self._write(actor, lambda unit: answer_as_staff(unit, self.number, task, None, answer))

    def _mail_of(self, reading: Reading, task: str) -> str:
        mail: str = reading.scalar(select(asks.c.mail).where(asks.c.number == self.number, asks.c.task == task))
        return mail

    def _form(self, unit: Unit, mail: str, task: str, form: LinkForm) -> LinkForm:
        """A mail may hold several asks: only this task's is answered."""
        rows: Sequence[Any] = unit.rows(select(asks.c.id, asks.c.task, asks.c.number).where(asks.c.mail == mail))
        mine = {row.id: form.action or "" for row in rows if row.task == task and row.number == self.number}
        return LinkForm(form.name, form.position, form.nonce, each=mine)

    def _pass(self, minutes: int) -> None:
        """Everything due happens; then time goes by, never beyond now, and what fell due meanwhile happens too."""
        self._settle()
        self.at = min(self.at + timedelta(minutes=minutes), self.now)
        self._settle()

    def _settle(self) -> None:
        case = self.units.read_sync(lambda reading: open_case_file(reading, self.number)).subject
        units = self.units.at(self.at)
        for _ in range(20):
            units.write_sync(SYSTEM, lambda unit: advance(unit, case, self.composer))
            desks = units.read_sync(self._due_desks)
            for desk in desks:
                units.write_sync(SYSTEM, lambda unit, desk=desk: advance(unit, desk, self.composer))  # type: ignore[misc]
            if not self._deliver(units) and not desks:
                return

    def _due_desks(self, reading: Reading) -> list[str]:
        news = journal.subjects_with_news(reading, self.at, 100)
        return [
            subject.id
            for subject in news
            if subject.kind == "desk"
            and (subject.head > subject.applied or (subject.next_due_at is not None and subject.next_due_at <= self.at))
        ]

    def _deliver(self, units: Units) -> bool:
        waiting = units.read_sync(lambda reading: outbox.due_mails(reading, None, reading.real_now))
        for mail in waiting:
            claim = units.write_sync(SYSTEM, lambda unit, mail=mail: outbox.claim(unit, mail))  # type: ignore[misc]
            if claim is None:
                continue
            self.post(claim.content, claim.message_id)
            units.write_sync(SYSTEM, lambda unit, mail=mail: record_delivery(unit, mail, "accepted", "250 OK"))  # type: ignore[misc]
        return bool(waiting)


__all__ = ["STORIES", "seed"]
