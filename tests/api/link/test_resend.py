"""A fresh mail, asked for without code or name: only to the registered mailbox, and at most three a day."""

import re
from email import message_from_bytes, policy

import httpx2
import pytest
from sqlalchemy import select

from domain.tasks import AskState
from store import outbox
from store.outbox import mails
from store.reviews import decide
from store.unit import Reading
from tests.api.link.offices import Ministry, Office, code_of, nonce_of, words_of


def fresh_mail(office: Office) -> tuple[str, str, str]:
    """Address, link and code of the newest mail on its way."""
    units = office.site.units

    def read(reading: Reading) -> tuple[str, bytes]:
        mail, to = reading.rows(select(mails.c.id, mails.c.envelope_to).order_by(mails.c.composed_at.desc()))[0]
        return to, outbox.body_of(reading, mail)

    to, body = units.read_sync(read)
    part = message_from_bytes(body, policy=policy.default).get_body(("plain",))
    assert part is not None
    text = part.get_content()
    link = re.search(r"^http\S+/t/(\S+)\s*$", text, re.MULTILINE)
    code = re.search(r"^Kode: (\S+)\s*$", text, re.MULTILINE)
    assert link is not None
    assert code is not None
    return to, f"/t/{link[1]}", code[1]


def count_mails(office: Office) -> int:
    return len(office.site.units.read_sync(lambda reading: reading.rows(select(mails.c.id))))


async def ask_for_mail(office: Office, path: str = "") -> httpx2.Response:
    return await office.browser.post(path or office.path, data={"resend": "1"})


@pytest.fixture
def expired(registry: Office) -> Office:
    registry.site.clock.pass_by(days=17)
    return registry


@pytest.mark.proves("B18")
@pytest.mark.proves("I07")
async def test_a_fresh_mail_goes_to_the_registered_mailbox_and_its_link_answers(
    ministry: Ministry, expired: Office
) -> None:
    sent = await ask_for_mail(expired)

    assert sent.status_code == 303
    page = await expired.browser.get(sent.headers["Location"])
    assert page.status_code == 200
    assert "sedang dikirim ke alamat kantor yang terdaftar" in words_of(page)
    to, path, code = fresh_mail(expired)
    assert to not in page.text
    assert path not in page.text
    assert code not in page.text
    form = await expired.browser.get(path)
    assert form.status_code == 200
    fields = {"code": code, "name": "O", "position": "Staf", "nonce": nonce_of(form), "action": "SESUAI"}
    assert (await expired.browser.post(path, data=fields)).status_code == 303
    assert ministry.ask_state(expired.asks[0]) == AskState.ANSWERED


async def test_the_old_link_and_its_code_are_gone_then(expired: Office) -> None:
    await ask_for_mail(expired)
    _, path, code = fresh_mail(expired)

    old = await expired.look()
    form = {"code": expired.code, "name": "O", "position": "Staf", "action": "SESUAI"}
    posted = await expired.browser.post(expired.path, data=form)
    crossed = await expired.browser.post(
        path, data={**form, "nonce": nonce_of(await expired.browser.get(path)), "code": expired.code}
    )

    assert (old.status_code, code_of(old)) == (410, "LINK_GONE")
    assert (posted.status_code, code_of(posted)) == (410, "LINK_GONE")
    assert (crossed.status_code, code_of(crossed)) == (422, "CODE_WRONG")
    assert code != expired.code


async def test_at_most_three_fresh_mails_a_day_whichever_of_the_links_is_pressed(expired: Office) -> None:
    before = count_mails(expired)
    for _ in range(3):
        assert (await ask_for_mail(expired)).status_code == 303

    fourth = await ask_for_mail(expired)

    assert (fourth.status_code, code_of(fourth)) == (429, "SLOW_DOWN")
    assert int(fourth.headers["Retry-After"]) > 0
    assert count_mails(expired) == before + 3
    expired.site.clock.pass_by(days=1)
    assert (await ask_for_mail(expired)).status_code == 303


@pytest.mark.proves("T08")
async def test_a_sleeping_link_sends_a_fresh_one_with_a_code_that_works(registry: Office) -> None:
    for _ in range(5):
        await registry.post(show="1", code="2222-2222")
    registry.site.clock.pass_by(seconds=1)

    assert (await ask_for_mail(registry)).status_code == 303

    _, path, code = fresh_mail(registry)
    shown = await registry.browser.post(path, data={"show": "1", "code": code})
    assert shown.status_code == 200


async def test_an_open_link_sends_nothing(registry: Office) -> None:
    before = count_mails(registry)

    page = await ask_for_mail(registry)

    assert (page.status_code, code_of(page)) == (409, "ACTION_NOT_ALLOWED")
    assert count_mails(registry) == before


async def test_an_answered_link_sends_nothing(registry: Office) -> None:
    await registry.send(action="SESUAI")
    before = count_mails(registry)

    page = await ask_for_mail(registry)

    assert (page.status_code, code_of(page)) == (409, "ALREADY_ANSWERED")
    assert count_mails(registry) == before


async def test_when_the_fresh_link_was_answered_the_old_one_sends_nothing_more(
    ministry: Ministry, expired: Office
) -> None:
    await ask_for_mail(expired)
    _, path, code = fresh_mail(expired)
    form = {"code": code, "name": "O", "position": "Staf", "action": "SESUAI"}
    await expired.browser.post(path, data={**form, "nonce": nonce_of(await expired.browser.get(path))})

    page = await ask_for_mail(expired)

    assert (page.status_code, code_of(page)) == (410, "LINK_GONE")
    assert 'name="resend"' not in (await expired.look()).text


@pytest.mark.proves("B18")
async def test_an_ask_that_was_asked_anew_has_its_new_mail(ministry: Ministry, registry: Office) -> None:
    number = registry.order.asks[0].number
    await registry.send(action="TIDAK_DITEMUKAN", reason="tidak ada")
    ministry.act(lambda unit: decide(unit, number, "akses.identitas", None, "ask_again", reason="coba lagi"))
    ministry.works()
    again = ministry.office("KEMENDAGRI")
    assert again.path != registry.path

    old, new = await registry.look(), await again.look()

    assert old.status_code == 200
    assert "sudah dijawab" in words_of(old)
    assert 'name="action"' in new.text


async def test_the_page_of_a_sent_mail_leads_back_when_none_was_sent(registry: Office) -> None:
    page = await registry.browser.get(f"{registry.path}/surel-baru")

    assert page.status_code == 303
    assert page.headers["Location"] == registry.path
