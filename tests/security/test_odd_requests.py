"""Requests that a careless or hostile outsider sends: a stated refusal at once, never a fault of ours."""

import time
from datetime import date

import pytest

from api.jsonbody import parse
from domain.errors import DomainError
from store.links import clean_token
from tests.api.pages.conftest import Played, in_thread
from tests.api.pages.reading import code_of, form_at
from tests.api.pages.scenes import Scene
from tests.support.client import Site, csrf_of

SQUARE_S = 20.0
"""Processor seconds, no measure of speed: at the sizes below, reading by the square of the length takes longer than
this, and reading once takes thousandths."""


@pytest.mark.proves("S11", "B31")
@pytest.mark.parametrize("start", [b'"', b'{"a": "', b'{"a": ["b", "'])
def test_a_text_without_an_end_is_refused_at_once_however_many_quotes_it_holds(start: bytes) -> None:
    begun = time.process_time()
    with pytest.raises(DomainError) as caught:
        parse(start + b'\\"' * 100_000)
    assert caught.value.code == "BODY_BAD"
    assert time.process_time() - begun < SQUARE_S


@pytest.mark.proves("S11", "B17")
@pytest.mark.parametrize("tail", [".", "%20", ". ", ".)", " "])
def test_a_link_with_thousands_of_signs_behind_it_is_read_at_once(tail: str) -> None:
    begun = time.process_time()
    assert clean_token("a" * 43 + tail * (40_000 // len(tail))) == "a" * 43
    assert clean_token(tail * (40_000 // len(tail)) + "x").endswith("x")
    assert time.process_time() - begun < SQUARE_S


@pytest.mark.proves("S11", "B40")
@pytest.mark.parametrize("path", ["/", "/masuk?lang=en", "/t/xyz", "/api/v1/cases", "/healthz"])
async def test_a_cookie_of_thousands_of_quotes_is_refused_unread(site: Site, path: str) -> None:
    for length in (300, 3_000, 15_000, 60_000):
        answer = await site.client.get(path, headers={"Cookie": 'a="' + '\\"' * length + '"'})
        assert (answer.status_code, code_of(answer)) == (431, "HEADERS_TOO_LARGE")


@pytest.mark.proves("B40")
async def test_cookies_of_the_whole_domain_keep_nobody_out(site: Site) -> None:
    others = "; ".join(f"sso{n}={'x' * 1000}" for n in range(9)) + r'; seen="{\"a\": 1}"'
    assert (await site.client.get("/masuk", headers={"Cookie": others})).status_code == 200


@pytest.mark.proves("B41")
@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://127.0.0.1:8000@evil.example", "//", "?"])
async def test_an_origin_that_is_no_address_is_another_site(site: Site, origin: str) -> None:
    answer = await site.client.post("/masuk", data={"login": "x"}, headers=[("Origin", origin)])
    assert (answer.status_code, code_of(answer)) == (403, "CROSS_SITE")


@pytest.mark.proves("T28")
@pytest.mark.parametrize("wanted", ["//[", "http://[", "/\\[", "/[", "///[x]:y"])
async def test_a_way_back_that_is_no_address_leads_to_the_board(site: Site, wanted: str) -> None:
    assert (await site.client.get("/masuk", params={"next": wanted})).status_code == 200
    form = {
        "login": "koordinator1",
        "password": site.accounts["koordinator1"]["password"],
        "csrf": await csrf_of(site.client, "/masuk"),
        "next": wanted,
    }
    answer = await site.client.post("/masuk", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await site.client.get("/masuk", params={"next": wanted})).headers["location"] == "/"


@pytest.mark.proves("B42")
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "0001-01-01T00:00:00+07:00", "1500-01-01"])
async def test_a_day_at_the_end_of_time_is_no_day_of_the_boards_filter(site: Site, day: str) -> None:
    browser = await site.sign_in("koordinator1")
    answer = await browser.get("/", params={"due_before": day})
    assert (answer.status_code, code_of(answer)) == (422, "TIME_INVALID")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "1066-10-14T08:00", "2500-01-01T08:00", "9999-12-31T23:59"])
async def test_a_leg_at_the_end_of_time_is_refused_by_the_page_as_by_the_api(
    story: Scene, played: Played, moment: str
) -> None:
    browser = await story.site.sign_in("koordinator1")
    path = f"/kasus/{played.gate}/perjalanan"
    before = (await in_thread(story.course, played.gate)).legs
    shown = await browser.get(path)
    for field in ("departs[1]", "arrives[1]"):
        answer = await browser.post(path, data=form_at(shown, path) | {field: moment})
        assert (answer.status_code, code_of(answer)) == (422, "DATE_INVALID")
    assert (await in_thread(story.course, played.gate)).legs == before


