"""Every form behind the sign-in, walked from the route table: each role on each, and each without its own token."""

import pytest
from fastapi.routing import APIRoute

from api.pages import ROUTERS
from tests.api.pages.conftest import Played
from tests.api.pages.reading import code_of
from tests.api.pages.scenes import Scene
from tests.api.test_permissions import LOGINS
from tests.support.client import Site, csrf_of

COORDINATOR = frozenset({"koordinator"})
SHELTER = frozenset({"pekerja_sosial", "kepala_sentra"})
OPERATOR = frozenset({"operator"})
HOLDERS = COORDINATOR | {"pekerja_sosial"}
READERS = frozenset(LOGINS) - {"operator", "administrator"}
TASK = "/kasus/{number}/tugas/{code}/{n}"
# who is not refused for the role alone, on a case that waits at the gate
MAY: dict[str, frozenset[str]] = {
    "/keluar": frozenset(LOGINS),
    "/tugas": READERS,
    "/operator": OPERATOR,
    "/operator/rekonsiliasi": OPERATOR,
    "/kasus/baru": COORDINATOR,
    "/kasus/baru/cari": COORDINATOR,
    "/kasus/baru/isian": COORDINATOR,
    "/manifes": COORDINATOR,
    "/manifes/{manifest}/baris/{line}": COORDINATOR,
    TASK + "/jawaban": SHELTER,
    TASK + "/pemeriksaan": COORDINATOR,
    TASK + "/putusan": COORDINATOR,
    TASK + "/tidak-diperlukan": frozenset({"kepala_sentra"}),  # who signs for asesmen.keluarga
    "/kasus/{number}/buka": frozenset({"auditor"}),
    "/kasus/{number}/kembar": COORDINATOR,
    "/kasus/{number}/gerbang": frozenset({"pemeriksa", "penyetuju"}),
    "/kasus/{number}/penanda": COORDINATOR | SHELTER,
    "/kasus/{number}/penahanan": HOLDERS,
    "/kasus/{number}/penahanan/{hold}/cabut": frozenset(LOGINS) - {"pendamping"},  # no such hold
    "/kasus/{number}/penerima": COORDINATOR,
    "/kasus/{number}/tujuan": COORDINATOR,
    "/kasus/{number}/kantor": COORDINATOR,
    "/kasus/{number}/akhir": COORDINATOR,
    "/kasus/{number}/perjalanan": COORDINATOR,
    "/kasus/{number}/berangkat/{leg}": SHELTER,
    "/kasus/{number}/etape/{leg}": COORDINATOR,
}
TYPED: dict[str, dict[str, str]] = {
    "/manifes": {"title": "x"},
    "/manifes/{manifest}/baris/{line}": {"decision": "accept"},
    "/operator": {"sending": "hold"},
    "/operator/rekonsiliasi": {"number": "{number}", "hold": "h23456789234", "reason": "x"},
    TASK + "/jawaban": {"answer": "SELESAI", "flag[child]": "ya"},
    TASK + "/pemeriksaan": {"result": "pass"},
    TASK + "/putusan": {"choice": "close", "reason": "x"},
    TASK + "/tidak-diperlukan": {"reason": "x"},
    "/kasus/{number}/gerbang": {"decision": "approve", "snapshot": "x" * 24},
    "/kasus/{number}/penanda": {"flag[child]": "tidak"},
    "/kasus/{number}/penahanan": {"kind": "KEAMANAN", "reason": ""},
    "/kasus/{number}/penahanan/{hold}/cabut": {"reason": "x"},
    "/kasus/{number}/penerima": {"relation": "family", "name": ""},
    "/kasus/{number}/tujuan": {"region": "5313", "reason": ""},
    "/kasus/{number}/kantor": {"office[lks]": "NO-SUCH", "reason": "x"},
    "/kasus/{number}/akhir": {"status": "X", "reason": "x"},
    "/kasus/{number}/perjalanan": {"departs[1]": "x"},
    "/kasus/{number}/berangkat/{leg}": {"result": "X"},
    "/kasus/{number}/etape/{leg}": {"event": "X"},
    "/kasus/{number}/buka": {"reason": "x"},
    "/kasus/{number}/kembar": {"other": "x", "decision": "different"},
}
REFUSED = ("ROLE_LACKS_ACTION", "NO_SUCH_CASE")


