"""The case page for one reader: everything on it, built in the unit that opened the case."""

from collections.abc import Mapping
from datetime import date

from api.pages import case_gate, case_journey, case_tasks, people_words
from api.pages.case_reader import CaseReader
from domain.cases import BY_COORDINATOR, MAY_BE_HELD, CaseStatus, may_go
from domain.course import PLAN, Course
from domain.errors import NotFound
from domain.people import PASSPORT, check_nik, passport_ok
from domain.roles import Action, Actor
from store import accounts, people
from store.case_view import CaseView, view_case
from store.unit import Unit
from templates import filters, words, words_staff
from templates.staff_views import CasePage, SimilarLine


def open_reader(unit: Unit, number: str, language: str, what: str = "page") -> CaseReader:
    """Opens the case for the unit's actor (one access row) and readies its words. Raises as `view_case`."""
    view = view_case(unit, number, what)
    _name_escorts(unit, view)
    reader = CaseReader(view, unit.by, language)
    reader.may_answer = case_tasks.answerable(reader, unit)
    return reader


def _name_escorts(unit: Unit, view: CaseView) -> None:
    for leg in view.course.legs:
        if leg.escort_account:
            try:
                view.account_names[f"account:{leg.escort_account}"] = accounts.get_actor(unit, leg.escort_account).name
            except NotFound:
                continue


def build(
    unit: Unit, number: str, language: str, typed: Mapping[str, str] | None = None, open_form: str = ""
) -> CasePage:
    """The case page for the unit's actor; leaves one access row. Raises as `store.case_view.view_case`."""
    reader = open_reader(unit, number, language)
    course, view = reader.view.course, reader.view
    limited = unit.by.sees_short_card
    status = course.status.value
    tag = "lost" if course.status is CaseStatus.HILANG_KONTAK else words.tag_of(status)
    return CasePage(
        number=course.number,
        who=reader.person_name,
        about=_about(reader),
        status_kind=tag,
        status_word=reader.name(status, "case_status"),
        hold_words=tuple(
            reader.say(words_staff.HELD, hold=reader.name(hold.kind, "hold").lower()) for hold in course.active_holds
        ),
        urgent=course.urgent,
        panel=reader.panel(),
        acts=case_acts(reader),
        forms=case_tasks.forms_of(reader),
        gate=None if limited or course.is_over or course.has_departed else case_gate.summary(reader),
        stages=() if limited else case_tasks.stage_blocks(reader),
        not_applicable=case_tasks.not_applicable(reader),
        task_note=case_tasks.counts_note(reader),
        facts=() if view.masked else _facts(reader),
        flags=() if limited else tuple(f for f in case_tasks.flag_lines(reader) if f.value != "belum_diketahui"),
        holds=case_journey.hold_lines(reader),
        legs=case_journey.leg_lines(reader),
        handovers=case_journey.handover_lines(reader),
        events=() if limited else case_journey.events(reader),
        limited=limited,
        similar=_similar(reader, unit) if course.status is CaseStatus.DRAF and not view.masked else (),
        masked=view.masked,
        open_until=filters.clock(view.open_until, reader.home_zone, language) if view.open_until else "",
        typed=typed or {},
        open_form=open_form,
    )


def _about(reader: CaseReader) -> str:
    parts = [people_words.about(reader.view.person, reader.view.now, reader.language)]
    course = reader.view.course
    if course.destination:
        place = people_words.region_name(course.destination, reader.language)
        parts.append(reader.say(words_staff.TO, place=place))
    else:
        parts.append(reader.say(words_staff.TO_UNKNOWN))
    return " · ".join(parts)


def _nik(reader: CaseReader) -> str:
    """The NIK with what is odd about it: a remark to look at, never a stop (PROCESS 2.2)."""
    person = reader.view.person
    nik, born = str(person.get("nik") or ""), person.get("birth_date")
    sure = bool(born) and person.get("birth_date_quality") == "pasti"
    remarks = check_nik(nik, date.fromisoformat(str(born)) if sure else None, person.get("sex")) if nik else []
    odd = [reader.name(remark, "nik_remark") for remark in remarks if remark != "NIK_DEMO"]
    return f"{nik} ({'; '.join(odd)})" if odd else nik


def _document(reader: CaseReader, document: Mapping[str, str]) -> str:
    """A paper by kind and number; a passport's odd number with a remark, as its NIK has (PROCESS 2.2)."""
    text = f"{document['kind']} {document['number']}"
    odd = document["kind"] == PASSPORT and not passport_ok(document["number"])
    return f"{text} ({reader.name('PASSPORT_SHAPE', 'nik_remark')})" if odd else text


