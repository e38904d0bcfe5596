"""J2: an agency's officer answers on a phone, on a slow line, without scripts. And once without a mouse."""

import asyncio
import re

import pytest
from playwright.async_api import Page, Route, expect

from tests.journeys.scenes import alone, answers_of, one_ask_by_mail, task_of
from tests.support.browser import IN_BROWSER, Windows, bare_times, sideways, slow_line, words_of
from tests.support.outsider import RECEIPT, Letter, Outsider

pytestmark = IN_BROWSER
READABLE_WITHIN_S = 6.0
MOST_BYTES = 50_000
REGISTRY = "KEMENDAGRI-DUKCAPIL"
IDENTITY, MATCHES = "akses.identitas", "Identitas dan NIK sesuai"
NAME, NIK, ADDRESS = "Contoh Genggam Lewoleba", "5313005704010999", "Jalan Contoh 4, Lewoleba"
INITIALS = "C. G. L."
OFFICER, POSITION = "Contoh Petugas Genggam", "Kepala Seksi Contoh"


def a_return(outsider: Outsider, name: str = NAME, **facts: str) -> tuple[str, Letter]:
    """A return of a person of that name, and the registry's mail about it."""
    alone(outsider, REGISTRY)
    person = {"name": name, "sex": "P", "birth_date": "2001-04-17", "birth_date_quality": "pasti", **facts}
    case = outsider.start(person=person)
    return case, one_ask_by_mail(outsider, case, IDENTITY)


async def fill_identity(page: Page, code: str) -> None:
    await page.get_by_label("Kode dari surel").fill(code)
    await page.get_by_label("Nama Bapak/Ibu").fill(OFFICER)
    await page.get_by_label("Jabatan").fill(POSITION)


async def receipt_on(page: Page) -> str:
    await expect(page.get_by_role("heading", name="Tanda terima", exact=True)).to_be_visible()
    found = RECEIPT.search(await page.locator("main").inner_text())
    assert found is not None
    return found.group(0)


