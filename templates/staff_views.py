"""What desk pages are given: frozen values, filled by api/pages, read by templates/pages/staff.

Texts are written out in the reader's language and plain (templates escape them) unless they are Markup. Times are aware
UTC; a `zone` (IANA) is that of the place that must act.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Panel:
    """The sentence at the head. kind: edge of the panel. next: (time in words, what happens). phone: (whom, number)."""

    sentence: str
    kind: str = "wait"
    more: tuple[str, ...] = ()
    next: tuple[tuple[str, str], ...] = ()
    phone: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """One tile of the board: a number, what it counts, where it leads. red: a missing person."""

    number: int
    words: str
    href: str
    red: bool = False


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One case of the board. kind: class of its tag; edge: "attn", "redrow" or ""."""

    number: str
    who: str
    destination: str
    kind: str
    word: str
    waits: str
    notes: tuple[str, ...]
    since: str
    due: str
    edge: str = ""


@dataclass(frozen=True, slots=True)
class BoardGroup:
    """Cases of one state, under their title."""

    title: str
    note: str
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the gate. kind: tag class; how: lines under the sentence, what would clear it or who answered."""

    code: str
    kind: str
    word: str
    sentence: str
    how: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateSummary:
    """The gate on the case page: counts, open checks, and the others in one fold."""

    holding: int
    open: tuple[Check, ...]
    held_checks: str
    not_applicable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task in the table. notes: second lines (answer, who, delivery, papers). acts: (label, address)."""

    title: str
    holder: str
    kind: str
    word: str
    notes: tuple[str, ...] = ()
    due: str = ""
    late: bool = False
    acts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StageBlock:
    """Tasks of one stage, under their title. later: nothing of it is open or waited for yet."""

    title: str
    note: str
    lines: tuple[TaskLine, ...]
    later: bool = False


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One flag to answer. required: the gate needs it."""

    code: str
    label: str
    value: str
    required: bool
    restricted: bool


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """kind: passes, waits or fails."""

    code: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class TaskForm:
    """What the reader may do with one task now. kind: answer, verify, decide.

    key: in the address and the field ids. asked: lines on who answered what. flags: for the two tasks whose page
    carries them. link: an own page that does it instead ("" when the form stands here)."""

    kind: str
    key: str
    code: str
    n: int
    title: str
    due: str
    late: bool
    action: str
    choices: tuple[AnswerChoice, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()
    asked: tuple[str, ...] = ()
    flags: tuple[FlagLine, ...] = ()
    link: tuple[str, str] | None = None
    until_hint: str = ""
    until_type: str = "date"


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One active hold in words. lift: address of the page that lifts it, "" for who may not; lifters: who may."""

    id: str
    title: str
    since: str
    review: str
    by: str
    reason: str
    lift: str = ""
    lifters: str = ""


@dataclass(frozen=True, slots=True)
class LegLine:
    """One stretch with local times. acts: (label, address)."""

    n: int
    route: str
    kind_word: str
    departs: str
    arrives: str
    hands_to: str
    carrier: str
    escort: str
    kind: str
    word: str
    happened: tuple[str, ...] = ()
    acts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Handed:
    """One hand-over in words."""

    number: str
    what: str
    kind: str
    word: str
    at: str


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the timeline. tone: new, ok, bad or ""."""

    at: datetime
    zone: str
    tone: str
    text: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """pages/staff/case.html. acts: (label, address) of what this reader may do with the case as a whole.

    facts: (key, value). limited: a reader who sees the short card only. forms: what waits for the reader.
    typed: what a refused form had, by field; open_form: the key of that form. masked: an auditor's, names closed;
    open_until: the time of day to which they stand open for the reason given."""

    number: str
    who: str
    about: str
    status_kind: str
    status_word: str
    hold_words: tuple[str, ...]
    urgent: bool
    panel: Panel
    acts: tuple[tuple[str, str], ...]
    forms: tuple[TaskForm, ...]
    gate: GateSummary | None
    stages: tuple[StageBlock, ...]
    not_applicable: tuple[str, ...]
    task_note: str
    facts: tuple[tuple[str, str], ...]
    flags: tuple[FlagLine, ...]
    holds: tuple[HoldLine, ...]
    legs: tuple[LegLine, ...]
    handovers: tuple[Handed, ...]
    events: tuple[Event, ...]
    limited: bool = False
    masked: bool = False
    open_until: str = ""
    similar: tuple["SimilarLine", ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    open_form: str = ""


@dataclass(frozen=True, slots=True)
class SimilarLine:
    """A known person who may be the one looked for. strong: same NIK or document."""

    number: str
    who: str
    about: str
    why: str
    strong: bool
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """One box of the signature block. state: who signed when, or what is waited for. mine: the reader's turn."""

    role: str
    kind: str
    word: str
    name: str
    lines: tuple[str, ...]
    mine: bool = False


