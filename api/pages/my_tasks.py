"""/tugas: what waits for the reader on all cases, grouped by task. One form: an answer for a block, exceptions by row.

Each row is an act of its own: done, or refused with its own reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.forms import Form
from api.language import LanguageDep
from api.pages import people_words
from api.pages.case import joined_reason
from api.pages.case_tasks import choices_of, task_path, until_type
from api.pages.desk import draw, fields
from api.sessions import SignedIn, read_page_form
from api.tools import Tools, ToolsDep
from domain.agencies import Register
from domain.course import DEPARTURE, PLAN
from domain.errors import DomainError
from domain.procedure import Procedure
from domain.regions import WIB, zone_name
from domain.roles import Action, Actor
from domain.tasks import AnswerClass, class_of
from store import agencies, answers, overview, people, reviews
from store.casefile import open_case_file
from store.overview import OwnTask
from store.unit import Reading, Unit
from templates import filters, words, words_staff
from templates.catalogue import say
from templates.staff_views import OwnBlock, OwnResult, OwnRow
from templates.views import Fault

router = APIRouter()
KNOWN: Final = fields(prefixes=("all", "answer", "reason", "code", "until"))
KINDS: Final = ("answer", "verify", "decide")
SKIP: Final = "-"


@dataclass(frozen=True, slots=True)
class Given:
    """What the form says for one row: an answer code or pass/back, "" when nothing."""

    value: str
    reason: str
    note: str
    until: str = ""


@router.get("/tugas")
async def show(request: Request, me: SignedIn, tools: ToolsDep, language: LanguageDep) -> Response:
    """What waits for this reader, over all cases."""
    me.must(Action.READ_BOARD)
    page = await tools.units.read(lambda reading: _page(reading, me, language))
    return draw(request, me, "tasks", "tugas", typed={}, **page)


def _page(reading: Reading, me: Actor, language: str) -> dict[str, Any]:
    tasks = overview.my_tasks(reading, me)
    register = agencies.register(reading)
    details = people.get_people(reading, {task.person_id for task in tasks})
    blocks = []
    for kind in KINDS:
        codes = dict.fromkeys(task.code for task in tasks if task.kind == kind)
        for code in codes:
            own = [task for task in tasks if task.kind == kind and task.code == code]
            blocks.append(_block(reading, me, register, kind, code, own, details, language))
    late = sum(row.late for block in blocks for row in block.rows)
    return {"blocks": tuple(blocks), "total": len(tasks), "late": late, "now": reading.now}


def _block(
    reading: Reading,
    me: Actor,
    register: Register,
    kind: str,
    code: str,
    tasks: list[OwnTask],
    details: Mapping[str, Mapping[str, Any]],
    language: str,
) -> OwnBlock:
    procedure: Procedure = reading.rules.procedure(*tasks[0].procedure)
    rule = procedure.get_task(code)
    zone = _zone(register, me)
    linked = kind == "decide" or code in (PLAN, DEPARTURE)
    rows = tuple(
        _row(reading, me, zone, kind, task, details.get(task.person_id, {}), linked, language) for task in tasks
    )
    choices = () if linked or kind != "answer" else choices_of(rule, language)
    waits = any(choice.kind == AnswerClass.WAITS for choice in choices)
    hint = say(words_staff.UNTIL_HINT, language, zone=zone_name(zone, reading.now))
    return OwnBlock(
        kind="other" if linked and kind == "answer" else kind,
        code=code,
        title=words.task_title(rule.titles, language),
        rows=rows,
        choices=choices,
        until_hint=hint if waits else "",
        until_type=until_type(rule),
    )


def _zone(register: Register, me: Actor) -> str:
    office = register.find(me.agency or "")
    return office.zone if office else WIB


def _row(
    reading: Reading,
    me: Actor,
    zone: str,
    kind: str,
    task: OwnTask,
    details: Mapping[str, Any],
    linked: bool,
    language: str,
) -> OwnRow:
    late = kind == "answer" and task.due_at is not None and task.due_at < reading.now
    href = f"/kasus/{task.number}"
    if kind == "decide":
        href = task_path(task.number, task.code, task.n, "putusan")
    elif task.code == PLAN:
        href += "/perjalanan"
    elif task.code == DEPARTURE:
        href += f"/berangkat/{task.n}"
    return OwnRow(
        key=f"{task.number}/{task.code}/{task.n}",
        number=task.number,
        who=people_words.listed_name(me, details, task.initials, task.is_child, reading.now, language),
        due=filters.short(task.due_at, zone, language) if task.due_at and kind == "answer" else "",
        late=late,
        since=filters.short(task.since, zone, language) if task.since else "",
        urgent=task.urgent,
        answer=words.answer_label(task.code, task.answer, language) if task.answer and kind != "answer" else "",
        href=href,
    )


# --- many at once


@router.post("/tugas")
async def send(request: Request, me: SignedIn, tools: ToolsDep, language: LanguageDep) -> Response:
    """Answers and second looks for many people at once; each is stored or refused by itself."""
    me.must(Action.READ_BOARD)
    form = await read_page_form(request, KNOWN)
    page = await tools.units.read(lambda reading: _page(reading, me, language))
    results = []
    for block in page["blocks"]:
        if block.kind in ("answer", "verify"):
            for row in block.rows:
                given = _given(form, block, row)
                if given is not None:
                    results.append(await _act(tools, me, block, row, given, language))
    if not results:
        faults = (Fault("", "FIELD_MISSING"),)
        return draw(request, me, "tasks", "tugas", status=422, faults=faults, typed=form.values, **page)
    done = [result for result in results if result.ok]
    refused = [result for result in results if not result.ok]
    return draw(request, me, "tasks_done", "tugas", done=done, refused=refused)


def _given(form: Form, block: OwnBlock, row: OwnRow) -> Given | None:
    """The row's own entry, else the block's; "-" leaves the row open."""
    own = form.text(f"answer[{row.key}]")
    common = form.text(f"all[{block.kind}/{block.code}]")
    value = own or common
    if not value or value == SKIP:
        return None
    place = row.key if own else f"{block.kind}/{block.code}"
    return Given(value, form.text(f"code[{place}]"), form.text(f"reason[{place}]"), form.text(f"until[{place}]"))


async def _act(tools: Tools, me: Actor, block: OwnBlock, row: OwnRow, given: Given, language: str) -> OwnResult:
    number, code, n = row.key.split("/")

    def act(unit: Unit) -> None:
        if block.kind == "verify":
            reviews.verify(unit, number, code, int(n), given.value, given.note or None)
        else:
            rule = open_case_file(unit, number).course.rule(code)
            fails = class_of(rule, given.value) is AnswerClass.FAILS
            reason = joined_reason(given.reason, given.note) if fails else None
            note = None if fails else given.note or None
            until = given.until or None if class_of(rule, given.value) is AnswerClass.WAITS else None
            answers.answer_as_staff(unit, number, code, int(n), given.value, reason, until, note)

    try:
        await tools.units.write(me, act)
    except DomainError as error:
        sentence = words.error_words(error.code, error.facts, language, str(error.facts.get("field", "")))
        return OwnResult(number, row.who, block.title, f"{sentence.body} {sentence.remedy}".strip(), False)
    return OwnResult(number, row.who, block.title, _done(block, given, code, language), True)


def _done(block: OwnBlock, given: Given, code: str, language: str) -> str:
    if block.kind == "verify":
        return say(words_staff.DONE_VERIFIED if given.value == "pass" else words_staff.DONE_BACK, language)
    return say(words_staff.DONE_ANSWER, language, answer=words.answer_label(code, given.value, language))
