"""No code reaches a reader without words: procedure, statuses, journal kinds, errors, remedies, in both languages."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.cases import CaseStatus
from domain.journal import Kind
from domain.procedure import Titles
from domain.roles import Role
from domain.rulebook import default_rulebook
from domain.tasks import AskState, TaskStatus
from templates import words
from templates.words import FAMILIES
from templates.words_gate import REMEDIES
from templates.words_timeline import SENTENCES

ROOT = Path(__file__).parents[2]
SINCE = datetime(2026, 11, 25, 2, 14, tzinfo=UTC)
SOP = default_rulebook().current
LANGUAGES = ("id", "en")
CONTRACT_CODES = [
    "FILE_EMPTY", "FILE_TOO_LARGE", "ROWS_TOO_MANY", "HEADER_BAD", "ENCODING_BAD", "CELL_CONTROL_CHAR",
    "DATE_INVALID", "DUPLICATE_OPEN", "REGION_UNKNOWN", "FILE_UNSAFE", "TYPE_UNSUPPORTED", "SHEET_SHAPE",
    "CSV_SHAPE", "NAME_INVALID", "IMPORT_SEEN", "LINK_UNKNOWN", "LINK_GONE", "ASK_WITHDRAWN", "FIELD_MISSING",
    "CODE_WRONG", "LINK_ASLEEP", "ACTION_NOT_ALLOWED", "FIELD_REPEATED", "FIELD_UNKNOWN", "REASON_INVALID",
    "DATE_IN_PAST", "EXTENSION_LIMIT", "ADDRESS_INVALID", "PASS_ON_NOT_ALLOWED", "STALE_PAGE", "BODY_BAD",
    "FIELD_TYPE", "FIELD_CHAR", "KEY_MISSING", "KEY_REUSED", "CROSS_SITE", "FILES_TOO_MANY", "IMAGE_BAD",
    "FILE_INFECTED", "REGISTER_BAD", "CLOCK_BACK", "DUPLICATE_FOUND", "ROLE_LACKS_ACTION",
    "SAME_PERSON_APPROVES", "SAME_PERSON_VERIFIES", "ENTERED_BY_SELF", "NO_SUCH_CASE", "STATE_FORBIDS",
    "GATE_SHUT", "HOLD_ACTIVE", "SNAPSHOT_OLD", "ITEMS_UNREAD", "ONE_BY_ONE", "ALREADY_ANSWERED", "ROWS_OPEN",
    "NO_OFFICE", "LEGS_INVALID", "SLOW_DOWN", "STORE_UNAVAILABLE", "MAIL_LATER", "TEMPORAL_AWAY",
    "MAIL_REFUSED", "ADDRESS_UNKNOWN",
]  # fmt: skip
RAISED = re.compile(
    r"\b(?:Invalid|Conflict|NotAllowed|NotFound|LinkClosed|TooMany|Unparsable|Unavailable|TooLarge|Unsupported|Asleep"
    r"|Unauthenticated|DomainError)\(\s*\"([A-Z][A-Z_]+)\""
)


@pytest.mark.parametrize(
    ("family", "codes"),
    [
        ("case_status", list(CaseStatus)),
        ("task_status", list(TaskStatus)),
        ("ask_state", list(AskState)),
        ("role", list(Role)),
        ("flag", list(SOP.flags)),
        ("function", list(SOP.kinds)),
        ("decline_reason", list(SOP.reasons)),
        ("not_required_reason", list(SOP.not_required_reasons)),
        ("hold", list(SOP.holds)),
        ("invalidation", list(SOP.effects)),
        ("effect", list(SOP.effects.values())),
        ("basis", [basis.code for basis in SOP.bases]),
        ("termination", list(SOP.termination_reasons)),
        ("field", [name for kind in SOP.kinds.values() for name in kind.fields]),
        ("answer", [c for t in SOP.tasks.values() for c in (*t.answers.passes, *t.answers.waits, *t.answers.fails)]),
    ],
)
def test_every_code_of_the_procedure_has_a_name(family: str, codes: list[str]) -> None:
    missing = [code for code in codes if not FAMILIES[family].get(str(code))]

    assert missing == []


def test_every_task_can_stand_in_the_status_sentence_and_every_office_task_has_a_question() -> None:
    for code, rule in SOP.tasks.items():
        assert words.TASKS[code].doing, code
        owners = {rule.owner, *rule.owner_when.values()}
        if any(not SOP.kinds[owner].is_staff for owner in owners):
            assert "{people}" in words.TASKS[code].question, code
        for answer in words.TASKS[code].answers:
            assert answer in (*rule.answers.passes, *rule.answers.waits, *rule.answers.fails), (code, answer)


def test_a_question_counts_people_in_words() -> None:
    one = words.task_question("daerah.kesiapan_kabkota", 1, "id")

    assert one == "Apakah dinas siap menjemput dan menerima satu orang?"
    assert "14 people" in words.task_question("daerah.kesiapan_kabkota", 14, "en")


def test_a_restricted_task_is_called_a_conditional_request_where_it_is_sealed() -> None:
    for code, rule in SOP.tasks.items():
        if not rule.restricted:
            continue
        for language in LANGUAGES:
            sealed = " ".join(
                [
                    words.task_title(rule.titles, language, sealed=True),
                    words.task_question(code, 1, language, sealed=True),
                    words.task_about(code, language, sealed=True),
                    words.next_due(code, "Kantor Contoh", language, sealed=True),
                    str(words.status_sentence("answer", code, "K", SINCE, "Asia/Jakarta", language, sealed=True)),
                ]
            )
            assert "bersyarat" in sealed or "onditional" in sealed
            assert words.TASKS[code].about not in sealed


def test_the_status_sentence_says_who_what_and_since_when() -> None:
    shown = words.status_sentence("answer", "daerah.kesiapan_kabkota", "Dinsos <b>X</b>", SINCE, "Asia/Makassar", "id")

    assert shown == (
        "Menunggu <strong>Dinsos &lt;b&gt;X&lt;/b&gt;</strong> menyatakan kesiapan menjemput dan menerima, "
        "sejak Rabu, 25\u00a0November 2026, 10.14\u00a0WITA."
    )


@pytest.mark.parametrize("what", ["answer", "verify", "decide", "name_office", "approve"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_waiting_has_a_sentence_for_every_task(what: str, language: str) -> None:
    for task in (*SOP.tasks, "gate"):
        shown = words.status_sentence(what, task, "Kantor", SINCE, "Asia/Jakarta", language)
        assert "<strong>" in shown
        assert "{" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_has_a_sentence_when_nothing_is_awaited(language: str) -> None:
    for status in CaseStatus:
        assert "2026" in words.resting_sentence(status, SINCE, "Asia/Jakarta", language)
    held = words.hold_sentence("PENYIDIKAN", SINCE, "Asia/Jakarta", language, SINCE)
    assert held.count("2026") == 2


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_journal_kind_reads_as_a_sentence(kind: Kind, language: str) -> None:
    codes = {
        "task": "akses.identitas", "answer": "SESUAI", "agency": "A", "until": SINCE.isoformat(), "result": "back",
        "kind": "PENYIDIKAN", "to": "PENANGANAN", "status": "DITUTUP", "event": "hold_set", "legs": [1, 2],
        "offices": {"faskes": "A"}, "open": False, "role": "pemeriksa", "decision": "approve", "choice": "ask_again",
        "reason": "TIDAK_RELEVAN", "relation": "family", "region": "5313", "leg": 1, "version": "2026.1", "asks": 2,
        "entry_route": "DEBARKASI",
    }  # fmt: skip
    names = {"A": "Dinas Contoh", "akses.identitas": "Verifikasi identitas", "actor": "Petugas Contoh"}

    full = words.timeline_sentence(kind, codes, language, names)
    bare = words.timeline_sentence(kind, {}, language, {})

    assert full.endswith(".")
    assert "{" not in full + bare
    assert words.timeline_tone(kind, codes) in ("", "new", "ok", "bad")
    assert set(SENTENCES) == set(Kind)


def test_the_timeline_never_names_a_flag() -> None:
    shown = words.timeline_sentence("FLAGS", {"flags": {"tppo": "ya"}, "cause": "x"}, "id", {"actor": "Petugas"})

    assert "TPPO" not in shown
    assert "tppo" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_title_reason_and_remedy(language: str) -> None:
    for code in words.ERRORS:
        found = words.error_words(code, {}, language)
        assert found.title
        assert found.body.endswith(".")
        assert found.remedy.endswith(".")
        assert "{" not in found.title + found.body + found.remedy
        assert code not in found.title + found.body + found.remedy


def test_every_code_of_the_contract_and_of_the_sources_has_words() -> None:
    raised = set()
    for folder in ("domain", "store", "api", "activities"):
        for path in (ROOT / folder).rglob("*.py"):
            raised |= set(RAISED.findall(path.read_text(encoding="utf-8")))

    assert sorted((raised | set(CONTRACT_CODES)) - set(words.ERRORS)) == []


def test_a_fault_at_a_field_has_its_own_sentence() -> None:
    assert words.error_words("FIELD_MISSING", {}, "id", "code").body == "Kode dari surel belum diisi."
    assert words.error_words("FIELD_MISSING", {}, "id", "reason[ask-1]").body == "Alasan belum diisi."
    assert words.error_words("CODE_WRONG", {"tries_left": 3}, "id", "code").body.endswith("Sisa percobaan: 3.")
    assert words.error_words("SOMETHING_NEW", None, "en").title == "Something did not work"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_failing_answer_tells_the_coordinator_what_can_be_done(language: str) -> None:
    for code in (*SOP.on_fail, "MAIL_REFUSED"):
        assert words.on_fail_sentence(code, language).endswith(".")


def test_every_open_check_says_what_clears_it() -> None:
    facts = {
        "agency": "Dinsos Kab. Contoh", "since": SINCE, "due_at": SINCE, "role": "koordinator", "function": "lks",
        "on_fail": "cari_pengganti", "at": SINCE, "task": Titles("Judul", "Title"), "flags": ("child", "pmi"),
    }  # fmt: skip
    for code in REMEDIES:
        both = words.remedy_both(code, facts, "Asia/Makassar")
        assert set(both) == {"id", "en"}
        assert all("{" not in text and text.endswith(".") for text in both.values())
        assert both["id"] != both["en"]

    assert "Title" in words.remedy("AFTER", facts, "en")
    assert words.remedy("OPENS_AT", {"at": None}, "id") == "Akan diminta setelah rencana perjalanan ada."
    assert words.remedy("AFTER", {"task": "gate"}, "id") == "Terbuka setelah gerbang disetujui."
    assert "Ditunggu sejak Rabu" in words.remedy("ANSWER_BY_LINK", facts, "id")
    signed = words.remedy("STAFF_ANSWER", {"agency": "RPTC Contoh", "signer": "kepala_sentra"}, "id")
    assert "kepala Sentra dari RPTC Contoh menandatanganinya" in signed
