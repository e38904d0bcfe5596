"""Bearer tokens of the API."""

import pytest

from domain.roles import SYSTEM, Scope
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


async def test_a_token_for_looking_reads_what_its_account_may_and_changes_nothing(site: Site) -> None:
    me = await site.units.read(lambda reading: accounts.find_by_login(reading, "koordinator1"))
    assert me is not None
    token = await site.units.write(SYSTEM, lambda unit: accounts.make_token(unit, me.actor.id, Scope.READ))
    before = site.journal_length()
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k", "Content-Type": "application/json"}

    for path in ("/cases", "/asks", "/agencies"):
        assert (await site.client.get(f"/api/v1{path}", headers=headers)).status_code == 200
    for path in ("/cases", "/cases/PLG-2026-000001-3/flags", "/demo/clock"):
        answer = await site.client.post(f"/api/v1{path}", content=b"{}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "TOKEN_READS_ONLY"), path
    assert site.journal_length() == before


@pytest.mark.proves("S52")
async def test_a_revoked_token_ends_at_once(site: Site) -> None:
    assert (await site.get("koordinator1", "/cases")).status_code == 200
    login = site.accounts["koordinator1"]["login"]
    me = await site.units.read(lambda reading: accounts.find_by_login(reading, login))
    assert me is not None
    await site.units.write(SYSTEM, lambda unit: accounts.revoke(unit, me.actor.id))
    assert (await site.get("koordinator1", "/cases")).status_code == 401
