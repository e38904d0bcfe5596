"""An escort's pages hold the journey and the own acts, and nothing of what other offices were asked or answered."""

import pytest

from store.desk_asks import open_asks_of
from tests.api.pages.conftest import Played, in_thread
from tests.api.pages.reading import text_of
from tests.api.pages.scenes import Scene


@pytest.mark.proves("I18", "P09")
async def test_no_page_tells_an_escort_which_office_is_asked_for_what(story: Scene, played: Played) -> None:
    number = played.gate
    await in_thread(story.plan, number, "provinsi", "kabkota", "penerima", escort="pendamping1")
    await in_thread(story.stage.work)
    for login in ("pemeriksa1", "penyetuju1"):
        await in_thread(story.sign, number, login)
    course = await in_thread(story.course, number)
    asked = {ask.agency for ask in course.open_asks}
    assert asked, course.status
    agency = sorted(asked)[0]
    register = story.site.units.read_sync(lambda reading: open_asks_of(reading, story.actor("koordinator1"), agency))
    assert [ask.number for ask in register] == [number]
    pages = {}
    for login in ("koordinator1", "pendamping1"):
        browser = await story.site.sign_in(login, story.site.browser())
        shown = [text_of(await browser.get(path)) for path in ("/", f"/kasus/{number}", f"/instansi/{agency}")]
        found = [await story.site.get(login, path) for path in ("/cases", "/asks", f"/cases/{number}")]
        pages[login] = (shown, " ".join(answer.text for answer in found))
        assert [number in text for text in shown[:2]] == [True, True]
    title = course.rule(course.open_asks[0].task).titles.id
    assert title in pages["koordinator1"][0][2]
    assert title not in " ".join(pages["pendamping1"][0])
    assert course.open_asks[0].task in pages["koordinator1"][1]
    assert course.open_asks[0].task not in pages["pendamping1"][1]
    assert (await story.site.get("pendamping1", "/cases", params={"agency": agency})).json()["items"] == []
