"""The gate in words: for every check whether it holds, who answered, and else what it waits for and what clears it."""

from dataclasses import replace
from typing import Final

from api.pages.case_reader import CaseReader, facts_with_names
from api.pages.case_tasks import answer_notes, notes_of
from domain.course import TaskFacts
from domain.gate import CheckResult, Wait, letter_valid_until
from domain.procedure import GATE
from domain.tasks import TaskStatus
from store.casefile import evidence_missing
from templates import words, words_staff
from templates.staff_views import Check, GateSummary

_KINDS: Final = {"holds": "ok", "open": "wait", "not_applicable": "none"}
_ASKED: Final = ("ANSWER_BY_LINK", "STAFF_ANSWER", "VERIFY", "VERIFY_OTHER", "MAIL_QUEUED", "DECIDE")


def checks_of(reader: CaseReader, *, full: bool) -> list[tuple[CheckResult, Check]]:
    """All checks. full: those that hold name the answers behind them (gate page and its print)."""
    return [(check, check_line(reader, check, full=full)) for check in reader.view.verdict.checks]


def check_line(reader: CaseReader, check: CheckResult, *, full: bool) -> Check:
    """One check in words: what it stands on, or what it waits for and what clears it."""
    sentence = check.sentence.en if reader.language == "en" else check.sentence.id
    kind, word = _KINDS[check.state], reader.name(check.state.value, "check_state")
    line = Check(check.code, kind, word, sentence)
    if check.state == "not_applicable":
        return replace(line, how=(reader.say(words_staff.FLAG_NO),)) if full else line
    if check.state == "holds":
        return replace(line, how=tuple(_behind(reader, check))) if full else line
    kind, word = _open_state(reader, check.waits)
    return replace(line, kind=kind, word=word, how=wait_lines(reader, check.waits))


def wait_lines(reader: CaseReader, waits: tuple[Wait, ...]) -> tuple[str, ...]:
    """ "Kesiapan menjemput, Dinsos Kab. Lembata. Hilang bila …"; tasks that wait for the same thing share a line."""
    shared: dict[tuple[str | None, str, bool], list[str]] = {}
    for wait in waits:
        facts = facts_with_names(reader, {"agency": wait.agency, "since": wait.since, **wait.facts})
        remedy = words.remedy(wait.remedy, facts, reader.language, reader.zone(wait.agency))
        is_flags = wait.remedy == "ANSWER_FLAGS"
        shared.setdefault((wait.agency, remedy, is_flags), []).append(reader.title(wait.task, wait.n))
    return tuple(
        remedy if is_flags else _wait_line(reader, agency, remedy, titles)
        for (agency, remedy, is_flags), titles in shared.items()
    )


def _wait_line(reader: CaseReader, agency: str | None, remedy: str, titles: list[str]) -> str:
    title = "; ".join(titles)
    head = reader.say(words_staff.WAITS_ON, task=title, who=reader.office_short(agency)) if agency else f"{title}."
    return f"{head} {remedy}"


def _open_state(reader: CaseReader, waits: tuple[Wait, ...]) -> tuple[str, str]:
    course = reader.view.course
    tasks = [course.tasks[wait.task, wait.n] for wait in waits if (wait.task, wait.n) in course.tasks]
    for task in tasks:
        ask = course.ask_of(task)
        if task.is_open and ask is not None and ask.due_at is not None and reader.is_late(ask.due_at):
            return "late", reader.say(words_staff.LATE)
    if any(task.key in reader.may_answer for task in tasks):
        return "go", reader.say(words_staff.YOURS)
    return _KINDS["open"], reader.name("open", "check_state")


def _behind(reader: CaseReader, check: CheckResult) -> list[str]:
    """The answers on which a check that holds stands: task, answer, who, when, how it came, papers to come."""
    lines = []
    for rule in reader.view.course.procedure.checks:
        if rule.code != check.code:
            continue
        for code in rule.tasks:
            for task in reader.view.course.instances(code):
                if task.status is not TaskStatus.TIDAK_BERLAKU:
                    lines.append(_evidence_line(reader, task))
    return lines


def _evidence_line(reader: CaseReader, task: TaskFacts) -> str:
    row = reader.view.row(task.answer_row)
    said = (
        answer_notes(reader, task)[:1] if task.status is not TaskStatus.TIDAK_DIPERLUKAN else notes_of(reader, task)[:1]
    )
    parts = [f"{reader.title(task.code, task.n)}: {said[0] if said else reader.name(task.status.value, 'task_status')}"]
    if row is not None and task.status is not TaskStatus.TIDAK_DIPERLUKAN:
        is_link = row.actor.startswith("link:")
        if is_link and task.agency:
            parts.append(reader.office_short(task.agency))
        parts.append(reader.say(words_staff.GRADE_LINK if is_link else words_staff.GRADE_ACCOUNT))
    ends = letter_valid_until(reader.view.course, task, reader.view.file.world)
    if ends is not None:
        parts.append(reader.say(words_staff.VALID_UNTIL, at=reader.short(ends, reader.zone(task.agency))))
    if evidence_missing(reader.view.course, task.code, task.n):
        parts.append(reader.say(words_staff.EVIDENCE_LATER).lower())
    return " · ".join(parts)


def summary(reader: CaseReader) -> GateSummary:
    """The gate on the case page: open checks only, the one of the sentence first, then late, own, asked, later."""
    lines = checks_of(reader, full=False)
    first = reader.view.waits[0].task if reader.view.waits else ""

    def rank(pair: tuple[CheckResult, Check]) -> tuple[int, str]:
        check, line = pair
        tasks = {wait.task for wait in check.waits}
        if first in tasks and first != GATE:
            return 0, check.code
        order = {"late": 1, "go": 2}.get(line.kind, 3 if any(w.remedy in _ASKED for w in check.waits) else 4)
        return order, check.code

    opened = sorted((pair for pair in lines if pair[0].state == "open"), key=rank)
    holding = [check.code for check, _ in lines if check.state == "holds"]
    others = [(check.code, line.sentence) for check, line in lines if check.state == "not_applicable"]
    return GateSummary(
        holding=len(holding),
        open=tuple(line for _, line in opened),
        held_checks="; ".join(
            f"{check.code} {line.sentence.rstrip('.')}" for check, line in lines if check.state == "holds"
        ),
        not_applicable=tuple(f"{code} {sentence.rstrip('.')}" for code, sentence in others),
    )


def papers_missing(reader: CaseReader) -> int:
    """How many gate answers still lack a required paper."""
    course = reader.view.course
    return sum(
        evidence_missing(course, task.code, task.n) for task in course.tasks.values() if course.rule(task.code).gate
    )
