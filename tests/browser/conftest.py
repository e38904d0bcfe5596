"""The desk pages in a real Chromium, over the played house of tests/api/pages, without Temporal and SMTP."""

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page

from tests.api.conftest import demo_house
from tests.api.pages.conftest import Played, played
from tests.support.browser import browser
from tests.support.client import Site

__all__ = ["browser", "demo_house", "played"]


@dataclass
class Desk:
    """The site behind an address, and the browsers of those who signed in."""

    site: Site
    played: Played
    address: str
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    async def sign_in(self, login: str, width: int = 1280, **options: Any) -> Page:
        context = await self.browser.new_context(
            viewport={"width": width, "height": 900}, locale="id-ID", base_url=self.address, **options
        )
        self.contexts.append(context)
        page = await context.new_page()
        await page.goto("/masuk")
        await page.fill("#login", login)
        await page.fill("#password", str(self.site.accounts[login]["password"]))
        await page.click("main button")
        return page


@pytest.fixture(scope="session")
def served(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """The played house on a free port of this machine, until the run ends."""
    folder: Path = tmp_path_factory.mktemp("served")
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    site = played.house.open(folder, base_url=address)
    site.clock.now = played.now
    server = uvicorn.Server(uvicorn.Config(site.app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=lambda: server.run(sockets=[door]), daemon=True)
    thread.start()
    yield site, address
    server.should_exit = True
    thread.join(10)
    site.units.database.close_sync()
    door.close()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser, played: Played, served: tuple[Site, str]) -> AsyncIterator[Desk]:
    opened = Desk(served[0], played, served[1], browser)
    yield opened
    for context in opened.contexts:
        await context.close()
