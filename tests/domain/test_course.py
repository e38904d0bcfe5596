"""The fold: what rows mean for a case, whatever order people act in."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.course import NO, UNKNOWN, YES, Course, plain
from domain.folding import fold, take_in
from domain.journal import Kind, Row
from domain.tasks import AskState, TaskStatus
from tests.support.paper import MONDAY, Paper

WHOLE = Paper("child", "tppo", route=("RPTC-BAP", "provinsi", "kabkota", "penerima"))
WHOLE.play_to_the_end({"asesmen.kesehatan": "PERLU_PERAWATAN", "daerah.penerima": "SIAP_DENGAN_PENGGANTI"})


@given(st.integers(min_value=1, max_value=len(WHOLE.rows)))
@settings(max_examples=40, deadline=None)
def test_the_state_of_any_moment_is_the_fold_of_the_rows_up_to_it(head: int) -> None:
    whole = fold(WHOLE.course.procedure, WHOLE.rows[:head])
    stepwise = fold(WHOLE.course.procedure, WHOLE.rows[: head - 1])
    take_in(stepwise, WHOLE.rows[head - 1])

    assert whole.head == head
    assert plain(whole) == plain(stepwise)


def test_folding_does_not_change_the_rows() -> None:
    before = [dict(row.codes) for row in WHOLE.rows]
    fold(WHOLE.course.procedure, WHOLE.rows)

    assert [dict(row.codes) for row in WHOLE.rows] == before


def test_every_flag_is_unknown_until_somebody_answers_it_and_derived_ones_are_nobodys_to_answer() -> None:
    course = Paper("child").course

    assert course.flags["child"] == YES
    assert course.flags["tppo"] == UNKNOWN
    assert not {"substitute", "has_transit", "basis_lanjut"} & course.flags.keys()


def test_restricted_flags_of_the_start_are_read_from_the_sealed_part() -> None:
    paper = Paper()
    row = paper.rows[0]
    course = Course(paper.course.procedure)
    take_in(course, Row(1, Kind.OPENED, row.at, row.at, row.actor, row.codes, {"flags": {"tppo": YES}}))

    assert "tppo" in course.true_flags


def test_the_ask_before_a_reopened_one_stays_answered_and_a_new_one_is_made() -> None:
    paper = Paper().play_until(lambda p: p.status("awal.skrining") == "LULUS")
    old = paper.ask_of("awal.skrining")
    paper.row(Kind.REOPENED, {"task": "awal.skrining", "n": 1, "why": "corrected"})
    paper.settle()

    assert old.state is AskState.ANSWERED
    assert paper.ask_of("awal.skrining").id != old.id
    assert paper.ask_of("awal.skrining").state is AskState.SENT


def test_an_answer_sent_back_opens_the_ask_again() -> None:
    paper = Paper()
    ask = paper.ask_of("akses.identitas")
    paper.row(Kind.ANSWERED, {"task": "akses.identitas", "n": 1, "answer": "SESUAI", "ask": ask.id})
    assert paper.status("akses.identitas") is TaskStatus.DIJAWAB
    paper.row(Kind.VERIFIED, {"task": "akses.identitas", "n": 1, "result": "back"})
    paper.settle()

    assert paper.status("akses.identitas") is TaskStatus.DIMINTA
    assert paper.ask_of("akses.identitas").id != ask.id
    assert ask.state is AskState.ANSWERED


@pytest.mark.proves("I03")
def test_an_answer_to_an_ask_that_is_needed_no_more_is_kept_and_changes_nothing() -> None:
    paper = Paper().play_until(lambda p: p.status("awal.skrining") == "LULUS")
    ask = paper.ask_of("awal.skrining")
    before = plain(paper.course)
    row = paper.row(Kind.ANSWERED, {"task": "awal.skrining", "n": 1, "answer": "GAGAL", "ask": ask.id})

    assert plain(paper.course) == before
    assert row.n in paper.course.late


def test_more_time_moves_the_due_moment_and_leaves_the_ask_open() -> None:
    paper = Paper()
    ask = paper.ask_of("akses.identitas")
    until = MONDAY + timedelta(days=4)
    row = {"ask": ask.id, "task": "akses.identitas", "n": 1, "answer": "MINTA_WAKTU", "until": until.isoformat()}
    paper.row(Kind.EXTENDED, row)

    assert paper.status("akses.identitas") is TaskStatus.DIPERPANJANG
    assert (ask.state, ask.due_at, ask.extended) == (AskState.SENT, until, 1)
    paper.answer("akses.identitas")
    assert paper.status("akses.identitas") is TaskStatus.LULUS


def test_more_time_asked_before_the_notice_went_out_is_not_undone_by_it() -> None:
    paper = Paper()
    task = paper.course.tasks["akses.identitas", 1]
    paper.row(Kind.REOPENED, {"task": task.code, "n": 1, "why": "x"})
    codes = {"ask": "q", "task": task.code, "n": 1, "agency": "X", "channel": "staff", "rush": False}
    paper.row(Kind.ASKED, codes)
    until = (MONDAY + timedelta(days=9)).isoformat()
    paper.row(Kind.EXTENDED, {"ask": "q", "task": task.code, "n": 1, "answer": "MINTA_WAKTU", "until": until})
    due = (MONDAY + timedelta(days=2)).isoformat()
    paper.row(Kind.MAILED, {"mail": "m", "kind": "notice", "due": {"q": due}})

    assert paper.course.asks["q"].due_at == MONDAY + timedelta(days=9)


def test_a_fresh_copy_of_a_mail_does_not_start_the_limit_anew() -> None:
    paper = Paper()
    ask = paper.ask_of("akses.identitas")
    due, asked = ask.due_at, ask.asked_at
    paper.now += timedelta(days=5)
    paper.row(Kind.MAILED, {"mail": "m2", "kind": "ask", "due": {ask.id: (MONDAY + timedelta(days=9)).isoformat()}})

    assert (ask.mail, ask.due_at, ask.asked_at) == ("m2", due, asked)


def test_the_open_instance_of_a_repeated_task_is_the_one_meant_when_none_is_named() -> None:
    paper = Paper().play_to_status("PEMANTAUAN")
    paper.play_until(lambda p: p.status("monev.kunjungan", 1) == "LULUS")
    paper.play_until(lambda p: p.status("monev.kunjungan", 2) == "DIMINTA")

    found = paper.course.find_task("monev.kunjungan")
    assert found is not None
    assert found.n == 2


def test_who_entered_data_is_remembered_and_the_machine_is_not_among_them() -> None:
    paper = Paper().play_until_open("asesmen.kesehatan")
    paper.answer("asesmen.kesehatan", "PERLU_PERAWATAN")
    paper.row(Kind.FLAGS, {"flags": {"pmi": NO}}, actor="account:peksos")
    paper.row(Kind.DESTINATION_SET, {"region": "5313"}, actor="account:k2")

    assert {"account:koordinator", "account:peksos", "account:k2"} <= paper.course.enterers
    assert "system" not in paper.course.enterers


def test_where_a_lost_person_was_is_remembered() -> None:
    paper = Paper().play_to_status("PEMANTAUAN")
    paper.close("HILANG_KONTAK")

    assert paper.course.before_lost == "PEMANTAUAN"


def test_rows_of_reading_and_of_desks_do_not_touch_a_case() -> None:
    paper = Paper()
    before = plain(paper.course)
    paper.row(Kind.VIEWED, {"what": "page", "fields": []})

    assert plain(paper.course) == before
    assert paper.course.head == len(paper.rows)
