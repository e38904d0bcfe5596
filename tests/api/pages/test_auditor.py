"""An auditor works with names masked and opens one case for a stated reason, which is recorded first (PROCESS 1.2)."""

import html

from domain.journal import Kind
from store import case_acts, journal
from store.casefile import open_case_file
from store.unit import Reading
from tests.api.pages.conftest import Played, in_thread
from tests.api.pages.reading import code_of, text_of
from tests.api.pages.scenes import Scene
from tests.support.client import csrf_of

REASON = "Pemeriksaan berkala triwulan"
PRIVATE = ("Yohana", "Kasmiati", "Petrus", "5313004605020001", "kata pribadi")
"""People, the officer who answered, a NIK, what a coordinator wrote."""


def access_rows(story: Scene, number: str) -> list[tuple[Kind, object, dict[str, object]]]:
    def read(reading: Reading) -> list[tuple[Kind, object, dict[str, object]]]:
        subject = f"reads-{open_case_file(reading, number).id}"
        rows = journal.rows_of(reading, subject, open_kinds="all")
        return [(row.kind, row.codes.get("fields"), dict(row.sealed)) for row in rows]

    return story.site.units.read_sync(read)


async def opens(story: Scene, number: str, reason: str, login: str = "auditor1") -> tuple[int, str | None]:
    browser = await story.site.sign_in(login, story.site.browser())
    path = f"/kasus/{number}"
    form = {"reason": reason, "csrf": await csrf_of(browser, path)}
    answer = await browser.post(f"{path}/buka", data=form)
    await browser.aclose()
    return answer.status_code, code_of(answer)


async def seen(story: Scene, path: str, login: str = "auditor1") -> str:
    browser = await story.site.sign_in(login, story.site.browser())
    page = await browser.get(path)
    assert page.status_code == 200, path
    await browser.aclose()
    return html.unescape(page.text)


async def test_an_auditor_sees_no_name_and_nobodys_own_words_before_a_reason_stands(
    story: Scene, played: Played
) -> None:
    def hold(unit: object) -> None:
        case_acts.set_hold(unit, played.middle, "ADMINISTRASI", "kata pribadi koordinator")  # type: ignore[arg-type]

    await in_thread(story.do, "koordinator1", hold)
    pages = [f"/kasus/{played.middle}", f"/kasus/{played.middle}/gerbang", f"/kasus/{played.middle}/penahanan"]
    for path in pages:
        text = await seen(story, path)
        assert [word for word in PRIVATE if word in text] == [], path
        assert "Y. I. C." in text
    for number in (played.middle, played.gate):
        answer = await story.site.get("auditor1", f"/cases/{number}")
        assert answer.status_code == 200
        assert [word for word in PRIVATE if word in answer.text + await seen(story, f"/kasus/{number}/gerbang")] == []
    assert "kata pribadi koordinator" in await seen(story, pages[0], "koordinator1")
    kinds = {kind for kind, fields, _ in access_rows(story, played.middle) if fields == []}
    assert kinds == {Kind.VIEWED}


async def test_a_reason_is_recorded_before_the_names_are_shown_and_told_to_the_leadership(
    story: Scene, played: Played
) -> None:
    assert (await opens(story, played.middle, REASON))[0] == 303
    kind, _, sealed = access_rows(story, played.middle)[-1]
    assert (kind, sealed) == (Kind.UNMASKED, {"reason": REASON})

    text = await seen(story, f"/kasus/{played.middle}")
    assert "Yohana" in text
    assert "5313004605020001" in text
    assert "Terbuka untuk Anda sampai" in text
    assert access_rows(story, played.middle)[-1][:2] == (Kind.VIEWED, ["identity", "origin", "travel"])
    assert "Petrus" not in (await story.site.get("auditor1", f"/cases/{played.gate}")).text
    assert (await opens(story, played.gate, REASON))[0] == 303
    assert "Petrus" in (await story.site.get("auditor1", f"/cases/{played.gate}")).text

    board = text_of_words(await seen(story, "/", "pimpinan1"))
    assert board.index(played.gate, board.index("Dibuka auditor")) < board.index(f"{played.middle} dibuka")
    assert f"{played.middle} dibuka Contoh Auditor. “{REASON}”" in board
    for login in ("koordinator1", "auditor1"):
        assert REASON not in await seen(story, "/", login)


async def test_after_half_an_hour_and_for_every_other_case_the_names_are_masked_again(
    story: Scene, played: Played
) -> None:
    await opens(story, played.middle, REASON)
    assert "Contoh Rahasia" not in await seen(story, f"/kasus/{played.child}")
    story.site.clock.pass_by(minutes=30, seconds=1)
    assert "Yohana" not in await seen(story, f"/kasus/{played.middle}")


async def test_without_a_reason_nothing_opens_and_the_page_says_so(story: Scene, played: Played) -> None:
    status, code = await opens(story, played.middle, "  ")
    assert (status, code) == (422, "REASON_INVALID")
    assert Kind.UNMASKED not in {kind for kind, _, _ in access_rows(story, played.middle)}


async def test_an_auditors_search_names_nobody(story: Scene, played: Played) -> None:
    found = {}
    for login in ("auditor1", "koordinator1"):
        for words in ("5313004605020001", "X1234567", "Yohana Ina", played.middle):
            page = await story.site.get(login, f"/cases?q={words}")
            assert page.status_code == 200
            found[login, words] = [item["number"] for item in page.json()["items"]]
    assert [bool(found["koordinator1", words]) for _, words in list(found)[:4]] == [True] * 4
    assert [found["auditor1", words] for _, words in list(found)[:4]] == [[], [], [], [played.middle]]


async def test_nobody_else_opens_anything_that_way(story: Scene, played: Played) -> None:
    for login in ("koordinator1", "ppdp1", "pimpinan1"):
        assert await opens(story, played.middle, REASON, login) == (403, "ROLE_LACKS_ACTION")


def text_of_words(page: str) -> str:
    class Answer:
        text = page

    return text_of(Answer())  # type: ignore[arg-type]
