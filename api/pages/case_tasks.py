"""The tasks of a case in words, and what the reader may do with each of them now."""

from dataclasses import replace
from typing import Final

from api.pages.case_reader import CaseReader
from domain.course import DEPARTURE, PLAN, TaskFacts
from domain.errors import DomainError
from domain.journal import Kind
from domain.planning import function_of, unsettled
from domain.procedure import GATE, TaskRule
from domain.regions import zone_name
from domain.roles import Action
from domain.tasks import AskState, TaskStatus, class_of, offered
from store.access import must_answer_own
from store.casefile import evidence_missing
from store.unit import Unit
from templates import filters, words, words_staff
from templates.staff_views import AnswerChoice, FlagLine, StageBlock, TaskForm, TaskLine

CARRY_FLAGS: Final = ("awal.skrining", "asesmen.biopsikososial")
NOT_REQUIRED_FROM: Final = (
    TaskStatus.BELUM_SIAP,
    TaskStatus.DIMINTA,
    TaskStatus.DIPERPANJANG,
    TaskStatus.DIALIHKAN,
    TaskStatus.GAGAL,
)


def task_path(number: str, code: str, n: int, act: str) -> str:
    """Address of one act on a task."""
    return f"/kasus/{number}/tugas/{code}/{n}/{act}"


def answerable(reader: CaseReader, unit: Unit) -> frozenset[tuple[str, int]]:
    """Open tasks that the reader may answer: the same rule that the act itself asks."""
    found = set()
    for task in reader.view.course.tasks.values():
        if not task.is_open or task.ask is None:
            continue
        try:
            must_answer_own(unit, reader.view.file, task)
        except DomainError:
            continue
        found.add(task.key)
    return frozenset(found)


def may_verify(reader: CaseReader, task: TaskFacts) -> bool:
    """Whether the reader may take the second look: by role, and never at the own answer (PROCESS 1.2)."""
    rule = reader.view.course.rule(task.code)
    return (
        task.status is TaskStatus.DIJAWAB
        and bool(rule.verify_by)
        and reader.me.has(rule.verify_by)
        and reader.me.may(Action.VERIFY)
        and task.answered_by != reader.me.ref
    )


def may_decide(reader: CaseReader, task: TaskFacts) -> bool:
    """Whether the task waits for a coordinator's decision and the reader may give it."""
    waits = task.status is TaskStatus.GAGAL or (task.is_open and task.refused)
    return waits and reader.me.may(Action.DECIDE) and not reader.is_over


def may_mark_not_required(reader: CaseReader, task: TaskFacts) -> bool:
    """Whether the reader is the task's signer and it can still be left out."""
    by = reader.view.course.rule(task.code).not_required_by
    return bool(by) and reader.me.has(by) and task.status in NOT_REQUIRED_FROM and not reader.is_over


# --- the table


def stage_blocks(reader: CaseReader) -> tuple[StageBlock, ...]:
    """Every task that applies, by stage. A stage of which nothing is open or waited for yet is marked as later."""
    course = reader.view.course
    named = {(wait.task, wait.n) for wait in reader.view.waits}
    blocks = []
    for code, titles in course.procedure.stages.items():
        tasks = [
            task
            for task in course.ordered_tasks()
            if course.rule(task.code).stage == code and task.status is not TaskStatus.TIDAK_BERLAKU
        ]
        if tasks:
            title = titles.en if reader.language == "en" else titles.id
            later = all(task.status is TaskStatus.BELUM_SIAP and task.key not in named for task in tasks)
            note = _later_count(reader, len(tasks)) if later else _stage_note(reader, tasks)
            blocks.append(StageBlock(title, note, tuple(task_line(reader, task) for task in tasks), later))
    return tuple(blocks)


def _stage_note(reader: CaseReader, tasks: list[TaskFacts]) -> str:
    """ "2 dari 5 selesai, 1 dijawab, menunggu pemeriksaan kedua": an answer is not done before its second look."""
    note = reader.say(words_staff.STAGE_DONE, done=sum(task.is_settled for task in tasks), all=len(tasks))
    looks = sum(task.status is TaskStatus.DIJAWAB for task in tasks)
    return f"{note}, {reader.say(words_staff.STAGE_LOOKS, count=looks)}" if looks else note


