"""The mail's code opens what this kind of office may see (PROCESS 1.3), for 30 minutes in one browser, logged."""

from datetime import timedelta
from typing import Any

import pytest

from domain.journal import Kind
from store.answers import answer_as_staff
from store.case_acts import name_receiver
from store.casefile import open_case_file
from store.reviews import verify
from store.unit import Unit
from tests.api.link.offices import ADDRESS, NAME, NIK, Ministry, Office, code_of, nonce_of, words_of

TYPED = {"name": "Maria Lein", "position": "Kepala Seksi", "reason": "sedang dicari"}


async def test_the_code_alone_opens_the_facts_and_keeps_what_was_typed(registry: Office) -> None:
    page = await registry.post(show="1", code=registry.code, action="SESUAI", until="2026-12-03", **TYPED)

    text = words_of(page)
    assert page.status_code == 200
    assert code_of(page) is None
    for fact in (NAME, NIK, ADDRESS, "1 Juli 2002", "perempuan"):
        assert fact in text
    for value in TYPED.values():
        assert value in text
    assert f'name="code" value="{registry.code}"' in page.text  # it goes with every answer, and is not typed twice
    assert "tidak perlu diketik lagi" in text
    again = await registry.look()
    assert registry.code not in again.text  # kept nowhere but in that page
    assert "tidak perlu diketik lagi" not in words_of(again)
    assert 'value="SESUAI" id="action" required checked' in page.text
    assert '<option value="2026-12-03" selected>' in page.text
    assert (await registry.send(action="SESUAI", nonce=nonce_of(page))).status_code == 303


@pytest.mark.proves("I18")
@pytest.mark.proves("T06")
async def test_opening_leaves_one_access_row_with_classes_only(ministry: Ministry, registry: Office) -> None:
    number = registry.order.asks[0].number
    before = len(ministry.views(number))

    await registry.post(show="1", code=registry.code)
    await registry.look()

    (row,) = ministry.views(number)[before:]
    assert (row.kind, row.actor) == (Kind.VIEWED, f"link:{registry.order.mail}")
    assert row.codes["what"] == "link"
    assert row.codes["fields"] == ["identity", "origin"]
    assert row.codes["mail"] == registry.order.mail


async def test_the_facts_close_after_thirty_minutes_and_in_other_browsers(registry: Office) -> None:
    shown = await registry.post(show="1", code=registry.code)
    cookie = shown.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert f"Path={registry.path}" in cookie
    assert NAME in (await registry.look()).text
    assert NAME not in (await registry.site.browser().get(registry.path)).text

    registry.site.clock.now += timedelta(minutes=30, seconds=1)

    assert NAME not in (await registry.look()).text


async def test_a_forged_cookie_opens_nothing(ministry: Ministry, registry: Office) -> None:
    ministry.opens("Maria Goreti", "5313004107020002")
    other = ministry.office("KEMENDAGRI")
    shown = await other.post(show="1", code=other.code)
    value = shown.cookies["pulang_opened"]

    for forged in (value, value[:-2], "W10.x", "x"):
        page = await registry.site.browser(Cookie=f"pulang_opened={forged}").get(registry.path)
        assert page.status_code == 200
        assert NAME not in page.text


@pytest.mark.proves("T08")
@pytest.mark.proves("B20")
async def test_a_wrong_code_opens_nothing_and_is_counted(ministry: Ministry, registry: Office) -> None:
    page = await registry.post(show="1", code="2222-2222", **TYPED)

    assert (page.status_code, code_of(page)) == (422, "CODE_WRONG")
    assert "Sisa percobaan: 4." in words_of(page)
    assert TYPED["name"] in page.text
    assert NAME not in page.text
    assert ministry.views(registry.order.asks[0].number) == []


async def test_to_open_the_facts_a_code_is_needed(registry: Office) -> None:
    page = await registry.post(show="1", **TYPED)

    assert (page.status_code, code_of(page)) == (422, "FIELD_MISSING")
    assert TYPED["name"] in page.text


async def test_a_health_office_sees_needs_but_no_number_and_no_address(ministry: Ministry) -> None:
    number = ministry.opens(flags={"language_need": "ya", "pregnant": "ya", "ill": "ya"})
    ministry.screens(number, tppo="tidak")
    clinic = ministry.office("FASKES")

    text = words_of(await clinic.post(show="1", code=clinic.code))

    assert NAME in text
    assert "Perlu juru bahasa" in text
    for hidden in (NIK, ADDRESS, "C7020001", "Hamil", "hamil", "Sakit"):
        assert hidden not in text


