"""Behind a reverse proxy every reader counts under an address of their own, and nobody chooses theirs (S33)."""

from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from fastapi import Request

from api.caller import address_of
from api.link.page import UNKNOWN_A_MINUTE
from api.pages.login import PER_ADDRESS
from tests.support.client import House, Site, csrf_of

PROXIES = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.fixture
async def proxied(demo_house: House, tmp_path: Path) -> AsyncIterator[Site]:
    opened = demo_house.open(tmp_path, trusted_proxies=PROXIES)
    yield opened
    await opened.close()


def seen(site: Site, peer: str, *forwarded: str) -> str:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return address_of(Request({"type": "http", "app": site.app, "client": (peer, 50000), "headers": headers}))


@pytest.mark.proves("S33")
@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("127.0.0.1", ("203.0.113.7",), "203.0.113.7"),
        ("127.0.0.1", ("203.0.113.9, 203.0.113.7",), "203.0.113.7"),  # the left one came from outside
        ("127.0.0.1", ("203.0.113.9", "203.0.113.7"), "203.0.113.7"),  # two headers are one list
        ("127.0.0.1", ("203.0.113.7, 10.1.2.3",), "203.0.113.7"),  # two proxies of ours
        ("127.0.0.1", ("203.0.113.7:4711",), "203.0.113.7"),
        ("127.0.0.1", ("[2001:db8::7]:4711",), "2001:db8::7"),
        ("127.0.0.1", ("::ffff:203.0.113.7",), "203.0.113.7"),
        ("::ffff:10.9.9.9", ("203.0.113.7",), "203.0.113.7"),
        ("fd00::1", ("2001:DB8:0::7",), "2001:db8::7"),
        ("127.0.0.1", (), "127.0.0.1"),
        ("127.0.0.1", ("10.1.2.3",), "127.0.0.1"),
        ("127.0.0.1", ("203.0.113.7, unknown",), "127.0.0.1"),
        ("198.51.100.1", ("203.0.113.7",), "198.51.100.1"),  # no proxy of ours: its word counts for nothing
    ],
)
async def test_the_right_most_address_that_is_no_proxy_of_ours_counts(
    proxied: Site, peer: str, forwarded: tuple[str, ...], counted: str
) -> None:
    assert seen(proxied, peer, *forwarded) == counted


@pytest.mark.proves("S33")
async def test_without_the_setting_the_header_counts_for_nothing(site: Site) -> None:
    assert seen(site, "127.0.0.1", "203.0.113.7") == "127.0.0.1"


@pytest.mark.proves("S33", "T37")
async def test_one_guesser_behind_the_proxy_does_not_shut_out_the_others(
    proxied: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.accounts.check_password", lambda *_: False)

    async def guesses(login: str, address: str) -> int:
        form = {"login": login, "password": "no", "csrf": await csrf_of(proxied.client, "/masuk")}
        return (await proxied.client.post("/masuk", data=form, headers={"X-Forwarded-For": address})).status_code

    for n in range(PER_ADDRESS):
        assert await guesses(f"guess-{n}", "203.0.113.7") == 422
    assert await guesses("guess-x", "203.0.113.7") == 429
    assert await guesses("guess-y", "203.0.113.8") == 422


@pytest.mark.proves("S33", "T07")
async def test_unknown_links_are_counted_by_reader_behind_the_proxy(proxied: Site) -> None:
    async def opens(n: int, address: str) -> int:
        return (await proxied.client.get(f"/t/unknown-{n}", headers={"X-Forwarded-For": address})).status_code

    assert {await opens(n, "203.0.113.7") for n in range(UNKNOWN_A_MINUTE)} == {404}
    assert await opens(99, "203.0.113.7") == 429
    assert await opens(99, "203.0.113.8") == 404
