"""/kasus/{number}: the case page, and the acts on its tasks: answer, second look, decision, not required.

Every act is one POST that goes on to the case page; what is refused comes back with a sentence and what was typed.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.forms import Form
from api.language import LanguageDep, language_of
from api.pages import case_page, case_tasks
from api.pages.case_reader import CaseReader
from api.pages.case_tasks import CARRY_FLAGS
from api.pages.desk import draw, fault_of, fields, once
from api.sessions import SignedIn, read_page_form
from api.tools import ToolsDep, tools_of
from domain.course import TaskFacts
from domain.errors import Conflict, DomainError, Invalid, NotFound
from domain.planning import function_of
from domain.roles import Action, Actor
from domain.tasks import AnswerClass, class_of
from store import answers, case_acts, openings, recording, reviews, starting
from store.access import must_be_of_shelter
from store.casefile import open_case_file
from store.reviews import OTHER_FUNCTION
from store.unit import Unit
from templates import words
from templates.views import Fault

router = APIRouter()
TASK = "/kasus/{number}/tugas/{code}/{n}"


@router.get("/kasus/{number}")
async def show(number: str, request: Request, me: SignedIn) -> Response:
    """The case page. Raises as `store.case_view.view_case`."""
    return await show_case(request, me, number)


async def show_case(
    request: Request,
    me: Actor,
    number: str,
    *,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    typed: Mapping[str, str] | None = None,
    open_form: str = "",
) -> Response:
    """The page; after a refusal with its sentences and with what was typed in the form *open_form*."""
    language = language_of(request)
    page = await tools_of(request).units.write(
        me, lambda unit: case_page.build(unit, number, language, typed, open_form)
    )
    return draw(request, me, "case", "papan", status=status, faults=faults, page=page)


async def back_to_case(request: Request, me: Actor, number: str, error: DomainError, form: Form, key: str) -> Response:
    """The case page again, with the refusal on top. A case that is not there (or not theirs) stays a plain refusal."""
    if isinstance(error, NotFound):
        raise error
    try:
        return await show_case(
            request, me, number, status=error.status, faults=(fault_of(error),), typed=form.values, open_form=key
        )
    except DomainError:
        raise error from None


@router.post("/kasus/{number}/buka")
async def open_masked(number: str, request: Request, me: SignedIn) -> Response:
    """An auditor opens names for a stated reason; the reason is stored before anything is shown."""
    form = await read_page_form(request, fields("reason"))

    def act(unit: Unit) -> str:
        openings.open_masked(unit, number, form.text("reason"))
        return f"/kasus/{number}?notice=UNMASKED"

    try:
        return await once(request, me, form, act)
    except DomainError as error:
        return await back_to_case(request, me, number, error, form, "buka")


# --- answers of the ministry's own people


ANSWER = fields("answer", "reason_code", "reason", "until", "note", "rest", prefixes=("flag", "shown"))


@router.post(TASK + "/jawaban")
async def answer(number: str, code: str, n: int, request: Request, me: SignedIn) -> Response:
    """One answer of the ministry's own people; refused, the case page comes again with what was typed."""
    form = await read_page_form(request, ANSWER)

    def act(unit: Unit) -> str:
        if not form.text("answer"):
            raise Invalid("FIELD_MISSING", field="answer")
        if code in CARRY_FLAGS:
            set_typed_flags(unit, number, form)
        cases_reason = reason_for(unit, number, code, form)
        answers.answer_as_staff(
            unit,
            number,
            code,
            n,
            form.text("answer"),
            cases_reason,
            form.text("until") or None,
            form.text("note") or None,
        )
        return f"/kasus/{number}?notice=ANSWER_STORED"

    try:
        return await once(request, me, form, act)
    except DomainError as error:
        return await back_to_case(request, me, number, error, form, _key(code, n, "answer"))


def reason_for(unit: Unit, number: str, code: str, form: Form) -> str | None:
    """CONTRACT's `reason` of the two fields, for failing codes; other codes carry none."""
    file = open_case_file(unit, number)
    must_be_of_shelter(unit, file)
    procedure = file.course.procedure
    if code not in procedure.tasks:
        raise NotFound("NO_SUCH_TASK", task="?")
    if class_of(procedure.get_task(code), form.text("answer")) is not AnswerClass.FAILS:
        return None
    return joined_reason(form.text("reason_code"), form.text("reason"))