@pytest.mark.proves("I02", "I04")
async def test_an_officer_answers_once_on_a_slow_line_that_drops(outsider: Outsider, windows: Windows) -> None:
    case, letter = a_return(outsider, nik=NIK, address=ADDRESS)
    page = await windows.open(360, height=740, scripts=False)
    await slow_line(page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))

    # 1. readable soon, light, in one request, nothing sideways
    async with asyncio.timeout(READABLE_WITHIN_S):
        answer = await page.goto(letter.link)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert answer is not None
    assert len(await answer.body()) <= MOST_BYTES
    assert [url for url in requests if not url.startswith("data:")] == [letter.link]
    assert await sideways(page, (320, 360)) == []

    # 2. who asks what, for whom, until when, whom to call; no name before the code, the facts after it
    sealed = await words_of(page)
    assert "Kementerian Sosial" in sealed
    assert "Apakah identitas dan NIK satu orang sesuai" in sealed
    assert re.search(r"sebelum\s+\w+,\s\d+\s\w+\s20\d\d,\s\d\d\.\d\d\s(WIB|WITA|WIT)", sealed), sealed
    assert await page.locator("main a[href^='tel:']").count() >= 1
    assert INITIALS in sealed
    assert case in sealed
    for secret in ("Genggam", "Lewoleba", NIK, "Jalan Contoh", "2001"):
        assert secret not in sealed
        assert secret not in letter.text
    await page.get_by_label("Kode dari surel").fill(letter.code)
    await page.get_by_role("button", name="Tampilkan nama dan rincian").click()
    opened = page.locator("main")
    for fact in (NAME, NIK, ADDRESS, "kantor Bapak/Ibu memerlukannya"):
        await expect(opened).to_contain_text(fact)

    # 3. no code: nothing stored, everything typed is kept, the sentence stands at the field
    await page.get_by_role("radio", name=MATCHES).check()
    await fill_identity(page, "")
    await page.get_by_label("Alasan atau catatan").fill("Sudah dicocokkan")
    await page.get_by_role("button", name="Kirim jawaban").click()
    await expect(page.get_by_role("alert")).to_contain_text("Jawaban belum tersimpan")
    await expect(page.get_by_label("Kode dari surel")).to_have_accessible_description(
        re.compile("Kode dari surel belum diisi")
    )
    await expect(page.get_by_role("radio", name=MATCHES)).to_be_checked()
    await expect(page.get_by_label("Nama Bapak/Ibu")).to_have_value(OFFICER)
    await expect(page.get_by_label("Jabatan")).to_have_value(POSITION)
    await expect(page.get_by_label("Alasan atau catatan")).to_have_value("Sudah dicocokkan")
    assert answers_of(outsider, case, IDENTITY) == []

    # 6. the line drops after the server stored it; pressing again
    async def lost(route: Route) -> None:
        await route.fetch(max_redirects=0)
        await route.abort("connectionreset")

    await fill_identity(page, letter.code)
    await page.route(letter.link, lost, times=1)
    await page.get_by_role("button", name="Kirim jawaban").click()
    await page.wait_for_url("chrome-error://**")
    (stored,) = answers_of(outsider, case, IDENTITY)
    await page.reload()

    # 7. one receipt, the same at every press
    first = await receipt_on(page)
    assert first == stored["codes"]["receipt"]
    assert bare_times(await page.locator("main").inner_text()) == []

    # 8. the link explains itself
    await page.goto(letter.link)
    closed = page.locator("main")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("sudah dijawab", re.IGNORECASE))
    await expect(closed).to_contain_text(
        re.compile(rf"oleh {OFFICER}, {POSITION}, \w+,\s\d+\s\w+\s20\d\d,\s\d\d\.\d\d\sW")
    )
    await expect(closed).to_contain_text(first)
    assert await page.get_by_role("button").count() == 0
    assert [row["codes"]["receipt"] for row in answers_of(outsider, case, IDENTITY)] == [first]
    outsider.settle()
    assert task_of(outsider, case, IDENTITY)["answer"] == "SESUAI"


async def test_a_double_press_makes_one_answer(outsider: Outsider, windows: Windows) -> None:
    case, letter = a_return(outsider, "Contoh Dua Kali")
    page = await windows.open(360, scripts=False)
    await page.goto(letter.link)
    await page.get_by_role("radio", name=MATCHES).check()
    await fill_identity(page, letter.code)

    await page.get_by_role("button", name="Kirim jawaban").dblclick()

    receipt = await receipt_on(page)
    assert [row["codes"]["receipt"] for row in answers_of(outsider, case, IDENTITY)] == [receipt]


async def test_an_officer_answers_without_a_mouse(outsider: Outsider, windows: Windows) -> None:
    case, letter = a_return(outsider, "Contoh Papan Ketik")
    page = await windows.open(1280, scripts=False)
    await page.goto(letter.link)

    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    await page.keyboard.press("Enter")
    await tab_to(page, "code")
    await page.keyboard.type(letter.code)
    await tab_to(page, "action")
    await page.keyboard.press("Space")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await tab_to(page, "name")
    await page.keyboard.type(OFFICER)
    await page.keyboard.press("Tab")
    await page.keyboard.type(POSITION)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Kirim jawaban")).to_be_focused()
    await page.keyboard.press("Enter")

    receipt = await receipt_on(page)
    (stored,) = answers_of(outsider, case, IDENTITY)
    assert (stored["codes"]["receipt"], stored["codes"]["answer"]) == (receipt, "SESUAI")


async def tab_to(page: Page, name: str) -> None:
    """Presses Tab until the field of this name has the focus; everything on the way shows that it has it."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        place = page.locator(":focus")
        ring = await place.evaluate(
            "place => getComputedStyle(place).outlineStyle + getComputedStyle(place).outlineWidth"
        )
        assert ring.startswith("solid"), (await place.evaluate("place => place.outerHTML"), ring)
        if await place.get_attribute("name") == name:
            return
    raise AssertionError(f"{name} is not reached")
