"""What the rules want after the hand-over: visits, and the end of care (PROCESS 5–7)."""

from datetime import timedelta

import pytest

from domain.journal import Kind
from tests.support.paper import Paper, a_procedure


def visits_of(paper: Paper) -> list[int]:
    return [task.n for task in paper.course.instances("monev.kunjungan") if task.status != "TIDAK_BERLAKU"]


def test_visits_are_planned_after_one_three_and_six_months() -> None:
    paper = Paper().play_to_status("PEMANTAUAN")

    assert visits_of(paper) == [1, 2, 3]


@pytest.mark.parametrize("flag", ["tppo", "child", "high_risk"])
def test_who_is_at_greater_risk_is_visited_after_twelve_months_too(flag: str) -> None:
    assert visits_of(Paper(flag).play_to_status("PEMANTAUAN")) == [1, 2, 3, 4]


def test_a_visit_opens_fourteen_days_before_its_day_and_counts_from_it() -> None:
    paper = Paper().play_to_status("PEMANTAUAN")
    handed_over = paper.course.handed_over_at
    assert handed_over is not None
    paper.play_until_open("monev.kunjungan")

    ask = paper.ask_of("monev.kunjungan")
    assert ask.asked_at is not None
    assert timedelta(days=14) < ask.asked_at - handed_over < timedelta(days=21)
    assert ask.due_at is not None
    assert ask.due_at > handed_over + timedelta(days=30)


def test_a_termination_that_is_not_given_adds_one_visit() -> None:
    paper = Paper().play_until_open("pasca.terminasi")
    paper.answer("pasca.terminasi", "DIBUKA_KEMBALI")

    assert len(visits_of(paper)) == 4
    assert paper.course.status == "PEMANTAUAN"


def test_termination_ends_the_case_after_the_second_look() -> None:
    paper = Paper().play_until_open("pasca.terminasi")
    task = paper.course.tasks["pasca.terminasi", 1]
    paper.row(Kind.ANSWERED, {"task": task.code, "n": 1, "answer": "DITERMINASI", "ask": task.ask})
    paper.settle()
    assert paper.course.status == "PEMANTAUAN"

    paper.row(Kind.VERIFIED, {"task": task.code, "n": 1, "result": "pass"})
    paper.settle()

    assert paper.course.status == "SELESAI"
    assert paper.settle() is None


def test_the_region_that_carries_on_is_visited_after_twelve_months() -> None:
    paper = Paper("basis_lanjut", procedure=a_procedure(("enabled = false", "enabled = true")))

    assert visits_of(paper.play_to_status("PEMANTAUAN")) == [1, 2, 3, 4]
