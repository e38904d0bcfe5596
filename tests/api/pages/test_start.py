"""A start: never without a search, one case however often the button is pressed, strong matches decided first."""

import re
from typing import Any

import httpx2
import pytest

from tests.api.pages.conftest import Played, in_thread
from tests.api.pages.reading import code_of, form_at, text_of
from tests.api.pages.scenes import Scene
from tests.support.client import csrf_of

SIX = {
    "name": "Sumiati Contoh",
    "sex": "P",
    "birth_date": "1990-04-05",
    "entry_route": "RUJUKAN_APH",
    "shelter": "RPTC-TPI",
    "destination": "5313",
}


async def searched(browser: httpx2.AsyncClient, **sought: str) -> httpx2.Response:
    page = await browser.get("/kasus/baru")
    return await browser.post("/kasus/baru/cari", data=form_at(page, "/kasus/baru/cari") | sought)


async def form_after(browser: httpx2.AsyncClient, **sought: str) -> dict[str, str]:
    """The second step, everybody alike declared another person."""
    page = await searched(browser, **sought)
    if "/kasus/baru/isian" in page.text:
        found = re.findall(r'name="(decision\[[^"]+\])"', page.text)
        page = await browser.post(
            "/kasus/baru/isian", data=form_at(page, "/kasus/baru/isian") | dict.fromkeys(found, "different")
        )
    return form_at(page, "/kasus/baru")


@pytest.mark.proves("J1")
async def test_nobody_starts_without_searching(story: Scene) -> None:
    browser = await story.site.sign_in("koordinator1")
    before = story.site.journal_length()
    for path in ("/kasus/baru/isian", "/kasus/baru/cari"):
        answer = await browser.get(path)
        assert (answer.status_code, code_of(answer)) == (422, "SEARCH_FIRST")
    forged: dict[str, Any] = SIX | {"csrf": await csrf_of(browser, "/kasus/baru"), "search": "forged", "nonce": "n1"}
    answer = await browser.post("/kasus/baru", data=forged)
    assert (answer.status_code, code_of(answer)) == (422, "SEARCH_FIRST")
    assert code_of(await searched(browser)) == "FIELD_MISSING"
    assert story.site.journal_length() == before


async def test_a_search_belongs_to_who_made_it(story: Scene) -> None:
    mine = await story.site.sign_in("koordinator1", story.site.browser())
    other = await story.site.sign_in("koordinator2", story.site.browser())
    token = (await form_after(mine, name="Sumiati Contoh"))["search"]
    form = await form_after(other, name="Sumiati Contoh")
    answer = await other.post("/kasus/baru", data=form | SIX | {"search": token})
    assert code_of(answer) == "SEARCH_FIRST"