def _facts(reader: CaseReader) -> tuple[tuple[str, str], ...]:
    """Label keys of the facts (templates name them) and values; what is not known is left out."""
    course, person, view = reader.view.course, reader.view.person, reader.view
    receiver = ""
    if course.receiver is not None:
        relation = reader.name(course.receiver[0], "relation")
        named = view.receiver_words
        receiver = ", ".join(filter(None, (named.get("name", ""), relation, named.get("phone", ""))))
        if course.receiver[1]:
            receiver += f", {reader.office_short(course.receiver[1])}"
    documents = ", ".join(_document(reader, dict(each)) for each in person.get("documents") or ())
    born = reader_birth(reader)
    facts = (
        ("born", born),
        ("nik", _nik(reader)),
        ("documents", documents),
        ("address", person.get("address") or ""),
        ("phone", person.get("phone") or ""),
        ("entry", reader.name(course.entry_route, "entry_route")),
        ("shelter", reader.office_name(course.shelter)),
        ("destination", people_words.region_name(course.destination, reader.language)),
        ("receiver", receiver or reader.say(words_staff.NOT_SET)),
        ("mission", reader.office_name(course.mission) if course.mission else ""),
        ("debarkation", reader.place(course.debarkation) if course.debarkation else ""),
        ("procedure", course.procedure.version),
        (
            "opened",
            f"{reader.moment(course.opened_at, reader.home_zone)}, {reader.account(course.started_by)}"
            if course.opened_at
            else "",
        ),
    )
    return tuple((key, str(value)) for key, value in facts if value)


def reader_birth(reader: CaseReader) -> str:
    """The birth date in words, with how sure it is."""
    from datetime import date

    from templates import filters

    born = reader.view.person.get("birth_date")
    if not born:
        return reader.say(words_staff.UNKNOWN)
    text = filters.date_only(date.fromisoformat(str(born)), language=reader.language)
    quality = str(reader.view.person.get("birth_date_quality") or "pasti")
    return text if quality == "pasti" else f"{text} ({reader.name(quality, 'other')})"


def _similar(reader: CaseReader, unit: Unit) -> tuple[SimilarLine, ...]:
    """For a draft: the people it may be, to be decided about."""
    from api.pages.matching import similar_lines

    found = people.find_similar(unit, reader.view.person)
    return similar_lines(unit, unit.by, found, reader.language, without=reader.view.course.number)


# --- what the reader may do with the case as a whole


def case_acts(reader: CaseReader) -> tuple[tuple[str, str], ...]:
    """(label, address) of what the reader may do with the case as a whole now."""
    course, me, base = reader.view.course, reader.me, f"/kasus/{reader.view.course.number}"
    tests: list[tuple[str, str, bool]] = [
        (words_staff.ACT_LEGS, "perjalanan", may_plan(course) and me.may(Action.PLAN_LEGS)),
        (words_staff.ACT_FLAGS, "penanda", me.may(Action.SET_FLAGS) and not course.is_over),
        (words_staff.ACT_RECEIVER, "penerima", me.may(Action.NAME_RECEIVER) and not course.is_over),
        (
            words_staff.ACT_DESTINATION,
            "tujuan",
            me.may(Action.SET_DESTINATION) and not course.is_over and not course.has_departed,
        ),
        (words_staff.ACT_OFFICES, "kantor", me.may(Action.NAME_OFFICES) and not course.is_over),
        (words_staff.ACT_HOLD, "penahanan", bool(hold_kinds(course, me)) and course.status in MAY_BE_HELD),
        (words_staff.ACT_CLOSE, "akhir", me.may(Action.CLOSE_CASE) and bool(closing_statuses(reader))),
    ]
    return tuple((reader.say(label), f"{base}/{path}") for label, path, may in tests if may)


def may_plan(course: Course) -> bool:
    """Whether legs may be planned now: the task is open, or was answered before, or the person has died."""
    if course.is_over:
        return False
    task = course.find_task(PLAN)
    return course.is_remains or (task is not None and (task.is_settled or (task.is_open and task.ask is not None)))


def hold_kinds(course: Course, me: Actor) -> tuple[str, ...]:
    """Kinds of hold that this reader's roles may set (PROCESS 4.5)."""
    return tuple(code for code, rule in course.procedure.holds.items() if any(role in rule.set_by for role in me.roles))


def closing_statuses(reader: CaseReader) -> tuple[CaseStatus, ...]:
    """Statuses to which the coordinator may move this case by name, as `store.case_acts.close_case` judges."""
    course, file = reader.view.course, reader.view.file
    here = course.status
    found = []
    for to, sources in BY_COORDINATOR.items():
        if here not in sources or not may_go(here, to):
            continue
        back = here is CaseStatus.HILANG_KONTAK and to is not CaseStatus.SELESAI
        if back and to is not course.before_lost:
            continue
        if to is CaseStatus.DIBATALKAN and file.opened_by != reader.me.ref:
            continue
        found.append(to)
    return tuple(found)


__all__ = ["build", "case_acts", "closing_statuses", "hold_kinds", "may_plan", "open_reader"]
