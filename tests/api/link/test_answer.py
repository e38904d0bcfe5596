"""Answering one ask: one answer, one receipt, and a form that comes back whole when something is amiss."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.errors import Unavailable
from domain.journal import Kind
from domain.tasks import AskState
from store import links
from store.unit import Units
from tests.api.link.offices import WHO, Ministry, Office, code_of, nonce_of, words_of


async def receipt_of(office: Office, answer: Any) -> str:
    """The receipt number of a sending that went through."""
    assert answer.status_code == 303, words_of(answer)
    where = str(answer.headers["Location"])
    number = where.partition("?")[0].rpartition("/")[2]
    assert where.startswith(f"{office.path}/tanda-terima/R-")
    assert len(number) == 12
    return number


def final_answers(ministry: Ministry, office: Office) -> list[Any]:
    rows = ministry.journal(office.order.asks[0].number)
    return [row for row in rows if row.kind is Kind.ANSWERED and row.codes["ask"] == office.asks[0]]


@pytest.mark.proves("I05")
async def test_an_answer_leads_to_a_receipt_that_says_what_was_recorded(ministry: Ministry, registry: Office) -> None:
    answer = await registry.send(action="SESUAI")

    number = await receipt_of(registry, answer)
    slip = words_of(await registry.browser.get(answer.headers["Location"]))
    assert number in slip
    assert "identitas dan nik sesuai" in slip.lower()
    assert "Y. I. T." in slip
    assert registry.order.asks[0].number in slip
    assert "Maria Lein, Kepala Seksi" in slip
    (row,) = final_answers(ministry, registry)
    assert (row.codes["answer"], row.codes["receipt"], row.actor) == ("SESUAI", number, f"link:{registry.order.mail}")
    assert dict(row.sealed) == WHO


@pytest.mark.parametrize(
    ("alias", "code", "more"),
    [
        ("confirm", "SESUAI", {}),
        ("decline", "TIDAK_DITEMUKAN", {"reason": "tidak ada dalam data kami"}),
        ("more_time", "MINTA_WAKTU", {"until": "2026-12-03"}),
    ],
)
async def test_the_short_words_of_the_contract_stand_for_codes(
    ministry: Ministry, registry: Office, alias: str, code: str, more: dict[str, str]
) -> None:
    await receipt_of(registry, await registry.send(more, action=alias))

    answers = [row.codes["answer"] for row in ministry.journal(registry.order.asks[0].number) if "answer" in row.codes]
    assert answers[-1] == code


async def test_a_form_may_also_come_as_multipart(registry: Office) -> None:
    fields = {"code": registry.code, **WHO, "nonce": await registry.nonce(), "action": "confirm"}
    answer = await registry.browser.post(registry.path, files={name: (None, text) for name, text in fields.items()})

    await receipt_of(registry, answer)


@pytest.mark.proves("F02")
@pytest.mark.proves("F23")
@pytest.mark.proves("I03")
async def test_pressing_five_times_at_once_makes_one_answer_and_one_receipt(
    ministry: Ministry, registry: Office
) -> None:
    nonce = await registry.nonce()

    presses = await asyncio.gather(*(registry.send(action="SESUAI", nonce=nonce) for _ in range(5)))

    assert len({await receipt_of(registry, press) for press in presses}) == 1
    assert len(final_answers(ministry, registry)) == 1
    again = await registry.send(action="SESUAI", nonce=nonce)
    assert again.headers["Location"] == presses[0].headers["Location"]


@pytest.mark.proves("F01")
async def test_an_answer_that_was_lost_before_it_was_stored_can_be_sent_again(
    ministry: Ministry, registry: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    nonce = await registry.nonce()

    async def away(*_: Any) -> None:
        raise Unavailable("STORE_UNAVAILABLE")

    with monkeypatch.context() as broken:
        broken.setattr(Units, "write", away)
        lost = await registry.send(action="SESUAI", nonce=nonce)

    assert (lost.status_code, code_of(lost)) == (503, "STORE_UNAVAILABLE")
    assert lost.headers["Retry-After"] == "5"
    assert "Maria Lein" in lost.text
    assert final_answers(ministry, registry) == []
    await receipt_of(registry, await registry.send(action="SESUAI", nonce=nonce))


@pytest.mark.proves("F24")
@pytest.mark.proves("T10")
async def test_of_two_officers_who_disagree_the_first_one_counts(ministry: Ministry, registry: Office) -> None:
    first, second = await registry.nonce(), await registry.nonce()
    await receipt_of(registry, await registry.send(action="SESUAI", nonce=first))

    other = await registry.send(action="TIDAK_DITEMUKAN", reason="tidak ada", nonce=second)
    changed_mind = await registry.send(action="TIDAK_DITEMUKAN", reason="tidak ada", nonce=first)

    for late in (other, changed_mind):
        assert (late.status_code, code_of(late)) == (409, "ALREADY_ANSWERED")
        assert "Permintaan ini sudah dijawab" in late.text
        assert "Senin, 30 November 2026, 09.00 WIB" in words_of(late)
        assert "<form" not in late.text
    assert len(final_answers(ministry, registry)) == 1


@pytest.mark.proves("F25")
async def test_an_answer_after_the_due_time_is_an_ordinary_answer(registry: Office) -> None:
    registry.site.clock.pass_by(days=5)

    await receipt_of(registry, await registry.send(action="SESUAI"))


async def test_an_answered_link_tells_by_whom_and_when_and_has_no_buttons(registry: Office) -> None:
    await receipt_of(registry, await registry.send(action="SESUAI"))

    page = await registry.look()
    stranger = await registry.site.browser().get(registry.path)

    assert page.status_code == 200
    assert code_of(page) is None
    assert "Maria Lein" in page.text
    assert "<form" not in page.text
    assert "Maria Lein" not in stranger.text
    assert "Kepala Seksi" in stranger.text


async def test_a_receipt_is_shown_only_under_its_own_link(ministry: Ministry, registry: Office) -> None:
    answer = await registry.send(action="SESUAI")
    number = await receipt_of(registry, answer)
    ministry.opens("Maria Goreti", "5313004107020002")
    other = ministry.office("KEMENDAGRI")

    assert (await registry.site.browser().get(f"{registry.path}/tanda-terima/{number}")).status_code == 200
    for path in (f"{other.path}/tanda-terima/{number}", f"{registry.path}/tanda-terima/R-2345678923"):
        assert (await registry.browser.get(path)).status_code == 404
    stranger = await registry.site.browser().get(answer.headers["Location"])
    assert "Maria Lein" not in stranger.text


async def test_more_time_moves_only_the_due_moment_and_the_end_of_the_link(
    ministry: Ministry, registry: Office
) -> None:
    def expires_at() -> Any:
        link = ministry.units.read_sync(lambda reading: links.find_by_mail(reading, registry.order.mail))
        assert link is not None
        return link.expires_at

    answer = await registry.send(action="MINTA_WAKTU", until="2026-12-04")

    slip = words_of(await registry.browser.get(answer.headers["Location"]))
    assert "Jumat, 4 Desember 2026" in slip
    assert expires_at() == datetime(2026, 12, 4, 16, 30, tzinfo=ZoneInfo("Asia/Jakarta")) + timedelta(days=14)
    assert ministry.ask_state(registry.asks[0]) == AskState.SENT
    page = await registry.look()
    assert "Jumat, 4 Desember 2026, 16.30 WIB" in words_of(page)
    assert 'value="MINTA_WAKTU"' not in page.text
    await receipt_of(registry, await registry.send(action="SESUAI"))


@pytest.mark.proves("B25")
@pytest.mark.parametrize(
    ("until", "code"),
    [
        ("", "FIELD_MISSING"),
        ("2026-11-27", "DATE_IN_PAST"),
        ("2026-12-05", "DATE_INVALID"),
        ("2026-12-31", "DATE_INVALID"),
        ("besok", "DATE_INVALID"),
        ("2026-12-03T99:00", "DATE_INVALID"),
    ],
)
async def test_more_time_needs_a_working_day_within_one_more_limit(registry: Office, until: str, code: str) -> None:
    answer = await registry.send(action="MINTA_WAKTU", until=until)

    assert (answer.status_code, code_of(answer)) == (422, code)
    assert 'id="until-e"' in answer.text


@pytest.mark.proves("B25")
async def test_more_time_is_given_once(registry: Office) -> None:
    await receipt_of(registry, await registry.send(action="MINTA_WAKTU", until="2026-12-03"))

    answer = await registry.send(action="MINTA_WAKTU", until="2026-12-04")

    assert (answer.status_code, code_of(answer)) == (409, "EXTENSION_LIMIT")


async def test_taking_back_and_sending_another_answer_from_the_same_page_is_another_sending(
    ministry: Ministry, registry: Office
) -> None:
    nonce = await registry.nonce()
    first = await receipt_of(registry, await registry.send(action="MINTA_WAKTU", until="2026-12-03", nonce=nonce))

    second = await receipt_of(registry, await registry.send(action="SESUAI", nonce=nonce))

    assert first != second
    assert ministry.ask_state(registry.asks[0]) == AskState.ANSWERED


@pytest.mark.proves("T11")
async def test_two_officers_with_the_same_answer_do_not_share_a_form_number(registry: Office) -> None:
    pages = [await registry.look() for _ in range(2)]

    assert nonce_of(pages[0]) != nonce_of(pages[1])
