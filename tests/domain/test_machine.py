"""The two tables of states: what the documents say is what the code does."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from domain.cases import BY_COORDINATOR, ENDED, MAY_GO, CaseStatus, may_go
from domain.errors import Conflict
from domain.machine import advance
from domain.tasks import MOVES, TaskEvent, TaskStatus

PROCESS = Path(__file__).parents[2] / "docs" / "reference" / "process.md"


def written(title: str, places: type[StrEnum]) -> dict[str, set[str]]:
    """status → statuses named in the "may go to" column of the table below *title*."""
    text = PROCESS.read_text(encoding="utf-8").split(f"### {title}\n", 1)[1].split("\n### ", 1)[0]
    rows = re.findall(r"^\| `([A-Z_]+)` \| [^|]* \| [^|]* \| ([^|]*) \|", text, re.M)
    return {state: {word for word in re.findall(r"[A-Z_]{5,}", goes) if word in set(places)} for state, goes in rows}


class Lamp(StrEnum):
    ON = "ON"
    OFF = "OFF"


class Press(StrEnum):
    UP = "UP"
    DOWN = "DOWN"


def test_a_machine_moves_as_its_table_says_and_refuses_every_other_pair() -> None:
    table = {(Lamp.OFF, Press.UP): Lamp.ON}

    assert advance(table, Lamp.OFF, Press.UP) is Lamp.ON
    with pytest.raises(Conflict) as refused:
        advance(table, Lamp.ON, Press.UP)
    assert (refused.value.code, refused.value.facts) == ("STATE_FORBIDS", {"state": "ON", "event": "UP"})


@pytest.mark.proves("I14")
def test_a_case_moves_exactly_as_the_written_table_says() -> None:
    table = written("2.4 Case status and allowed moves", CaseStatus)
    table["HILANG_KONTAK"] |= {"PERJALANAN", "SINGGAH", "PEMANTAUAN"}  # "back to the earlier status"
    table["DRAF"] |= {"MENINGGAL"}  # two sentences below the table: JENAZAH starts there, and a start in error
    table["MENINGGAL"] |= {"DIBATALKAN"}  # is taken back

    assert {state.value: {to.value for to in goes} for state, goes in MAY_GO.items()} == table


@pytest.mark.proves("I14")
def test_every_pair_of_case_statuses_is_either_in_the_table_or_refused() -> None:
    for state in CaseStatus:
        for to in CaseStatus:
            assert may_go(state, to) is (to in MAY_GO[state])


def test_what_a_coordinator_may_do_by_name_is_in_the_table() -> None:
    for to, states in BY_COORDINATOR.items():
        assert all(may_go(state, to) for state in states), to


def test_a_case_that_ended_can_only_be_taken_up_again_or_be_terminated() -> None:
    goes = {to for state in ENDED for to in MAY_GO[state]}

    assert goes == {CaseStatus.PENANGANAN, CaseStatus.SELESAI}


def code_table() -> dict[str, set[str]]:
    table: dict[str, set[str]] = {state.value: set() for state in TaskStatus}
    for (state, _), to in MOVES.items():
        if to is not state:
            table[state.value].add(to.value)
    return table


@pytest.mark.proves("I14")
def test_a_task_moves_exactly_as_the_written_table_says() -> None:
    table = written("2.5 Task status and allowed moves", TaskStatus)
    for state in ("DIPERPANJANG", "DIALIHKAN"):
        table[state] = (table["DIMINTA"] | {"DIMINTA", "DIPERPANJANG"}) - {state}  # "as DIMINTA", and asked again
    for state in table:
        table[state].discard("DIALIHKAN")  # passing on comes later
    table["KEDALUWARSA"] |= {"TIDAK_BERLAKU", "BATAL"}  # an expired letter of a case that ends or needs it no more
    table["BATAL"] |= {"BELUM_SIAP"}  # a case that is taken up again

    assert code_table() == table


@pytest.mark.proves("I14")
@pytest.mark.parametrize("state", TaskStatus)
def test_every_pair_of_task_status_and_event_is_walked(state: TaskStatus) -> None:
    for event in TaskEvent:
        if (state, event) in MOVES:
            assert advance(MOVES, state, event) is MOVES[state, event]
        else:
            with pytest.raises(Conflict):
                advance(MOVES, state, event)


def test_an_ended_task_stays_ended_until_its_case_is_taken_up_again() -> None:
    assert {event for state, event in MOVES if state is TaskStatus.BATAL} == {TaskEvent.CASE_REOPENED}


def test_a_settled_answer_is_never_answered_a_second_time_without_being_asked_again() -> None:
    answers = {TaskEvent.PASSED, TaskEvent.ANSWERED, TaskEvent.DECLINED}

    assert {state for state, event in MOVES if event in answers} <= {
        TaskStatus.DIMINTA,
        TaskStatus.DIPERPANJANG,
        TaskStatus.DIALIHKAN,
        TaskStatus.DILANJUTKAN_DI_DAERAH,
    }