@pytest.mark.proves("B28")
@pytest.mark.parametrize("charset", ["unicode_escape", "utf-16", "utf-7", "punycode", "latin-1", '"x"'])
async def test_a_form_in_other_letters_than_utf8_cannot_be_read(site: Site, charset: str) -> None:
    kind = f"multipart/form-data; boundary=B; charset={charset}"
    body = b'--B\r\nContent-Disposition: form-data; name="login"\r\n\r\n\\ud800\r\n--B--\r\n'
    answer = await site.client.post("/masuk", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, code_of(answer)) == (400, "BODY_BAD")


@pytest.mark.proves("B28")
async def test_bytes_that_are_no_utf8_are_refused_in_both_kinds_of_form(site: Site) -> None:
    body = b'--B\r\nContent-Disposition: form-data; name="login"\r\n\r\n\xff\xfe\r\n--B--\r\n'
    answer = await site.client.post("/masuk", content=body, headers={"Content-Type": "multipart/form-data; boundary=B"})
    assert (answer.status_code, code_of(answer)) == (400, "BODY_BAD")
    kind = {"Content-Type": "multipart/form-data; boundary=B; charset=UTF-8"}
    body = body.replace(b"\xff\xfe", "Ísa".encode()).replace(b"login", b"nobody")
    assert code_of(await site.client.post("/masuk", content=body, headers=kind)) == "FIELD_UNKNOWN"


@pytest.mark.proves("B34")
async def test_no_act_tells_another_shelters_people_whether_a_case_is_there(story: Scene, played: Played) -> None:
    number, absent = played.held, "PLG-2026-999999-2"
    task = "/tasks/awal.skrining"
    for login in ("peksos3", "pendamping1"):
        for path, body in (
            ("/holds/h23456789234/lift", {"reason": "x"}),
            (f"{task}/not-required", {"reason": "x"}),
            (f"{task}/verifications", {"result": "pass"}),
            ("/tasks/no.such/not-required", {"reason": "x"}),
            ("/tasks/no.such/verifications", {"result": "pass"}),
            ("/tasks/no.such/answers", {"answer": "confirm"}),
            ("/departures", {"leg": 1, "result": "BERANGKAT"}),
            ("/flags", {"flags": {"pmi": "ya"}}),
            ("/legs/1/events", {"event": "DEPARTED", "at": "2026-12-01T08:00:00+07:00"}),
        ):
            told = []
            for each in (number, absent):
                answer = await story.site.post(login, f"/cases/{each}{path}", body)
                told.append((answer.status_code, answer.json()["code"]))
            assert told[0] == told[1], (login, path)
    browser = await story.site.sign_in("peksos3")
    codes = []
    for each in (number, absent):
        form = {"answer": "confirm", "csrf": await csrf_of(browser, "/instansi")}
        codes.append(code_of(await browser.post(f"/kasus/{each}/tugas/no.such/1/jawaban", data=form)))
    assert codes == ["NO_SUCH_CASE", "NO_SUCH_CASE"]


@pytest.mark.proves("B34")
async def test_an_ended_or_a_remains_case_of_another_shelter_is_not_there_either(story: Scene, played: Played) -> None:
    person = {"birth_date": date(1970, 1, 1)}
    remains = await in_thread(
        lambda: story.start("Almarhum Contoh Situmorang", person=person, entry_route="JENAZAH", destination="1207")
    )
    body = {"status": "DITUTUP", "reason": "Pulang sendiri"}
    assert (await story.site.post("koordinator2", f"/cases/{played.held}/closures", body)).status_code == 200
    for path, body in (
        ("/flags", {"flags": {"pmi": "ya"}}),
        ("/holds", {"kind": "KEAMANAN", "reason": "x"}),
        ("/departures", {"leg": 1, "result": "BERANGKAT"}),
    ):
        told = set()
        for number in (played.held, remains, "PLG-2026-999999-2"):
            answer = await story.site.post("peksos3", f"/cases/{number}{path}", body)
            told.add((answer.status_code, answer.json()["code"]))
        assert len(told) == 1, (path, told)


async def test_a_closed_case_takes_no_second_look(story: Scene, played: Played) -> None:
    await in_thread(story.answer, played.held, "akses.kebutuhan_dasar")
    await in_thread(story.answer, played.held, "awal.skrining")
    await in_thread(story.answer, played.held, "asesmen.keamanan", verify=False)
    body = {"status": "DITUTUP", "reason": "Pulang sendiri"}
    closed = await story.site.post("koordinator2", f"/cases/{played.held}/closures", body)
    assert closed.status_code == 200, closed.text
    path = f"/cases/{played.held}/tasks/asesmen.keamanan/verifications"
    answer = await story.site.post("koordinator2", path, {"result": "pass"})
    assert (answer.status_code, answer.json()["code"]) == (409, "STATE_FORBIDS")
    page = await story.site.sign_in("koordinator1")
    assert "pemeriksaan" not in (await page.get(f"/kasus/{played.held}")).text
