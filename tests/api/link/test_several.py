"""One mail with several asks: a common answer, answers of one's own, and what is left open or was closed meanwhile."""

import re
from typing import Any

import pytest

from domain.journal import Kind
from domain.tasks import AskState
from store.case_acts import close_case
from tests.api.link.offices import Ministry, Office, code_of, nonce_of, words_of

TASK = "akses.identitas"


@pytest.fixture
def numbers(ministry: Ministry) -> list[str]:
    return ministry.opens_many(5)


@pytest.fixture
def office(ministry: Ministry, numbers: list[str]) -> Office:
    found = ministry.office("KEMENDAGRI")
    assert len(found.asks) == len(numbers)
    return found


def answers(ministry: Ministry, office: Office) -> dict[str, str]:
    """Final answers by ask."""
    found = {}
    for ask in office.order.asks:
        for row in ministry.journal(ask.number):
            if row.kind is Kind.ANSWERED and row.codes["ask"] == ask.ask:
                found[ask.ask] = row.codes["answer"]
    return found


async def slip_of(office: Office, sent: Any) -> str:
    assert sent.status_code == 303, words_of(sent)
    return words_of(await office.browser.get(sent.headers["Location"]))


async def test_the_page_lists_everyone_and_presets_nothing(office: Office) -> None:
    page = await office.look()

    assert page.text.count('name="answer[') == 5
    assert f'name="all[{TASK}]"' in page.text
    assert " checked" not in page.text
    assert " selected" not in page.text
    assert all(ask.number in page.text and ask.initials in page.text for ask in office.order.asks)


async def test_one_common_answer_with_exceptions_gives_one_receipt(ministry: Ministry, office: Office) -> None:
    first, second, *others = office.asks
    fields = {
        f"all[{TASK}]": "confirm",
        f"answer[{first}]": "TIDAK_DITEMUKAN",
        f"reason[{first}]": "tidak ada dalam data",
        f"answer[{second}]": "more_time",
        f"until[{second}]": "2026-12-03",
    }

    sent = await office.send(fields)

    slip = await slip_of(office, sent)
    assert answers(ministry, office) == {first: "TIDAK_DITEMUKAN", **dict.fromkeys(others, "SESUAI")}
    assert ministry.ask_state(second) == AskState.SENT
    assert all(ask.number in slip and ask.initials in slip for ask in office.order.asks)
    assert "Tidak ditemukan dalam data kependudukan" in slip
    assert "Kamis, 3 Desember 2026" in slip
    receipts = {
        row.codes["receipt"]
        for ask in office.order.asks
        for row in ministry.journal(ask.number)
        if row.codes.get("ask") == ask.ask and "receipt" in row.codes
    }
    assert len(receipts) == 1


async def test_the_same_list_sent_twice_is_one_answer(ministry: Ministry, office: Office) -> None:
    nonce = await office.nonce()

    sent = [await office.send({f"all[{TASK}]": "confirm", "nonce": nonce}) for _ in range(2)]

    assert sent[0].headers["Location"] == sent[1].headers["Location"]
    assert len(answers(ministry, office)) == 5


async def test_who_has_no_entry_stays_open_and_can_be_answered_later(ministry: Ministry, office: Office) -> None:
    first, *others = office.asks

    sent = await office.send({f"answer[{first}]": "confirm"})

    assert "4 permintaan masih terbuka" in (await slip_of(office, sent)).replace("Empat", "4")
    page = await office.look()
    assert f'name="answer[{first}]"' not in page.text
    assert "Sudah dijawab" in page.text
    assert all(f'name="answer[{ask}]"' in page.text for ask in others)
    await slip_of(office, await office.send({f"all[{TASK}]": "confirm"}))
    assert len(answers(ministry, office)) == 5
    closed = await office.look()
    assert closed.status_code == 200
    assert "<form" not in closed.text


async def test_a_list_with_one_left_is_still_a_list(office: Office) -> None:
    await office.send({f"answer[{ask}]": "confirm" for ask in office.asks[1:]})

    page = await office.look()
    assert f'name="answer[{office.asks[0]}]"' in page.text
    assert (await office.send(action="confirm")).headers["X-Pulang-Code"] == "FIELD_UNKNOWN"
    assert (await office.send({f"all[{TASK}]": "confirm"})).status_code == 303


async def test_an_ask_closed_meanwhile_is_left_out_and_named(
    ministry: Ministry, office: Office, numbers: list[str]
) -> None:
    nonce = await office.nonce()
    ministry.act(lambda unit: close_case(unit, numbers[0], "DITUTUP", "ditangani di tempat lain"))
    closed = next(ask for ask in office.order.asks if ask.number == numbers[0])
    assert ministry.ask_state(closed.ask) == AskState.WITHDRAWN

    sent = await office.send({f"all[{TASK}]": "confirm", "nonce": nonce})
    again = await office.send({f"all[{TASK}]": "confirm", "nonce": nonce})

    slip = await slip_of(office, sent)
    assert re.search(rf"Tidak diperlukan lagi:</b> {re.escape(closed.number)}\.", slip)
    assert closed.ask not in answers(ministry, office)
    assert len(answers(ministry, office)) == 4
    assert again.headers["Location"] == sent.headers["Location"]