def _later_count(reader: CaseReader, count: int) -> str:
    one, many = words_staff.STAGE_LATER
    return reader.say(one) if count == 1 else reader.say(many, count=filters.in_words(count, reader.language))


def counts_note(reader: CaseReader) -> str:
    """How many tasks apply and where they stand: figures that add up."""
    tasks = [task for task in reader.view.course.tasks.values() if task.status is not TaskStatus.TIDAK_BERLAKU]
    counts = {
        words_staff.COUNT_DONE: sum(task.is_settled for task in tasks),
        words_staff.COUNT_LOOKS: sum(task.status is TaskStatus.DIJAWAB for task in tasks),
        words_staff.COUNT_DECIDE: sum(task.status is TaskStatus.GAGAL for task in tasks),
        words_staff.COUNT_ASKED: sum(task.is_open for task in tasks),
        words_staff.COUNT_LATER: sum(task.status in (TaskStatus.BELUM_SIAP, TaskStatus.KEDALUWARSA) for task in tasks),
        words_staff.COUNT_DROPPED: sum(task.status is TaskStatus.BATAL for task in tasks),
    }
    parts = [reader.say(text, count=count) for text, count in counts.items() if count]
    return reader.say(words_staff.TASK_COUNTS, all=len(tasks), parts=", ".join(parts))


def not_applicable(reader: CaseReader) -> tuple[str, ...]:
    """Titles of the tasks that do not apply to this person."""
    return tuple(
        reader.title(task.code, task.n)
        for task in reader.view.course.ordered_tasks()
        if task.status is TaskStatus.TIDAK_BERLAKU
    )


def task_line(reader: CaseReader, task: TaskFacts) -> TaskLine:
    """One task as a row: holder, state, notes, due moment in the holder's zone, acts."""
    course = reader.view.course
    ask = course.ask_of(task)
    kind, word = state_of(reader, task)
    due_at = ask.due_at if ask and task.is_open else None
    agency = reader.holder(task)
    return TaskLine(
        title=reader.title(task.code, task.n),
        holder=reader.office_short(agency),
        kind=kind,
        word=word,
        notes=tuple(notes_of(reader, task)),
        due=reader.short(due_at, reader.zone(agency)) if due_at else "",
        late=reader.is_late(due_at),
        acts=tuple(acts_of(reader, task)),
    )


def state_of(reader: CaseReader, task: TaskFacts) -> tuple[str, str]:
    """Class and words of the tag: late beats waiting, and what the reader can do is theirs."""
    ask = reader.view.course.ask_of(task)
    if task.is_open:
        if ask is not None and ask.due_at is not None and reader.is_late(ask.due_at):
            return "late", reader.late_words(ask.due_at, ask.agency)
        if task.refused:
            return "late", reader.name("REFUSED", "mail_state")
        if task.key in reader.may_answer:
            return "go", reader.say(words_staff.YOURS)
        if ask is None or ask.state is AskState.QUEUED:
            return "go", reader.name("QUEUED", "ask_state")
        if task.status is TaskStatus.DIMINTA:
            return "wait", reader.say(words_staff.WAITING_ANSWER)
    return words.tag_of(task.status.value), reader.name(task.status.value, "task_status")


def notes_of(reader: CaseReader, task: TaskFacts) -> list[str]:
    """Second lines: the answer and who gave it, why, papers to come, delivery, what it waits for."""
    course = reader.view.course
    lines: list[str] = []
    if task.status is TaskStatus.TIDAK_DIPERLUKAN:
        lines += _not_required_note(reader, task)
    elif task.answer is not None and not task.is_open and task.status is not TaskStatus.BELUM_SIAP:
        lines += answer_notes(reader, task)
    if task.is_open and (ask := course.ask_of(task)) is not None:
        told = reader.delivery(ask.mail, ask.agency)
        lines.append(told or reader.say(words_staff.NOT_ASKED_YET))
    if task.status is TaskStatus.BELUM_SIAP:
        lines += _later_note(reader, task)
    if evidence_missing(course, task.code, task.n):
        lines.append(reader.say(words_staff.EVIDENCE_LATER))
    return lines


