"""Words that would be markup, a template, a header or a search pattern elsewhere stay words wherever they stand."""

from typing import Any

import pytest

from store import agencies
from tests.api.link.offices import Office
from tests.api.pages.conftest import Played, in_thread
from tests.api.pages.reading import code_of, form_at
from tests.api.pages.scenes import Scene
from tests.support.bodies import a_start
from tests.support.client import Site

MARKUP = "\"'></textarea></title><script>alert(1)</script>{{7*191}}{% raw %}"
RAW = ("<script>alert(1)", "1337", "'></textarea>")
ACTS = ("gerbang", "penahanan", "penerima", "tujuan", "akhir", "kantor", "penanda")
EVERYWHERE = ("/", "/tugas", "/instansi", "/kasus/{n}", *(f"/kasus/{{n}}/{act}" for act in ACTS))


def is_plain(text: str) -> bool:
    return not any(each in text for each in RAW)


@pytest.mark.proves("T24", "T26", "S02")
async def test_what_people_typed_is_never_markup_on_any_page(story: Scene, played: Played) -> None:
    site = story.site
    person = {"address": MARKUP, "phone": "<b>", "nik": "<i>1</i>", "documents": [{"kind": "paspor", "number": MARKUP}]}
    number = (await site.post("koordinator1", "/cases", a_start(person=person))).json()["number"]
    for path, body in (
        ("/holds", {"kind": "ADMINISTRASI", "reason": MARKUP}),
        ("/receiver", {"relation": "family", "name": 'Ibu O\'Contoh & Co. "Ina"', "phone": "<b>\"'"}),
        ("/destination", {"region": "5301", "reason": MARKUP}),
        ("/flags", {"flags": {"pregnant": "tidak"}, "reason": MARKUP}),
        ("/offices", {"offices": {"lks": "PALANG-MERAH"}, "reason": MARKUP}),
    ):
        answer = await site.post("koordinator1", f"/cases/{number}{path}", body)
        assert answer.status_code < 300, (path, answer.text)
    answer = await site.post(
        "peksos1",
        f"/cases/{played.fresh}/tasks/akses.kebutuhan_dasar/answers",
        {"answer": "GAGAL", "reason": f"LAINNYA {MARKUP}"},
    )
    assert answer.status_code == 201, answer.text
    browser = await site.sign_in("koordinator1")
    seen = ""
    decision = f"/kasus/{played.fresh}/tugas/akses.kebutuhan_dasar/1/putusan"
    for path in (*EVERYWHERE, f"/kasus/{played.fresh}", decision):
        for language in ("id", "en"):
            page = await browser.get(path.format(n=number), params={"lang": language})
            assert page.status_code == 200, path
            assert is_plain(page.text), path
            seen += page.text
    assert "&lt;script&gt;alert(1)" in seen  # it was shown, as words


@pytest.mark.proves("T24", "B23")
async def test_what_was_typed_in_a_refused_form_comes_back_as_words(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1")
    for act in ("penahanan", "penerima", "tujuan", "kantor", "akhir", "perjalanan"):
        path = f"/kasus/{played.gate}/{act}"
        form = form_at(await browser.get(path), path)
        typed = {name: value if name in ("csrf", "nonce") else MARKUP for name, value in form.items()}
        answer = await browser.post(path, data=typed)
        assert 400 <= answer.status_code < 500, act
        assert is_plain(answer.text), act
    for path in ("/?q=", "/instansi?q=", "/?status=", "/?stage=", "/?holder=", "/masuk?next=", "/?notice=", "/?lang="):
        assert is_plain((await browser.get(path + "%22%3E%3Cscript%3Ealert(1)%3C/script%3E{{7*191}}")).text), path
    for path in ("/kasus/%3Cscript%3Ealert(1)", "/instansi/%3Cscript%3Ealert(1)", "/%3Cscript%3Ealert(1)"):
        assert is_plain((await browser.get(path)).text), path


@pytest.mark.proves("T24")
async def test_a_link_page_gives_an_officers_words_back_as_words(registry: Office) -> None:
    fields = {"name": MARKUP, "position": MARKUP, "reason": MARKUP, "until": MARKUP, "action": MARKUP, "code": MARKUP}
    for more in ({}, {"show": "1"}, {"website": MARKUP}, {MARKUP: MARKUP}, {"nonce": MARKUP}):
        page = await registry.send(fields | more)
        assert page.status_code >= 400
        assert is_plain(page.text), more
    done = await registry.send(name="Ny. O'Lein", position=MARKUP[:60], action="decline", reason=f"LAINNYA {MARKUP}")
    assert done.status_code == 303, code_of(done)
    for path in (done.headers["location"], registry.path):
        page = await registry.browser.get(path)
        assert page.status_code == 200
        assert is_plain(page.text)


@pytest.mark.proves("T25", "S04")
@pytest.mark.parametrize(
    "sought", ["%", "_", "%%%", "' OR 1=1 --", '" OR ""="', "*", "PLG-%", "a* OR b", "NEAR(a b)", "\\"]
)
async def test_a_search_for_signs_finds_nothing_that_the_signs_do_not_name(
    story: Scene, played: Played, sought: str
) -> None:
    answer = await story.site.get("koordinator1", "/cases", params={"q": sought})
    assert (answer.status_code, answer.json()["items"]) == (200, [])
    browser = await story.site.sign_in("koordinator1")
    offices = await browser.get("/instansi", params={"q": sought})
    assert offices.status_code == 200
    register: Any = await in_thread(
        story.site.units.read_sync, lambda reading: agencies.list_agencies(reading, q=sought)
    )
    named = [each.agency for each in register[0]]
    assert all(sought.lower() in f"{each.code} {each.name} {each.short_name}".lower() for each in named)


@pytest.mark.proves("T27", "S07")
@pytest.mark.parametrize(
    "name", ["Siti\r\nBcc: x@example.test", "Siti\nContoh", "Siti\0", "Siti\u2028Contoh", "\u202eSiti"]
)
async def test_a_name_that_would_end_a_header_is_no_name(site: Site, name: str) -> None:
    answer = await site.post("koordinator1", "/cases", a_start(person={"name": name}))
    assert (answer.status_code, answer.json()["code"]) in ((422, "NAME_INVALID"), (422, "FIELD_CHAR"))
    assert name not in answer.text
