"""Looking at a link: it renders and changes nothing, and a stranger who has it sees nobody's name."""

from datetime import timedelta

import pytest

from domain.tasks import AskState
from store import links
from store.reviews import mark_not_required
from tests.api.link.offices import ADDRESS, NAME, NIK, Ministry, Office, code_of, words_of
from tests.support.client import Site


@pytest.mark.proves("I04")
@pytest.mark.proves("T01")
async def test_looking_at_a_link_by_whatever_machine_changes_nothing(registry: Office, site: Site) -> None:
    before = site.journal_length()

    for _ in range(3):
        assert (await registry.look()).status_code == 200
    head = await registry.browser.head(registry.path)
    options = await registry.browser.options(registry.path)

    assert (head.status_code, head.content) == (200, b"")
    assert options.status_code == 405
    assert site.journal_length() == before


async def test_the_page_says_who_asks_what_for_whom_and_until_when(registry: Office) -> None:
    text = words_of(await registry.look())

    assert "Direktorat Jenderal Kependudukan dan Pencatatan Sipil" in text
    assert "Meja Koordinasi Pulang" in text
    assert "(021) 555-0100" in text
    assert "Y. I. T." in text
    assert registry.order.asks[0].number in text
    assert "Rabu, 2 Desember 2026, 16.00 WIB" in text
    assert "bukan ketentuan peraturan" in text


@pytest.mark.proves("T06")
@pytest.mark.proves("I08")
async def test_before_the_code_nobody_is_named(registry: Office) -> None:
    text = (await registry.look()).text

    for secret in (NAME, "Yohana", NIK, ADDRESS, "C7020001", "2002"):
        assert secret not in text


async def test_a_page_fits_in_fifty_kilobytes_and_fetches_nothing(registry: Office) -> None:
    page = await registry.look()

    assert len(page.content) < 50 * 1024
    assert "<script" not in page.text
    assert 'src="' not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


async def test_the_page_also_speaks_english(registry: Office) -> None:
    page = await registry.look(params={"lang": "en"})

    assert '<html lang="en">' in page.text
    assert "16:00 WIB" in words_of(page)


@pytest.mark.proves("B17")
@pytest.mark.parametrize("tail", [".", ">", "%20", "%3E", "),", ".%20", "%2520", "/"])
async def test_what_mail_readers_hang_behind_a_link_does_no_harm(registry: Office, tail: str) -> None:
    page = await registry.browser.get(registry.path + tail)

    assert page.status_code == 200
    assert f'action="{registry.path}"' in page.text


@pytest.mark.proves("B17")
@pytest.mark.proves("T07")
async def test_a_link_that_is_no_link_of_ours_is_not_known(registry: Office) -> None:
    wrong = (registry.path[:-4], registry.path + "Abc", "/t/x", "/t/a/b", "/t/" + "A" * 43)
    for path in wrong:
        page = await registry.browser.get(path)

        assert (page.status_code, code_of(page)) == (404, "LINK_UNKNOWN")
        assert "(021) 555-0100" in words_of(page)
    posted = await registry.browser.post(wrong[-1], data={"action": "confirm"})
    assert (posted.status_code, code_of(posted)) == (404, "LINK_UNKNOWN")


@pytest.mark.proves("T07")
async def test_who_guesses_links_is_slowed_down_and_the_others_are_not(registry: Office) -> None:
    for _ in range(30):
        assert (await registry.browser.get("/t/" + "B" * 43)).status_code == 404

    page = await registry.browser.get("/t/" + "B" * 43)

    assert (page.status_code, code_of(page)) == (429, "SLOW_DOWN")
    assert int(page.headers["Retry-After"]) > 0
    assert (await registry.look()).status_code == 200
    registry.site.clock.pass_by(seconds=61)
    assert (await registry.browser.get("/t/" + "B" * 43)).status_code == 404


@pytest.mark.proves("B18")
@pytest.mark.proves("T09")
async def test_an_expired_link_offers_a_fresh_mail_and_takes_no_answer(registry: Office) -> None:
    nonce = await registry.nonce()
    registry.site.clock.pass_by(days=17)

    page = await registry.look()
    posted = await registry.send(action="SESUAI", nonce=nonce)

    assert (page.status_code, code_of(page)) == (410, "LINK_GONE")
    assert 'name="resend"' in page.text
    assert 'name="action"' not in page.text
    assert (posted.status_code, code_of(posted)) == (410, "LINK_GONE")


@pytest.mark.proves("B18")
@pytest.mark.proves("F27")
async def test_a_withdrawn_ask_only_explains_itself(ministry: Ministry) -> None:
    number = ministry.opens(flags={"from_abroad": "ya"}, debarkation="DB-CGK")
    office = ministry.about("Pemeriksaan kesehatan di pintu masuk")
    nonce = await office.nonce()
    ministry.act(lambda unit: mark_not_required(unit, number, "akses.kesehatan_pintu_masuk", None, "TIDAK_RELEVAN"))
    assert ministry.ask_state(office.asks[0]) == AskState.WITHDRAWN

    page = await office.look()
    posted = await office.send({"nonce": nonce}, action="confirm")
    resend = await office.post(resend="1")

    for answer in (page, posted, resend):
        assert (answer.status_code, code_of(answer)) == (410, "ASK_WITHDRAWN")
        assert "<form" not in answer.text


async def test_a_link_outlives_a_later_mail_of_the_same_office(ministry: Ministry) -> None:
    ministry.opens()
    first = ministry.office("KEMENDAGRI")
    ministry.opens("Maria Goreti", "5313004107020002")
    second = ministry.office("KEMENDAGRI")
    assert first.path != second.path

    assert (await first.look()).status_code == 200
    assert (await second.look()).status_code == 200


async def test_the_first_look_is_noted_and_only_the_first(registry: Office) -> None:
    def shown_at() -> object:
        link = registry.site.units.read_sync(lambda reading: links.find_by_mail(reading, registry.order.mail))
        assert link is not None
        return link.shown_at

    assert shown_at() is None
    await registry.look()
    first = shown_at()
    registry.site.clock.now += timedelta(minutes=5)
    await registry.look()

    assert first is not None
    assert shown_at() == first
