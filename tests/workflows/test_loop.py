"""What wakes a conductor, what it ignores, and how it waits. One story per test, on skipped time."""

from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import EventType

from tests.workflows.story import Story, a_refusal, an_outage
from workflows.messages import End

pytestmark = pytest.mark.asyncio(loop_scope="session")

TIMER_STARTED = EventType.EVENT_TYPE_TIMER_STARTED
TIMER_CANCELED = EventType.EVENT_TYPE_TIMER_CANCELED


@pytest.mark.proves("I02")
async def test_news_wakes_it_at_once(story: Story) -> None:
    await story.begins()
    await story.sees_advances(1)

    story.rows.head = 1
    await story.is_told(1)

    await story.sees_advances(2)


async def test_its_moment_wakes_it(story: Story) -> None:
    story.rows.next_at = await story.now() + timedelta(days=2)
    await story.begins()
    await story.sees_advances(1)
    story.rows.next_at = None

    await story.lets_pass(timedelta(days=2, seconds=1))

    await story.sees_advances(2)


async def test_an_earlier_moment_replaces_the_timer(story: Story) -> None:
    began = await story.now()
    story.rows.next_at = began + timedelta(days=10)
    await story.begins()
    await story.sees_advances(1)
    story.rows.head, story.rows.next_at = 1, began + timedelta(days=1)
    await story.is_told(1)
    await story.sees_advances(2)
    story.rows.next_at = None

    await story.lets_pass(timedelta(days=1, seconds=1))

    await story.sees_advances(3)
    assert await story.events(TIMER_CANCELED) == 1


async def test_a_later_moment_keeps_the_timer_which_is_set_again_when_it_rings_early(story: Story) -> None:
    began = await story.now()
    story.rows.next_at = began + timedelta(days=1)
    await story.begins()
    await story.sees_advances(1)
    story.rows.head, story.rows.next_at = 1, began + timedelta(days=3)
    await story.is_told(1)
    await story.sees_advances(2)

    await story.lets_pass(timedelta(days=2))
    await story.sees_advances(2)
    story.rows.next_at = None
    await story.lets_pass(timedelta(days=1, seconds=1))

    await story.sees_advances(3)
    assert await story.events(TIMER_CANCELED) == 0


@pytest.mark.proves("I03")
async def test_being_told_again_of_rows_already_taken_in_changes_nothing(story: Story) -> None:
    story.rows.head = 5
    await story.begins()
    await story.sees_advances(1)

    for row in (3, 5, 5, 1):
        await story.is_told(row)

    await story.sees_advances(1)
    story.rows.head = 6
    await story.is_told(6)
    await story.sees_advances(2)


async def test_many_rows_told_at_once_are_taken_in_together(story: Story) -> None:
    await story.begins()
    await story.sees_advances(1)

    story.rows.head = 30
    for row in range(1, 31):
        await story.is_told(row)
    await story.sees(lambda: story.rows.advances[-1].row == 30)
    await story.is_quiet()

    assert len(story.rows.advances) < 31


async def test_a_wake_up_moves_its_time(story: Story) -> None:
    began = await story.now()
    story.rows.next_at = began + timedelta(days=20)
    await story.begins()
    await story.sees_advances(1)

    story.rows.offset = timedelta(days=20)
    story.rows.next_at = began + timedelta(days=21)
    await story.is_woken(story.rows.offset)
    await story.sees_advances(2)
    assert await story.now() < began + timedelta(days=1)

    story.rows.next_at = None
    await story.lets_pass(timedelta(days=1, minutes=1))
    await story.sees_advances(3)


async def test_a_wake_up_during_an_advance_is_not_lost(story: Story) -> None:
    async def the_clock_moves() -> None:
        story.rows.after_advance = None
        await story.is_woken(timedelta(days=1))

    story.rows.after_advance = the_clock_moves
    await story.begins()

    await story.sees_advances(2)


async def test_without_any_moment_it_looks_again_after_thirty_days(story: Story) -> None:
    await story.begins()
    await story.sees_advances(1)

    await story.lets_pass(timedelta(days=29))
    await story.sees_advances(1)
    await story.lets_pass(timedelta(days=1, seconds=1))

    await story.sees_advances(2)


async def test_a_moment_that_stays_past_is_looked_at_less_and_less_often(story: Story) -> None:
    story.rows.next_at = await story.now() - timedelta(seconds=2)
    await story.begins()
    await story.sees(lambda: len(story.rows.advances) >= 2)

    await story.lets_pass(timedelta(minutes=10))
    await story.sees(lambda: len(story.rows.advances) >= 10)
    await story.is_quiet()

    assert len(story.rows.advances) <= 20


async def test_a_row_that_this_database_does_not_have_keeps_nothing_turning(story: Story) -> None:
    story.rows.head = 3
    await story.begins()
    await story.sees_advances(1)

    await story.is_told(9)

    await story.sees_advances(2)


async def test_it_ends_when_its_subject_is_over(story: Story) -> None:
    await story.begins()
    await story.sees_advances(1)

    story.rows.head, story.rows.is_over = 1, True
    await story.is_told(1)

    assert story.handle is not None
    result = await story.handle.result()
    assert result == {"subject": f"subject-{story.name}", "status": "SELESAI"} or result == End(
        f"subject-{story.name}", "SELESAI"
    )


@pytest.mark.proves("I15")
async def test_a_signal_before_the_first_advance_costs_no_second_one(story: Story) -> None:
    story.rows.head = 4
    story.handle = await story.server.client.start_workflow(
        "AgencyDesk",
        {"subject": "desk-X"},
        id=story.name,
        task_queue=story.name,
        start_signal="told",
        start_signal_args=[4],
    )

    await story.sees_advances(1)


async def test_an_outage_of_the_database_costs_few_events_however_long_it_lasts(story: Story) -> None:
    await story.begins()
    await story.sees_advances(1)
    before = await story.events()

    story.rows.failures = [an_outage() for _ in range(12)]
    story.rows.head = 1
    await story.is_told(1)
    await story.lets_pass(timedelta(minutes=10))

    await story.sees_advances(2)
    assert story.rows.asked["advance"] == 1 + 3
    assert story.rows.asked["advance_again"] == 12 - 3 + 1
    assert await story.events() - before <= 12


async def test_a_subject_that_the_database_refuses_waits_for_a_repair_and_never_fails(story: Story) -> None:
    story.rows.failures = [a_refusal(), a_refusal()]
    await story.begins()
    await story.sees(lambda: not story.rows.failures)
    assert story.rows.advances == []

    await story.lets_pass(timedelta(minutes=10, seconds=1))

    await story.sees_advances(1)