def joined_reason(code: str, text: str) -> str | None:
    """A reason as CONTRACT spells it: the code, a space, the own words; None when both are empty."""
    return f"{code} {text}".strip() or None


def set_typed_flags(unit: Unit, number: str, form: Form) -> None:
    """Sets the flags that differ from what the page showed; with "selebihnya: tidak" also the required ones left."""
    shown = form.entries("shown")
    chosen = {code: value for code, value in form.entries("flag").items() if value and shown.get(code) != value}
    if form.text("rest"):
        course = open_case_file(unit, number).course
        for code in course.procedure.required_flags:
            typed = form.entries("flag").get(code) or course.flags.get(code)
            if code not in chosen and typed in (None, "", "belum_diketahui"):
                chosen[code] = "tidak"
    if chosen:
        case_acts.set_flags(unit, number, chosen)


def _key(code: str, n: int, kind: str) -> str:
    return f"{kind}-{code.replace('.', '-').replace('_', '-')}-{n}"


@router.post(TASK + "/pemeriksaan")
async def verify(number: str, code: str, n: int, request: Request, me: SignedIn) -> Response:
    """The second look at an answer: passes it or sends it back."""
    form = await read_page_form(request, fields("result", "note"))

    def act(unit: Unit) -> str:
        reviews.verify(unit, number, code, n, form.text("result"), form.text("note") or None)
        return f"/kasus/{number}?notice={'VERIFIED' if form.text('result') == 'pass' else 'SENT_BACK'}"

    try:
        return await once(request, me, form, act)
    except DomainError as error:
        return await back_to_case(request, me, number, error, form, _key(code, n, "verify"))


# --- a failing answer: a page of its own, with what each choice leads to


@router.get(TASK + "/putusan")
async def show_decision(number: str, code: str, n: int, request: Request, me: SignedIn) -> Response:
    """The page on a failing answer: what each choice leads to. Raises Conflict("STATE_FORBIDS") when nothing failed."""
    return await _decision_page(request, me, number, code, n)


