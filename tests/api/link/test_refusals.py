"""What a form may not hold: the stated status and code, the form back with what was typed, and nothing stored."""

import httpx2
import pytest

from tests.api.link.offices import Ministry, Office, code_of, nonce_of, words_of
from tests.support.client import Site

TYPED = {"name": "Maria Lein", "position": "Kepala Seksi", "reason": "menunggu data lama"}


def is_back(page: httpx2.Response, **typed: str) -> bool:
    """Whether the form came with it and holds what was typed."""
    fields = {**TYPED, **typed}
    return 'name="nonce"' in page.text and all(value in words_of(page) for value in fields.values())


@pytest.mark.proves("B19")
@pytest.mark.proves("T02")
@pytest.mark.proves("I19")
async def test_without_code_name_and_position_nothing_is_answered(registry: Office, site: Site) -> None:
    before = site.journal_length()

    page = await registry.post(nonce=await registry.nonce(), action="SESUAI", reason=TYPED["reason"])

    assert (page.status_code, code_of(page)) == (422, "FIELD_MISSING")
    for name in ("code", "name", "position"):
        assert f'href="#{name}"' in page.text
        assert f'id="{name}-e"' in page.text
    assert TYPED["reason"] in page.text
    assert 'value="SESUAI" id="action" required checked' in page.text
    assert site.journal_length() == before


@pytest.mark.proves("B19")
@pytest.mark.parametrize("field", ["code", "name", "position", "action"])
async def test_one_missing_field_is_said_beside_it_and_the_rest_is_kept(registry: Office, field: str) -> None:
    page = await registry.send({"action": "SESUAI", **TYPED, field: " "})

    assert (page.status_code, code_of(page)) == (422, "FIELD_MISSING")
    assert is_back(page, **{field: ""} if field in TYPED else {})
    assert f'id="{field}-e"' in page.text
    assert page.text.count('-e">') >= 1


@pytest.mark.proves("B20")
@pytest.mark.proves("T08")
async def test_wrong_codes_put_the_link_to_sleep_and_end_it_at_last(registry: Office) -> None:
    nonce = await registry.nonce()

    async def guess() -> httpx2.Response:
        return await registry.send({**TYPED, "code": "2222-2222", "nonce": nonce}, action="SESUAI")

    for left in (4, 3, 2, 1):
        page = await guess()
        assert (page.status_code, code_of(page)) == (422, "CODE_WRONG")
        assert f"Sisa percobaan: {left}." in words_of(page)
        assert is_back(page)
    page = await guess()
    assert (page.status_code, code_of(page)) == (423, "LINK_ASLEEP")

    asleep = await registry.send(action="SESUAI", nonce=nonce)
    assert (asleep.status_code, code_of(asleep)) == (423, "LINK_ASLEEP")
    looked = await registry.look()
    assert looked.status_code == 200
    assert 'name="resend"' in looked.text
    assert 'name="action"' not in looked.text
    assert "09.15 WIB" in words_of(looked)

    registry.site.clock.pass_by(minutes=16)
    for _ in range(4):
        assert (await guess()).status_code == 422
    page = await guess()
    assert (page.status_code, code_of(page)) == (410, "LINK_GONE")
    dead = await registry.send(action="SESUAI", nonce=nonce)
    assert (dead.status_code, code_of(dead)) == (410, "LINK_GONE")
    looked = await registry.look()
    assert (looked.status_code, code_of(looked)) == (410, "LINK_GONE")
    assert 'name="resend"' in looked.text


async def test_a_code_may_be_typed_in_small_letters_and_with_spaces(registry: Office) -> None:
    answer = await registry.send(action="SESUAI", code=f" {registry.code.lower().replace('-', ' ')} ")

    assert answer.status_code == 303


@pytest.mark.proves("B21")
@pytest.mark.parametrize("action", ["KONFIRMASI", "DISPOSISI", "pass_on", "sesuai", "<script>alert(1)</script>"])
async def test_an_answer_that_is_not_offered_is_refused(registry: Office, action: str) -> None:
    page = await registry.send({**TYPED, "action": action})

    assert (page.status_code, code_of(page)) == (409, "ACTION_NOT_ALLOWED")
    assert is_back(page)
    assert "<script" not in page.text


@pytest.mark.proves("B22")
async def test_two_values_for_one_field_are_not_read(registry: Office, site: Site) -> None:
    nonce, before = await registry.nonce(), site.journal_length()
    body = f"code={registry.code}&name=Maria+Lein&position=Kepala+Seksi&reason=menunggu+data+lama&nonce={nonce}"
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    page = await registry.browser.post(registry.path, content=f"{body}&action=SESUAI&action=SESUAI", headers=form)

    assert (page.status_code, code_of(page)) == (400, "FIELD_REPEATED")
    assert is_back(page)
    assert site.journal_length() == before


@pytest.mark.proves("B22")
@pytest.mark.parametrize("field", ["catatan", "answer[x]", "all[akses.identitas]", "pass_to", "case", "naïve"])
async def test_a_field_that_we_do_not_know_is_refused(registry: Office, field: str) -> None:
    page = await registry.send({**TYPED, "action": "SESUAI", field: "1"})

    assert (page.status_code, code_of(page)) == (422, "FIELD_UNKNOWN")
    assert is_back(page)


@pytest.mark.proves("T02")
async def test_a_machine_that_fills_every_field_it_finds_is_refused(registry: Office, site: Site) -> None:
    nonce, before = await registry.nonce(), site.journal_length()

    page = await registry.send({"action": "SESUAI", "nonce": nonce, "website": "https://example.invalid"})

    assert page.status_code == 422
    assert site.journal_length() == before
    assert (await registry.send(action="SESUAI", website="")).status_code == 303


