"""What pages are given: frozen values, filled by api, read by templates. No template asks anything of anybody else.

Link pages take ONE context value `page`; desk pages take `frame` (kop, menu, foot) beside their own values.
Times are aware UTC; `zone` (IANA) is the place that must act. Texts are plain: templates escape them.
"""

import dataclasses
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """One refusal to show. field: name of the form field as in CONTRACT ("code", "reason[<ask id>]"), "" when it is
    of the whole form. code: a code of RELIABILITY section 6 or CONTRACT. facts: what its sentence needs
    (tries_left, at, days, action …), never what a person typed."""

    field: str
    code: str
    facts: dict[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to answer. code: of the task's answer set, sent as `action` / `answer[…]` / `all[…]`.

    label, hint: from `words.answer_label` and `words.answer_hint`. needs_reason: a failing code. needs_until: a
    waiting code (more time)."""

    code: str
    label: str
    hint: str = ""
    needs_reason: bool = False
    needs_until: bool = False


@dataclass(frozen=True, slots=True)
class UntilOption:
    """A moment to which more time may be asked. value: what `until` sends (a date, or date and time there)."""

    value: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """One opened field of PROCESS 1.3. label: from `words.name_of(field, language, "field")`. value: written out."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class AskedBy:
    """Who asks and how to reach them: every link page and mail carries this.

    unit: the ministry's desk. name: the coordinator's name, "" when the desk stands for all. phone: in office hours.
    duty_phone: day and night, "" when there is none."""

    unit: str
    phone: str
    name: str = ""
    duty_phone: str = ""


@dataclass(frozen=True, slots=True)
class LinkAsk:
    """One ask on a link page.

    id: the opaque ask id (X-Pulang-Ask). task: its code. number: case number. initials: of the person ("Y. I. T."),
    a child's too. about: what may stand beside them in clear, e.g. "perempuan, 24 tahun", or "".
    due_at None: no time set yet. restricted: the task is called "permintaan bersyarat" until the code is typed.
    facts: opened fields, () before the code. typed_*: what the form had, kept after a fault."""

    id: str
    task: str
    number: str
    initials: str
    about: str
    due_at: datetime | None
    facts: tuple[Fact, ...] = ()
    restricted: bool = False
    typed_answer: str = ""
    typed_reason: str = ""
    typed_until: str = ""


@dataclass(frozen=True, slots=True)
class TaskBlock:
    """All asks of one task in a digest. title, question: from `words` (neutral when restricted and not opened).

    choices: what this task offers here. until_options: moments for more time, () for a free date.
    until_is_time: the limit counts in hours, so `until` is a date and time. typed_*: `all[task]` and its fields."""

    task: str
    title: str
    question: str
    asks: tuple[LinkAsk, ...]
    choices: tuple[Choice, ...]
    until_options: tuple[UntilOption, ...] = ()
    until_is_time: bool = False
    typed_all: str = ""
    typed_reason: str = ""
    typed_until: str = ""


@dataclass(frozen=True, slots=True)
class LinkPage:
    """An answerable link: pages/link/one.html when `single`, else pages/link/digest.html.

    path: "/t/<token>" (forms post there; the language switch adds ?lang=en). office: full name of the asked office.
    zone: its IANA zone. asked_by: see AskedBy. blocks: one for `single`, any number for a digest.
    due_at: earliest due time of the open asks. single: the mail was for one ask (X-Pulang-Ask): fields `action`,
    `reason`, `until`; else `all[…]`, `answer[…]`, `reason[…]`, `until[…]`. nonce: the page's form number.
    opened: the right code was typed in this browser within 30 minutes, so names and rows of facts are shown.
    faults: refusals, first is the page's `pulang-code`. nothing_stored: say "Jawaban belum tersimpan" above them.
    typed_code, typed_name, typed_position: kept values (the code is kept so that a slip elsewhere costs nothing).
    reason_codes: decline reasons; when given, a list named `reason_code` stands above the text `reason` of a single
    ask, and the receiver joins them as CONTRACT's `reason` ("KAPASITAS penuh"); leave () to show the text alone.
    answered: asks of the same mail that are answered already; they are listed, not asked.
    part, parts: a long digest is shown in parts of `part_size` asks (`?part=2`), so that a page stays below 50 KB.
    The form also sends `website`, a field that people do not see: anything in it means a machine."""

    path: str
    office: str
    zone: str
    asked_by: AskedBy
    blocks: tuple[TaskBlock, ...]
    due_at: datetime | None
    nonce: str
    single: bool = True
    opened: bool = False
    faults: tuple[Fault, ...] = ()
    nothing_stored: bool = True
    typed_code: str = ""
    typed_name: str = ""
    typed_position: str = ""
    reason_codes: tuple[Choice, ...] = ()
    answered: "tuple[ReceiptLine, ...]" = ()
    part: int = 1
    parts: int = 1

    @property
    def asks(self) -> tuple[LinkAsk, ...]:
        return tuple(ask for block in self.blocks for ask in block.asks)

    @property
    def code(self) -> str:
        """The page's pulang-code: the first fault's, or ""."""
        return self.faults[0].code if self.faults else ""

    def faults_at(self, name: str) -> tuple[Fault, ...]:
        """The faults at one field."""
        return tuple(fault for fault in self.faults if fault.field == name)


def part_size(most_choices: int) -> int:
    """How many asks one part of a digest may show, so that a page with names opened stays below 50 KB.

    most_choices: size of the longest set of answers among its tasks."""
    return 30 if most_choices <= 4 else 24


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One answered ask. title: the task's title in the reader's language; answer: its label; about: initials;
    until: granted moment when more time was asked, else None."""

    number: str
    title: str
    answer: str
    about: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """pages/link/receipt.html. receipt: "R-" and ten characters. at: when it was stored. name, position: as typed,
    shown only on the page that the form led to ("" hides them). lines: what was answered. left_out: case numbers
    closed meanwhile, named as CONTRACT asks. still_open: asks of the page without an entry, they stay open.
    recovering: the workflow engine is away; says that the answer is safe. path: the link, for asks still open."""

    path: str
    office: str
    zone: str
    asked_by: AskedBy
    receipt: str
    at: datetime
    lines: tuple[ReceiptLine, ...]
    name: str = ""
    position: str = ""
    left_out: tuple[str, ...] = ()
    still_open: int = 0
    recovering: bool = False


@dataclass(frozen=True, slots=True)
class ClosedLink:
    """pages/link/closed.html: a link without answer buttons.

    state: "answered" | "gone" (expired or superseded) | "withdrawn" | "asleep" | "revoked" (ten wrong codes).
    code: the page's pulang-code ("" for answered on GET; LINK_GONE, ASK_WITHDRAWN, LINK_ASLEEP, ALREADY_ANSWERED).
    lines: what was answered. by_name, by_position, at, receipt: of that answer, shown to the holder of this link.
    until: gone: the moment it lived to; asleep: when it wakes; withdrawn: when it was withdrawn. why: a withdrawal
    reason in words or "". can_resend: show the form `resend=1`. resent: a fresh mail is on its way (after that form).
    replaced: superseded by a newer mail. csrf-free: `resend` needs neither code nor name."""

    path: str
    state: str
    office: str
    zone: str
    asked_by: AskedBy
    code: str = ""
    lines: tuple[ReceiptLine, ...] = ()
    by_name: str = ""
    by_position: str = ""
    at: datetime | None = None
    receipt: str = ""
    until: datetime | None = None
    why: str = ""
    can_resend: bool = False
    resent: bool = False
    replaced: bool = False
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """pages/errors/error.html (desks) and pages/link/refused.html (links without a form to show again).

    status: HTTP. code: stable code, its words stand in words.error_words. facts: for the sentence, never personal.
    now: what is true now, in one sentence, or "". kept: what was not lost, or "". way: (label, address) of the one
    way on. event: short event number for the operator, or "". asked_by: whom to call."""

    status: int
    code: str
    facts: dict[str, object] = dataclasses.field(default_factory=dict)
    now: str = ""
    kept: str = ""
    way: tuple[str, str] | None = None
    event: str = ""
    asked_by: AskedBy | None = None
    path: str = "/"


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the menu. key: "papan" | "kasus-baru" | "tugas" | "instansi" | "operator" | "kotak-surel"."""

    key: str
    href: str
    label: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What pages/base.html shows around a desk page; make it with `templates.frame(...)`.

    path: of this page with its query but without lang (the language switch comes back to it). here: key of the current
    menu entry. me: signed-in name, "" when nobody is. role: its first role in words. csrf: token for forms.
    banners: (tone, text) over the page, tone "wait" or "lost". notice: code of a saved note (`?notice=`) or "".
    desk_name, desk_phone: in the foot, so that every page carries a telephone. demo: says that data is invented."""

    path: str
    here: str
    language: str
    me: str = ""
    role: str = ""
    csrf: str = ""
    nav: tuple[NavItem, ...] = ()
    banners: tuple[tuple[str, str], ...] = ()
    notice: str = ""
    desk_name: str = ""
    desk_phone: str = ""
    demo: bool = False


@dataclass(frozen=True, slots=True)
class LoginPage:
    """pages/login.html beside `frame`. login: as typed, kept after a fault. next: where to go then, or ""."""

    login: str = ""
    faults: tuple[Fault, ...] = ()
    next: str = ""