async def _decision_page(
    request: Request, me: Actor, number: str, code: str, n: int, *, status: int = 200, faults: tuple[Fault, ...] = (),
    typed: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    me.must(Action.DECIDE)
    language = language_of(request)

    def build(unit: Unit) -> dict[str, Any]:
        reader = case_page.open_reader(unit, number, language)
        task = recording.find_task(reader.view.file, code, n)
        if not case_tasks.may_decide(reader, task):
            raise Conflict("STATE_FORBIDS", task=task.code, state=task.status.value)
        rule = reader.view.course.rule(task.code)
        on_fail = "MAIL_REFUSED" if task.refused else rule.on_fail
        office = reader.office(task.agency)
        return {
            "number": number,
            "who": reader.person_name,
            "task": task,
            "title": reader.title(code, n),
            "holder": office.name if office else "",
            "holder_short": office.short_name if office else "",
            "phone": office.phone if office else "",
            "asked": case_tasks.answer_notes(reader, task),
            "on_fail": words.on_fail_sentence(on_fail, language),
            "offices": _offices_for(reader, task),
            "not_required": case_tasks.task_path(number, code, n, "tidak-diperlukan")
            if case_tasks.may_mark_not_required(reader, task)
            else "",
            "not_required_by": reader.say_role(rule.not_required_by) if rule.not_required_by else "",
        }

    page = await tools_of(request).units.write(me, build)
    return draw(request, me, "acts/decide", "papan", status=status, faults=faults, typed=typed or {}, **page)


def _offices_for(reader: CaseReader, task: TaskFacts) -> list[tuple[str, list[tuple[str, str]]]]:
    """Offices that may be asked instead: those of the destination's province first."""
    course = reader.view.course
    rule = course.rule(task.code)
    functions = [function_of(course, rule, task), rule.owner]
    if rule.on_fail in OTHER_FUNCTION:
        functions.append(OTHER_FUNCTION[rule.on_fail])
    province = (course.destination or "")[:2]
    near: list[tuple[str, str]] = []
    far: list[tuple[str, str]] = []
    for function in dict.fromkeys(functions):
        for office in reader.view.file.world.register.with_function(function):
            if office.code != task.agency:
                (near if province and (office.region or "")[:2] == province else far).append((office.code, office.name))
    return [("near", sorted(near, key=lambda o: o[1])), ("far", sorted(far, key=lambda o: o[1]))]


@router.post(TASK + "/putusan")
async def decide(number: str, code: str, n: int, request: Request, me: SignedIn) -> Response:
    """The coordinator's choice after a failing answer: ask again, another office, or close."""
    form = await read_page_form(request, fields("choice", "agency", "reason"))

    def act(unit: Unit) -> str:
        if not form.text("choice"):
            raise Invalid("FIELD_MISSING", field="choice")
        reviews.decide(
            unit, number, code, n, form.text("choice"), form.text("agency") or None, form.text("reason") or None
        )
        return f"/kasus/{number}?notice={'CASE_CLOSED' if form.text('choice') == 'close' else 'DECIDED'}"

    try:
        return await once(request, me, form, act)
    except NotFound:
        raise
    except DomainError as error:
        try:
            return await _decision_page(
                request, me, number, code, n, status=error.status, faults=(fault_of(error),), typed=form.values
            )
        except DomainError:
            raise error from None


# --- not required: with a reason, by the signer that the task names


@router.get(TASK + "/tidak-diperlukan")
async def show_not_required(number: str, code: str, n: int, request: Request, me: SignedIn) -> Response:
    """The page on which the task's signer leaves it out. Raises Conflict("STATE_FORBIDS") for whoever may not now."""
    return await _not_required_page(request, me, number, code, n)


async def _not_required_page(
    request: Request, me: Actor, number: str, code: str, n: int, *, status: int = 200, faults: tuple[Fault, ...] = (),
    typed: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    language = language_of(request)

    def build(unit: Unit) -> dict[str, Any]:
        reader = case_page.open_reader(unit, number, language)
        task = recording.find_task(reader.view.file, code, n)
        if not case_tasks.may_mark_not_required(reader, task):
            raise Conflict("STATE_FORBIDS", task=task.code, state=task.status.value)
        course = reader.view.course
        return {
            "number": number,
            "who": reader.person_name,
            "task": task,
            "title": reader.title(code, n),
            "reasons": [
                (reason, reader.name(reason, "not_required_reason")) for reason in course.procedure.not_required_reasons
            ],
            "is_open": task.is_open,
            "signer": reader.say_role(course.rule(task.code).not_required_by),
        }

    page = await tools_of(request).units.write(me, build)
    return draw(request, me, "acts/not_required", "papan", status=status, faults=faults, typed=typed or {}, **page)


@router.post(TASK + "/tidak-diperlukan")
async def not_required(number: str, code: str, n: int, request: Request, me: SignedIn) -> Response:
    """Leaves a task out, with a reason of the procedure's list."""
    form = await read_page_form(request, fields("reason", "note"))

    def act(unit: Unit) -> str:
        reviews.mark_not_required(unit, number, code, n, form.text("reason"), form.text("note") or None)
        return f"/kasus/{number}?notice=NOT_REQUIRED_SET"

    try:
        return await once(request, me, form, act)
    except NotFound:
        raise
    except DomainError as error:
        try:
            return await _not_required_page(
                request, me, number, code, n, status=error.status, faults=(fault_of(error),), typed=form.values
            )
        except DomainError:
            raise error from None


# --- a draft: the same person or another


@router.post("/kasus/{number}/kembar")
async def duplicate(number: str, request: Request, me: SignedIn, tools: ToolsDep, language: LanguageDep) -> Response:
    """Says of a draft whether it is a person already known."""
    form = await read_page_form(request, fields("other", "decision"))

    def act(unit: Unit) -> str:
        starting.decide_duplicate(unit, number, form.text("other"), form.text("decision"))
        return f"/kasus/{number}?notice={'CASE_RELEASED' if form.text('decision') == 'different' else 'CASE_CLOSED'}"

    try:
        return await once(request, me, form, act)
    except DomainError as error:
        return await back_to_case(request, me, number, error, form, "kembar")