def answer_notes(reader: CaseReader, task: TaskFacts) -> list[str]:
    """The answer, who gave it and when, its reason and note; nothing while there is none."""
    row = reader.view.row(task.answer_row)
    if row is None or task.answer is None or task.answered_at is None:
        return []
    at = reader.short(task.answered_at, reader.zone(task.agency))
    answer = words.answer_label(task.code, task.answer, reader.language)
    lines = [f"{answer}, {reader.say(words_staff.ANSWERED_BY, who=reader.who(row), at=at)}"]
    reason = [reader.name(task.reason, "decline_reason")] if task.reason else []
    reason += [str(row.sealed["reason"])] if row.sealed.get("reason") else []
    if reason:
        lines.append(reader.say(words_staff.REASON_IS, reason="; ".join(reason)))
    if row.sealed.get("note"):
        lines.append(reader.say(words_staff.NOTE_IS, note=row.sealed["note"]))
    return lines


def _not_required_note(reader: CaseReader, task: TaskFacts) -> list[str]:
    for row in reversed(reader.view.rows):
        if row.kind is Kind.NOT_REQUIRED and row.codes.get("task") == task.code and row.codes.get("n") == task.n:
            reason = reader.name(str(row.codes["reason"]), "not_required_reason")
            lines = [reader.say(words_staff.NOT_REQUIRED, reason=reason, who=reader.who(row))]
            if row.sealed.get("note"):
                lines.append(reader.say(words_staff.NOTE_IS, note=row.sealed["note"]))
            return lines
    return []


def _later_note(reader: CaseReader, task: TaskFacts) -> list[str]:
    course = reader.view.course
    rule = course.rule(task.code)
    before = unsettled(course, rule, task.n)
    if before and before[0] == GATE:
        return [reader.say(words_staff.AFTER_GATE)]
    if before:
        titles = [reader.title(code) for code in before if code != GATE]
        return [reader.say(words_staff.AFTER_TASK, task=filters.join_words(titles, reader.language))]
    if reader.holder(task) is None:
        function = function_of(course, rule, task)
        unset = function.startswith("dinsos_") and course.destination is None
        return [reader.say(words_staff.NO_DESTINATION if unset else words_staff.NO_OFFICE)]
    return []


def acts_of(reader: CaseReader, task: TaskFacts) -> list[tuple[str, str]]:
    """(label, address) of what the reader may do with this task now."""
    number = reader.view.course.number
    acts = []
    if task.key in reader.may_answer:
        acts.append((reader.say(words_staff.ACT_ANSWER), _own_page(reader, task) or f"#{form_key(task, 'answer')}"))
    if may_verify(reader, task):
        acts.append((reader.say(words_staff.ACT_VERIFY), f"#{form_key(task, 'verify')}"))
    if may_decide(reader, task):
        acts.append((reader.say(words_staff.ACT_DECIDE), task_path(number, task.code, task.n, "putusan")))
    if may_mark_not_required(reader, task):
        acts.append(
            (reader.say(words_staff.ACT_NOT_REQUIRED), task_path(number, task.code, task.n, "tidak-diperlukan"))
        )
    return acts


# --- forms


def form_key(task: TaskFacts, kind: str) -> str:
    """The id of a task's form on the page, as addresses name it."""
    return f"{kind}-{task.code.replace('.', '-').replace('_', '-')}-{task.n}"


def _own_page(reader: CaseReader, task: TaskFacts) -> str:
    """Tasks that a page of their own answers: the plan by its legs, a departure with its effects."""
    number = reader.view.course.number
    if task.code == PLAN:
        return f"/kasus/{number}/perjalanan"
    if task.code == DEPARTURE:
        return f"/kasus/{number}/berangkat/{task.n}"
    return ""


