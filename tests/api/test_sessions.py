"""Signing in and out: cookies, limits, form tokens, and where one may be sent afterwards."""

import re

import pytest

from api import sessions
from api.pages.login import PER_ACCOUNT, PER_ADDRESS
from tests.support.client import Site, csrf_of

WRONG = "not the password at all"


async def try_login(site: Site, login: str, password: str = WRONG, **more: str) -> tuple[int, str | None]:
    form = {"login": login, "password": password, "csrf": await csrf_of(site.client, "/masuk")} | more
    answer = await site.client.post("/masuk", data=form)
    return answer.status_code, answer.headers.get("x-pulang-code")


async def test_signing_in_sets_one_cookie_that_scripts_cannot_read(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    cookie = next(each for each in browser.cookies.jar if each.name == "pulang_session")
    assert not cookie.secure
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"
    assert cookie.expires is None
    assert [each.name for each in browser.cookies.jar] == ["pulang_session"]


async def test_signed_in_people_are_not_asked_again(site: Site) -> None:
    await site.sign_in("koordinator1")
    answer = await site.client.get("/masuk")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.proves("S42", "T37")
async def test_an_unknown_user_and_a_wrong_password_read_the_same(site: Site) -> None:
    pages = []
    for login in ("koordinator1", "nobody-here"):
        form = {"login": login, "password": WRONG, "csrf": await csrf_of(site.client, "/masuk")}
        answer = await site.client.post("/masuk", data=form)
        assert (answer.status_code, answer.headers["x-pulang-code"]) == (422, "SIGN_IN_FAILED")
        assert WRONG not in answer.text
        # the form token carries the second in which it was made
        page = re.sub(r'name="csrf" value="[^"]+"', 'name="csrf"', answer.text)
        pages.append(page.replace(login, "LOGIN"))
    assert pages[0] == pages[1]


async def test_what_was_typed_comes_back_but_the_password(site: Site) -> None:
    form = {"login": "<script>alert(1)</script>", "password": "", "csrf": await csrf_of(site.client, "/masuk")}
    answer = await site.client.post("/masuk", data=form)
    assert (answer.status_code, answer.headers["x-pulang-code"]) == (422, "FIELD_MISSING")
    assert "&lt;script&gt;alert(1)" in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.proves("T37", "S20")
async def test_ten_tries_for_one_account_are_enough_for_a_quarter_of_an_hour(site: Site) -> None:
    for _ in range(PER_ACCOUNT):
        assert await try_login(site, "koordinator1") == (422, "SIGN_IN_FAILED")
    assert await try_login(site, "koordinator1") == (429, "SLOW_DOWN")
    # the right password does not help either, and another account is not touched
    assert await try_login(site, "koordinator1", site.accounts["koordinator1"]["password"]) == (429, "SLOW_DOWN")
    assert await try_login(site, "Koordinator1 ") == (429, "SLOW_DOWN")
    assert (await try_login(site, "koordinator2", site.accounts["koordinator2"]["password"]))[0] == 303

    site.client.cookies.clear()
    site.clock.pass_by(minutes=15, seconds=1)
    assert (await try_login(site, "koordinator1", site.accounts["koordinator1"]["password"]))[0] == 303


@pytest.mark.proves("T37")
async def test_one_address_that_guesses_many_accounts_is_slowed_down(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.accounts.check_password", lambda *_: False)
    for n in range(PER_ADDRESS):
        assert await try_login(site, f"guess-{n}") == (422, "SIGN_IN_FAILED")
    form = {"login": "guess-x", "password": WRONG, "csrf": await csrf_of(site.client, "/masuk")}
    answer = await site.client.post("/masuk", data=form)
    assert (answer.status_code, answer.headers["x-pulang-code"]) == (429, "SLOW_DOWN")
    assert 0 < int(answer.headers["retry-after"]) <= 900


async def test_right_sign_ins_are_never_counted_against_an_office(site: Site) -> None:
    for _ in range(PER_ACCOUNT + 2):
        browser = await site.sign_in("operator1", site.browser())
        await browser.aclose()


@pytest.mark.proves("T23", "S28")
async def test_a_form_without_the_token_of_this_browser_is_refused(site: Site) -> None:
    other = site.browser()
    foreign = await csrf_of(other, "/masuk")
    mine = await csrf_of(site.client, "/masuk")
    form = {"login": "koordinator1", "password": site.accounts["koordinator1"]["password"]}
    for token in ({}, {"csrf": ""}, {"csrf": "x"}, {"csrf": foreign}, {"csrf": mine + "x"}):
        answer = await site.client.post("/masuk", data=form | token)
        assert (answer.status_code, answer.headers["x-pulang-code"]) == (403, "CROSS_SITE")
    assert not [each for each in site.client.cookies.jar if each.name == "pulang_session"]
    await other.aclose()


@pytest.mark.proves("T28", "S31")
@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/masuk?lang=en", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/no-such-page", "/"),
        ("/api/v1/cases", "/"),
        ("/t/abc", "/"),
        ("javascript:alert(1)", "/"),
        ("/healthz\r\nSet-Cookie: x=1", "/"),
        ("/healthz", "/healthz"),
    ],
)
async def test_after_signing_in_one_stays_in_the_house(site: Site, wanted: str, goes_to: str) -> None:
    form = {
        "login": "koordinator1",
        "password": site.accounts["koordinator1"]["password"],
        "csrf": await csrf_of(site.client, "/masuk"),
        "next": wanted,
    }
    answer = await site.client.post("/masuk", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, goes_to)


