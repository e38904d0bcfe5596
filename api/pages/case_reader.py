"""One opened case in words for one reader: offices, people, zones, the sentence at the head and what comes next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from domain.agencies import Agency
from domain.cases import ENDED, CaseStatus
from domain.course import LegState, TaskFacts
from domain.data import debarkations
from domain.gate import aged_at, letter_valid_until
from domain.journal import Row
from domain.planning import first_unsettled, office_of
from domain.regions import WIB, find_region
from domain.roles import Actor
from domain.tasks import AskState, TaskStatus
from domain.waiting import Waiting
from store.case_view import CaseView
from templates import filters, words, words_staff
from templates.catalogue import say
from templates.staff_views import Panel

GATE = "gate"


@dataclass
class CaseReader:
    """Answers in the reader's language. me: who reads; view: the case as opened for them."""

    view: CaseView
    me: Actor
    language: str
    may_answer: frozenset[tuple[str, int]] = field(default_factory=frozenset)

    # --- names

    def say(self, message: str, **facts: object) -> str:
        """A sentence of `templates.words_staff` in the reader's language, facts filled in."""
        return say(message, self.language, **facts)

    def name(self, code: str, family: str) -> str:
        """The word for a code of one family; the code itself where there is none."""
        return words.name_of(code, self.language, family)

    @property
    def person_name(self) -> str:
        """The person's name; initials for a reader who sees the case masked."""
        return self.view.file.initials if self.view.masked else str(self.view.person["name"])

    def office(self, code: str | None) -> Agency | None:
        """The office of a code, or None."""
        return self.view.file.world.register.find(code) if code else None

    def office_name(self, code: str | None) -> str:
        """The office's full name, for sentences."""
        office = self.office(code)
        return office.name if office else code or self.say(words_staff.NO_OFFICE)

    def office_short(self, code: str | None) -> str:
        """The office's short name, for tables."""
        office = self.office(code)
        return office.short_name if office else code or self.say(words_staff.NO_OFFICE)

    def zone(self, code: str | None) -> str:
        """IANA zone of an office; the case's own where there is no office."""
        office = self.office(code)
        return office.zone if office else self.home_zone

    @cached_property
    def home_zone(self) -> str:
        """Zone of the shelter, else WIB: where the ministry's people act."""
        office = self.office(self.view.course.shelter)
        return office.zone if office else WIB

    def title(self, code: str, n: int = 1) -> str:
        """A task's title; with its number where it repeats."""
        if code == GATE:
            return words.task_about(GATE, self.language).capitalize()
        rule = self.view.course.rule(code)
        title = words.task_title(rule.titles, self.language)
        if rule.repeat == "monitoring":
            return self.say(words_staff.INSTANCE, task=title, n=n)
        if rule.repeat and len(self.view.course.instances(code)) > 1:
            return self.say(words_staff.LEG_INSTANCE, task=title, n=n)
        return title

    def short(self, at: datetime, zone: str) -> str:
        """A moment for tables, in *zone* (IANA)."""
        return filters.short(at, zone, self.language)

    def moment(self, at: datetime, zone: str) -> str:
        """A moment for sentences, in *zone* (IANA)."""
        return filters.moment(at, zone, self.language)

    def account(self, ref: str) -> str:
        """The name behind an actor reference of a journal row."""
        return self.view.account_names.get(ref, self.say_role("sistem"))

    def say_role(self, role: str) -> str:
        """The word for a role."""
        return self.name(role, "role")

    def who(self, row: Row) -> str:
        """Who made a row: name and position as typed on a link, the account's name, else the system."""
        if row.actor.startswith("account:"):
            return self.account(row.actor)
        typed = [str(row.sealed.get(key) or "") for key in ("name", "position")]
        if row.actor.startswith("link:") and any(typed):
            return ", ".join(filter(None, typed))
        return self.say_role("petugas_instansi" if row.actor.startswith("link:") else "sistem")

    def place(self, text: str) -> str:
        """A place of a leg: free text, or the name behind a region, shelter or debarkation code."""
        region = find_region(text)
        if region is not None:
            return region.name
        office = self.office(text)
        if office is not None:
            return office.short_name
        point = debarkations().get(text)
        return point.name if point else text

    def route(self, n: int) -> str:
        """From and to of leg *n* in words; of a masked case neither."""
        if self.view.masked:
            return self.say(words_staff.ROUTE_MASKED)
        words_of = self.view.legs_words.get(n, {})
        return f"{self.place(words_of.get('from', ''))} – {self.place(words_of.get('to', ''))}"

    # --- who holds what

    def holder(self, task: TaskFacts) -> str | None:
        """Code of the office that owns a task now, or None while it is not known."""
        if task.agency:
            return task.agency
        course = self.view.course
        office = office_of(course, course.rule(task.code), task.n, self.view.file.world)
        return office.code if office else None

    def is_late(self, due_at: datetime | None) -> bool:
        """Whether a due moment (aware UTC) has passed on the application clock."""
        return due_at is not None and due_at < self.view.now

    def late_words(self, due_at: datetime, agency: str | None) -> str:
        """ "Terlambat 2 hari kerja", by the calendar of the office."""
        days = self.working_days_late(due_at, agency)
        return self.say(words_staff.LATE_DAYS, days=days) if days else self.say(words_staff.LATE)

    def working_days_late(self, due_at: datetime, agency: str | None) -> int:
        """Working days of that office since the due moment, 99 at most; 0 without an office."""
        if self.office(agency) is None:
            return 0
        working = self.view.file.world.working(str(agency))
        day, last = working.local_day(due_at), working.local_day(self.view.now)
        count = 0
        while day < last and count < 99:
            day += timedelta(days=1)
            count += working.is_working_day(day)
        return count

    # --- the sentence first

    @property
    def is_over(self) -> bool:
        """Whether the case has ended."""
        return self.view.course.status in ENDED

    def panel(self) -> Panel:
        """The sentence at the head: who holds what since when, and what comes next (LOOK 3)."""
        course, waits = self.view.course, self.view.waits
        holds = course.active_holds
        first = waits[0] if waits else None
        since = course.status_since or self.view.now
        if holds:
            hold = holds[0]
            sentence = words.hold_sentence(hold.kind, hold.since, self.home_zone, self.language, noon(hold.review_on))
            more = [self.say(words_staff.ALSO_HELD)] + ([self._waiting(first)] if first else [])
            return Panel(sentence, "hold", tuple(more), self.next_lines(), self._phone(first))
        if first is None and course.status is CaseStatus.PENANGANAN and (self.view.is_unread or not course.asks):
            return self._being_asked(since)
        if first is None:
            sentence = words.resting_sentence(course.status.value, since, self.home_zone, self.language)
            kind = {"none": "go", "wait": "wait"}.get(
                words.tag_of(course.status.value), words.tag_of(course.status.value)
            )
            return Panel(sentence, kind, (), self.next_lines())
        late = self.is_late(first.due_at)
        return Panel(
            self._waiting(first), "late" if late else "wait", self._beside(first), self.next_lines(), self._phone(first)
        )

    def _being_asked(self, since: datetime) -> Panel:
        """Between an act and the advance that follows it: what is done now, and what is asked first."""
        course = self.view.course
        at = self.moment(since, self.home_zone)
        if course.asks:
            return Panel(self.say(words_staff.BEING_READ, since=at), "go", (), self.next_lines())
        ready = [
            self.title(task.code, task.n)
            for task in course.ordered_tasks()
            if task.status is TaskStatus.BELUM_SIAP and first_unsettled(course, course.rule(task.code), task.n) is None
        ]
        first = (self.say(words_staff.FIRST_ASKED, tasks="; ".join(ready)),) if ready else ()
        return Panel(self.say(words_staff.BEING_ASKED, since=at), "go", first, self.next_lines())

    def _waiting(self, wait: Waiting) -> str:
        name = self.office(wait.agency)
        return words.status_sentence(
            wait.what, wait.task, name.name if name else None, wait.since, self.zone(wait.agency), self.language
        )

    def _beside(self, wait: Waiting) -> tuple[str, ...]:
        lines = []
        if wait.due_at is not None:
            text = words_staff.ANSWERED_LATE if self.is_late(wait.due_at) else words_staff.DUE_AT
            lines.append(self.say(text, due=self.moment(wait.due_at, self.zone(wait.agency))))
        task = self.view.course.find_task(wait.task, wait.n) if wait.task != GATE else None
        ask = self.view.course.ask_of(task) if task else None
        if ask is not None and wait.what == "answer":
            lines.append(self.delivery(ask.mail, ask.agency) or self.say(words_staff.MAIL_WAITS))
        others = self.view.waits[1:]
        looks = sum(other.what == "verify" for other in others)
        if rest := len(others) - looks:
            one, many = words_staff.ALSO_WAITS
            count = filters.in_words(rest, self.language).capitalize()
            lines.append(self.say(one) if rest == 1 else self.say(many, count=count))
        if looks:
            one, many = words_staff.ALSO_LOOKS
            count = filters.in_words(looks, self.language)
            lines.append(self.say(one) if looks == 1 else self.say(many, count=count))
        return (" ".join(lines),) if lines else ()

    def delivery(self, mail: str | None, agency: str) -> str:
        """What became of a mail, with the time in the office's zone; "" while there is none."""
        found = self.view.mails.get(mail or "")
        if found is None:
            return ""
        at = found.accepted_at or found.composed_at
        state = self.name(found.state, "mail_state").lower()
        line = self.say(words_staff.MAIL_IS, state=state, at=self.short(at, self.zone(agency)))
        if found.state in ("REFUSED", "UNCERTAIN") and found.words:
            line += " " + self.say(words_staff.SERVER_SAID, words=found.words)
        return line

    def _phone(self, wait: Waiting | None) -> tuple[str, str] | None:
        office = self.office(wait.agency) if wait else None
        if office is None or wait is None or wait.what != "answer" or not office.phone or office.code == self.me.agency:
            return None
        return office.short_name, office.phone

    def next_lines(self, limit: int = 3) -> tuple[tuple[str, str], ...]:
        """What comes next, the nearest first, each with the zone of the place that must act."""
        found = sorted(self._moments(), key=lambda line: line[0])
        passed = [line for line in found if line[0] < self.view.now]
        coming = [line for line in found if line[0] >= self.view.now]
        chosen = (passed[:1] + coming)[:limit]
        return tuple(
            (self.moment(at, zone), what if at >= self.view.now else self.say(words_staff.ALREADY_PASSED, what=what))
            for at, zone, what in chosen
        )

    def _moments(self) -> list[tuple[datetime, str, str]]:
        if self.is_over:
            return []
        found = [*self._hold_moments(), *self._leg_moments()]
        if not self.me.sees_short_card:  # an escort's card does not say who else was asked
            found += [*self._due_moments(), *self._gate_moments()]
        if not found and self.view.next_at is not None and self.view.next_at > self.view.now:
            found.append((self.view.next_at, self.home_zone, self.say(words_staff.NEXT_LOOK)))
        return found

    def _due_moments(self) -> Iterator[tuple[datetime, str, str]]:
        for ask in self.view.course.open_asks:
            if ask.due_at is not None and ask.state is AskState.SENT:
                what = words.next_due(ask.task, self.office_short(ask.agency), self.language)
                yield ask.due_at, self.zone(ask.agency), what

    def _hold_moments(self) -> Iterator[tuple[datetime, str, str]]:
        for hold in self.view.course.active_holds:
            day = noon(hold.review_on)
            if day is not None:
                hold_name = self.name(hold.kind, "hold").lower()
                yield day, self.home_zone, self.say(words_staff.NEXT_REVIEW, hold=hold_name)

    def _leg_moments(self) -> Iterator[tuple[datetime, str, str]]:
        for leg in self.view.course.legs:
            start, target = self.leg_zones(leg.n)
            if leg.state is LegState.PLANNED:
                yield leg.departs_at, start, self.say(words_staff.NEXT_DEPARTS, n=leg.n, route=self.route(leg.n))
            elif leg.state is LegState.DEPARTED:
                yield leg.arrives_at, target, self.say(words_staff.NEXT_ARRIVES, n=leg.n, route=self.route(leg.n))

    def _gate_moments(self) -> Iterator[tuple[datetime, str, str]]:
        """When a signature or a letter runs out, while the person has not left."""
        course = self.view.course
        if course.has_departed:
            return
        for approval in course.live_approvals:
            what = self.say(words_staff.NEXT_AGED, role=self.say_role(approval.role))
            yield aged_at(course, approval.at), self.home_zone, what
        for task in course.tasks.values():
            ends = letter_valid_until(course, task, self.view.file.world)
            if ends is not None:
                title = self.title(task.code, task.n)
                yield ends, self.zone(task.agency), self.say(words_staff.NEXT_LETTER, task=title)

    def leg_zones(self, n: int) -> tuple[str, str]:
        """Zones of a leg's departure and arrival: of its places where they are known, else of who takes over."""
        leg = self.view.course.leg(n)
        places = self.view.legs_words.get(n, {})
        start = self._place_zone(places.get("from", "")) or (self.home_zone if n == 1 else self.leg_zones(n - 1)[1])
        target = self._place_zone(places.get("to", ""))
        if target is None and leg is not None:
            region = find_region((self.view.course.destination or "")[:2])
            office = self.office(leg.hands_to)
            target = office.zone if office else region.zone_iana if region else start
        return start, target or start

    def _place_zone(self, text: str) -> str | None:
        region = find_region(text)
        if region is not None:
            return region.zone_iana
        office = self.office(text)
        if office is not None:
            return office.zone
        point = debarkations().get(text)
        return point.zone_iana if point else None


def noon(day: str) -> datetime | None:
    """A review day as the moment 09.00 WIB, so that it sorts among moments."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return None
    return datetime(on.year, on.month, on.day, 9, tzinfo=ZoneInfo(WIB))


def facts_with_names(reader: CaseReader, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a gate wait with codes turned into names, for `words.remedy`."""
    shown = dict(facts)
    if shown.get("agency"):
        shown["agency"] = reader.office_name(str(shown["agency"]))
    task = shown.get("task")
    if isinstance(task, str) and task != GATE:
        shown["task"] = reader.title(task)
    shown["tasks"] = [reader.title(each) for each in shown.get("tasks", ())]
    return shown