def forms_of(reader: CaseReader) -> tuple[TaskForm, ...]:
    """What waits for the reader on this case, in the order of the procedure."""
    found = []
    for task in reader.view.course.ordered_tasks():
        if task.key in reader.may_answer:
            found.append(answer_form(reader, task))
        elif may_verify(reader, task):
            found.append(verify_form(reader, task))
        elif may_decide(reader, task):
            found.append(decide_form(reader, task))
    return tuple(found)


def choices_of(rule: TaskRule, language: str) -> tuple[AnswerChoice, ...]:
    """The answers that a task offers, with their words and classes, in the procedure's order."""
    found = []
    for code in offered(rule):
        kind = class_of(rule, code)
        label = words.answer_label(rule.code, code, language)
        found.append(AnswerChoice(code, label, kind.value if kind else "waits"))
    return tuple(found)


def until_type(rule: TaskRule) -> str:
    """Kind of field for more time: a day where the task's limits are counted in days, else a day and a time."""
    days = all(limit.unit in ("wd", "cd") for limit in (rule.limit, rule.limit_urgent))
    return "date" if days else "datetime-local"


def reasons_of(reader: CaseReader) -> tuple[tuple[str, str], ...]:
    """(code, words) of the reasons that a failing answer may give."""
    return tuple((code, reader.name(code, "decline_reason")) for code in reader.view.course.procedure.reasons)


def answer_form(reader: CaseReader, task: TaskFacts) -> TaskForm:
    """The form for the reader's own answer; the plan and departures lead to pages of their own."""
    course = reader.view.course
    own = _own_page(reader, task)
    zone = zone_name(reader.zone(task.agency), reader.view.now)
    return replace(
        _head(reader, task, "answer", "jawaban"),
        choices=choices_of(course.rule(task.code), reader.language),
        reasons=reasons_of(reader),
        flags=flag_lines(reader, required_only=True) if task.code in CARRY_FLAGS else (),
        link=(reader.say(words_staff.ACT_LEGS if task.code == PLAN else words_staff.ACT_DEPART), own) if own else None,
        until_type=until_type(course.rule(task.code)),
        until_hint=reader.say(words_staff.UNTIL_HINT, zone=zone),
    )


def verify_form(reader: CaseReader, task: TaskFacts) -> TaskForm:
    """The form for the second look."""
    return replace(_head(reader, task, "verify", "pemeriksaan"), asked=tuple(answer_notes(reader, task)))


def decide_form(reader: CaseReader, task: TaskFacts) -> TaskForm:
    """What failed, and the way to the page of the decision."""
    form = _head(reader, task, "decide", "putusan")
    on_fail = "MAIL_REFUSED" if task.refused else reader.view.course.rule(task.code).on_fail
    asked = (*answer_notes(reader, task), words.on_fail_sentence(on_fail, reader.language))
    return replace(form, asked=asked, link=(reader.say(words_staff.ACT_DECIDE), form.action))


def _head(reader: CaseReader, task: TaskFacts, kind: str, act: str) -> TaskForm:
    ask = reader.view.course.ask_of(task)
    due_at = ask.due_at if ask and task.is_open else None
    return TaskForm(
        kind=kind,
        key=form_key(task, kind),
        code=task.code,
        n=task.n,
        title=reader.title(task.code, task.n),
        due=reader.moment(due_at, reader.zone(task.agency)) if due_at else "",
        late=reader.is_late(due_at),
        action=task_path(reader.view.course.number, task.code, task.n, act),
    )


def flag_lines(reader: CaseReader, *, required_only: bool = False) -> tuple[FlagLine, ...]:
    """Flags that a person answers; those the gate needs first."""
    course = reader.view.course
    lines = [
        FlagLine(
            rule.code,
            reader.name(rule.code, "flag"),
            course.flags.get(rule.code, "belum_diketahui"),
            rule.required_at_gate,
            rule.restricted,
        )
        for rule in course.procedure.flags.values()
        if not rule.derived and (rule.required_at_gate or not required_only)
    ]
    return tuple(sorted(lines, key=lambda line: not line.required))
