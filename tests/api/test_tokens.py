"""Bearer tokens of the API."""

import pytest

from domain.roles import SYSTEM
from store import accounts
from tests.support.client import Site


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (None, "TOKEN_MISSING"),
        ("", "TOKEN_MISSING"),
        ("Bearer", "TOKEN_MISSING"),
        ("Basic YTpi", "TOKEN_MISSING"),
        ("Bearer plg_nobodys", "TOKEN_UNKNOWN"),
        ("Bearer " + "x" * 5000, "TOKEN_UNKNOWN"),
    ],
)
async def test_without_a_living_token_nobody_is_heard(site: Site, given: str | None, code: str) -> None:
    headers = {} if given is None else {"Authorization": given}
    for answer in (
        await site.client.get("/api/v1/cases", headers=headers),
        await site.client.post("/api/v1/cases", content=b"{}", headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "location" not in answer.headers


async def test_a_cookie_is_no_token(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    assert (await browser.get("/api/v1/cases")).status_code == 401


@pytest.mark.proves("S52")
async def test_a_revoked_token_ends_at_once(site: Site) -> None:
    assert (await site.get("koordinator1", "/cases")).status_code == 200
    login = site.accounts["koordinator1"]["login"]
    me = await site.units.read(lambda reading: accounts.find_by_login(reading, login))
    assert me is not None
    await site.units.write(SYSTEM, lambda unit: accounts.revoke(unit, me.actor.id))
    assert (await site.get("koordinator1", "/cases")).status_code == 401
