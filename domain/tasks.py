"""Status of one task and of one ask, and what each event does to it (PROCESS 2.5)."""

from enum import StrEnum

from domain.procedure import TaskRule


class TaskStatus(StrEnum):
    """Status of one task (PROCESS 2.5)."""

    TIDAK_BERLAKU = "TIDAK_BERLAKU"
    BELUM_SIAP = "BELUM_SIAP"
    DIMINTA = "DIMINTA"
    DIPERPANJANG = "DIPERPANJANG"
    DIALIHKAN = "DIALIHKAN"
    DIJAWAB = "DIJAWAB"
    LULUS = "LULUS"
    GAGAL = "GAGAL"
    TIDAK_DIPERLUKAN = "TIDAK_DIPERLUKAN"
    DILANJUTKAN_DI_DAERAH = "DILANJUTKAN_DI_DAERAH"
    KEDALUWARSA = "KEDALUWARSA"
    BATAL = "BATAL"


class TaskEvent(StrEnum):
    """What may happen to a task; `MOVES` says where it leads."""

    ASKED = "asked"
    PASSED = "passed"
    ANSWERED = "answered"
    DECLINED = "declined"
    MORE_TIME = "more_time"
    VERIFIED = "verified"
    SENT_BACK = "sent_back"
    NOT_REQUIRED = "not_required"
    EXPIRED = "expired"
    REOPENED = "reopened"
    DROPPED = "dropped"
    APPLIES = "applies"
    CASE_ENDED = "case_ended"
    CASE_REOPENED = "case_reopened"


_T, _E = TaskStatus, TaskEvent
_OPEN = (_T.DIMINTA, _T.DIPERPANJANG, _T.DIALIHKAN)

MOVES: dict[tuple[TaskStatus, TaskEvent], TaskStatus] = {
    (_T.TIDAK_BERLAKU, _E.APPLIES): _T.BELUM_SIAP,
    (_T.BELUM_SIAP, _E.ASKED): _T.DIMINTA,
    (_T.BELUM_SIAP, _E.NOT_REQUIRED): _T.TIDAK_DIPERLUKAN,
    (_T.BELUM_SIAP, _E.DROPPED): _T.TIDAK_BERLAKU,
    (_T.BELUM_SIAP, _E.CASE_ENDED): _T.BATAL,
    **{(state, _E.ASKED): state for state in (_T.DIMINTA,)},  # a reopened task gets its new ask
    **{(state, _E.PASSED): _T.LULUS for state in _OPEN},
    **{(state, _E.ANSWERED): _T.DIJAWAB for state in _OPEN},
    **{(state, _E.DECLINED): _T.GAGAL for state in _OPEN},
    **{(state, _E.MORE_TIME): _T.DIPERPANJANG for state in _OPEN},  # only the due moment moves
    **{(state, _E.NOT_REQUIRED): _T.TIDAK_DIPERLUKAN for state in _OPEN},
    **{(state, _E.DROPPED): _T.TIDAK_BERLAKU for state in _OPEN},
    **{(state, _E.CASE_ENDED): _T.BATAL for state in _OPEN},
    **{(state, _E.REOPENED): _T.DIMINTA for state in _OPEN},  # its mail was refused for good: asked again
    (_T.DIJAWAB, _E.VERIFIED): _T.LULUS,
    (_T.DIJAWAB, _E.SENT_BACK): _T.DIMINTA,
    (_T.DIJAWAB, _E.DROPPED): _T.TIDAK_BERLAKU,
    (_T.DIJAWAB, _E.CASE_ENDED): _T.BATAL,
    (_T.LULUS, _E.REOPENED): _T.DIMINTA,
    (_T.LULUS, _E.EXPIRED): _T.KEDALUWARSA,
    (_T.LULUS, _E.DROPPED): _T.TIDAK_BERLAKU,
    (_T.GAGAL, _E.REOPENED): _T.DIMINTA,
    (_T.GAGAL, _E.NOT_REQUIRED): _T.TIDAK_DIPERLUKAN,
    (_T.GAGAL, _E.DROPPED): _T.TIDAK_BERLAKU,
    (_T.GAGAL, _E.CASE_ENDED): _T.BATAL,
    (_T.TIDAK_DIPERLUKAN, _E.REOPENED): _T.DIMINTA,
    (_T.DILANJUTKAN_DI_DAERAH, _E.PASSED): _T.LULUS,
    (_T.DILANJUTKAN_DI_DAERAH, _E.DECLINED): _T.GAGAL,
    (_T.KEDALUWARSA, _E.ASKED): _T.DIMINTA,
    # beyond the table of 2.5: an expired letter of a case that ends or no longer needs it, and a case that is reopened
    (_T.KEDALUWARSA, _E.DROPPED): _T.TIDAK_BERLAKU,
    (_T.KEDALUWARSA, _E.CASE_ENDED): _T.BATAL,
    (_T.BATAL, _E.CASE_REOPENED): _T.BELUM_SIAP,
}

OPEN = frozenset(_OPEN)
SETTLED = frozenset({_T.LULUS, _T.TIDAK_DIPERLUKAN, _T.DILANJUTKAN_DI_DAERAH, _T.TIDAK_BERLAKU})


class AskState(StrEnum):
    """State of one ask to an office (PROCESS 2.5)."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    ANSWERED = "ANSWERED"
    WITHDRAWN = "WITHDRAWN"
    SUPERSEDED = "SUPERSEDED"


LIVE_ASKS = frozenset({AskState.QUEUED, AskState.SENT})
NOT_OFFERED_YET = frozenset({"DISPOSISI", "PERLU_RUJUKAN"})


class AnswerClass(StrEnum):
    """What an answer does to its task."""

    PASSES = "passes"
    WAITS = "waits"
    FAILS = "fails"


def offered(rule: TaskRule) -> tuple[str, ...]:
    """The codes a link page or a desk may give for this task, in the order of the procedure file."""
    waits = tuple(code for code in rule.answers.waits if code not in NOT_OFFERED_YET)
    return (*rule.answers.passes, *waits, *rule.answers.fails)


def class_of(rule: TaskRule, code: str) -> AnswerClass | None:
    """What *code* does to the task, or None when the task does not offer it."""
    if code in rule.answers.passes:
        return AnswerClass.PASSES
    if code in rule.answers.fails:
        return AnswerClass.FAILS
    if code in offered(rule):
        return AnswerClass.WAITS
    return None


def resolve_alias(rule: TaskRule, action: str) -> str:
    """`confirm`, `decline` and `more_time` stand for the first passing, failing and waiting code (CONTRACT, Links)."""
    waits = tuple(code for code in rule.answers.waits if code not in NOT_OFFERED_YET)
    first = {
        "confirm": rule.answers.passes[:1],
        "decline": rule.answers.fails[:1],
        "more_time": waits[:1],
    }.get(action)
    return action if first is None else (first[0] if first else action)