@pytest.mark.proves("J1")
async def test_a_name_that_sounds_alike_is_offered_and_must_be_decided(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1")
    page = await searched(browser, name="Johana Ina")
    text = text_of(page)
    assert "Yohana Ina Contoh" in text
    assert "nama berbunyi mirip" in text
    undecided = await browser.post("/kasus/baru/isian", data=form_at(page, "/kasus/baru/isian"))
    assert (undecided.status_code, code_of(undecided)) == (422, "FIELD_MISSING")
    form = form_at(page, "/kasus/baru/isian")
    same = await browser.post("/kasus/baru/isian", data=form | {f"decision[{played.middle}]": "same"})
    assert same.headers["location"] == f"/kasus/{played.middle}"
    different = await browser.post("/kasus/baru/isian", data=form | {f"decision[{played.middle}]": "different"})
    assert form_at(different, "/kasus/baru")["name"] == "Johana Ina"


@pytest.mark.proves("J1")
async def test_pressing_twice_and_going_back_make_one_case(story: Scene) -> None:
    browser = await story.site.sign_in("koordinator1")
    form = await form_after(browser, name="Sumiati Contoh") | SIX
    first, second = await browser.post("/kasus/baru", data=form), await browser.post("/kasus/baru", data=form)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    changed = await browser.post("/kasus/baru", data=form | {"name": "Orang Lain"})
    assert code_of(changed) == "STALE_PAGE"
    await in_thread(story.stage.work)
    page = await browser.get(first.headers["location"])
    assert "Pemulangan dimulai." in text_of(page)
    assert "Diminta kepada" in text_of(page)


async def test_all_faults_are_said_at_once_and_nothing_typed_is_lost(story: Scene) -> None:
    browser = await story.site.sign_in("koordinator1")
    form = await form_after(browser, name="Sumiati Contoh")
    before = story.site.journal_length()
    answer = await browser.post("/kasus/baru", data=form | {"name": "\u202eevil", "address": "Desa <Contoh>"})
    assert answer.status_code == 422
    text = text_of(answer)
    for label in (
        "Jenis kelamin belum diisi.",
        "Tanggal lahir belum diisi.",
        "Cara masuk belum diisi.",
        "Daerah tujuan",
    ):
        assert label in text
    assert form_at(answer, "/kasus/baru")["address"] == "Desa <Contoh>"
    assert story.site.journal_length() == before


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"birth_date": "2099-01-01"}, "DATE_INVALID"),
        ({"birth_date": "1990-02-31"}, "DATE_INVALID"),
        ({"shelter": "DINSOS-5313"}, "NO_OFFICE"),
        ({"destination": "53"}, "REGION_UNKNOWN"),
        ({"entry_route": "LAIN"}, "FIELD_INVALID"),
        ({"office[lks]": "DINSOS-5313"}, "NO_OFFICE"),
        ({"mission": "X"}, "NO_OFFICE"),
    ],
)
async def test_what_the_store_refuses_comes_back_to_the_form(story: Scene, typed: dict[str, str], code: str) -> None:
    browser = await story.site.sign_in("koordinator1")
    form = await form_after(browser, name="Sumiati Contoh")
    answer = await browser.post("/kasus/baru", data=form | SIX | typed)
    assert (answer.status_code, code_of(answer)) == (422, code)
    assert form_at(answer, "/kasus/baru")["name"] == "Sumiati Contoh"


async def test_a_strong_match_stops_the_start_until_it_is_decided(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1")
    form = await form_after(browser, name="Sumiati Contoh") | SIX | {"nik": "5313004605020001"}
    before = story.site.journal_length()
    stopped = await browser.post("/kasus/baru", data=form)
    assert (stopped.status_code, code_of(stopped)) == (409, "DUPLICATE_FOUND")
    assert "NIK sama" in text_of(stopped)
    assert story.site.journal_length() == before
    again = form_at(stopped, "/kasus/baru")
    assert again["nik"] == "5313004605020001"
    field = f"decision[{played.middle}]"
    same = await browser.post("/kasus/baru", data=again | {"sex": "P", field: "same"})
    assert same.headers["location"] == f"/kasus/{played.middle}"
    later = await browser.post("/kasus/baru", data=again | {"sex": "P", field: "later", "nonce": "another"})
    draft = later.headers["location"].partition("?")[0]
    text = text_of(await browser.get(draft))
    assert "Draf" in text
    assert "Bukan orang yang sama, mulai kasus ini" in text
    page = await browser.get(draft)
    started = await browser.post(f"{draft}/kembar", data=form_at(page, f"{draft}/kembar") | {"decision": "different"})
    assert started.headers["location"] == f"{draft}?notice=CASE_RELEASED"


async def test_the_destination_and_the_birth_date_may_be_unknown(story: Scene) -> None:
    browser = await story.site.sign_in("koordinator1")
    form = await form_after(browser, name="Sumiati Contoh") | SIX
    unknown = form | {"destination": "-", "birth_date": "", "birth_unknown": "1"}
    answer = await browser.post("/kasus/baru", data=unknown)
    assert answer.status_code == 303
    assert "tujuan belum ditetapkan" in text_of(await browser.get(answer.headers["location"]))
