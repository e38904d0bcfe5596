"""Answers by officers through a mail's link: one ask or several, faults, repeats, late ones."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.errors import DomainError, Invalid
from domain.journal import Kind
from store import journal, links
from store.case_acts import close_case
from store.receipts import answer_state
from store.tables_case import answers, receipts
from tests.store.scenes import mail_of, refused
from tests.support.cases import Ministry, a_form, a_person, actor

# --- one ask


def test_an_officers_answer_stands_with_name_and_position_sealed(ministry: Ministry, number: str) -> None:
    mail, ask = mail_of(ministry, number, "akses.identitas")
    done = ministry.by_link(mail, a_form("confirm", "n-1"))

    row = ministry.file(number).rows[-1]
    assert (done.answered, done.left_out) == ((ask,), ())
    assert (row.kind, row.codes["answer"], row.actor) == (Kind.ANSWERED, "SESUAI", f"link:{mail}")
    opened = ministry.read(lambda r: journal.rows_of(r, ministry.file(number).subject, open_kinds="all"))[-1]
    assert opened.sealed == {"name": "Sri", "position": "Kepala Seksi"}


@pytest.mark.proves("I03", "E35")
def test_the_same_form_pressed_twice_gives_the_same_receipt_and_one_answer(ministry: Ministry, number: str) -> None:
    mail, _ = mail_of(ministry, number, "akses.identitas")
    first = ministry.by_link(mail, a_form("SESUAI", "n-1"))
    rows = len(ministry.kinds(number))
    second = ministry.by_link(mail, a_form("SESUAI", "n-1"))

    assert (second.receipt, second.answered) == (first.receipt, ())
    assert len(ministry.kinds(number)) == rows


@pytest.mark.proves("E35", "T10")
def test_another_form_after_the_answer_is_refused(ministry: Ministry, number: str) -> None:
    mail, _ = mail_of(ministry, number, "akses.identitas")
    ministry.by_link(mail, a_form("SESUAI", "n-1"))

    assert refused(lambda: ministry.by_link(mail, a_form("decline", "n-2", reason="KAPASITAS"))) == "ALREADY_ANSWERED"


@pytest.mark.parametrize(
    ("form", "code", "field"),
    [
        (a_form("KONFIRMASI", "n"), "ACTION_NOT_ALLOWED", None),
        (a_form("DISPOSISI", "n"), "ACTION_NOT_ALLOWED", None),
        (a_form("TIDAK_DITEMUKAN", "n"), "REASON_INVALID", "reason"),
        (a_form("decline", "n", reason="HUKUM"), "REASON_INVALID", "reason"),
        (a_form("more_time", "n"), "FIELD_MISSING", "until"),
        (a_form("more_time", "n", until_one="2020-01-01"), "DATE_IN_PAST", "until"),
        (a_form(None, "n"), "FIELD_MISSING", "action"),
        (a_form(None, "n", each={"aother": "SESUAI"}), "FIELD_UNKNOWN", "answer[aother]"),
        (a_form(None, "n", common={"serah.provinsi": "DITERIMA"}), "FIELD_UNKNOWN", "all[serah.provinsi]"),
        (a_form("SESUAI", "n", name=" "), "FIELD_MISSING", "name"),
        (a_form("SESUAI", "n", position=""), "FIELD_MISSING", "position"),
        (a_form("SESUAI", "n", name="x" * 5_000), "NAME_INVALID", "name"),
    ],
)
@pytest.mark.proves("I05", "I19", "B19", "B21", "B23", "B24", "B25")
def test_a_form_with_a_fault_stores_nothing(
    ministry: Ministry, number: str, form: Any, code: str, field: str | None
) -> None:
    mail, _ = mail_of(ministry, number, "akses.identitas")
    before = ministry.kinds(number)
    with pytest.raises(DomainError) as caught:
        ministry.by_link(mail, form)

    assert (caught.value.code, caught.value.facts.get("field")) == (code, field)
    assert ministry.kinds(number) == before
    assert ministry.read(lambda reading: reading.rows(select(receipts).where(receipts.c.mail == mail))) == []


def test_more_time_moves_the_due_moment_once_and_lets_the_link_live(ministry: Ministry, number: str) -> None:
    mail, ask = mail_of(ministry, number, "akses.identitas")
    before = ministry.read(lambda reading: links.find_by_mail(reading, mail))
    due = ministry.course(number).asks[ask].due_at
    assert due is not None
    done = ministry.by_link(mail, a_form("more_time", "n-1", until_one="2026-03-06"))

    facts = ministry.course(number).asks[ask]
    after = ministry.read(lambda reading: links.find_by_mail(reading, mail))
    assert ministry.status(number, "akses.identitas") == "DIPERPANJANG"
    assert facts.due_at is not None
    assert facts.due_at > due
    assert before is not None
    assert after is not None
    assert after.expires_at > before.expires_at
    assert done.receipt.startswith("R-")
    assert refused(lambda: ministry.by_link(mail, a_form("more_time", "n-2", until_one="2026-03-09"))) == (
        "EXTENSION_LIMIT"
    )
    ministry.by_link(mail, a_form("SESUAI", "n-3"))
    assert ministry.status(number, "akses.identitas") == "DIJAWAB"


def test_an_answer_after_its_due_moment_counts_while_the_ask_is_open(ministry: Ministry, number: str) -> None:
    mail, _ = mail_of(ministry, number, "akses.identitas")
    ministry.passes(days=9)
    ministry.by_link(mail, a_form("SESUAI", "n-1"))

    assert ministry.status(number, "akses.identitas") == "DIJAWAB"


def test_a_link_whose_asks_were_withdrawn_says_so(ministry: Ministry, number: str) -> None:
    mail, _ = mail_of(ministry, number, "akses.identitas")
    ministry.act("k1", lambda unit: close_case(unit, number, "DITUTUP", "karena"))

    assert refused(lambda: ministry.by_link(mail, a_form("SESUAI", "n-1"))) == "ASK_WITHDRAWN"


@pytest.mark.proves("I02")
def test_ten_answers_given_while_the_engine_is_away_are_all_applied_afterwards(ministry: Ministry) -> None:
    numbers = [ministry.start(person=a_person(f"Orang {chr(65 + i)}", birth_date=None)) for i in range(10)]
    ministry.play_until_open(numbers[0], "akses.identitas")
    given = [ministry.answer(number, "akses.identitas") for number in numbers]
    states = [ministry.read(lambda r, one=one: answer_state(r, actor("k1"), one))["state"] for one in given]  # type: ignore[misc]
    assert states == ["stored"] * 10

    ministry.clock.now += timedelta(minutes=10)
    ministry.run()

    states = [ministry.read(lambda r, one=one: answer_state(r, actor("k1"), one))["state"] for one in given]  # type: ignore[misc]
    assert states == ["applied"] * 10


# --- several asks in one mail


@pytest.fixture
def two(ministry: Ministry) -> tuple[str, str, str]:
    """Two cases whose asks to the registry went with one mail: (case, case, mail)."""
    first = ministry.start()
    second = ministry.start(person=a_person("Markus Contoh", birth_date=None))
    ministry.play_until_open(first, "akses.identitas")
    mail = mail_of(ministry, first, "akses.identitas")[0]
    assert mail == mail_of(ministry, second, "akses.identitas")[0]
    return first, second, mail


def test_one_mail_with_several_asks_is_answered_with_one_receipt(ministry: Ministry, two: tuple[str, str, str]) -> None:
    first, second, mail = two
    done = ministry.by_link(mail, a_form(None, "n-1", common={"akses.identitas": "confirm"}))

    assert len(done.answered) == 2
    assert {ministry.status(number, "akses.identitas") for number in (first, second)} == {"DIJAWAB"}
    state = ministry.read(lambda reading: answer_state(reading, actor("k1"), done.receipt))
    assert len(state["asks"]) == 2
    assert "ask" not in state


def test_an_asks_own_entry_beats_the_one_for_its_task(ministry: Ministry, two: tuple[str, str, str]) -> None:
    first, second, mail = two
    ask = mail_of(ministry, first, "akses.identitas")[1]
    form = a_form(
        None,
        "n-1",
        common={"akses.identitas": "confirm"},
        each={ask: "BUKAN_WILAYAH"},
        reasons={"akses.identitas": "KAPASITAS"},
    )
    ministry.by_link(mail, form)

    assert ministry.status(first, "akses.identitas") == "GAGAL"
    assert ministry.status(second, "akses.identitas") == "DIJAWAB"


def test_an_ask_without_an_entry_stays_open(ministry: Ministry, two: tuple[str, str, str]) -> None:
    first, second, mail = two
    ask = mail_of(ministry, first, "akses.identitas")[1]
    ministry.by_link(mail, a_form(None, "n-1", each={ask: "SESUAI"}))

    assert ministry.status(second, "akses.identitas") == "DIMINTA"


def test_an_ask_closed_meanwhile_is_left_out_and_named(ministry: Ministry, two: tuple[str, str, str]) -> None:
    first, second, mail = two
    gone = mail_of(ministry, first, "akses.identitas")[1]
    kept = mail_of(ministry, second, "akses.identitas")[1]
    ministry.act("k1", lambda unit: close_case(unit, first, "DITUTUP", "karena"))
    done = ministry.by_link(mail, a_form(None, "n-1", each={gone: "SESUAI", kept: "SESUAI"}))

    assert (done.answered, done.left_out) == ((kept,), (gone,))


@pytest.mark.proves("I19")
def test_all_faults_of_a_form_are_told_at_once_and_nothing_is_stored(
    ministry: Ministry, two: tuple[str, str, str]
) -> None:
    first, second, mail = two
    asks = [mail_of(ministry, number, "akses.identitas")[1] for number in (first, second)]
    with pytest.raises(Invalid) as caught:
        ministry.by_link(mail, a_form(None, "n-1", each=dict.fromkeys(asks, "decline")))

    assert sorted(caught.value.facts["faults"]) == sorted((f"reason[{ask}]", "REASON_INVALID") for ask in asks)
    assert ministry.read(lambda reading: reading.rows(select(answers).where(answers.c.ask.in_(asks)))) == []
