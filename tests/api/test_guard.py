"""What stands before every route: hosts, sizes, paths, methods, origins, and the headers of every answer."""

import pytest

from tests.support.client import House, Raw, Site, raw_request

OURS = (b"host", b"127.0.0.1:8000")


async def ask(site: Site, path: bytes = b"/healthz", *headers: tuple[bytes, bytes], method: str = "GET") -> Raw:
    return await raw_request(site.app, method, path, [OURS, *headers])


async def test_every_answer_carries_the_security_headers(site: Site) -> None:
    for path in ("/healthz", "/masuk", "/api/v1/cases", "/gone"):
        answer = await site.client.get(path)
        assert len(answer.headers["x-request-id"]) == 16
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        policy = answer.headers["content-security-policy"]
        for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert part in policy
        assert "unsafe" not in policy
        assert "strict-transport-security" not in answer.headers
        assert not any(name.startswith("access-control") for name in answer.headers)


async def test_request_numbers_are_ours_and_never_repeat(site: Site) -> None:
    answers = [await site.client.get("/healthz", headers={"X-Request-Id": "mine"}) for _ in range(3)]
    numbers = {answer.headers["x-request-id"] for answer in answers}
    assert len(numbers) == 3
    assert "mine" not in numbers


async def test_link_pages_send_no_referrer_and_run_no_script(site: Site) -> None:
    answer = await site.client.get("/t/" + "x" * 43)
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "'sha256-" in answer.headers["content-security-policy"]


async def test_static_files_may_be_kept_and_pages_may_not(site: Site) -> None:
    answer = await site.client.get("/static/pulang.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=604800"
    assert (await site.client.get("/static/nothing.css")).status_code == 404


async def test_https_is_kept_for_two_years_and_cookies_are_host_bound(
    demo_house: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("https")
    site = demo_house.open(
        folder, https=True, base_url="https://pulang.example.test", allowed_hosts=("pulang.example.test",)
    )
    browser = await site.sign_in("koordinator1")
    answer = await browser.get("/healthz")
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    cookie = next(each for each in browser.cookies.jar if each.name == "__Host-pulang_session")
    assert cookie.secure
    assert cookie.path == "/"
    assert cookie.has_nonstandard_attr("HttpOnly")
    await site.close()


@pytest.mark.proves("B38", "T30")
async def test_unknown_hosts_are_not_answered(site: Site) -> None:
    assert (await raw_request(site.app, headers=[(b"host", b"localhost:9999")])).status == 200
    assert (await raw_request(site.app, headers=[(b"host", b"evil.example")])).status == 421
    assert (await raw_request(site.app, headers=[(b"host", b"127.0.0.1.evil.example")])).status == 421
    assert (await raw_request(site.app, headers=[])).status == 400
    assert (await raw_request(site.app, headers=[OURS, OURS])).status == 400
    assert (await raw_request(site.app, headers=[(b"host", b"")])).status == 400
    forwarded = await ask(site, b"/healthz", (b"x-forwarded-host", b"evil.example"))
    assert forwarded.status == 200


@pytest.mark.proves("B39", "S29")
@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "INVENTED"])
async def test_other_methods_are_named_as_not_allowed(site: Site, method: str) -> None:
    answer = await ask(site, b"/masuk", (b"x-secret", b"echo-me"), method=method)
    assert (answer.status, answer.code) == (405, "METHOD_NOT_ALLOWED")
    assert answer.header("allow") == "GET, HEAD, POST"
    assert b"echo-me" not in answer.body


async def test_a_post_where_only_looking_is_possible_is_not_allowed(site: Site) -> None:
    answer = await ask(site, b"/healthz", method="POST")
    assert (answer.status, answer.header("allow")) == (405, "GET, HEAD")


async def test_head_is_get_without_a_body(site: Site) -> None:
    answer = await ask(site, b"/masuk", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.header("content-length") or 0) > 100


@pytest.mark.proves("B40")
async def test_addresses_and_heads_have_limits(site: Site) -> None:
    assert (await ask(site, b"/healthz?" + b"x" * 4100)).status == 414
    assert (await ask(site, b"/" + b"x" * 4100)).status == 414
    assert (await ask(site, b"/healthz", (b"x-much", b"x" * 17_000))).status == 431
    assert (await ask(site, b"/healthz", *[(b"x-%d" % n, b"1") for n in range(200)])).status == 431


@pytest.mark.proves("B43", "T36", "S01")
@pytest.mark.parametrize(
    "path",
    [
        b"/static/%00",
        b"/static/%2e%2e%2f%2e%2e%2fpyproject.toml",
        b"/static/../views.py",
        b"/static/..%5cviews.py",
        b"/static/\\..\\views.py",
        b"/static//etc/passwd",
        b"/%c0%ae%c0%ae/views.py",
        b"/%zz",
        b"//evil.example/",
        b"/\\evil.example",
        b"/kasus/%0d%0aSet-Cookie:x",
        b"/static/%2fetc/passwd",
        b"/static/.",
        b"/%E2%80%AE",
    ],
)
async def test_odd_paths_lead_nowhere(site: Site, path: bytes) -> None:
    answer = await ask(site, path)
    assert answer.status in (400, 404)
    assert b"import" not in answer.body
    assert answer.header("set-cookie") is None


