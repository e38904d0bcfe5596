"""A long history goes on in a new one, which knows nothing but its subject and finds the rest in the rows."""

from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import EventType

from tests.workflows.story import CONVERTER, Story
from workflows.messages import Start

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTINUED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW


async def run_ids(story: Story) -> str:
    return (await story.told_handle.describe()).run_id


async def answers_until_a_new_run(story: Story, first: str) -> None:
    """One answer after the other, each taken in before the next, until the history is long enough."""
    for row in range(1, 12):
        story.rows.head = row
        await story.is_told(row)
        await story.sees_taken_in(row)
        await story.is_quiet()
        if await run_ids(story) != first:
            return
    raise AssertionError("it never went on in a new run")


async def test_a_new_run_carries_only_the_subject(story: Story) -> None:
    story.rows.next_at = await story.now() + timedelta(days=1)
    await story.begins(event_limit=20)
    first = await run_ids(story)
    await answers_until_a_new_run(story, first)

    new = await run_ids(story)
    history = await story.server.client.get_workflow_handle(story.name, run_id=new).fetch_history()
    begun = history.events[0].workflow_execution_started_event_attributes
    assert await CONVERTER.decode(begun.input.payloads, [Start]) == [Start(f"subject-{story.name}", 20)]
    assert await story.events(CONTINUED, run_id=first) == 1


@pytest.mark.proves("F28")
async def test_an_answer_told_exactly_at_continue_as_new_is_applied_once(story: Story) -> None:
    async def one_more_answer() -> None:
        """Comes while the advance runs whose end is the end of the run."""
        story.rows.after_advance = None
        story.rows.head = 2
        await story.is_told(2)

    await story.begins(event_limit=8)
    first = await run_ids(story)
    await story.sees_advances(1)
    story.rows.after_advance = one_more_answer
    story.rows.head = 1
    await story.is_told(1)
    await story.sees(lambda: story.rows.advances[-1].row == 2)
    await story.is_quiet()

    assert await run_ids(story) != first
    assert story.rows.advances[-1].row == 2


async def test_the_next_moment_is_kept_across_the_change(story: Story) -> None:
    began = await story.now()
    await story.begins(event_limit=20)
    first = await run_ids(story)
    await story.sees_advances(1)
    story.rows.next_at = began + timedelta(days=5)
    await answers_until_a_new_run(story, first)
    seen = len(story.rows.advances)
    story.rows.next_at = None

    await story.lets_pass(timedelta(days=5, seconds=1))

    await story.sees_advances(seen + 1)
