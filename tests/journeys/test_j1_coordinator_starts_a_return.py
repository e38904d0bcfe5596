"""J1: a coordinator starts a return, from Tawau to Lembata, once in Indonesian and once in English."""

import re
import time
from dataclasses import dataclass

import pytest
from playwright.async_api import Error as BrowserError
from playwright.async_api import Page, expect
from temporalio.client import Client

from tests.journeys.scenes import one_ask_by_mail, settled_letters
from tests.support.browser import IN_BROWSER, Windows, bare_times, check, words_of
from tests.support.house import House
from tests.support.outsider import Letter, Outsider

pytestmark = IN_BROWSER
OPENS_WITHIN_S = 5.0
KNOWN = "Yohana Contoh Lembata"
NUMBER = re.compile(r"PLG-\d{4}-\d{6}-\d")


@dataclass(frozen=True)
class Words:
    """What stands on the buttons and fields."""

    language: str
    start: str
    search_first: str
    name: str
    search: str
    known_already: str
    not_the_same: str
    go_on: str
    fill_in: str
    female: str
    born: str
    way_in: str
    received: str
    shelter: str
    destination: str
    the_rest: str
    mission: str
    flags: str
    trafficked: str
    from_abroad: str
    yes: str
    version: str
    handled: str
    gate: str


INDONESIAN = Words(
    "id",
    "Mulai pemulangan",
    "Cari dahulu menurut nama, NIK, atau paspor",
    "Nama",
    "Cari orang ini",
    "Apakah orang ini sudah dikenal?",
    "Bukan orang yang sama",
    "Lanjut ke isian",
    "Isi data orang ini",
    "Perempuan",
    "Tanggal lahir",
    "Cara masuk",
    "Diterima di bandara, pelabuhan, atau pos lintas batas",
    "Tempat penampungan",
    "Daerah tujuan",
    "Yang lain, bila sudah diketahui",
    "Perwakilan RI",
    "Penanda yang sudah diketahui",
    "Korban TPPO atau diduga kuat",
    "Datang dari luar negeri",
    "Ya",
    "versi 2026.1",
    "Dalam penanganan",
    "Gerbang pemulangan",
)
ENGLISH = Words(
    "en",
    "Start a return",
    "Search by name, NIK or passport first",
    "Name",
    "Search for this person",
    "Is this person known already?",
    "Not the same person",
    "Go on to the form",
    "Fill in this person's data",
    "Female",
    "Date of birth",
    "Way in",
    "Received at an airport, port or border post",
    "Shelter",
    "Destination",
    "The rest, where known",
    "Indonesian mission",
    "Flags already known",
    "Victim of trafficking, actual or presumed",
    "Comes from abroad",
    "Yes",
    "version 2026.1",
    "Being handled",
    "Return gate",
)


