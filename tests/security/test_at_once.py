"""Two things at the same moment: one of them counts, the other hears why not, and nothing is stored twice."""

import asyncio
from collections import Counter
from typing import Any

import httpx2
import pytest

from store import limits
from store.case_view import view_case
from tests.api.link.offices import WHO, Ministry, Office
from tests.api.link.test_resend import count_mails
from tests.api.pages.conftest import Played, in_thread
from tests.api.pages.reading import code_of, form_at
from tests.api.pages.scenes import Scene
from tests.support.bodies import a_start
from tests.support.client import Site


def told(answers: list[httpx2.Response]) -> Counter[tuple[int, str | None]]:
    return Counter((answer.status_code, answer.headers.get("x-pulang-code")) for answer in answers)


async def test_one_key_sent_ten_times_at_once_starts_one_return(site: Site) -> None:
    body = a_start()
    answers = await asyncio.gather(*(site.post("koordinator1", "/cases", body, key="same") for _ in range(10)))
    assert told(answers) == {(201, None): 10}
    assert len({answer.content for answer in answers}) == 1
    assert len((await site.get("koordinator1", "/cases")).json()["items"]) == 1


async def test_one_key_with_ten_bodies_at_once_does_one_of_them(site: Site) -> None:
    bodies = [a_start() | {"urgent": bool(n % 2), "destination": f"53{n + 1:02}"} for n in range(10)]
    answers = await asyncio.gather(*(site.post("koordinator1", "/cases", body, key="same") for body in bodies))
    assert told(answers) == {(201, None): 1, (409, "KEY_REUSED"): 9}
    assert len((await site.get("koordinator1", "/cases")).json()["items"]) == 1


async def signs(story: Scene, login: str, number: str, times: int) -> list[httpx2.Response]:
    """*times* browsers of one person press "approve" in the same moment."""
    path = f"/kasus/{number}/gerbang"
    browsers = [await story.site.sign_in(login, story.site.browser()) for _ in range(times)]
    pages = [await browser.get(path) for browser in browsers]
    forms = [form_at(page, path) | {"decision": "approve"} for page in pages]
    return list(await asyncio.gather(*(one.post(path, data=form) for one, form in zip(browsers, forms, strict=True))))


@pytest.mark.proves("I10")
async def test_one_person_with_many_sessions_signs_once_and_never_for_both_roles(story: Scene, played: Played) -> None:
    answers = await signs(story, "penyetuju2", played.gate, 6)  # both pemeriksa and penyetuju
    assert told(answers) == {(303, None): 1, (403, "SAME_PERSON_APPROVES"): 5}
    live = (await in_thread(story.course, played.gate)).live_approvals
    assert [approval.role for approval in live] == ["pemeriksa"]
    answers = await signs(story, "penyetuju1", played.gate, 4)
    assert told(answers)[(303, None)] == 1
    live = (await in_thread(story.course, played.gate)).live_approvals
    assert [approval.role for approval in live] == ["pemeriksa", "penyetuju"]
    assert len({approval.account for approval in live}) == 2


@pytest.mark.proves("I12", "F37")
async def test_a_hold_and_a_signature_at_once_leave_no_signature_beside_the_hold(story: Scene, played: Played) -> None:
    snapshot = (await in_thread(story.course, played.gate)).snapshot
    await in_thread(story.do, "pemeriksa1", lambda unit: view_case(unit, played.gate, "api"))
    hold = story.site.post(
        "koordinator1", f"/cases/{played.gate}/holds", {"kind": "ADMINISTRASI", "reason": "Anggaran"}
    )
    sign = story.site.post(
        "pemeriksa1", f"/cases/{played.gate}/approvals", {"decision": "approve", "snapshot": snapshot}
    )
    held, signed = await asyncio.gather(hold, sign)
    assert held.status_code == 201
    assert (signed.status_code, signed.headers.get("x-pulang-code")) in ((201, None), (409, "HOLD_ACTIVE"))
    course = await in_thread(story.course, played.gate)
    assert course.active_holds
    late = await story.site.post(
        "penyetuju1", f"/cases/{played.gate}/approvals", {"decision": "approve", "snapshot": snapshot}
    )
    assert (late.status_code, late.json()["code"]) == (409, "HOLD_ACTIVE")


