"""Rows only grow, are chained, and say what is due; the database itself forbids the rest."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError

from domain.errors import NotFound
from domain.journal import Kind
from domain.roles import SYSTEM, Actor
from store import journal, outbox, people
from store.tables_account import accounts
from store.tables_case import answers, approvals, cases, receipts
from store.unit import Unit, Units
from tests.support.database import MORNING, RealClock

CASE = "case-1b6f"
DESK = "desk-DINSOS-53"


def with_rows(units: Units, subject: str = CASE, count: int = 3) -> None:
    def write(unit: Unit) -> None:
        journal.ensure_subject(unit, subject)
        for n in range(count):
            unit.append(subject, Kind.ASKED, {"ask": f"A-{n}"}, {"note": f"catatan {n}"})

    units.write_sync(SYSTEM, write)


def tamper(units: Units, *statements: str) -> None:
    """What somebody with the file and no respect can do."""
    raw = sqlite3.connect(units.database.url.removeprefix("sqlite:///"), isolation_level=None)
    for trigger in ("journal_never_changes", "journal_never_shrinks"):
        raw.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        raw.execute(statement)
    raw.close()


def a_case(unit: Unit, case_id: str = "1b6f", *, person: str | None = None, opened_by: str = "x") -> str:
    person = person or people.add_person(unit, {"name": "Contoh", "sex": "P"})
    unit.execute(
        insert(cases),
        {
            "id": case_id,
            "number": f"PLG-{case_id}",
            "person_id": person,
            "procedure_code": "pemulangan",
            "procedure_version": "1",
            "status": "PENANGANAN",
            "stage": "",
            "urgent": False,
            "entry_route": "DEBARKASI",
            "shelter": "RPTC-TPI",
            "opened_at": unit.now,
            "opened_by": opened_by,
            "updated_at": unit.now,
            "initials": "C.",
            "is_child": False,
            "holds": [],
            "mailed": False,
            "is_open": True,
        },
    )
    journal.ensure_subject(unit, f"case-{case_id}")
    unit.append(f"case-{case_id}", Kind.OPENED, {"number": f"PLG-{case_id}"})
    return person


# --- rows


async def test_rows_come_back_in_order_with_their_content_opened_only_when_asked(any_units: Units) -> None:
    at = MORNING - timedelta(hours=3)

    def write(unit: Unit) -> list[int]:
        journal.ensure_subject(unit, CASE)
        return [
            unit.append(CASE, Kind.OPENED, {"number": "PLG-1"}, at=at),
            unit.append(CASE, Kind.ANSWERED, {"ask": "A-1"}, {"name": "Contoh Petugas"}, grade="claimed"),
            unit.append(CASE, Kind.HOLD_SET, {"kind": "KEAMANAN"}, {"reason": "ancaman"}),
        ]

    assert await any_units.write(Actor("account", "7"), write) == [1, 2, 3]
    closed = await any_units.read(lambda reading: journal.rows_of(reading, CASE))
    some = await any_units.read(lambda reading: journal.rows_of(reading, CASE, 1, {Kind.HOLD_SET}))
    whole = await any_units.read(lambda reading: journal.rows_of(reading, CASE, open_kinds="all"))

    assert [(row.at, row.learned_at, row.actor) for row in closed[:1]] == [(at, MORNING, "account:7")]
    assert [dict(row.sealed) for row in closed] == [{}, {}, {}]
    assert [dict(row.sealed) for row in some] == [{}, {"reason": "ancaman"}]
    assert dict(whole[1].sealed) == {"name": "Contoh Petugas"}
    assert (whole[1].grade, whole[1].codes) == ("claimed", {"ask": "A-1"})


async def test_a_row_for_a_subject_nobody_made_is_refused(any_units: Units) -> None:
    with pytest.raises(NotFound):
        await any_units.write(SYSTEM, lambda unit: unit.append("case-none", Kind.OPENED, {}))


@pytest.mark.proves("I08")
def test_what_people_wrote_does_not_stand_in_the_file_in_clear(units: Units) -> None:
    with_rows(units)
    path = units.database.url.removeprefix("sqlite:///")

    for name in (path, f"{path}-wal"):
        with open(name, "rb") as file:
            assert b"catatan 1" not in file.read()


@pytest.mark.proves("I11")
@pytest.mark.parametrize("change", ["UPDATE journal SET grade = 'x'", "DELETE FROM journal", "TRUNCATE journal"])
async def test_the_database_refuses_to_change_or_delete_a_row(any_units: Units, change: str) -> None:
    if change.startswith("TRUNCATE") and any_units.database.kind == "sqlite":
        change = "DELETE FROM journal WHERE n = 1"

    def write(unit: Unit) -> None:
        journal.ensure_subject(unit, CASE)
        unit.append(CASE, Kind.OPENED, {})
        unit.execute(text(change))

    with pytest.raises(IntegrityError, match="journal rows"):
        await any_units.write(SYSTEM, write)


# --- the chain


@pytest.mark.proves("I11")
async def test_an_untouched_journal_has_no_break(any_units: Units) -> None:
    def write(unit: Unit) -> None:
        for subject in (CASE, DESK):
            journal.ensure_subject(unit, subject)
            unit.append(subject, Kind.ASKED, {"ask": "A-1"}, {"note": "x"})
            unit.append(subject, Kind.ASKED, {"ask": "A-2"})

    await any_units.write(SYSTEM, write)

    assert await any_units.read(journal.verify_chain) == []


@pytest.mark.proves("I11")
@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_deleted_row_is_named(units: Units, n: int) -> None:
    with_rows(units)
    with_rows(units, DESK)
    tamper(units, f"DELETE FROM journal WHERE subject = '{CASE}' AND n = {n}")  # noqa: S608

    assert units.read_sync(journal.verify_chain) == [(CASE, n)]
    assert units.read_sync(lambda reading: journal.verify_chain(reading, DESK)) == []


@pytest.mark.proves("I11")
@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize(
    "change",
    [
        "kind = 'ANSWERED'",
        "at = '2026-03-01T02:00:00.000000Z'",
        "learned_at = '2026-03-01T02:00:00.000000Z'",
        "actor = 'account:9'",
        "grade = 'verified'",
        """codes = '{"ask":"A-9"}'""",
        "sealed = NULL",
        "sealed = substr(sealed, 1, 40)",
        "hash = replace(hash, substr(hash, 1, 1), 'g')",
    ],
)
def test_an_altered_row_is_named_whatever_was_altered(units: Units, n: int, change: str) -> None:
    with_rows(units)
    tamper(units, f"UPDATE journal SET {change} WHERE subject = '{CASE}' AND n = {n}")  # noqa: S608

    assert units.read_sync(journal.verify_chain) == [(CASE, n)]


@pytest.mark.proves("I11")
def test_two_rows_that_changed_places_are_named(units: Units) -> None:
    with_rows(units)
    tamper(
        units,
        "UPDATE journal SET n = 9 WHERE n = 1",
        "UPDATE journal SET n = 1 WHERE n = 2",
        "UPDATE journal SET n = 2 WHERE n = 9",
    )

    assert units.read_sync(journal.verify_chain) == [(CASE, 1)]


@pytest.mark.proves("I11")
def test_a_row_added_behind_the_head_is_named(units: Units) -> None:
    with_rows(units)
    tamper(
        units,
        "INSERT INTO journal SELECT subject, 4, kind, at, learned_at, actor, grade, codes, sealed, hash"
        " FROM journal WHERE n = 3",
    )

    assert units.read_sync(journal.verify_chain) == [(CASE, 4)]


@pytest.mark.proves("I11")
def test_a_journal_cut_off_whole_is_named(units: Units) -> None:
    with_rows(units)
    tamper(units, "DELETE FROM journal")

    assert units.read_sync(journal.verify_chain) == [(CASE, 1)]


@pytest.mark.proves("I11")
def test_a_case_whose_subject_and_rows_vanished_is_named(units: Units) -> None:
    def write(unit: Unit) -> None:
        a_case(unit)

    units.write_sync(SYSTEM, write)
    tamper(units, "DELETE FROM journal", "DELETE FROM subjects WHERE kind = 'case'")

    assert units.read_sync(journal.verify_chain) == [(CASE, 1)]


# --- constraints


async def expect_refused(units: Units, write: Callable[[Unit], None]) -> None:
    with pytest.raises(IntegrityError):
        await units.write(SYSTEM, write)


def an_answer(unit: Unit, number: int, *, final: bool = True, nonce: str = "") -> None:
    receipt = f"R-{number}"
    unit.execute(insert(receipts), {"receipt": receipt, "nonce": nonce or f"n{number}", "received_at": unit.now})
    unit.execute(
        insert(answers),
        {
            "id": f"answer-{number}",
            "receipt": receipt,
            "ask": "A-1",
            "case_id": "1b6f",
            "task": "akses.identitas",
            "n": 1,
            "row": number,
            "code": "SESUAI",
            "final": final,
        },
    )


@pytest.mark.proves("I03")
async def test_an_ask_takes_one_final_answer_and_any_number_of_waiting_ones(any_units: Units) -> None:
    def write(unit: Unit) -> None:
        a_case(unit)
        an_answer(unit, 1, final=False)
        an_answer(unit, 2, final=False)
        an_answer(unit, 3)

    await any_units.write(SYSTEM, write)

    await expect_refused(any_units, lambda unit: an_answer(unit, 4))


@pytest.mark.proves("I03")
async def test_a_form_pressed_twice_stores_one_receipt(any_units: Units) -> None:
    def write(unit: Unit) -> None:
        a_case(unit)
        an_answer(unit, 1, final=False, nonce="same")

    await any_units.write(SYSTEM, write)

    await expect_refused(any_units, lambda unit: an_answer(unit, 2, final=False, nonce="same"))


@pytest.mark.proves("I15")
async def test_a_person_has_one_open_case_at_most(any_units: Units) -> None:
    person = await any_units.write(SYSTEM, a_case)

    def write(unit: Unit) -> None:
        a_case(unit, "2c7a", person=person)

    await expect_refused(any_units, write)

    def close_first(unit: Unit) -> None:
        unit.execute(update(cases).where(cases.c.id == "1b6f").values(is_open=False))
        write(unit)

    await any_units.write(SYSTEM, close_first)


def sign(unit: Unit, n: int, staff: str, *, decision: str = "approve", void: bool = False) -> None:
    unit.execute(
        insert(approvals),
        {
            "case_id": "1b6f",
            "n": n,
            "role": "pemeriksa",
            "account": f"account-{n}",
            "staff_number": staff,
            "at": unit.now,
            "snapshot": "s",
            "decision": decision,
            "void": void,
        },
    )
    unit.without_journal("a test of the constraint")


def an_opener(unit: Unit) -> None:
    for number in (1, 2):
        unit.execute(
            insert(accounts),
            {
                "id": f"opener-{number}",
                "login": f"opener{number}",
                "name": "Contoh",
                "roles": [],
                "phone": "",
                "password_hash": "",
                "staff_number": "STAFF-1",
                "epoch": 1,
                "active": True,
            },
        )
    a_case(unit, opened_by="account:opener-1")


@pytest.mark.proves("I10")
async def test_two_signatures_on_one_snapshot_are_never_by_one_person(any_units: Units) -> None:
    def write(unit: Unit) -> None:
        an_opener(unit)
        sign(unit, 1, "STAFF-2")
        sign(unit, 2, "STAFF-2", decision="back")
        sign(unit, 3, "STAFF-2", void=True)
        sign(unit, 4, "STAFF-3")

    await any_units.write(SYSTEM, write)

    await expect_refused(any_units, lambda unit: sign(unit, 5, "STAFF-2"))


@pytest.mark.proves("I10")
async def test_whoever_opened_the_case_cannot_sign_even_by_a_second_account(any_units: Units) -> None:
    await any_units.write(SYSTEM, an_opener)

    await expect_refused(any_units, lambda unit: sign(unit, 1, "STAFF-1"))


async def test_what_belongs_to_a_case_cannot_be_stored_without_one(any_units: Units) -> None:
    await expect_refused(any_units, lambda unit: an_answer(unit, 1))


# --- news and moments


async def test_news_is_told_until_it_was_taken_in(any_units: Units) -> None:
    def write(unit: Unit) -> None:
        journal.ensure_subject(unit, CASE)
        unit.append(CASE, Kind.OPENED, {})

    await any_units.write(SYSTEM, write)
    (told,) = await any_units.read(lambda reading: journal.subjects_with_news(reading, reading.now, 10))
    assert (told.id, told.kind, told.generation, told.started, told.head, told.applied) == (CASE, "case", 1, 0, 1, 0)
    assert await any_units.read(journal.backlog) == (1, MORNING)

    def advance(unit: Unit) -> None:
        journal.set_started(unit, CASE, 1)
        journal.set_advanced(unit, CASE, applied=1, next_due_at=None, phase="PENANGANAN", over=False)

    await any_units.write(SYSTEM, advance)

    assert await any_units.read(lambda reading: journal.subjects_with_news(reading, reading.now, 10)) == []
    assert await any_units.read(journal.backlog) == (0, None)
    assert await any_units.read(lambda reading: journal.settled(reading, reading.now)) == (True, None)


async def test_a_subject_is_told_of_when_its_moment_comes_and_not_when_it_is_over(any_units: Units) -> None:
    later = MORNING + timedelta(hours=1)

    def write(unit: Unit) -> None:
        journal.wake_at(unit, DESK, later)
        journal.wake_at(unit, DESK, later + timedelta(days=1))
        journal.set_started(unit, DESK, 1)

    await any_units.write(SYSTEM, write)

    assert await any_units.read(lambda reading: journal.settled(reading, MORNING)) == (True, later)
    assert await any_units.read(lambda reading: journal.settled(reading, later)) == (False, later)
    (due,) = await any_units.read(lambda reading: journal.subjects_with_news(reading, later, 10))
    assert (due.id, due.kind, due.next_due_at) == (DESK, "desk", later)

    def end(unit: Unit) -> None:
        unit.without_journal("a test")
        journal.set_advanced(unit, DESK, applied=0, next_due_at=later, phase="", over=True)

    await any_units.write(SYSTEM, end)
    assert await any_units.read(lambda reading: journal.subjects_with_news(reading, later, 10)) == []


async def test_reading_rows_and_the_house_wake_nobody(any_units: Units) -> None:
    def write(unit: Unit) -> None:
        journal.ensure_subject(unit, "reads-1b6f")
        unit.append("reads-1b6f", Kind.VIEWED, {"what": "page"})
        unit.append("house", Kind.SIGNED_IN, {"account": "7"})

    await any_units.write(SYSTEM, write)

    assert await any_units.read(lambda reading: journal.settled(reading, reading.now)) == (True, None)


@pytest.mark.proves("I15")
async def test_a_case_taken_up_again_gets_a_new_generation(any_units: Units) -> None:
    def write(unit: Unit) -> None:
        journal.ensure_subject(unit, CASE)
        unit.append(CASE, Kind.CLOSED, {"status": "SELESAI"})
        journal.set_started(unit, CASE, 1)
        journal.set_advanced(unit, CASE, applied=1, next_due_at=None, phase="", over=True)
        journal.next_generation(unit, CASE)

    await any_units.write(SYSTEM, write)

    (told,) = await any_units.read(lambda reading: journal.subjects_with_news(reading, reading.now, 10))
    assert (told.generation, told.started, told.over) == (2, 1, False)


async def test_nothing_is_settled_while_a_mail_is_untried(any_units: Units, real_clock: RealClock) -> None:
    def write(unit: Unit) -> None:
        journal.ensure_subject(unit, DESK)
        journal.set_started(unit, DESK, 1)
        outbox.put_mail(
            unit,
            mail="m1",
            agency=None,
            subject_id=DESK,
            kind="digest",
            effect_key="desk-X/digest/1",
            message_id="<1@example.invalid>",
            envelope_to="x@example.invalid",
            subject="Permintaan",
            body=b"text",
            asks_count=1,
            due_at=None,
        )

    await any_units.write(SYSTEM, write)
    assert not (await any_units.read(lambda reading: journal.settled(reading, reading.now)))[0]

    def try_later(unit: Unit) -> None:
        outbox.claim(unit, "m1")
        outbox.record_reply(unit, "m1", "later", "451 wait", unit.real_now + timedelta(minutes=5), 451)
        journal.set_advanced(unit, DESK, applied=1, next_due_at=None, phase="", over=False)

    await any_units.write(SYSTEM, try_later)
    assert (await any_units.read(lambda reading: journal.settled(reading, reading.now)))[0]

    real_clock.passes(minutes=5)
    assert not (await any_units.read(lambda reading: journal.settled(reading, reading.now)))[0]