def posts() -> list[str]:
    """Templates of all forms but the sign-in itself; links have their own tests."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return sorted({route.path for route in routes if "POST" in (route.methods or ()) and route.path != "/masuk"})


def acts_of(site: Site) -> int:
    """Number of journal rows that report an act; a refusal shows the page again, which is a look and has its row."""
    count = site.units.database.run_sync(
        lambda c: c.exec_driver_sql("SELECT count(*) FROM journal WHERE kind <> 'VIEWED'").scalar(), write=False
    )
    return int(count or 0)


def filled(path: str, number: str) -> tuple[str, dict[str, str]]:
    parts = {"number": number, "code": "asesmen.keamanan", "n": "1", "hold": "h23456789234", "leg": "1"}
    parts |= {"manifest": "x", "line": "1"}
    if path.endswith("/tidak-diperlukan"):
        parts["code"] = "asesmen.keluarga"
    return path.format(**parts), {key: value.format(**parts) for key, value in TYPED.get(path, {}).items()}


def test_every_form_of_the_route_table_is_in_this_matrix() -> None:
    assert posts() == sorted(MAY)


@pytest.mark.proves("S50", "T23")
@pytest.mark.parametrize("role", LOGINS)
async def test_each_form_is_open_to_its_roles_and_to_no_other(story: Scene, played: Played, role: str) -> None:
    site = story.site
    browser, other = await site.sign_in(LOGINS[role], site.browser()), site.browser()
    await site.sign_in("ppdp1" if role != "ppdp" else "auditor1", other)
    own, foreign = await csrf_of(browser, "/instansi"), await csrf_of(other, "/instansi")
    for path in [each for each in posts() if each != "/keluar"]:
        where, typed = filled(path, played.gate)
        before = acts_of(site)
        for token in ("", "x", foreign):
            answer = await browser.post(where, data=typed | {"csrf": token})
            assert answer.status_code == 403, (path, token)
            assert code_of(answer) in ("CROSS_SITE", *REFUSED), path
        cross = await browser.post(where, data=typed | {"csrf": own}, headers={"Origin": "https://evil.example"})
        assert (cross.status_code, code_of(cross)) == (403, "CROSS_SITE"), path
        assert acts_of(site) == before, path
        answer = await browser.post(where, data=typed | {"csrf": own})
        assert answer.status_code < 500, path
        if role in MAY[path]:
            assert code_of(answer) not in REFUSED, path
        else:
            assert code_of(answer) in REFUSED, (path, answer.status_code)
            assert answer.status_code in (403, 404), path
            assert acts_of(site) == before, path


@pytest.mark.proves("S29")
async def test_no_form_acts_without_a_sign_in(story: Scene, played: Played) -> None:
    browser = story.site.browser()
    before = acts_of(story.site)
    for path in posts():
        where, typed = filled(path, played.gate)
        answer = await browser.post(where, data=typed)
        assert (answer.status_code, answer.headers["location"]) == (303, "/masuk"), path
    assert acts_of(story.site) == before


@pytest.mark.proves("S29", "S34")
async def test_an_act_is_never_done_by_another_method(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1")
    token = await csrf_of(browser, "/instansi")
    for path in posts():
        where, typed = filled(path, played.gate)
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            answer = await browser.request(method, where, data=typed | {"csrf": token})
            assert (answer.status_code, code_of(answer)) == (405, "METHOD_NOT_ALLOWED"), (method, path)
            assert "POST" in answer.headers["allow"], (method, path)
