"""Every page as people see it: on a phone and at a desk, never wider than the screen, without barriers, with zones.

`pytest tests/journeys/test_pictures.py --pictures` also writes docs/pictures/<page>-<width>.png.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.journeys.scenes import alone, one_ask_by_mail, task_of
from tests.support.browser import DESK, IN_BROWSER, PHONE, WEIGHTS, Windows, bare_times, barriers, sideways
from tests.support.house import ROOT, House
from tests.support.outsider import OFFICER, Letter, Outsider

pytestmark = IN_BROWSER
PICTURES = ROOT / "docs" / "pictures"
MOST_BYTES = 50_000
REGISTRY, IDENTITY = "KEMENDAGRI-DUKCAPIL", "akses.identitas"
ENTRY_CHECK, NOT_NEEDED = "akses.kesehatan_pintu_masuk", "DIPENUHI_INSTANSI_LAIN"

DESK_PAGES = {
    "board": ("koordinator", "/"),
    "board-filtered": ("koordinator", "/?q=Contoh%20Gambar"),
    "board-empty": ("koordinator", "/?status=BATAL_BERANGKAT&q=zzz"),
    "new-case": ("koordinator", "/kasus/baru"),
    "case": ("koordinator", "/kasus/{case}"),
    "case-auditor": ("auditor", "/kasus/{case}"),
    "gate": ("koordinator", "/kasus/{case}/gerbang"),
    "not-required": ("koordinator", "/kasus/{case}/tugas/akses.dokumen_perjalanan/1/tidak-diperlukan"),
    "flags": ("pekerja_sosial", "/kasus/{case}/penanda"),
    "hold": ("koordinator", "/kasus/{case}/penahanan"),
    "tasks": ("pekerja_sosial", "/tugas"),
    "agencies": ("koordinator", "/instansi"),
    "agency": ("koordinator", "/instansi/KEMENDAGRI-DUKCAPIL"),
    "operator": ("operator", "/operator"),
    "postbox": ("koordinator", "/kotak-surel"),
    "error-404": ("koordinator", "/kasus/PLG-2026-999999-9"),
    "error-403": ("auditor", "/kasus/baru"),
}


@dataclass(frozen=True)
class Scene:
    """Returns in a state worth a picture, and the mails about them."""

    case: str
    one: Letter
    digest: Letter
    answered: Letter
    withdrawn: Letter
    receipt: str


@pytest.fixture(scope="module")
def scene(outsider: Outsider) -> Scene:
    """A return from abroad on its way, one whose registry has not answered, and three at the same clinic."""
    alone(outsider, REGISTRY)
    person = {"name": "Contoh Gambar Tokan", "sex": "P", "birth_date": "2001-04-17", "birth_date_quality": "pasti"}
    more = {"nik": "5313005704010888", "address": "Jalan Contoh 4, Lewoleba"}
    case = outsider.start(person=person | more, mission="KRI-TWU", flags={"from_abroad": "ya"})
    withdrawn = one_ask_by_mail(outsider, case, ENTRY_CHECK)
    outsider.post(f"/cases/{case}/tasks/{ENTRY_CHECK}/not-required", {"reason": NOT_NEEDED})
    answered = one_ask_by_mail(outsider, case, IDENTITY)
    receipt = outsider.answer_link(task_of(outsider, case, IDENTITY)["ask"], "confirm")
    outsider.settle()
    alone(outsider, REGISTRY)
    one = one_ask_by_mail(outsider, outsider.start("Contoh Gambar Satu"), IDENTITY)
    several = [case, *(outsider.start(f"Contoh Gambar {name}") for name in ("Dua", "Tiga", "Empat", "Lima"))]
    outsider.settle()
    body = {"answer": "SELESAI"}
    for each in several:
        outsider.post(f"/cases/{each}/tasks/akses.kebutuhan_dasar/answers", body, "pekerja_sosial")
    digest = one_ask_by_mail(outsider, several[-1], "asesmen.kesehatan")
    assert digest.header("X-Pulang-Digest")
    return Scene(case, one, digest, answered, withdrawn, receipt)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def people(browser: Browser, house: House) -> AsyncIterator[dict[str, Page]]:
    """One signed-in page for each role that is needed."""
    opened = Windows(browser, house)
    yield {role: await opened.sign_in(role) for role in {role for role, _ in DESK_PAGES.values()}}
    await opened.close()


IN_README = {("case", DESK): 1500, ("link-one", PHONE): 1150}  # the first screens, in pixels; elsewhere the whole page


async def show(page: Page, name: str, request: pytest.FixtureRequest, weights: tuple[str, ...] = WEIGHTS) -> None:
    """Looks at the page at every width; writes its pictures when they are wanted."""
    faults: list[str] = [f"scrolls sideways at {width}" for width in await sideways(page)]
    for width in (PHONE, DESK):
        await page.set_viewport_size({"width": width, "height": 900})
        faults += [f"at {width}: {barrier}" for barrier in await barriers(page, weights)]
        if request.config.getoption("--pictures", default=False):
            height = IN_README.get((name, width))
            if height is not None:
                await page.set_viewport_size({"width": width, "height": height})
            await page.screenshot(path=_file(name, width), full_page=height is None)
    faults += [f"time without zone: {time}" for time in bare_times(await page.locator("body").inner_text())]
    assert faults == []


def _file(name: str, width: int) -> Path:
    PICTURES.mkdir(exist_ok=True)
    return PICTURES / f"{name}-{width}.png"


@pytest.mark.parametrize("name", DESK_PAGES)
async def test_a_desk_page_serves_everybody(
    name: str, people: dict[str, Page], scene: Scene, request: pytest.FixtureRequest
) -> None:
    role, path = DESK_PAGES[name]
    await people[role].goto(path.format(case=scene.case))
    await show(people[role], name, request)


async def test_the_form_of_a_new_case_serves_everybody(people: dict[str, Page], request: pytest.FixtureRequest) -> None:
    page = people["koordinator"]
    await page.goto("/kasus/baru")
    await page.get_by_label("Nama", exact=True).fill("Xeqvandu Contoh Wizkor")
    await page.get_by_role("button", name="Cari orang ini").click()
    await page.get_by_role("heading", name="Isi data orang ini").wait_for()
    await show(page, "new-case-form", request)


async def test_the_people_who_may_be_the_same_serve_everybody(
    people: dict[str, Page], request: pytest.FixtureRequest
) -> None:
    page = people["koordinator"]
    await page.goto("/kasus/baru")
    await page.get_by_label("Nama", exact=True).fill("Johana Contoh Lembata")
    await page.get_by_role("button", name="Cari orang ini").click()
    await page.get_by_role("heading", name="Apakah orang ini sudah dikenal?").wait_for()
    await show(page, "new-case-found", request)


async def test_a_sheet_of_people_and_its_lines_serve_everybody(
    people: dict[str, Page], request: pytest.FixtureRequest
) -> None:
    page = people["koordinator"]
    await page.goto("/manifes")
    await page.get_by_label("Berkas").set_input_files(ROOT / "domain/data/demo/manifest_dirty.csv")
    await page.get_by_label("Nama rombongan").fill("Contoh rombongan Tanjungpinang")
    await page.get_by_label("Hari tiba").fill("2026-12-14")
    await page.get_by_label("Tempat penampungan").select_option("RPTC-TPI")
    await page.get_by_role("button", name="Unggah dan periksa daftar").click()
    await page.get_by_role("heading", name="Periksa daftar sebelum dilepas").wait_for()
    await show(page, "manifest", request)
    sheet = page.url.partition("?")[0]
    await page.goto(f"{sheet}?bagian=refused")
    await page.get_by_role("link", name="Perbaiki").nth(2).click()
    await page.get_by_role("button", name="Terima baris ini").click()
    await page.get_by_role("alert").wait_for()
    await show(page, "manifest-line", request)
    await page.goto("/manifes")
    await show(page, "manifests", request)


async def test_the_sign_in_page_serves_everybody(windows: Windows, request: pytest.FixtureRequest) -> None:
    page = await windows.open()
    await page.goto("/masuk")
    await show(page, "sign-in", request)


LINK_PAGES = ("link-one", "link-one-opened", "link-one-error", "link-digest", "link-digest-opened", "link-receipt",
              "link-answered", "link-withdrawn", "link-unknown")  # fmt: skip


@pytest.mark.parametrize("name", LINK_PAGES)
async def test_a_link_page_is_light_and_serves_everybody(
    name: str, windows: Windows, scene: Scene, request: pytest.FixtureRequest
) -> None:
    page = await windows.open(PHONE)
    letter = scene.digest if "digest" in name else scene.one
    page_of = {
        "link-receipt": f"{scene.answered.link}/tanda-terima/{scene.receipt}",
        "link-answered": scene.answered.link,
        "link-withdrawn": scene.withdrawn.link,
        "link-unknown": f"{scene.one.link[:-3]}zzz",
    }
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = await page.goto(page_of.get(name, letter.link))
    assert answer is not None
    assert len(asked) == 1, asked
    weight = len(await answer.body())
    if name.endswith("opened"):
        await page.get_by_label("Kode dari surel").fill(letter.code)
        await page.get_by_role("button", name="Tampilkan nama dan rincian").click()
        await page.get_by_text("kantor Bapak/Ibu memerlukannya").wait_for()
    if name.endswith("error"):
        await page.get_by_role("radio").nth(3).check()
        await page.get_by_label("Nama Bapak/Ibu").fill(OFFICER["name"])
        await page.get_by_role("button", name="Kirim jawaban").click()
        await page.get_by_role("alert").wait_for()
    weight = max(weight, len((await page.content()).encode()))
    assert weight <= MOST_BYTES
    await show(page, name, request)


@pytest.mark.parametrize("name", ["mail-one", "mail-digest"])
async def test_a_mail_fits_a_phone(name: str, windows: Windows, scene: Scene, request: pytest.FixtureRequest) -> None:
    letter = scene.digest if name == "mail-digest" else scene.one
    part = letter.message.get_body(("html",))
    assert part is not None
    page = await windows.open(PHONE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.set_content(str(part.get_content()))
    assert asked == []
    await show(page, name, request, ("serious", "critical"))  # a mail has no landmarks: its reader frames it
