"""Second looks, not-required, and what a coordinator decides on a failing answer."""

from typing import Any

from domain.answering import free_text
from domain.cases import CaseStatus
from domain.course import TaskFacts
from domain.errors import Conflict, Invalid, NotAllowed
from domain.journal import Kind
from domain.planning import function_of
from domain.procedure import TaskRule
from domain.roles import Action
from domain.tasks import TaskStatus
from store.access import is_one_of, must_be_of_shelter
from store.casefile import CaseFile, open_case_file
from store.recording import find_task
from store.unit import Unit


def verify(unit: Unit, number: str, task: str, n: int | None, result: str, note: str | None = None) -> None:
    """A second look by a person who did not answer; sending back needs a sentence and opens the ask again."""
    unit.by.must(Action.VERIFY)
    file = open_case_file(unit, number)
    facts = find_task(file, task, n)
    rule = file.course.rule(facts.code)
    if rule.verify_by and not unit.by.has(rule.verify_by):
        raise NotAllowed("ROLE_LACKS_ACTION", action="verify")
    if facts.status is not TaskStatus.DIJAWAB:
        raise Conflict("STATE_FORBIDS", task=facts.code, state=facts.status.value)
    if is_one_of(unit, {facts.answered_by or ""}):
        raise NotAllowed("SAME_PERSON_VERIFIES", task=facts.code)
    if result not in ("pass", "back"):
        raise Invalid("FIELD_INVALID", field="result")
    words = free_text(note, "note", needed=result == "back")
    codes = {"task": facts.code, "n": facts.n, "result": result}
    file.write(unit, Kind.VERIFIED, codes, {"note": words} if words else None)
    file.finish(unit)


def mark_not_required(unit: Unit, number: str, task: str, n: int | None, reason: str, note: str | None = None) -> None:
    """TIDAK_DIPERLUKAN with a reason, by the signer the task names; not every task allows it."""
    signers = {rule.not_required_by for rule in unit.rules.current.tasks.values() if rule.not_required_by}
    if not unit.by.has(*signers):  # whoever never signs is not told whether the case is there
        raise NotAllowed("ROLE_LACKS_ACTION", action="not_required")
    file = open_case_file(unit, number)
    must_be_of_shelter(unit, file)
    facts = find_task(file, task, n)
    rule = file.course.rule(facts.code)
    if not rule.not_required_by:
        raise Conflict("ACTION_NOT_ALLOWED", task=facts.code)
    if not unit.by.has(rule.not_required_by):
        raise NotAllowed("ROLE_LACKS_ACTION", action="not_required")
    if not (reason or "").strip():
        raise Invalid("REASON_INVALID", field="reason")
    if reason not in file.course.procedure.not_required_reasons:
        raise Invalid("REASON_INVALID", field="reason")
    if file.course.is_over or facts.status not in (
        TaskStatus.BELUM_SIAP,
        TaskStatus.DIMINTA,
        TaskStatus.DIPERPANJANG,
        TaskStatus.DIALIHKAN,
        TaskStatus.GAGAL,
    ):
        raise Conflict("STATE_FORBIDS", task=facts.code, state=facts.status.value)
    words = free_text(note, "note")
    codes = {"task": facts.code, "n": facts.n, "reason": reason, "signer_role": rule.not_required_by}
    file.write(unit, Kind.NOT_REQUIRED, codes, {"note": words} if words else None)
    file.finish(unit)


OTHER_FUNCTION = {"alihkan_imigrasi": "imigrasi", "alihkan_faskes": "faskes", "alihkan_sentra": "kemensos_sentra"}


def decide(
    unit: Unit, number: str, task: str, n: int | None, choice: str, agency: str | None = None, reason: str | None = None
) -> None:
    """What the coordinator does with a failing answer or a mail refused for good: ask again, another office, close."""
    unit.by.must(Action.DECIDE)
    file = open_case_file(unit, number)
    facts = find_task(file, task, n)
    rule = file.course.rule(facts.code)
    words = free_text(reason, "reason", needed=True)
    if file.course.is_over or not (facts.status is TaskStatus.GAGAL or (facts.is_open and facts.refused)):
        raise Conflict("STATE_FORBIDS", task=facts.code, state=facts.status.value)
    codes: dict[str, Any] = {"task": facts.code, "n": facts.n, "choice": choice, "agency": None, "function": None}
    if choice == "other_office":
        codes["agency"], codes["function"] = agency, _function_for(file, facts, rule, agency)
    elif choice == "close":
        if file.course.status not in (CaseStatus.PENANGANAN, CaseStatus.MENUNGGU_GERBANG, CaseStatus.DISETUJUI):
            raise Conflict("STATE_FORBIDS", state=file.course.status.value)
    elif choice != "ask_again":
        raise Invalid("FIELD_INVALID", field="choice")
    file.write(unit, Kind.DECIDED, codes, {"reason": words})
    if choice == "close":
        file.write(unit, Kind.CLOSED, {"status": CaseStatus.DITUTUP.value}, {"reason": words})
    file.finish(unit)


def _function_for(file: CaseFile, task: TaskFacts, rule: TaskRule, agency: str | None) -> str:
    office = file.world.register.find(agency) if agency else None
    if office is None:
        raise Invalid("NO_OFFICE", field="agency")
    allowed = [function_of(file.course, rule, task), rule.owner]
    if rule.on_fail in OTHER_FUNCTION:
        allowed.append(OTHER_FUNCTION[rule.on_fail])
    for function in allowed:
        if function in office.functions:
            return function
    raise Invalid("NO_OFFICE", field="agency")