@pytest.mark.proves("B41", "T23", "S28")
@pytest.mark.parametrize(
    "headers",
    [
        [(b"origin", b"https://evil.example")],
        [(b"origin", b"null")],
        [(b"origin", b"http://127.0.0.1:8001")],
        [(b"sec-fetch-site", b"cross-site")],
        [(b"sec-fetch-site", b"same-site")],
        [(b"sec-fetch-site", b"cross-site"), (b"origin", b"http://127.0.0.1:8000")],
    ],
)
async def test_posts_made_by_another_site_are_refused(site: Site, headers: list[tuple[bytes, bytes]]) -> None:
    for path in (b"/masuk", b"/keluar", b"/api/v1/cases"):
        answer = await ask(site, path, *headers, method="POST")
        assert (answer.status, answer.code) == (403, "CROSS_SITE")


async def test_our_own_pages_may_post(site: Site) -> None:
    own = [(b"origin", b"http://127.0.0.1:8000"), (b"sec-fetch-site", b"same-origin")]
    answer = await ask(site, b"/api/v1/cases", *own, method="POST")
    assert (answer.status, answer.code) == (401, "TOKEN_MISSING")
    # a link page sends no referrer, so its own form comes with "null"
    answer = await ask(site, b"/t/abc", (b"origin", b"null"), (b"sec-fetch-site", b"same-origin"), method="POST")
    assert answer.code != "CROSS_SITE"


@pytest.mark.proves("B42")
async def test_the_api_speaks_json_only_and_pages_any_language_header(site: Site) -> None:
    answer = await site.client.get("/api/v1/cases", headers={"Accept": "application/xml"})
    assert (answer.status_code, answer.json()["code"]) == (406, "NOT_ACCEPTABLE")
    for accept in ("*/*", "application/json", "text/html, application/json;q=0.5", "application/problem+json"):
        answer = await site.client.get("/api/v1/cases", headers={"Accept": accept})
        assert answer.status_code == 401
    for nonsense in ("", "xx;q=banana", "en" * 4096, ";;,,==", "de-DE,de;q=0.9"):
        page = await site.client.get("/masuk", headers={"Accept-Language": nonsense})
        assert 'lang="id"' in page.text


async def test_the_language_of_the_address_is_kept(site: Site) -> None:
    assert 'lang="en"' in (await site.client.get("/masuk", headers={"Accept-Language": "en-GB,en;q=0.9"})).text
    assert 'lang="en"' in (await site.client.get("/masuk?lang=en")).text
    assert 'lang="en"' in (await site.client.get("/masuk")).text
    assert 'lang="id"' in (await site.client.get("/masuk?lang=id")).text
    assert 'lang="id"' in (await site.client.get("/masuk", headers={"Accept-Language": "en"})).text
    assert 'lang="id"' in (await site.client.get("/masuk?lang=xx")).text


@pytest.mark.proves("B36")
async def test_bodies_too_large_are_refused_before_they_are_read(site: Site) -> None:
    for path in (b"/masuk", b"/api/v1/cases", b"/t/abc"):
        answer = await ask(site, path, (b"content-length", b"200000000"), method="POST")
        assert (answer.status, answer.code) == (413, "BODY_TOO_LARGE")
        assert answer.header("connection") == "close"


@pytest.mark.proves("B36")
async def test_bodies_that_grow_too_large_or_never_end_are_cut_off(
    demo_house: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    site = demo_house.open(tmp_path_factory.mktemp("slow"), body_seconds=0.05)
    form = [OURS, (b"content-type", b"application/x-www-form-urlencoded"), (b"transfer-encoding", b"chunked")]
    answer = await raw_request(site.app, "POST", b"/masuk", form, [b"login=" + b"x" * 100_000] * 4)
    assert (answer.status, answer.code) == (413, "BODY_TOO_LARGE")
    answer = await raw_request(site.app, "POST", b"/masuk", form, [b"login=x"], stalls=True)
    assert (answer.status, answer.code) == (408, "BODY_TOO_SLOW")
    await site.close()


@pytest.mark.proves("B37", "T31")
@pytest.mark.parametrize(
    "headers",
    [
        [(b"content-length", b"5"), (b"content-length", b"5")],
        [(b"content-length", b"5"), (b"transfer-encoding", b"chunked")],
        [(b"content-length", b"-5")],
        [(b"content-length", b"5,5")],
    ],
)
async def test_bodies_that_could_be_framed_in_two_ways_are_refused(
    site: Site, headers: list[tuple[bytes, bytes]]
) -> None:
    answer = await ask(site, b"/masuk", *headers, method="POST")
    assert (answer.status, answer.code) == (400, "BODY_BAD")


async def test_a_fault_of_ours_gives_a_reference_and_tells_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise ValueError("Siti Contoh 3210")

    monkeypatch.setattr("api.health.standing", breaks)
    answer = await site.client.get("/readyz")
    assert answer.status_code == 500
    assert answer.headers["x-pulang-code"] == "INTERNAL"
    assert answer.headers["x-request-id"] in answer.text
    assert "Siti" not in answer.text
