"""Idempotency-Key: the same call twice is one act with one answer (B35)."""

import asyncio

import pytest

from tests.support.bodies import a_case, a_start
from tests.support.client import Site


@pytest.mark.proves("B35")
async def test_the_key_is_needed_and_bounded(site: Site) -> None:
    headers = site.token("koordinator1") | {"Content-Type": "application/json"}
    before = site.journal_length()
    for key, status, code in (
        (None, 400, "KEY_MISSING"),
        ("", 400, "KEY_MISSING"),
        ("  ", 400, "KEY_MISSING"),
        ("k" * 201, 422, "KEY_INVALID"),
        ("k\x07", 422, "KEY_INVALID"),
    ):
        given = {} if key is None else {"Idempotency-Key": key}
        answer = await site.client.post("/api/v1/cases", json=a_start(), headers=headers | given)
        assert (answer.status_code, answer.json()["code"]) == (status, code), key
    assert site.journal_length() == before


@pytest.mark.proves("B35", "I03")
async def test_the_same_key_with_the_same_body_acts_once_and_answers_the_same_bytes(site: Site) -> None:
    body = a_start()
    first = await site.post("koordinator1", "/cases", body, key="k" * 200)
    length = site.journal_length()
    again = await site.post("koordinator1", "/cases", dict(reversed(body.items())), key="k" * 200)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert site.journal_length() == length


@pytest.mark.proves("B35")
async def test_the_same_key_with_another_body_or_address_is_refused(site: Site) -> None:
    number = await a_case(site)
    hold = {"kind": "ADMINISTRASI", "reason": "Anggaran belum turun"}
    assert (await site.post("koordinator1", f"/cases/{number}/holds", hold, key="one")).status_code == 201
    for path, body in ((f"/cases/{number}/holds", hold | {"reason": "x"}), (f"/cases/{number}/flags", hold)):
        answer = await site.post("koordinator1", path, body, key="one")
        code = answer.json()["code"]
        assert (answer.status_code, code) in ((409, "KEY_REUSED"), (422, "FIELD_UNKNOWN"))
    answer = await site.post("koordinator1", f"/cases/{number}/holds", hold | {"reason": "x"}, key="one")
    assert (answer.status_code, answer.json()["code"]) == (409, "KEY_REUSED")
    # keys belong to an account
    other = await site.post("koordinator2", f"/cases/{number}/holds", hold | {"reason": "x"}, key="one")
    assert other.status_code == 201


async def test_a_refused_call_may_be_mended_and_sent_again_under_its_key(site: Site) -> None:
    assert (await site.post("koordinator1", "/cases", a_start(shelter="NOWHERE"), key="m")).status_code == 422
    assert (await site.post("koordinator1", "/cases", a_start(), key="m")).status_code == 201


@pytest.mark.proves("I03", "F23")
async def test_five_presses_at_once_are_one_case(site: Site) -> None:
    body = a_start()
    answers = await asyncio.gather(*(site.post("koordinator1", "/cases", body, key="five") for _ in range(5)))
    assert {answer.content for answer in answers} == {answers[0].content}
    listed = (await site.get("koordinator1", "/cases")).json()["items"]
    assert len([item for item in listed if item["number"] == answers[0].json()["number"]]) == 1
