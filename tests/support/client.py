"""The web side in one process, without a network: a site on a fresh database with seeded agencies and demo accounts.

The database is made once and copied for every site; the wall clock stands still until a test moves it.
"""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI

from api.app import create_app
from api.tools import ApiConfig, Tools
from domain.roles import SYSTEM
from domain.rulebook import default_rulebook
from store import agencies, demo_accounts, house, migrations
from store.engine import open_engine
from store.unit import StoreConfig, Units
from store.vault import Vault

MONDAY = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)  # Monday 09.00 WIB
BASE_URL = "http://127.0.0.1:8000"
DESK_PHONE = "(021) 555-0100"


@dataclass
class WallClock:
    """Real time as the store sees it; it moves only when told."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class FakeConductor:
    """The part of the conductor that pages use."""

    reachable: bool = True

    async def is_reachable(self) -> bool:
        return self.reachable


@dataclass(frozen=True)
class House:
    """A migrated, seeded database to copy, its keys and the demo accounts by login."""

    folder: Path
    accounts: dict[str, dict[str, Any]]

    @classmethod
    def build(cls, folder: Path) -> "House":
        vault = Vault.make(folder / "keys")
        database = open_engine(f"sqlite:///{folder / 'pulang.db'}")
        migrations.upgrade(database)
        units = Units(database, vault, default_rulebook(), _config(), WallClock())
        listed = units.write_sync(SYSTEM, demo_accounts.seed_demo)
        units.write_sync(SYSTEM, agencies.load_seed)
        units.write_sync(SYSTEM, house.note_keys)
        database.run_sync(lambda c: c.exec_driver_sql("PRAGMA user_version"), write=False)
        database.close_sync()
        return cls(folder, {account["login"]: account for account in listed})

    def open(self, folder: Path, **options: Any) -> "Site":
        """A site on a copy of this house. options: demo, https, base_url, allowed_hosts, clock_patience_s,
        body_seconds, trusted_proxies."""
        for file in self.folder.glob("pulang.db*"):
            shutil.copy(file, folder / file.name)
        clock = WallClock()
        database = open_engine(f"sqlite:///{folder / 'pulang.db'}")
        demo = bool(options.get("demo", True))
        base_url = str(options.get("base_url", BASE_URL))
        vault = Vault.load(self.folder / "keys")
        units = Units(database, vault, default_rulebook(), _config(demo, base_url), clock)
        config = ApiConfig(
            base_url=base_url,
            demo=demo,
            postbox_dir=None,
            allowed_hosts=options.get("allowed_hosts", ("127.0.0.1", "localhost")),
            secret_key=b"0" * 32,
            https=bool(options.get("https", False)),
            clock_patience_s=float(options.get("clock_patience_s", 5.0)),
            trusted_proxies=options.get("trusted_proxies", ()),
        )
        conductor = FakeConductor()
        app = create_app(Tools(units, conductor, config), body_seconds=float(options.get("body_seconds", 5.0)))
        transport = httpx2.ASGITransport(app=app, client=("127.0.0.1", 50000))
        client = httpx2.AsyncClient(transport=transport, base_url=base_url)
        return Site(app, units, clock, conductor, client, self.accounts)


def _config(demo: bool = True, base_url: str = BASE_URL) -> StoreConfig:
    return StoreConfig(
        demo=demo, base_url=base_url, digest_window_s=5, desk_phone=DESK_PHONE, duty_phone="(021) 555-0199"
    )


@dataclass
class Site:
    """A running web side. `client` is a browser without a sign-in; `call` is the API with a token and a fresh key."""

    app: FastAPI
    units: Units
    clock: WallClock
    conductor: FakeConductor
    client: httpx2.AsyncClient
    accounts: Mapping[str, dict[str, Any]]
    _keys: int = field(default=0)

    async def close(self) -> None:
        await self.app.state.mover.stop()
        await self.client.aclose()
        self.units.database.close_sync()

    def token(self, login: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.accounts[login]['token']}"}

    async def get(self, login: str, path: str, **more: Any) -> httpx2.Response:
        return await self.client.get(f"/api/v1{path}", headers=self.token(login), **more)

    async def post(self, login: str, path: str, body: Any, key: str | None = None) -> httpx2.Response:
        """POST with an Idempotency-Key, a fresh one when left out. body: a JSON value, or bytes as they are."""
        self._keys += 1
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = self.token(login) | {
            "Idempotency-Key": key or f"key-{self._keys}",
            "Content-Type": "application/json",
        }
        return await self.client.post(f"/api/v1{path}", content=raw, headers=headers)

    def browser(self, **headers: str) -> httpx2.AsyncClient:
        """Another browser, with cookies of its own."""
        transport = httpx2.ASGITransport(app=self.app, client=("127.0.0.1", 50001))
        return httpx2.AsyncClient(transport=transport, base_url=str(self.client.base_url), headers=headers)

    async def sign_in(self, login: str, browser: httpx2.AsyncClient | None = None) -> httpx2.AsyncClient:
        """A browser in which *login* is signed in."""
        browser = browser or self.client
        form = {"login": login, "password": self.accounts[login]["password"], "csrf": await csrf_of(browser, "/masuk")}
        answer = await browser.post("/masuk", data=form)
        assert answer.status_code == 303, answer.text
        return browser

    def journal_length(self) -> int:
        """Number of journal rows: unchanged when a refusal stored nothing (I19)."""
        count = self.units.database.run_sync(
            lambda c: c.exec_driver_sql("SELECT count(*) FROM journal").scalar(), write=False
        )
        return int(count or 0)


async def csrf_of(browser: httpx2.AsyncClient, path: str) -> str:
    """The form token of the page at *path*."""
    page = await browser.get(path)
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]


@dataclass(frozen=True)
class Raw:
    """An answer as bytes on the wire would carry it."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: str) -> str | None:
        found = [value.decode("latin-1") for key, value in self.headers if key.decode("latin-1").lower() == name]
        return found[0] if found else None

    @property
    def code(self) -> str | None:
        return self.header("x-pulang-code")


async def raw_request(
    app: FastAPI,
    method: str = "GET",
    path: bytes = b"/healthz",
    headers: list[tuple[bytes, bytes]] | None = None,
    chunks: list[bytes] | None = None,
    stalls: bool = False,
) -> Raw:
    """Hands *app* a request that no client library would make. stalls: the body never ends."""
    import asyncio
    from urllib.parse import unquote_to_bytes

    pieces = list(chunks or [b""])
    sent: list[Any] = []
    target, _, query = path.partition(b"?")

    async def receive() -> dict[str, Any]:
        if pieces:
            piece = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces) or stalls}
        if stalls:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote_to_bytes(target).decode("utf-8", "replace"),
        "raw_path": target,
        "query_string": query,
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8000")] if headers is None else headers,
        "client": ("127.0.0.1", 50002),
        "server": ("127.0.0.1", 8000),
    }
    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return Raw(sent[0]["status"], sent[0]["headers"], body)