@pytest.mark.proves("I14", "F27")
async def test_an_answer_and_the_end_of_the_case_at_once_leave_one_receipt_or_none(
    site: Site, ministry: Ministry, registry: Office
) -> None:
    """Whoever comes second hears it; an answer with a receipt is in the journal."""
    number = registry.order.asks[0].number
    form = {"code": registry.code, **WHO, "nonce": await registry.nonce(), "action": "confirm"}
    body = {"status": "DITUTUP", "reason": "Pulang sendiri"}
    *sent, closed = await asyncio.gather(
        *(site.browser().post(registry.path, data=form) for _ in range(5)),
        site.post("koordinator1", f"/cases/{number}/closures", body),
    )
    assert closed.status_code == 200
    receipts = {answer.headers["location"] for answer in sent if answer.status_code == 303}
    assert len(receipts) <= 1
    assert {code_of(answer) for answer in sent if answer.status_code != 303} <= {"ASK_WITHDRAWN", "LINK_GONE"}
    kinds = [row.kind.value for row in await in_thread(ministry.journal, number)]
    assert kinds.count("ANSWERED") == 1 + len(receipts)  # the start answers the intake
    if receipts:
        assert kinds.index("CLOSED") > len(kinds) - 1 - kinds[::-1].index("ANSWERED")


@pytest.mark.proves("F24")
async def test_twenty_officers_with_different_answers_at_once_leave_one_answer(
    ministry: Ministry, registry: Office
) -> None:
    number = registry.order.asks[0].number
    actions = ("confirm", "decline", "SESUAI", "SESUAI_DENGAN_PERBAIKAN")
    forms = [
        {"code": registry.code, **WHO, "nonce": await registry.nonce(), "action": actions[n % 4], "reason": "LAINNYA x"}
        for n in range(20)
    ]
    sent = await asyncio.gather(*(registry.browser.post(registry.path, data=form) for form in forms))
    assert told(sent) == {(303, None): 1, (409, "ALREADY_ANSWERED"): 19}
    kinds = [row.kind.value for row in await in_thread(ministry.journal, number)]
    assert kinds.count("ANSWERED") == 2


@pytest.mark.proves("T08", "B20")
async def test_guesses_made_at_once_count_one_by_one(registry: Office) -> None:
    nonce = await registry.nonce()
    form = {**WHO, "nonce": nonce, "action": "confirm"}
    guesses = [form | {"code": f"AAAA-{n:04}"} for n in range(1000, 1020)]
    looks = [{"show": "1", "code": f"BBBB-{n:04}"} for n in range(1000, 1010)]
    sent = await asyncio.gather(*(registry.browser.post(registry.path, data=each) for each in (*guesses, *looks)))
    codes = told(sent)
    assert codes[(422, "CODE_WRONG")] == 4
    assert codes[(423, "LINK_ASLEEP")] == 26
    right = await registry.post(**form, code=registry.code)
    assert (right.status_code, code_of(right)) == (423, "LINK_ASLEEP")


async def test_fresh_mails_wished_for_at_once_are_three_a_day_at_most(registry: Office) -> None:
    for _ in range(5):
        await registry.send(code="AAAA-AAAA", action="confirm")
    before = count_mails(registry)
    sent = await asyncio.gather(*(registry.post(resend="1") for _ in range(10)))
    assert told(sent)[(303, None)] == count_mails(registry) - before
    assert 1 <= count_mails(registry) - before <= 3


@pytest.mark.proves("T07", "I04")
async def test_a_flood_of_unknown_links_is_slowed_down_without_another_write(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = 0
    true_hit = limits.hit

    def counted(*given: Any) -> limits.Hit:
        nonlocal written
        written += 1
        return true_hit(*given)

    monkeypatch.setattr(limits, "hit", counted)
    answers = [await site.client.get(f"/t/{n:043}") for n in range(60)]
    assert told(answers) == {(404, "LINK_UNKNOWN"): 30, (429, "SLOW_DOWN"): 30}
    assert written == 30
    site.clock.pass_by(seconds=61)
    assert code_of(await site.client.get("/t/" + "x" * 43)) == "LINK_UNKNOWN"
