"""Mails: an order in, a finished subject, text and HTML out, the same words in both parts (PROCESS 8.4, 8.5).

Nothing personal enters: initials and case numbers only, restricted tasks under their neutral title. The link stands
alone on its line and the code behind `Kode:`. English follows below a line where the desk wants it.
"""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

import mrml
from markupsafe import Markup

from domain.digest import MailAsk, MailOrder
from templates import filters
from templates.catalogue import _, say
from templates.engine import environment
from templates.words import people

WIDTH: Final = 76
LISTED_GROUPS: Final = 3
NAMED_PEOPLE: Final = 4
_RULE: Final = "-" * WIDTH


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """What goes into the envelope. text: lines of at most 76 signs but for the link; html: nothing is fetched."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class MailRow:
    """Asks of one task with one due time. who: initials and case numbers of a few, else ""."""

    title: str
    count: int
    who: tuple[str, ...]
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class MailSection:
    """late, urgent, open (a fresh copy) or new; by group, "" for single people. more: groups not listed."""

    state: str
    groups: tuple[tuple[str, tuple[MailRow, ...]], ...]
    more: int


class Composer:
    """Writes mails. Pure: the same order gives the same mail."""

    def compose(self, order: MailOrder) -> ComposedMail:
        """The mail of *order*: subject, text and HTML in the office's language. Ids, codes and initials only."""
        languages = ("id", "en") if order.language == "en" else ("id",)
        name = "notice" if order.kind == "notice" else "ask"
        texts, htmls = [], []
        for place, language in enumerate(languages):
            facts = _facts(order, language, is_first=place == 0)
            texts.append(_tidy(environment(language).get_template(f"mail/{name}.txt").render(facts)))
            htmls.append(Markup(environment(language).get_template(f"mail/{name}.mjml").render(facts)))  # noqa: S704  # autoescaped there
        subject = _subject(order)
        frame = environment(order.language).get_template("mail/frame.mjml").render(parts=htmls, subject=subject)
        html = mrml.to_html(frame).content
        return ComposedMail(subject, f"\n{_RULE}\n\n".join(texts), html)


def wrap(text: str, indent: int = 0, first: int | None = None) -> str:
    """*text* in lines of at most 76 signs; no-break spaces hold until then, so times are not torn."""
    lines = textwrap.wrap(
        text.replace(filters.NBSP, "\x00"),
        WIDTH,
        initial_indent=" " * (indent if first is None else first),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace("\x00", " ")


def _facts(order: MailOrder, language: str, *, is_first: bool) -> dict[str, Any]:
    due = [ask.due_at for ask in order.asks if ask.due_at is not None]
    return {
        "order": order,
        "is_first": is_first,
        "count": len(order.asks),
        "urgent": sum(ask.urgent for ask in order.asks),
        "late": sum(_is_late(ask, order.composed_at) for ask in order.asks),
        "who": people(len({ask.number for ask in order.asks}), language),
        "sections": sections(order, language),
        "nearest": min(due, default=None),
        "wrap": wrap,
    }


def sections(order: MailOrder, language: str) -> tuple[MailSection, ...]:
    """Overdue first, then urgent, then the rest; inside by group, due time and title."""
    rest = "open" if order.is_fresh_copy else "new"
    by_state: dict[str, list[MailAsk]] = {"late": [], "urgent": [], rest: []}
    for ask in order.asks:
        state = "late" if _is_late(ask, order.composed_at) else "urgent" if ask.urgent else rest
        by_state[state].append(ask)
    return tuple(_section(state, asks, language) for state, asks in by_state.items() if asks)


def _is_late(ask: MailAsk, now: datetime) -> bool:
    return ask.due_at is not None and ask.due_at < now


def _section(state: str, asks: Sequence[MailAsk], language: str) -> MailSection:
    ordered = sorted(asks, key=lambda ask: (ask.group is None, ask.group or ""))
    found = [(name or "", _rows(members, language)) for name, members in groupby(ordered, key=lambda ask: ask.group)]
    named = [pair for pair in found if pair[0]]
    single = [pair for pair in found if not pair[0]]
    return MailSection(state, (*named[:LISTED_GROUPS], *single), max(0, len(named) - LISTED_GROUPS))


def _rows(asks: Iterable[MailAsk], language: str) -> tuple[MailRow, ...]:
    def key(ask: MailAsk) -> tuple[bool, str, str]:
        return (ask.due_at is None, ask.due_at.isoformat() if ask.due_at else "", _title(ask, language))

    rows = []
    for _key, members in groupby(sorted(asks, key=key), key=key):
        some = list(members)
        who = [f"{ask.initials} ({ask.number})" for ask in sorted(some, key=lambda ask: ask.number)]
        shown = tuple(who) if len(who) <= NAMED_PEOPLE else ()
        rows.append(MailRow(_title(some[0], language), len(some), shown, some[0].due_at))
    return tuple(rows)


def _title(ask: MailAsk, language: str) -> str:
    return ask.title_en if language == "en" else ask.title_id


_SUBJECT: Final = _("[Pulang] Permintaan konfirmasi – {who}")
_SUBJECT_AGAIN: Final = _("[Pulang] Surel pengganti, permintaan konfirmasi – {who}")
_SUBJECT_NOTICE: Final = _("[Pulang] Tugas menunggu – {who}")
_TASKS: Final = _("{count} tugas")
_TASK: Final = _("1 tugas")
_BEFORE: Final = _(" – batas {due}")
_NEAREST: Final = _(" – batas terdekat {due}")


def _subject(order: MailOrder) -> str:
    """Counts and the nearest due time only (PROCESS 8.4)."""
    language = order.language
    count = len(order.asks)
    if order.kind == "notice":
        pattern = _SUBJECT_NOTICE
        who = say(_TASK, language) if count == 1 else say(_TASKS, language, count=count)
    else:
        pattern = _SUBJECT_AGAIN if order.is_fresh_copy else _SUBJECT
        number = len({ask.number for ask in order.asks})
        who = f"{number} {'person' if number == 1 else 'people'}" if language == "en" else f"{number} orang"
    due = sorted({ask.due_at for ask in order.asks if ask.due_at is not None})
    tail = ""
    if due:
        nearest = next((at for at in due if at >= order.composed_at), due[0])
        moment = filters.subject_moment(nearest, order.zone, language)
        tail = say(_BEFORE if len(due) == 1 else _NEAREST, language, due=moment)
    return say(pattern, language, who=who) + tail


def _tidy(text: str) -> str:
    """No blanks at line ends, never two empty lines, one line end at the end."""
    out: list[str] = []
    for line in filters.plain(text).splitlines():
        bare = line.rstrip()
        if bare or (out and out[-1]):
            out.append(bare)
    return "\n".join(out).strip("\n") + "\n"
