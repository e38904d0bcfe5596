"""The asks of a link as its page shows them: one block for each task, restricted ones together while sealed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.procedure import TaskRule
from domain.tasks import AnswerClass, class_of, offered, resolve_alias
from store.linkslips import AnsweredAsk
from store.linkwork import Linked, LinkedAsk
from templates import words
from templates.views import Choice, Fact, LinkAsk, ReceiptLine, TaskBlock, UntilOption, part_size

SEALED = ""
_ALIAS = {AnswerClass.PASSES: "confirm", AnswerClass.FAILS: "decline", AnswerClass.WAITS: "more_time"}


def part_of(linked: Linked, part: int) -> tuple[tuple[LinkedAsk, ...], int, int]:
    """The open asks that one page shows, which part that is, and how many there are; a single ask is never split."""
    asks = linked.open_asks
    size = part_size(max((len(offered(ask.rule)) for ask in asks), default=0))
    parts = max(1, -(-len(asks) // size))
    part = min(max(part, 1), parts)
    return asks[(part - 1) * size : part * size], part, parts


def blocks_of(
    linked: Linked,
    asks: Sequence[LinkedAsk],
    facts: Mapping[str, tuple[Fact, ...]],
    typed: Mapping[str, str],
    language: str,
    *,
    is_opened: bool,
) -> tuple[TaskBlock, ...]:
    """These asks by task, in the order in which they fall due. typed: the form's fields, kept after a fault."""
    by_task: dict[str, list[LinkedAsk]] = {}
    for ask in asks:
        is_sealed = ask.rule.restricted and not is_opened
        by_task.setdefault(SEALED if is_sealed else ask.rule.code, []).append(ask)
    return tuple(_block(linked, task, alike, facts, typed, language) for task, alike in by_task.items())


def _block(
    linked: Linked,
    task: str,
    asks: Sequence[LinkedAsk],
    facts: Mapping[str, tuple[Fact, ...]],
    typed: Mapping[str, str],
    language: str,
) -> TaskBlock:
    rule, is_sealed = asks[0].rule, task == SEALED
    may_wait = any(ask.more for ask in asks)
    choices = _neutral(language, may_wait) if is_sealed else _choices(rule, language, may_wait)
    return TaskBlock(
        task=task,
        title=words.task_title(rule.titles, language, sealed=is_sealed),
        question=words.task_question(rule.code, len(asks), language, sealed=is_sealed),
        asks=tuple(_ask(ask, linked, facts, typed, is_sealed=is_sealed) for ask in asks),
        choices=choices,
        until_options=_until_options(asks, linked.office.zone),
        until_is_time=any(ask.more.is_time for ask in asks if ask.more),
        typed_all=_shown(rule, typed.get(f"all[{task}]", ""), is_sealed=is_sealed),
        typed_reason=typed.get(f"reason[{task}]", ""),
        typed_until=typed.get(f"until[{task}]", ""),
    )


def _ask(
    ask: LinkedAsk, linked: Linked, facts: Mapping[str, tuple[Fact, ...]], typed: Mapping[str, str], *, is_sealed: bool
) -> LinkAsk:
    if linked.is_single:
        names = ("action", "reason", "until")
    else:
        names = (f"answer[{ask.id}]", f"reason[{ask.id}]", f"until[{ask.id}]")
    answer, reason, until = (typed.get(name, "") for name in names)
    return LinkAsk(
        id=ask.id,
        task=SEALED if is_sealed else ask.rule.code,
        number=ask.number,
        initials=ask.initials,
        about="",
        due_at=ask.due_at,
        facts=facts.get(ask.id, ()),
        restricted=ask.rule.restricted,
        typed_answer=_shown(ask.rule, answer, is_sealed=is_sealed),
        typed_reason=reason,
        typed_until=until,
    )


def _shown(rule: TaskRule, answer: str, *, is_sealed: bool) -> str:
    """What was chosen, spelled as the choices of this page are: an alias becomes its code once the ask is opened."""
    if not answer:
        return ""
    if not is_sealed:
        return resolve_alias(rule, answer)
    kind = class_of(rule, answer)
    return _ALIAS[kind] if kind else answer


def _choices(rule: TaskRule, language: str, may_wait: bool) -> tuple[Choice, ...]:
    found = []
    for code in offered(rule):
        kind = class_of(rule, code)
        if kind is AnswerClass.WAITS and not may_wait:
            continue
        fails = kind is AnswerClass.FAILS
        label, hint = words.answer_label(rule.code, code, language), words.answer_hint(code, language, fails=fails)
        found.append(Choice(code, label, hint, needs_reason=fails, needs_until=kind is AnswerClass.WAITS))
    return tuple(found)


def _neutral(language: str, may_wait: bool) -> tuple[Choice, ...]:
    return tuple(
        Choice(alias, label, needs_reason=alias == "decline", needs_until=alias == "more_time")
        for alias, label in words.neutral_choices(language)
        if may_wait or alias != "more_time"
    )


def _until_options(asks: Iterable[LinkedAsk], zone: str) -> tuple[UntilOption, ...]:
    """Moments that every one of these asks may be given."""
    given = [ask.more for ask in asks if ask.more]
    if not given:
        return ()
    latest = min(more.latest for more in given)
    widest = max(given, key=lambda more: more.latest)
    return tuple(
        UntilOption(_value(moment, zone, is_time=widest.is_time), moment)
        for moment in widest.moments
        if moment <= latest
    )


def _value(moment: datetime, zone: str, *, is_time: bool) -> str:
    there = moment.astimezone(ZoneInfo(zone))
    return there.strftime("%Y-%m-%dT%H:%M") if is_time else there.date().isoformat()


def slip_lines(answered: Iterable[AnsweredAsk], language: str, *, sealed: bool) -> tuple[ReceiptLine, ...]:
    """What was answered, in words. sealed: restricted tasks are not named, nor what was answered to them."""
    lines = []
    for line in answered:
        is_sealed = sealed and line.rule.restricted
        label = words.answer_label(line.rule.code, line.code, language)
        if is_sealed:
            kind = class_of(line.rule, line.code)
            label = dict(words.neutral_choices(language)).get(_ALIAS[kind] if kind else "", "")
        title = words.task_title(line.rule.titles, language, sealed=is_sealed)
        lines.append(ReceiptLine(line.number, title, label, line.initials, line.until))
    return tuple(lines)