@pytest.mark.proves("B23")
@pytest.mark.parametrize(
    "name",
    [
        "A" * 5000,
        "Maria\nLein",
        "Maria\r\nLein",
        "Ma\u202eria",
        "Maria\x1b[31m",
        "Maria \U0001f600",
        "...",
        "\u2066Maria",
    ],
)
async def test_a_name_that_cannot_be_kept_is_refused(registry: Office, name: str) -> None:
    page = await registry.send(action="SESUAI", name=name)

    assert (page.status_code, code_of(page)) == (422, "NAME_INVALID")
    assert 'id="name-e"' in page.text


@pytest.mark.proves("B23")
@pytest.mark.parametrize("position", ["K" * 5000, "Kepala\nSeksi", "Ke\u202epala"])
async def test_a_position_that_cannot_be_kept_is_refused(registry: Office, position: str) -> None:
    page = await registry.send(action="SESUAI", position=position)

    assert (page.status_code, code_of(page)) == (422, "NAME_INVALID")
    assert 'id="position-e"' in page.text


async def test_a_name_of_one_letter_is_a_name(registry: Office) -> None:
    assert (await registry.send(action="SESUAI", name="O")).status_code == 303


async def test_a_name_with_a_zero_character_is_refused(registry: Office) -> None:
    page = await registry.send(action="SESUAI", name="Ma\x00ria")

    assert (page.status_code, code_of(page)) == (422, "FIELD_CHAR")
    assert "\x00" not in page.text


@pytest.mark.proves("B24")
@pytest.mark.parametrize("reason", ["", "BUKAN_ALASAN", "HUKUM", "LAINNYA", "x" * 2001, "a\x07b"])
async def test_a_failing_answer_needs_a_reason_that_can_be_read(registry: Office, reason: str) -> None:
    page = await registry.send(action="TIDAK_DITEMUKAN", reason=reason)

    assert (page.status_code, code_of(page)) == (422, "REASON_INVALID")
    assert 'id="reason-e"' in page.text
    assert 'value="TIDAK_DITEMUKAN" checked' in page.text


@pytest.mark.parametrize("reason", ["DATA_KURANG", "HUKUM perkara berjalan", "kata-kata sendiri", "x" * 2000])
async def test_a_failing_answer_with_a_reason_is_taken(registry: Office, reason: str) -> None:
    assert (await registry.send(action="TIDAK_DITEMUKAN", reason=reason)).status_code == 303


@pytest.mark.proves("B27")
async def test_a_form_that_lay_open_for_a_day_comes_back_fresh(registry: Office, site: Site) -> None:
    nonce = await registry.nonce()
    site.clock.pass_by(hours=24, seconds=1)

    page = await registry.send({**TYPED, "action": "SESUAI", "nonce": nonce})

    assert (page.status_code, code_of(page)) == (409, "STALE_PAGE")
    assert is_back(page)
    assert (await registry.send(action="SESUAI", nonce=nonce_of(page))).status_code == 303


@pytest.mark.proves("B27")
async def test_a_form_number_of_another_link_or_of_nobody_is_refused(ministry: Ministry, registry: Office) -> None:
    ministry.opens("Maria Goreti", "5313004107020002")
    other = ministry.office("KEMENDAGRI")

    for nonce in (await other.nonce(), "x", "W10.abc", "é"):
        page = await registry.send({**TYPED, "action": "SESUAI", "nonce": nonce})
        assert (page.status_code, code_of(page)) == (409, "STALE_PAGE")
        assert is_back(page)


async def test_a_form_without_its_number_is_refused(registry: Office) -> None:
    page = await registry.send({**TYPED, "action": "SESUAI", "nonce": "<left out>"})

    assert (page.status_code, code_of(page)) == (422, "FIELD_MISSING")
    assert is_back(page)


@pytest.mark.proves("B28")
@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("text/plain", b"action=SESUAI", 415, "TYPE_UNSUPPORTED"),
        ("application/json", b'{"action":"SESUAI"}', 415, "TYPE_UNSUPPORTED"),
        ("", b"action=SESUAI", 415, "TYPE_UNSUPPORTED"),
        ("multipart/form-data", b"--x", 400, "BODY_BAD"),
        ("multipart/form-data; boundary=x", b"no boundary at all", 400, "BODY_BAD"),
        ("application/x-www-form-urlencoded", b"\xff\xfe=1", 400, "BODY_BAD"),
        ("application/x-www-form-urlencoded", b"name=%ff%fe", 400, "BODY_BAD"),
    ],
)
async def test_only_forms_are_read(registry: Office, kind: str, body: bytes, status: int, code: str) -> None:
    page = await registry.browser.post(registry.path, content=body, headers={"Content-Type": kind})

    assert (page.status_code, code_of(page)) == (status, code)


@pytest.mark.proves("T24")
@pytest.mark.parametrize("field", ["code", "name", "position", "action", "reason", "until"])
async def test_markup_that_was_typed_comes_back_as_text(registry: Office, field: str) -> None:
    hostile = '"><script>alert(1)</script>{{7*7}}'

    page = await registry.send({"action": "TIDAK_DITEMUKAN", "reason": "", "name": "", field: hostile})

    assert page.status_code in (409, 422)
    assert "<script" not in page.text
    assert "49" not in words_of(page).partition("{{7*7}}")[0][-40:]


async def test_a_refusal_speaks_english_to_those_who_read_it(registry: Office) -> None:
    nonce = await registry.nonce()

    page = await registry.browser.post(f"{registry.path}?lang=en", data={"nonce": nonce, "action": "SESUAI"})

    assert (page.status_code, code_of(page)) == (422, "FIELD_MISSING")
    assert '<html lang="en">' in page.text
