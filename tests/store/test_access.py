"""Who sees which case, and how much of it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.course import DEPARTURE
from domain.errors import NotFound
from store.case_view import case_json, view_case
from store.desk_asks import open_asks_of
from store.overview import Filters, Listed, list_asks, list_cases, my_tasks
from store.receipts import answer_state
from store.tables_case import answers
from tests.support.cases import AtPoint, Ministry, actor


@pytest.mark.proves("I18")
def test_an_escort_finds_own_journeys_and_a_shelter_those_who_stay_there(at_point: AtPoint) -> None:
    def listed(ministry: Ministry, login: str) -> list[str]:
        page, _ = ministry.read(lambda reading: list_cases(reading, actor(login), Filters(), None))
        return [line.number for line in page]

    ministry, number = at_point("started").parts
    assert listed(ministry, "k1") == listed(ministry, "p1") == [number]
    assert listed(ministry, "e1") == listed(ministry, "p3") == []

    ministry, number = at_point("departing").parts  # with the escort e1, through a stay at the other shelter
    assert listed(ministry, "e1") == listed(ministry, "p3") == [number]
    assert listed(ministry, "e2") == []
    assert [(own.code, own.kind) for own in ministry.read(lambda reading: my_tasks(reading, actor("e1")))] == [
        ("jalan.cek_berangkat", "answer")
    ]


@pytest.mark.proves("I18")
def test_an_escort_sees_the_short_card_and_a_receipt_only_those_who_see_its_case(at_point: AtPoint) -> None:
    ministry, number = at_point("departing").parts

    def card(login: str) -> dict[str, Any]:
        return ministry.act(login, lambda unit: case_json(view_case(unit, number, "api"), unit.by))

    assert card("k1")["flags"]
    assert card("e1")["flags"] == {}
    assert {task["code"] for task in card("e1")["tasks"]} == {"jalan.cek_berangkat"}
    assert card("e1")["gate"]["checks"] == []
    receipt = ministry.read(lambda reading: reading.scalar(select(answers.c.receipt).limit(1)))
    assert ministry.read(lambda reading: answer_state(reading, actor("k1"), receipt))["receipt"] == receipt
    for login in ("e1", "e2"):
        with pytest.raises(NotFound):
            ministry.read(lambda reading, who=login: answer_state(reading, actor(who), receipt))  # type: ignore[misc]


@pytest.mark.proves("I18")
def test_lists_tell_an_escort_no_more_than_the_short_card_does(at_point: AtPoint) -> None:
    ministry, number = at_point("approved").parts  # with the escort e1; an office is asked, many have answered

    def lines(login: str, **wanted: Any) -> list[Listed]:
        return ministry.read(lambda reading: list_cases(reading, actor(login), Filters(**wanted), None))[0]

    def told_asks(login: str) -> set[str]:
        return {item["task"] for item in ministry.read(lambda r: list_asks(r, actor(login), None, None))["items"]}

    (whole,), (short,) = lines("k1"), lines("e1")
    assert whole.waits
    assert whole.holder is not None
    assert (short.number, short.waits, short.holder, short.due_at) == (number, [], None, None)
    assert lines("k1", holder=whole.holder) == [whole]
    assert lines("e1", holder=whole.holder) == lines("e1", agency=whole.holder) == []
    assert lines("e1", due_before=ministry.clock.now + timedelta(days=365)) == []
    assert len(told_asks("k1")) > 1
    assert told_asks("e1") <= {DEPARTURE}
    held = ministry.read(lambda reading: open_asks_of(reading, actor("k1"), str(whole.holder)))
    assert [ask.number for ask in held] == [number]
    assert ministry.read(lambda reading: open_asks_of(reading, actor("e1"), str(whole.holder))) == []
    view = ministry.act("e1", lambda unit: view_case(unit, number, "page"))
    assert view.waits == []