@pytest.mark.proves("I13", "I20")
@pytest.mark.parametrize("words", [INDONESIAN, ENGLISH], ids=["indonesian", "english"])
async def test_a_coordinator_starts_one_return_and_each_desk_gets_one_mail(
    words: Words, outsider: Outsider, house: House, windows: Windows
) -> None:
    before = settled_letters(outsider)
    flows = await running_returns(house)
    name = f"Johana Contoh Lembata {words.language.upper()}"

    # 1. the board offers to start
    page = await windows.sign_in("koordinator")
    await page.goto(f"/?lang={words.language}")
    await check(page)
    await expect(page.get_by_role("link", name=words.start)).to_be_visible()

    # 2. nobody starts without looking first
    await page.goto("/kasus/baru/isian")
    await expect(page.get_by_role("alert")).to_contain_text(words.search_first)

    # 3. a name written differently finds the known person, who is another
    await page.get_by_role("textbox", name=words.name, exact=True).fill(name)
    await page.get_by_role("button", name=words.search).click()
    await expect(page.get_by_role("heading", name=words.known_already)).to_be_visible()
    await expect(page.locator("main")).to_contain_text(KNOWN)
    for choice in await page.get_by_role("radio", name=words.not_the_same).all():
        await choice.check()
    await page.get_by_role("button", name=words.go_on).click()

    # 4. six marked fields, and what is known besides; the offered version is kept
    await fill_in(page, words, name)
    await expect(page.locator("main")).to_contain_text(words.version)
    begun = time.monotonic()
    await page.get_by_role("button", name=words.start).dblclick()

    # 5. the case page is there soon, with number, state and the first asks
    await expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert time.monotonic() - begun < OPENS_WITHIN_S
    number = number_on(page)
    await expect(page.locator("main")).to_contain_text(number)
    await expect(page.locator("main")).to_contain_text(words.handled)
    for code in ("akses.identitas", "akses.dokumen_perjalanan", "akses.kesehatan_pintu_masuk"):
        one_ask_by_mail(outsider, number, code)
    await page.reload()
    asks = page.get_by_role("table").filter(has_text="Ditjen Dukcapil")
    for desk in ("Ditjen Dukcapil", "Konsulat RI Tawau", "Balai Kekarantinaan Kesehatan"):
        row = asks.get_by_role("row").filter(has_text=desk).first
        await expect(row).to_contain_text(re.compile(r"\d\d[.:]\d\d\s(WIB|WITA|WIT|UTC)"))

    # 6. one mail for each desk that is asked, none with a name
    fresh = [letter for letter in outsider.letters() if letter.header("Message-ID") not in before]
    assert sorted(letter.to for letter in mails_about(outsider, number, fresh)) == [
        "kemendagri-dukcapil@example.invalid",
        "kemenkes-karantina@example.invalid",
        "kri-twu@example.invalid",
    ]
    for letter in mails_about(outsider, number, fresh):
        for secret in ("Johana", "Lembata"):
            assert secret not in str(letter.message["Subject"])
            assert secret not in letter.text

    # 7. pressed twice, looking again, and going back to send again: still one
    await page.reload()
    with pytest.raises(BrowserError, match="ERR_CACHE_MISS"):  # it asks whether to send the form before this one again
        await page.go_back()
    await page.wait_for_url("chrome-error://**")
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert number_on(page) == number
    assert len(outsider.get(f"/cases?q={name.replace(' ', '%20')}")["items"]) == 1
    outsider.settle()
    again = [letter for letter in outsider.letters() if letter.header("Message-ID") not in before]
    assert len(mails_about(outsider, number, again)) == 3
    assert len(await running_returns(house) - flows) == 1

    # 8. every open check of the gate is a sentence, says what it waits for and who holds it
    await check(page)
    shown = await words_of(page)
    gate = outsider.case(number)["gate"]
    opened = [check for check in gate["checks"] if check["state"] == "open"]
    assert len(opened) >= 10
    panel = page.get_by_role("region", name=words.gate)
    assert await panel.locator(".checks > li").count() == len(opened)
    for each in opened:
        line = panel.locator(".checks > li").filter(has_text=each["sentence"][words.language])
        await expect(line).to_have_count(1)
        assert each["waits"], each
        for wait in each["waits"]:
            assert wait["agency"] or "penanda" in wait["remedy"]["id"].lower(), wait
            assert wait["remedy"]["id"]
            assert wait["remedy"]["en"]
    assert bare_times(shown) == []


async def fill_in(page: Page, words: Words, name: str) -> None:
    await expect(page.get_by_role("heading", name=words.fill_in)).to_be_visible()
    await page.get_by_role("textbox", name=words.name, exact=True).fill(name)
    await page.get_by_role("radio", name=words.female).check()
    await page.get_by_label(words.born, exact=True).fill("1999-03-21")
    await page.get_by_label(words.way_in).select_option(label=words.received)
    await page.get_by_label(words.shelter).select_option(label="RPTC Tanjungpinang")
    await page.get_by_label(words.destination).select_option("5313")
    await page.get_by_text(words.the_rest).click()
    await page.get_by_label(words.mission).select_option(label="Konsulat RI Tawau")
    await page.get_by_text(words.flags).click()
    for flag in (words.trafficked, words.from_abroad):
        await page.get_by_label(flag, exact=True).select_option(label=words.yes)


def number_on(page: Page) -> str:
    found = NUMBER.search(page.url)
    assert found is not None, page.url
    return found.group(0)


def mails_about(outsider: Outsider, case: str, letters: list[Letter]) -> list[Letter]:
    """The mails that carry an ask of this case."""
    mails = {ask["mail"] for ask in outsider.all_asks() if ask["case"] == case}
    ids = {ask["id"] for ask in outsider.all_asks() if ask["case"] == case}
    return [
        letter
        for letter in letters
        if letter.header("X-Pulang-Ask") in ids or letter.header("X-Pulang-Digest") in mails - {None}
    ]


async def running_returns(house: House) -> set[str]:
    """Workflow ids of all returns that Temporal knows."""
    client = await Client.connect(f"127.0.0.1:{house.environment['PULANG_TEMPORAL_PORT']}")
    query = "WorkflowType = 'Repatriation'"
    return {found.id async for found in client.list_workflows(query)}
