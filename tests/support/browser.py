"""A real Chromium for the journeys: one browser per run, a fresh profile for each person, Indonesian, Jakarta's time.

Any answer of 500 or above ends the test at once; so does a page that breaks its own content security policy.
Async throughout: tests that use it run in the session's event loop (`pytestmark = IN_BROWSER`).
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Response, async_playwright, expect

from tests.support.house import ROOT, House

IN_BROWSER = pytest.mark.asyncio(loop_scope="session")
PHONE, DESK = 390, 1280
WIDTHS = (320, PHONE, 768, DESK)
WEIGHTS = ("minor", "moderate", "serious", "critical")
LONGEST_WAIT_MS = 15_000
expect.set_options(timeout=LONGEST_WAIT_MS)
_ZONE = r"(?:WIB|WITA|WIT|UTC)"
_BARE_TIME = re.compile(rf"(?<![\d.,:])(?:[01]\d|2[0-4])[.:][0-5]\d(?![\d.,:]*\d)(?!\s*{_ZONE}|–|,\s\d\d[.:]\d\d–)")


def installed_chromium() -> str | None:
    """Path of the browser that `make browser` found or installed. Not within a running event loop."""
    spec = spec_from_file_location("ci_browser", ROOT / ".ci" / "browser.py")
    assert spec is not None
    assert spec.loader is not None
    finder = module_from_spec(spec)
    spec.loader.exec_module(finder)
    found: str | None = finder.found()
    return found


@dataclass
class Windows:
    """Opens pages and watches them. `faults` are what ends the test."""

    browser: Browser
    house: House
    faults: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def open(self, width: int = DESK, *, height: int = 900, scripts: bool = True) -> Page:
        """A page of somebody who was never here before: no cookies, nothing stored."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": height},
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            java_script_enabled=scripts,
            base_url=self.house.base_url,
        )
        context.set_default_timeout(LONGEST_WAIT_MS)
        context.on("response", self._see)
        context.on("console", self._hear)
        self.contexts.append(context)
        return await context.new_page()

    async def sign_in(self, role: str, number: int = 0, width: int = DESK) -> Page:
        """A page of an account of the demonstration, signed in as people do it."""
        page = await self.open(width)
        account = self.house.account(role, number)
        await page.goto("/masuk")
        await page.get_by_label("Nama pengguna").fill(account["login"])
        await page.get_by_label("Kata sandi").fill(account["password"])
        await page.get_by_role("button", name="Masuk ke Pulang").click()
        await page.wait_for_url(lambda url: "/masuk" not in url)
        return page

    async def _see(self, response: Response) -> None:
        if response.status >= 500:
            await self._fail(f"{response.status} from {response.request.method} {response.url}")

    async def _hear(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            await self._fail(message.text)

    async def _fail(self, fault: str) -> None:
        self.faults.append(fault)
        for context in self.contexts:  # whatever the test waits for ends now
            await context.close()

    async def close(self) -> None:
        for context in self.contexts:
            await context.close()
        assert not self.faults, self.faults


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = await asyncio.to_thread(installed_chromium)
    assert path is not None, "no Chromium: run .ci/browser.py"
    async with async_playwright() as playwright:
        is_root = os.geteuid() == 0
        chromium = await playwright.chromium.launch(executable_path=path, chromium_sandbox=not is_root)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def windows(browser: Browser, house: House) -> AsyncIterator[Windows]:
    opened = Windows(browser, house)
    yield opened
    await opened.close()


# --- what every page must be


_TOO_WIDE = """() => {
  const most = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= most) return null;
  const wide = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > most + 0.5);
  return wide.slice(0, 4).map((e) => `${e.tagName.toLowerCase()}.${e.className}: ${e.textContent.trim().slice(0, 60)}`);
}"""


async def sideways(page: Page, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """At which of these widths the page scrolls sideways, and what is too wide. Leaves the page as wide as it was."""
    before = page.viewport_size
    found = []
    for width in widths:
        await page.set_viewport_size({"width": width, "height": 900})
        wide = await page.evaluate(_TOO_WIDE)
        if wide is not None:
            found.append(f"{width}: {wide}")
    if before is not None:
        await page.set_viewport_size(before)
    return found


async def barriers(page: Page, weights: tuple[str, ...] = WEIGHTS) -> list[str]:
    """What keeps people out, as axe sees it: rule, weight and the first place. Needs a page with scripts on."""
    results = await Axe().run(page)
    violations: list[dict[str, Any]] = [each for each in results.response["violations"] if each["impact"] in weights]
    return [f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:300]}" for each in violations]


def bare_times(text: str) -> list[str]:
    """Times of day in *text* that no zone stands behind, with what stands around them."""
    return [text[max(0, found.start() - 40) : found.end() + 20] for found in _BARE_TIME.finditer(text)]


async def words_of(page: Page) -> str:
    """What the page shows, folded parts included."""
    return re.sub(r"[^\S\n]+", " ", await page.locator("body").text_content() or "")


async def check(page: Page) -> None:
    """The page can be used by everybody, at every width, and says each time with its zone."""
    assert not (wide := await sideways(page)), wide
    assert await barriers(page) == []
    assert bare_times(await page.locator("main").inner_text()) == []


# --- waiting, and lines that drop


async def until(look: Callable[[], Awaitable[bool]], within_s: float, what: str) -> None:
    """Looks every 100 ms, until it is so."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while not await look():
        assert loop.time() < deadline, f"not within {within_s} s: {what}"
        await asyncio.sleep(0.1)


async def slow_line(page: Page, *, kbit_s: int = 400, latency_ms: int = 400) -> None:
    """The line of a phone far from the city."""
    session = await page.context.new_cdp_session(page)
    bytes_s = kbit_s * 1000 / 8
    await session.send("Network.enable")
    await session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": latency_ms, "downloadThroughput": bytes_s, "uploadThroughput": bytes_s},
    )
