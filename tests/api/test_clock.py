"""The demonstration's clock: forward only, from due moment to due moment, each settled before the next."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from domain.journal import Kind
from store import journal
from tests.support.backstage import Backstage
from tests.support.bodies import a_case
from tests.support.client import House, Site


@asynccontextmanager
async def working(site: Site) -> AsyncIterator[Backstage]:
    backstage = Backstage(site.units)
    task = asyncio.create_task(backstage.keep_working())
    yield backstage
    assert not task.done(), task.exception()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def at(answer: object) -> datetime:
    return datetime.fromisoformat(str(answer))


async def test_everybody_of_the_demonstration_may_look_at_the_clock(site: Site) -> None:
    for login in ("operator1", "admin1", "peksos1"):
        told = (await site.get(login, "/demo/clock")).json()
        assert told == {"now": "2026-11-30T09:00:00+07:00", "offset_s": 0.0, "settled": True, "next_due_at": None}


async def test_it_moves_by_a_span_or_to_a_moment(site: Site) -> None:
    moved = await site.post("operator1", "/demo/clock", {"advance": "P2DT30M"})
    assert (moved.status_code, moved.json()["settled"]) == (200, True)
    assert at(moved.json()["now"]) == at("2026-12-02T09:30:00+07:00")
    moved = await site.post("operator1", "/demo/clock", {"to": "2026-12-03T08:00:00+08:00"})
    assert at(moved.json()["now"]) == at("2026-12-03T07:00:00+07:00")
    rows = site.units.read_sync(lambda reading: journal.rows_of(reading, journal.HOUSE))
    assert [row.codes["to"][:10] for row in rows if row.kind is Kind.CLOCK_MOVED] == ["2026-12-02", "2026-12-03"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"to": "2026-11-30T08:59:00+07:00"}, 409, "CLOCK_BACK"),
        ({"to": "2026-12-30T08:59:00"}, 422, "TIME_INVALID"),
        ({"to": "tomorrow"}, 422, "TIME_INVALID"),
        ({"advance": "-P1D"}, 422, "DURATION_INVALID"),
        ({"advance": "P1M"}, 422, "DURATION_INVALID"),
        ({"advance": "P99999D"}, 422, "TIME_INVALID"),
        ({"advance": 5}, 422, "FIELD_TYPE"),
        ({}, 422, "FIELD_MISSING"),
        ({"advance": "P1D", "to": "2026-12-30T08:59:00Z"}, 422, "FIELD_REPEATED"),
        ({"advance": "P1D", "back": True}, 422, "FIELD_UNKNOWN"),
    ],
)
async def test_what_is_no_move_forward_is_refused(site: Site, body: object, status: int, code: str) -> None:
    before = site.journal_length()
    answer = await site.post("operator1", "/demo/clock", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await site.get("operator1", "/demo/clock")).json()["offset_s"] == 0.0
    assert site.journal_length() == before


async def test_the_same_key_never_moves_it_twice(site: Site) -> None:
    first = await site.post("operator1", "/demo/clock", {"advance": "P1D"}, key="day")
    again = await site.post("operator1", "/demo/clock", {"advance": "P1D"}, key="day")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    other = await site.post("operator1", "/demo/clock", {"advance": "P2D"}, key="day")
    assert (other.status_code, other.json()["code"]) == (409, "KEY_REUSED")


async def test_it_never_passes_a_moment_that_is_not_settled(site: Site) -> None:
    number = await a_case(site)
    assert not (await site.get("operator1", "/demo/clock")).json()["settled"]
    async with working(site) as backstage:
        moved = await site.post("operator1", "/demo/clock", {"advance": "P1D"})
    assert (moved.status_code, moved.json()["settled"]) == (200, True)
    assert backstage.links()
    view = (await site.get("koordinator1", f"/cases/{number}")).json()
    asked = {at(task["asked_at"]) for task in view["tasks"] if task["asked_at"]}
    start = at("2026-11-30T09:00:00+07:00")
    # the first mail went at its own moment, minutes after the start, not when the whole day had passed
    assert start <= min(asked) < start + timedelta(hours=1)


@pytest.fixture
async def hasty(demo_house: House, tmp_path: Path) -> AsyncIterator[Site]:
    site = demo_house.open(tmp_path, clock_patience_s=0.1)
    yield site
    await site.close()


async def test_a_long_move_answers_202_and_goes_on_and_others_join_it(hasty: Site) -> None:
    await a_case(hasty)  # nobody works backstage, so nothing settles
    first = await hasty.post("operator1", "/demo/clock", {"advance": "P1D"})
    joined = await hasty.post("peksos1", "/demo/clock", {"advance": "P5D"})
    for answer in (first, joined):
        assert (answer.status_code, answer.json()["settled"], answer.json()["offset_s"]) == (202, False, 0.0)
    async with working(hasty), asyncio.timeout(20):
        await hasty.app.state.mover.wait(20)
    told = (await hasty.get("operator1", "/demo/clock")).json()
    assert told["settled"]
    assert at(told["now"]) == at("2026-12-01T09:00:00+07:00")


async def test_outside_demonstration_there_is_no_such_clock(demo_house: House, tmp_path: Path) -> None:
    site = demo_house.open(tmp_path, demo=False)
    for answer in (
        await site.get("operator1", "/demo/clock"),
        await site.post("operator1", "/demo/clock", {"advance": "P1D"}),
        await site.client.get("/api/v1/demo/clock"),
    ):
        assert answer.status_code == 404
    await site.close()
