"""Every desk page for everybody: no sideways scroll, nothing that keeps people out, each time with its zone."""

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Desk
from tests.support.browser import IN_BROWSER, WIDTHS, bare_times, barriers, sideways

pytestmark = IN_BROWSER

PAGES = {
    "koordinator1": (
        "/", "/?q=Zzzz", "/kasus/{middle}", "/kasus/{held}", "/kasus/{gate}/gerbang", "/kasus/baru", "/tugas",
        "/instansi?q=Lembata", "/instansi/KEMENDAGRI-DUKCAPIL", "/kasus/{middle}/penanda", "/kasus/{middle}/penahanan",
        "/kasus/{middle}/penerima", "/kasus/{middle}/tujuan", "/kasus/{middle}/kantor", "/kasus/{gate}/perjalanan",
        "/kasus/{middle}/akhir",
    ),
    "peksos1": ("/kasus/{fresh}", "/tugas"),
    "pemeriksa1": ("/kasus/{gate}/gerbang",),
    "operator1": ("/operator",),
}  # fmt: skip
DARK = ("/", "/kasus/{middle}", "/kasus/{gate}/gerbang", "/tugas")


@pytest.mark.parametrize("login", PAGES)
async def test_desk_pages_are_open_to_everybody_at_every_width(desk: Desk, login: str) -> None:
    page = await desk.sign_in(login)
    for pattern in PAGES[login]:
        await _open(page, desk, pattern)
        assert await barriers(page) == [], pattern
        assert await sideways(page, (*WIDTHS, 1920)) == [], pattern
        assert bare_times(await page.locator("main").inner_text()) == [], pattern


async def test_the_dark_pages_are_as_readable(desk: Desk) -> None:
    page = await desk.sign_in("koordinator1", color_scheme="dark")
    for pattern in DARK:
        await _open(page, desk, pattern)
        assert await barriers(page) == [], pattern


async def _open(page: Page, desk: Desk, pattern: str) -> None:
    """The page, with everything that folds opened."""
    answer = await page.goto(
        pattern.format(**{n: getattr(desk.played, n) for n in ("middle", "held", "gate", "fresh")})
    )
    assert answer is not None
    assert answer.ok, pattern
    await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


async def test_a_start_and_an_answer_go_by_keyboard_without_scripts(desk: Desk) -> None:
    page = await desk.sign_in("koordinator2", 390, java_script_enabled=False)
    await page.goto("/kasus/baru")
    await page.get_by_label("Nama").fill("Sulastri Contoh Wati")
    await page.keyboard.press("Enter")
    await page.get_by_label("Perempuan").check()
    await page.get_by_label("Tanggal lahir", exact=True).fill("1988-02-03")
    await page.get_by_label("Cara masuk").select_option("RUJUKAN_APH")
    await page.get_by_label("Tempat penampungan").select_option("RPTC-TPI")
    await page.get_by_label("Daerah tujuan").select_option("5313")
    await page.get_by_role("button", name="Mulai pemulangan").click()
    assert "Pemulangan dimulai." in await page.locator("main").inner_text()
    assert await page.locator("h1").inner_text() == "Sulastri Contoh Wati"
    assert await sideways(page, (320,)) == []


async def test_the_printed_gate_sheet_has_its_decision_and_no_buttons(desk: Desk) -> None:
    page = await desk.sign_in("pemeriksa1")
    await page.goto(f"/kasus/{desk.played.gate}/gerbang")
    await page.emulate_media(media="print")
    for shown in ("Dasar pemulangan", "Telah mendapatkan penanganan.", "U12", "tautan dan kode"):
        assert await page.get_by_text(shown).first.is_visible(), shown
    assert await page.locator(".ink").first.is_visible()
    for hidden in (".nav", "main button", ".acts", ".crumb"):
        assert not await page.locator(hidden).first.is_visible(), hidden
