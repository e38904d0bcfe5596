"""The sentence at the head of every page: what a case waits for, who holds it, since when."""

from datetime import timedelta

import pytest

from domain.journal import Kind
from domain.waiting import stage_of, waits_for
from tests.support.paper import MONDAY, Paper


def told(paper: Paper) -> list[tuple[str, str | None, str]]:
    return [(wait.task, wait.agency, wait.what) for wait in waits_for(paper.course, paper.world)]


def test_an_open_ask_is_waited_for_at_its_office_since_it_was_asked() -> None:
    waits = waits_for(Paper().course, Paper().world)

    assert [(wait.task, wait.agency, wait.since) for wait in waits if wait.task == "akses.identitas"] == [
        ("akses.identitas", "KEMENDAGRI-DUKCAPIL", MONDAY)
    ]
    assert all(wait.due_at for wait in waits)


def test_what_was_waited_for_longest_comes_first() -> None:
    paper = Paper()
    paper.now += timedelta(hours=3)
    paper.answer("awal.skrining")

    since = [wait.since for wait in waits_for(paper.course, paper.world)]
    assert since == sorted(since)
    assert len(set(since)) > 1


def test_an_answer_that_needs_a_second_look_is_held_by_the_ministry() -> None:
    paper = Paper()
    ask = paper.ask_of("akses.identitas")
    paper.row(Kind.ANSWERED, {"task": "akses.identitas", "n": 1, "answer": "SESUAI", "ask": ask.id})

    assert ("akses.identitas", "KEMENSOS-RSKBK", "verify") in told(paper)


def test_a_failed_answer_waits_for_the_coordinator() -> None:
    paper = Paper()
    paper.answer("akses.identitas", "BUKAN_WILAYAH")

    assert ("akses.identitas", "KEMENSOS-RSKBK", "decide") in told(paper)


def test_a_mail_refused_for_good_waits_for_the_coordinator() -> None:
    paper = Paper()
    paper.row(Kind.DELIVERY_REFUSED, {"mail": "m", "asks": [paper.ask_of("akses.identitas").id]})

    assert ("akses.identitas", "KEMENSOS-RSKBK", "decide") in told(paper)


def test_a_task_whose_office_is_not_known_is_named_without_an_agency() -> None:
    paper = Paper("from_abroad")

    assert ("akses.dokumen_perjalanan", None, "name_office") in told(paper)


def test_tasks_before_their_turn_are_not_waited_for() -> None:
    assert "serah.provinsi" not in [task for task, _, _ in told(Paper())]


def test_a_gate_whose_checks_hold_waits_for_the_approvals() -> None:
    assert told(Paper().play_to_status("MENUNGGU_GERBANG")) == [("gate", "KEMENSOS-RSKBK", "approve")]


@pytest.mark.parametrize("status", ["DITUTUP", "DIRUJUK", "DIBATALKAN"])
def test_a_case_that_has_ended_waits_for_nothing(status: str) -> None:
    paper = Paper()
    paper.close(status)

    assert told(paper) == []


def test_a_draft_waits_for_nothing() -> None:
    assert told(Paper(draft=True)) == []


def test_the_stage_is_the_earliest_with_something_open() -> None:
    paper = Paper()
    assert stage_of(paper.course) == "fasilitasi_akses"
    paper.play_until(lambda p: not [c for c in p.open_codes() if c.startswith("akses.")])
    assert stage_of(paper.course) == "pendekatan_awal"
    assert stage_of(paper.play_to_status("MENUNGGU_GERBANG").course) == "pemulangan"
    paper.play_to_the_end()
    assert stage_of(paper.course) == "pascalayanan"
