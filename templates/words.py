"""The words of every code, in both languages: one door for pages, mails and the API.

Indonesian stands in the source of the words_… modules, English in the catalogue. Every function takes the language
("id" or "en") and returns plain text, except `status_sentence`, which returns safe markup with <strong> around who.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, Protocol

from markupsafe import Markup, escape

from templates import filters
from templates.catalogue import _, say
from templates.words_errors import ERRORS, FIELD_ERRORS, Words
from templates.words_gate import ON_FAIL, REMEDIES, on_fail_sentence, remedy, remedy_both
from templates.words_names import FAMILIES, TAGS
from templates.words_tasks import (
    FAILING_HINT,
    HINTS,
    NEUTRAL_CHOICES,
    NEUTRAL_DOING,
    NEUTRAL_QUESTION,
    NEUTRAL_TITLE,
    TASKS,
    answer_label,
)
from templates.words_timeline import requests, timeline_sentence, timeline_tone


class Titled(Protocol):
    """A title in both languages, as the procedure file has it (domain.procedure.Titles)."""

    @property
    def id(self) -> str: ...
    @property
    def en(self) -> str: ...


def name_of(code: str, language: str, family: str = "") -> str:
    """The name of a code. family decides where one code means two things; a code without a name shows as itself."""
    tables = (FAMILIES[family],) if family else FAMILIES.values()
    for table in tables:
        if code in table:
            return say(table[code], language)
    return code


def tag_of(code: str) -> str:
    """Class of `.tag` for a state: wait go ok late hold none lost."""
    return TAGS.get(code, "none")


def answer_hint(code: str, language: str, *, fails: bool = False) -> str:
    """The small line under a choice, or ""."""
    return say(HINTS.get(code, FAILING_HINT if fails else ""), language)


def neutral_choices(language: str) -> tuple[tuple[str, str], ...]:
    """Choices of a restricted ask before the code: (alias, label), telling nothing."""
    return tuple((alias, say(label, language)) for alias, label in NEUTRAL_CHOICES)


def people(count: int, language: str) -> str:
    """As "satu orang", "14 orang" / "one person", "14 people"."""
    if language == "en":
        return "one person" if count == 1 else f"{filters.in_words(count, language)} people"
    return f"{filters.in_words(count, language)} orang"


def task_title(titles: Titled, language: str, *, sealed: bool = False) -> str:
    """The task's title; "Permintaan bersyarat" when sealed (mails, and a link page before the code)."""
    if sealed:
        return say(NEUTRAL_TITLE, language)
    return titles.en if language == "en" else titles.id


def task_question(task: str, count: int, language: str, *, sealed: bool = False) -> str:
    """The heading of a link page: a question about one or more people. "" for tasks that staff answer."""
    question = NEUTRAL_QUESTION if sealed else TASKS[task].question
    return say(question, language, people=people(count, language)) if question else ""


def task_about(task: str, language: str, *, sealed: bool = False) -> str:
    """What is asked, as a noun: "kesiapan menjemput dan menerima"."""
    text = say(NEUTRAL_TITLE if sealed else TASKS[task].about, language)
    return text[0].lower() + text[1:] if sealed else text


def error_words(code: str, facts: Mapping[str, Any] | None, language: str, field: str = "") -> Words:
    """Words for a refusal: title, body, remedy. field: of the form, whose own sentence goes first."""
    facts = facts or {}
    base = field.split("[", 1)[0]
    found = FIELD_ERRORS.get(f"{code}:{base}") or ERRORS.get(code) or ERRORS["INTERNAL"]
    body = say(found.body, language)
    if found.detail:
        with suppress(KeyError):
            body += " " + say(found.detail, language).format_map({k: v for k, v in facts.items() if v is not None})
    return Words(say(found.title, language), body, say(found.remedy, language))


# --- the sentence first