@pytest.fixture
def family_office(ministry: Ministry) -> Office:
    """The regency's social office with a case whose receiver and journey are known."""
    number = ministry.opens()
    ministry.act(lambda unit: name_receiver(unit, number, "family", "Petrus Tokan", "0811-000-111"))

    def plan(unit: Unit) -> None:
        file = open_case_file(unit, number)
        legs = [("7271", "2026-12-10T01:00:00+00:00", "2026-12-10T03:30:00+00:00", "provinsi", 1)]
        legs.append(("Pelabuhan Larantuka", "2026-12-11T00:00:00+00:00", "2026-12-11T04:00:00+00:00", "penerima", 2))
        clear, words = [], []
        for origin, departs, arrives, to, n in legs:
            when = {"departs_at": departs, "arrives_at": arrives}
            clear.append({"n": n, "kind": "domestik", "hands_to": to, "escort_account": None, **when})
            words.append({"n": n, "from": origin, "to": "5313", "carrier": "KM Bukit", "escort": "Bapak Andi"})
        file.write(unit, Kind.LEGS_PLANNED, {"legs": clear}, {"legs": words})
        file.save(unit)

    ministry.act(plan)
    return _family_office(ministry, number)


def _family_office(ministry: Ministry, number: str) -> Office:
    registry = ministry.office("KEMENDAGRI")
    ministry.answers(registry, "SESUAI")
    ministry.act(lambda unit: verify(unit, number, "akses.identitas", None, "pass"))
    staff = {"akses.kebutuhan_dasar": "SELESAI", "awal.skrining": "SELESAI", "awal.kesepakatan": "BERSEDIA"}
    for task, answer in staff.items():
        worker = ministry.account("pekerja_sosial")
        ministry.act(lambda unit, task=task, answer=answer: answer_as_staff(unit, number, task, None, answer), worker)
        ministry.works()
    return ministry.office("DINSOS-5313")


async def test_a_social_office_sees_receiver_and_journey_in_local_times(family_office: Office) -> None:
    before = words_of(await family_office.look())
    text = words_of(await family_office.post(show="1", code=family_office.code))

    told: list[Any] = ["Petrus Tokan", "0811-000-111", "KM Bukit", "Bapak Andi", "Pelabuhan Larantuka"]
    for fact in told:
        assert fact in text
        assert fact not in before
    assert "10 Des, 09.00 WITA" in text
    assert "11 Des, 12.00 WITA" in text
    assert "WIB" not in text.partition("Perjalanan")[2].partition("</dd>")[0]


@pytest.fixture
def police(ministry: Ministry) -> Office:
    """The police with a restricted ask: it is asked only of victims, witnesses and people in danger."""
    number = ministry.opens()
    ministry.screens(number, tppo="ya")
    return ministry.office("POLDA")


async def test_before_the_code_a_restricted_ask_is_only_a_conditional_request(police: Office) -> None:
    page = await police.look()
    text = words_of(page)

    assert "Permintaan bersyarat" in text or "permintaan bersyarat" in text
    for secret in ("perkara", "penegak", "hukum", "status_hukum", "BERKEBERATAN", "DIPERLUKAN", "TPPO", "korban"):
        assert secret not in text
    assert {a for a in ("confirm", "decline", "more_time") if f'value="{a}"' in page.text} == {
        "confirm",
        "decline",
        "more_time",
    }


async def test_after_the_code_a_restricted_ask_is_named(police: Office) -> None:
    page = await police.post(show="1", code=police.code, action="confirm")

    assert "Status perkara dan keberatan penegak hukum" in words_of(page)
    assert 'value="TIDAK_BERKEBERATAN" id="action" required checked' in page.text


async def test_the_receipt_of_a_restricted_ask_tells_a_stranger_nothing(police: Office) -> None:
    answer = await police.send(action="confirm")
    assert answer.status_code == 303

    own = words_of(await police.browser.get(answer.headers["Location"]))
    stranger = words_of(await police.site.browser().get(answer.headers["Location"]))
    closed = words_of(await police.site.browser().get(police.path))

    assert "Status perkara" in own
    for text in (stranger, closed):
        assert "perkara" not in text
        assert "keberatan" not in text.lower()
