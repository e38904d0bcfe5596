"""A desk's mails leave beside its loop: few at a time, never the same twice at once, and a slow host blocks no news."""

from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import EventType

from tests.workflows.story import Story
from workflows.messages import Handed

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_at_most_four_mails_leave_at_a_time_and_all_leave(story: Story) -> None:
    mails = [f"mail-{n}" for n in range(1, 8)]
    for mail in mails:
        story.mails.hangs(mail)
    story.rows.deliver = list(mails)
    await story.begins_at_a_desk()
    await story.sees(lambda: len(story.mails.at_the_door) == 4)

    for mail in mails:
        story.mails.hanging[mail].set()
    await story.sees(lambda: story.rows.deliver == [])

    assert story.mails.most_at_once <= 4
    assert dict(story.mails.tries) == dict.fromkeys(mails, 1)


@pytest.mark.proves("F13")
async def test_while_one_host_hangs_news_is_taken_and_other_mails_leave(story: Story) -> None:
    hanging = story.mails.hangs("slow")
    story.rows.deliver = ["slow"]
    await story.begins_at_a_desk()
    await story.sees(lambda: story.mails.at_the_door == ["slow"])

    story.rows.head = 1
    story.rows.deliver = ["slow", "quick"]
    await story.is_told(1)
    await story.sees(lambda: "quick" not in story.rows.deliver)

    assert story.mails.at_the_door == ["slow"]
    hanging.set()
    await story.sees(lambda: story.rows.deliver == [])
    assert story.mails.tries == {"slow": 1, "quick": 1}


async def test_the_end_of_a_delivery_is_news(story: Story) -> None:
    story.rows.deliver = ["m1"]
    await story.begins_at_a_desk()

    await story.sees_advances(2)

    assert story.rows.advances[-1].deliver == []


async def test_a_delivery_that_settles_its_desk_needs_no_look_and_the_desk_still_hears_news(story: Story) -> None:
    story.mails.settles = True
    story.rows.deliver = ["m1"]
    await story.begins_at_a_desk()
    await story.sees(lambda: story.mails.tries["m1"] == 1)
    await story.is_quiet()
    assert len(story.rows.advances) == 1

    story.rows.head += 1
    story.rows.deliver = ["m2"]
    await story.is_told(story.rows.head)

    await story.sees(lambda: story.mails.tries["m2"] == 1)
    assert len(story.rows.advances) == 2


async def test_a_mail_that_could_not_be_taken_is_not_asked_for_again_at_once(story: Story) -> None:
    story.rows.deliver = ["held"]
    story.mails.results["held"] = Handed.NOT_TAKEN
    await story.begins_at_a_desk()
    await story.sees(lambda: story.mails.tries["held"] == 1)
    await story.is_quiet()
    assert story.mails.tries["held"] == 1

    await story.lets_pass(timedelta(seconds=31))

    await story.sees(lambda: story.mails.tries["held"] == 2)


async def test_a_long_history_waits_for_its_mails_and_starts_no_new_ones_before_it_goes_on(story: Story) -> None:
    hanging = story.mails.hangs("slow")
    story.rows.deliver = ["slow"]
    await story.begins_at_a_desk(event_limit=8)
    first = (await story.told_handle.describe()).run_id
    await story.sees(lambda: story.mails.at_the_door == ["slow"])
    for row in (1, 2, 3):
        story.rows.head = row
        story.rows.deliver = ["slow", "second"]
        await story.is_told(row)
        await story.sees_taken_in(row)
    await story.is_quiet()
    assert story.mails.tries == {"slow": 1}

    hanging.set()
    await story.sees(lambda: story.rows.deliver == [])

    assert story.mails.tries == {"slow": 1, "second": 1}
    ended = await story.events(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW, run_id=first)
    assert ended == 1