async def test_when_nothing_that_was_answered_is_left_open_it_is_a_conflict(office: Office) -> None:
    nonce, first = await office.nonce(), office.asks[0]
    await office.send({f"answer[{first}]": "confirm"})

    page = await office.send({f"answer[{first}]": "decline", f"reason[{first}]": "keliru", "nonce": nonce})

    assert (page.status_code, code_of(page)) == (409, "ALREADY_ANSWERED")
    assert f'name="answer[{office.asks[1]}]"' in page.text


@pytest.mark.proves("B24")
@pytest.mark.proves("I19")
async def test_one_fault_in_the_list_keeps_everything_back_and_everything_typed(
    ministry: Ministry, office: Office
) -> None:
    first, second, *_ = office.asks
    fields = {
        f"all[{TASK}]": "SESUAI",
        f"answer[{first}]": "TIDAK_DITEMUKAN",
        f"answer[{second}]": "MINTA_WAKTU",
        f"until[{second}]": "2030-01-01",
    }

    page = await office.send(fields)

    assert page.status_code == 422
    assert code_of(page) in ("REASON_INVALID", "DATE_INVALID")
    assert f'id="reason[{first}]-e"' in page.text
    assert f'id="until[{second}]-e"' in page.text
    assert 'value="2030-01-01"' in page.text
    assert page.text.count(" selected") == 2
    assert f'name="all[{TASK}]" value="SESUAI" id="all[{TASK}]" checked' in page.text
    assert answers(ministry, office) == {}


@pytest.mark.proves("B24")
async def test_a_common_answer_without_its_reason_is_said_once(office: Office) -> None:
    page = await office.send({f"all[{TASK}]": "TIDAK_DITEMUKAN"})

    assert (page.status_code, code_of(page)) == (422, "REASON_INVALID")
    assert page.text.count('-e">') == 1
    assert f'id="reason[{TASK}]-e"' in page.text


async def test_a_common_reason_serves_every_failing_answer(ministry: Ministry, office: Office) -> None:
    await slip_of(office, await office.send({f"all[{TASK}]": "decline", f"reason[{TASK}]": "KAPASITAS penuh"}))

    assert set(answers(ministry, office).values()) == {"TIDAK_DITEMUKAN"}


@pytest.mark.proves("B19")
async def test_a_list_without_any_answer_is_not_taken(office: Office) -> None:
    page = await office.send({f"all[{TASK}]": "", f"answer[{office.asks[0]}]": ""})

    assert (page.status_code, code_of(page)) == (422, "FIELD_MISSING")
    assert f'href="#all[{TASK}]"' in page.text


@pytest.mark.proves("B21")
@pytest.mark.parametrize("field", ["all", "answer"])
async def test_an_answer_not_offered_is_refused_at_its_field(office: Office, field: str) -> None:
    name = f"all[{TASK}]" if field == "all" else f"answer[{office.asks[0]}]"

    page = await office.send({name: "DITERIMA"})

    assert (page.status_code, code_of(page)) == (409, "ACTION_NOT_ALLOWED")
    assert f'href="#{name}"' in page.text


@pytest.mark.proves("B22")
@pytest.mark.parametrize("name", ["answer[azzzzzzzzzzz]", "all[serah.provinsi]", "until[x]", "answer[", "all[]"])
async def test_an_entry_for_somebody_who_is_not_on_the_list_is_refused(office: Office, name: str) -> None:
    page = await office.send({f"all[{TASK}]": "confirm", name: "confirm"})

    assert (page.status_code, code_of(page)) == (422, "FIELD_UNKNOWN")


async def test_a_case_that_was_answered_by_another_mail_of_the_office_is_another_link(
    ministry: Ministry, office: Office
) -> None:
    ministry.opens("Elisabet Peni", "5313004107029999")
    other = ministry.office("KEMENDAGRI")

    page = await office.send({f"answer[{other.asks[0]}]": "confirm"})

    assert (page.status_code, code_of(page)) == (422, "FIELD_UNKNOWN")


async def test_a_long_list_comes_in_parts_and_a_common_answer_counts_for_its_part_only(ministry: Ministry) -> None:
    for n in range(33):
        ministry.opens(f"Orang {chr(65 + n % 26)}{chr(97 + n // 26)}kut", f"5313004107{n:06}", mails=False)
    ministry.works()
    office = ministry.office("KEMENDAGRI")
    assert len(office.asks) == 33

    first, second = await office.look(), await office.look(params={"part": "2"})

    in_first, in_second = (page.text.count('name="answer[') for page in (first, second))
    assert in_first + in_second == 33
    assert in_second > 0
    assert len(first.content) < 50 * 1024
    again = await office.send({f"all[{TASK}]": "TIDAK_DITEMUKAN", "nonce": nonce_of(second)})
    assert again.status_code == 422
    assert again.text.count('name="answer[') == in_second
    sent = await office.send({f"all[{TASK}]": "confirm", "nonce": nonce_of(second)})
    assert sent.status_code == 303
    assert len(answers(ministry, office)) == in_second