@dataclass(frozen=True, slots=True)
class GatePage:
    """pages/staff/gate.html, also printed as the decision document."""

    number: str
    who: str
    where: str
    panel: Panel
    basis: str
    basis_source: str
    groups: tuple[tuple[str, str, tuple[Check, ...]], ...]
    holds: tuple[HoldLine, ...]
    approvals: tuple[Approval, ...]
    past: tuple[str, ...]
    voids: tuple[str, ...]
    weights: tuple[tuple[str, str], ...]
    snapshot: str
    snapshot_short: str
    may_sign: bool
    must_not: str
    procedure: str
    printed: str
    acts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One person of a block in "Tugas saya". key: `<number>/<n>` in the field names."""

    key: str
    number: str
    who: str
    due: str
    late: bool
    since: str
    urgent: bool
    answer: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class OwnBlock:
    """All of one task and one kind of act. kind: answer, verify, decide, other (links only).

    until_hint: beside the field of more time, "" where the task does not offer it; until_type: kind of that field."""

    kind: str
    code: str
    title: str
    rows: tuple[OwnRow, ...]
    choices: tuple[AnswerChoice, ...] = ()
    note: str = ""
    until_hint: str = ""
    until_type: str = "date"


@dataclass(frozen=True, slots=True)
class OwnResult:
    """What became of one row. code: "" when it was done."""

    number: str
    who: str
    title: str
    word: str
    ok: bool


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One office in the register."""

    code: str
    name: str
    about: str
    open: int
    since: str
    kind: str
    word: str
    phone: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """One workflow on the operator's page: no names, codes only."""

    label: str
    waits: str
    neutral: bool
    since: str
    next: str
    kind: str
    word: str
    late: bool


@dataclass(frozen=True, slots=True)
class PostedMail:
    """One letter of the demonstration's postbox."""

    id: str
    at: datetime
    to: str
    subject: str
    notice: bool
    text: str = ""
    link: str = ""
    code: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PostRow:
    """One mail in the demonstration's postbox."""

    id: str
    when: str
    to: str
    subject: str
    notice: bool


@dataclass(frozen=True, slots=True)
class LineField:
    """One field by which a line of a sheet is mended. kept: what stands when it is left alone, where that is not the
    same; options: (code, name) where only these may be chosen."""

    column: str
    label: str
    value: str
    kept: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a sheet. lines: its number, or first and last; brief: what was written, in short, written: all of it
    as (column, what stood there); near: the fields
    its reasons speak of, far: the others; choices: regencies to choose from; matches: (case number, why)."""

    line: int
    lines: str
    who: str
    kind: str
    word: str
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    brief: str
    written: tuple[tuple[str, str], ...]
    near: tuple[LineField, ...]
    far: tuple[LineField, ...]
    choices: tuple[tuple[str, str], ...]
    matches: tuple[tuple[str, str], ...]
    state: str
    decision: str
    case: str
    typed_case: str