@pytest.mark.proves("S47")
async def test_every_sign_in_gets_a_new_session_that_no_one_could_plant(site: Site) -> None:
    planted = "x" * 43
    answers = []
    for _ in range(2):
        browser = site.browser(Cookie=f"pulang_session={planted}")
        token = token_of(site, "visit")
        cookies = {"Cookie": f"pulang_session={planted}; pulang_visit=visit"}
        form = {"login": "koordinator1", "password": site.accounts["koordinator1"]["password"], "csrf": token}
        answers.append(await browser.post("/masuk", data=form, headers=cookies))
        await browser.aclose()
    secrets = {answer.cookies["pulang_session"] for answer in answers}
    assert len(secrets) == 2
    assert planted not in secrets


async def signed_in_still(site: Site) -> bool:
    return (await site.client.get("/masuk")).status_code == 303


@pytest.mark.proves("S48", "T38")
async def test_a_session_ends_after_half_an_idle_hour_and_after_eight_hours(site: Site) -> None:
    await site.sign_in("koordinator1")
    for _ in range(15):
        site.clock.pass_by(minutes=29)
        assert await signed_in_still(site)
    site.clock.pass_by(minutes=31)
    assert not await signed_in_still(site)

    site.client.cookies.clear()
    await site.sign_in("koordinator1")
    for _ in range(18):
        site.clock.pass_by(minutes=28)
        await signed_in_still(site)
    assert not await signed_in_still(site)


@pytest.mark.proves("S48")
async def test_signing_out_ends_the_session_on_the_server(site: Site) -> None:
    await site.sign_in("koordinator1")
    secret = next(each.value for each in site.client.cookies.jar if each.name == "pulang_session")
    refused = await site.client.post("/keluar", data={"csrf": "x"})
    assert refused.status_code == 403
    token = token_of(site, str(secret))
    answer = await site.client.post("/keluar", data={"csrf": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/masuk")
    site.client.cookies.set("pulang_session", str(secret), domain="127.0.0.1")
    assert not await signed_in_still(site)


def token_of(site: Site, secret: str) -> str:
    from api.security import make_form_token

    return make_form_token(site.app.state.tools.config, secret)


async def test_without_a_sign_in_one_is_sent_to_it(site: Site) -> None:
    answer = await site.client.post("/keluar", data={})
    assert (answer.status_code, answer.headers["location"]) == (303, sessions.SIGN_IN)


@pytest.mark.proves("B22", "S63")
async def test_fields_come_once_and_only_those_that_are_known(site: Site) -> None:
    token = await csrf_of(site.client, "/masuk")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await site.client.post("/masuk", content=f"login=a&login=b&csrf={token}", headers=kind)
    assert (answer.status_code, answer.headers["x-pulang-code"]) == (400, "FIELD_REPEATED")
    answer = await site.client.post("/masuk", content=f"login=a&admin=1&csrf={token}", headers=kind)
    assert (answer.status_code, answer.headers["x-pulang-code"]) == (422, "FIELD_UNKNOWN")
    assert '<meta name="pulang-code" content="FIELD_UNKNOWN">' in answer.text


@pytest.mark.proves("B28")
@pytest.mark.parametrize(
    ("kind", "content", "status", "code"),
    [
        ("text/plain", b"login=a", 415, "TYPE_UNSUPPORTED"),
        ("application/json", b'{"login": "a"}', 415, "TYPE_UNSUPPORTED"),
        ("", b"login=a", 415, "TYPE_UNSUPPORTED"),
        ("multipart/form-data", b"--x\r\n", 400, "BODY_BAD"),
        ("multipart/form-data; boundary=x", b"nonsense", 400, "BODY_BAD"),
        ("application/x-www-form-urlencoded", b"login=%ff", 400, "BODY_BAD"),
        ("application/x-www-form-urlencoded", b"login=\xff", 400, "BODY_BAD"),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 3000), 400, "BODY_BAD"),
    ],
)
async def test_only_forms_are_taken(site: Site, kind: str, content: bytes, status: int, code: str) -> None:
    answer = await site.client.post("/masuk", content=content, headers={"Content-Type": kind} if kind else {})
    assert (answer.status_code, answer.headers["x-pulang-code"]) == (status, code)


async def test_multipart_forms_are_forms_too(site: Site) -> None:
    form = {
        "login": (None, "koordinator1"),
        "password": (None, site.accounts["koordinator1"]["password"]),
        "csrf": (None, await csrf_of(site.client, "/masuk")),
    }
    answer = await site.client.post("/masuk", files=form)
    assert answer.status_code == 303