_ANSWER: Final = _("Menunggu {who} {doing}, sejak {since}.")
_VERIFY: Final = _("Menunggu {who} memeriksa jawaban atas {about}, sejak {since}.")
_DECIDE: Final = _("Menunggu {who} memutuskan langkah setelah {about} tidak berhasil, sejak {since}.")  # fmt: skip
_NAME: Final = _("Menunggu {who} menunjuk kantor untuk {about}, sejak {since}.")
_APPROVE: Final = _("Menunggu {who} memberi persetujuan gerbang, sejak {since}.")
_COORDINATOR: Final = _("koordinator")
_APPROVERS: Final = _("pemeriksa dan penyetuju")
_SENTENCES: Final = {"answer": _ANSWER, "verify": _VERIFY, "decide": _DECIDE, "name_office": _NAME, "approve": _APPROVE}
_RESTING: Final[Mapping[str, str]] = {
    "DRAF": _("Kasus ini masih draf sejak {since}; belum ada yang diminta."),
    "PENANGANAN": _("Dalam penanganan sejak {since}; saat ini tidak ada jawaban yang ditunggu."),
    "MENUNGGU_GERBANG": _("Semua pemeriksaan terpenuhi sejak {since}; menunggu dua persetujuan."),
    "DISETUJUI": _("Disetujui pulang sejak {since}; menunggu keberangkatan."),
    "PERJALANAN": _("Dalam perjalanan sejak {since}."),
    "SINGGAH": _("Singgah sejak {since}."),
    "KEMBALI": _("Kembali ke penampungan sejak {since}."),
    "DISERAHKAN": _("Telah diserahkan {since}."),
    "PEMANTAUAN": _("Dipantau di rumah sejak {since}."),
    "HILANG_KONTAK": _("Hilang kontak sejak {since}."),
    "MENINGGAL": _("Meninggal dunia; pengurusan jenazah berjalan sejak {since}."),
    "DIRUJUK": _("Dirujuk {since}."),
    "DITUTUP": _("Ditutup tanpa pemulangan {since}."),
    "SELESAI": _("Selesai {since}."),
    "DIBATALKAN": _("Dibatalkan {since}."),
}
_HELD: Final = _("Ditahan: {hold}, sejak {since}.")
_REVIEWED: Final = _("Ditinjau {review_on}.")
_DUE: Final = _("batas waktu yang diminta kepada {who}: {about}")


def status_sentence(
    what: str,
    task: str,
    agency_name: str | None,
    since: datetime,
    zone: str,
    language: str,
    *,
    sealed: bool = False,
) -> Markup:
    """The sentence of a panel, with who in <strong>: "Menunggu Dinas Sosial … menyatakan kesiapan …, sejak ….".

    what: answer, verify, decide, name_office, approve (domain.waiting). agency_name None: the coordinator. sealed: a
    restricted task where it may not be named.
    """
    own = _APPROVERS if what == "approve" else _COORDINATOR
    who = Markup("<strong>{}</strong>").format(agency_name if what == "answer" and agency_name else say(own, language))
    doing = NEUTRAL_DOING if sealed else TASKS[task].doing
    facts = {
        "who": who,
        "doing": escape(say(doing, language)),
        "about": escape(task_about(task, language, sealed=sealed)),
        "since": escape(filters.moment(since, zone, language)),
    }
    return Markup(say(_SENTENCES[what], language)).format(**facts)  # noqa: S704  # our own sentence, facts escaped


def resting_sentence(status: str, since: datetime, zone: str, language: str) -> str:
    """What holds now when nothing is awaited."""
    return say(_RESTING[status], language, since=filters.moment(since, zone, language))


def hold_sentence(kind: str, since: datetime, zone: str, language: str, review_on: datetime | None = None) -> str:
    """As "Ditahan: penyidikan atau peradilan, sejak …. Ditinjau …."""
    text = say(
        _HELD, language, hold=name_of(kind, language, "hold").lower(), since=filters.moment(since, zone, language)
    )
    if review_on is not None:
        text += " " + say(_REVIEWED, language, review_on=filters.day(review_on, zone, language))
    return text


def next_due(task: str, agency_name: str, language: str, *, sealed: bool = False) -> str:
    """The line beside a time under "Berikutnya": what falls due then."""
    return say(_DUE, language, who=agency_name, about=task_about(task, language, sealed=sealed))


__all__ = [
    "ERRORS",
    "FAMILIES",
    "ON_FAIL",
    "REMEDIES",
    "TASKS",
    "Words",
    "answer_hint",
    "answer_label",
    "error_words",
    "hold_sentence",
    "name_of",
    "neutral_choices",
    "next_due",
    "on_fail_sentence",
    "people",
    "remedy",
    "remedy_both",
    "requests",
    "resting_sentence",
    "status_sentence",
    "tag_of",
    "task_about",
    "task_question",
    "task_title",
    "timeline_sentence",
    "timeline_tone",
]
