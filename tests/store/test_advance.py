"""One transaction per wake: everything due is done, once, and the desks concerned look in time."""

from datetime import timedelta

import pytest

from domain.errors import NotFound
from domain.journal import Kind
from domain.moves import due
from store import journal
from store.case_acts import close_case
from store.casefile import world_of
from tests.support.cases import Ministry, a_person

REGISTRY = "KEMENDAGRI-DUKCAPIL"


def standing(ministry: Ministry, subject: str) -> journal.Subject:
    found = ministry.read(lambda reading: journal.find_subject(reading, subject))
    assert found is not None
    return found


def test_the_first_advance_opens_the_first_asks_and_says_where_the_case_stands(ministry: Ministry) -> None:
    number = ministry.start()
    file = ministry.file(number)
    outcome = ministry.advance(file.subject)

    assert (outcome.status, outcome.phase, outcome.is_over) == ("PENANGANAN", "PENANGANAN", False)
    assert outcome.open_asks == 3
    assert outcome.row == len(ministry.kinds(number))
    assert standing(ministry, file.subject).applied == outcome.row


@pytest.mark.proves("I03")
def test_advancing_again_does_nothing(ministry: Ministry) -> None:
    number = ministry.start()
    subject = ministry.file(number).subject
    first = ministry.advance(subject)
    rows = ministry.kinds(number)

    assert ministry.advance(subject) == first
    assert ministry.kinds(number) == rows


def test_the_desks_of_new_asks_look_at_the_end_of_their_window_and_no_others(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.advance(ministry.file(number).subject)

    assert standing(ministry, f"desk-{REGISTRY}").next_due_at == ministry.now + timedelta(seconds=5)
    assert ministry.read(lambda reading: journal.find_subject(reading, "desk-DINSOS-53")) is None


def test_a_case_is_news_until_it_was_advanced_and_a_draft_rests(ministry: Ministry) -> None:
    number = ministry.start()
    news = lambda: [s.id for s in ministry.read(lambda r: journal.subjects_with_news(r, r.now, 10))]  # noqa: E731
    assert news() == [ministry.file(number).subject]
    ministry.run()

    assert news() == []


def test_an_ended_case_is_told_once_more_and_never_again(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.run()
    ministry.act("k1", lambda unit: close_case(unit, number, "DITUTUP", "karena"))
    outcome = ministry.advance(ministry.file(number).subject)

    assert (outcome.is_over, outcome.next_at, outcome.open_asks) == (True, None, 0)
    assert standing(ministry, ministry.file(number).subject).over
    assert ministry.column(number, "next_at") is None


def test_the_next_moment_is_kept_for_lists_and_for_the_relay(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.play_to_status(number, "DISETUJUI")
    ministry.answer(number, "jalan.surat")
    ministry.run()
    departs = ministry.course(number).legs[0].departs_at

    assert ministry.column(number, "next_at") == departs - timedelta(hours=12)
    assert standing(ministry, ministry.file(number).subject).next_due_at == departs - timedelta(hours=12)


def test_many_answers_at_once_are_taken_in_by_one_advance(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.run()
    ministry.passes(minutes=1)
    for task in ("akses.kebutuhan_dasar", "awal.skrining", "akses.identitas"):
        ministry.answer(number, task)
    ministry.advance(ministry.file(number).subject)

    asked = {row.codes["task"] for row in ministry.file(number).rows if row.kind is Kind.ASKED}
    assert {"awal.kesepakatan", "asesmen.kesehatan", "asesmen.keamanan"} <= asked


def test_a_subject_that_is_neither_case_nor_desk_is_not_found(ministry: Ministry) -> None:
    for subject in ("case-00000000-0000-4000-8000-000000000000", "desk-NOWHERE", "house"):
        with pytest.raises(NotFound):
            ministry.advance(subject)


@pytest.mark.proves("I06", "I11")
def test_after_a_whole_life_every_chain_is_whole_and_no_ask_was_mailed_twice(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.start(person=a_person("Lain Orang", birth_date=None))
    ministry.play_to_status(number, "SELESAI")

    assert ministry.read(lambda reading: journal.verify_chain(reading)) == []
    mailed = [ask.ask for order in ministry.composer.orders for ask in order.asks]
    assert len(mailed) == len(set(mailed))
    assert {ask.id for ask in ministry.course(number).asks.values() if ask.channel == "link"} <= set(mailed)


# --- news without hurry


@pytest.mark.proves("I02")
def test_an_answer_of_which_the_rules_want_nothing_is_news_without_hurry(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.passes(seconds=10)
    subject = ministry.file(number).subject

    ministry.answer(number, "akses.identitas")

    after = standing(ministry, subject)
    wanted = ministry.read(lambda r: due(ministry.course(number), r.now, world_of(r)))
    assert (wanted.acts, after.is_quiet, after.applied < after.head) == ((), True, True)
    outcome = ministry.advance(subject)
    assert (outcome.row, standing(ministry, subject).applied) == (after.head, after.head)


def test_an_answer_that_opens_the_next_asks_hurries_and_so_does_all_that_follows_it(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.run()
    subject = ministry.file(number).subject
    hurried = []
    for _ in range(40):
        open_before = ministry.course(number).open_asks
        ready = next(ask for ask in open_before if ask.channel == "staff" or ask.mail)
        if ready.task == "awal.skrining":
            ministry.say_no_to_other_flags(number)
        ministry.answer(number, ready.task, n=ready.n)
        before = standing(ministry, subject)
        rows = len(ministry.kinds(number))
        ministry.advance(subject)
        did_something = len(ministry.kinds(number)) > rows
        hurried.append(did_something)
        assert not (before.is_quiet and did_something), ready.task
        ministry.run()
        if True in hurried and False in hurried:
            break

    assert {True, False} <= set(hurried)
