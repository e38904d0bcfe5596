"""Tugas saya, the register, the operator's buttons, the demonstration's postbox."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from domain.journal import WORKFLOW_LOST, Kind
from domain.moves import Act
from domain.roles import SYSTEM
from domain.tasks import TaskStatus
from store.casefile import open_case_file
from store.unit import Unit
from tests.api.pages.conftest import Played, in_thread
from tests.api.pages.reading import code_of, form_at, send, text_of
from tests.api.pages.scenes import Scene

LETTER = """\
From: Pulang <pulang@example.invalid>
To: Dinas Sosial <dinsos-5313@example.invalid>
Subject: =?utf-8?q?Permintaan?= <b>1</b>
Date: Mon, 30 Nov 2026 02:00:00 +0000
Message-ID: <{id}@example.invalid>
{extra}Content-Type: text/plain; charset=utf-8

Buka:

http://127.0.0.1:8000/t/{token}

Kode: 7KQ4-TP2M
"""


async def test_many_tasks_are_answered_at_once_with_exceptions(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("peksos1")
    code = "akses.kebutuhan_dasar"
    page = await browser.get("/tugas")
    keys = re.findall(rf'name="answer\[(PLG-[^"/]+/{code}/1)\]"', page.text)
    assert {played.fresh, played.child, played.held} <= {key.partition("/")[0] for key in keys}
    form = form_at(page, "/tugas") | {
        f"all[answer/{code}]": "SELESAI",
        f"answer[{played.child}/{code}/1]": "-",
        f"answer[{played.held}/{code}/1]": "GAGAL",
    }
    answer = await browser.post("/tugas", data=form)
    text = text_of(answer)
    assert answer.status_code == 200
    assert "Tidak tersimpan" in text  # the failing answer had no reason
    courses = {n: await in_thread(story.course, n) for n in (played.fresh, played.child, played.held)}
    assert courses[played.fresh].find_task(code).status is TaskStatus.LULUS
    assert courses[played.child].find_task(code).is_open
    assert courses[played.held].find_task(code).is_open


LATER_THERE = "2026-11-17T20:00"  # within one more full limit of eight hours at a shelter that never closes


async def test_more_time_is_asked_for_a_whole_block_and_for_one_person(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("peksos1")
    code = "akses.kebutuhan_dasar"
    page = await browser.get("/tugas")
    block, row = f"answer/{code}", f"{played.child}/{code}/1"
    assert f'type="datetime-local" id="until[{block}]"' in page.text  # its limit is counted in hours
    dues = {n: await in_thread(due_of, story, n, code) for n in (played.fresh, played.child)}
    form = form_at(page, "/tugas") | {
        f"all[{block}]": "MINTA_WAKTU",
        f"until[{block}]": LATER_THERE,
        f"answer[{row}]": "MINTA_WAKTU",
        f"answer[{played.held}/{code}/1]": "SELESAI",
    }
    text = text_of(await browser.post("/tugas", data=form))
    assert "Tidak tersimpan" in text  # the one person's own entry has no date
    assert await in_thread(due_of, story, played.fresh, code) != dues[played.fresh]
    assert await in_thread(due_of, story, played.child, code) == dues[played.child]

    answer = await browser.post("/tugas", data=form | {f"all[{block}]": "", f"until[{row}]": LATER_THERE})
    assert "Tersimpan: Minta waktu" in text_of(answer)
    assert await in_thread(due_of, story, played.child, code) != dues[played.child]
    assert (await in_thread(story.course, played.held)).find_task(code).status is TaskStatus.LULUS


def due_of(story: Scene, number: str, code: str) -> object:
    course = story.course(number)
    task = course.find_task(code)
    assert task is not None
    ask = course.ask_of(task)
    return ask.due_at if ask else None


async def test_nothing_chosen_changes_nothing(story: Scene) -> None:
    browser = await story.site.sign_in("peksos1")
    before = story.site.journal_length()
    answer = await send(browser, "/tugas", "/tugas")
    assert (answer.status_code, code_of(answer)) == (422, "FIELD_MISSING")
    assert story.site.journal_length() == before


async def test_a_coordinator_confirms_answers_and_is_led_to_decisions(story: Scene, played: Played) -> None:
    for number in (played.held, played.fresh):
        await in_thread(story.answer, number, "akses.kebutuhan_dasar")
        await in_thread(story.answer, number, "awal.skrining")
        await in_thread(story.answer, number, "asesmen.keamanan", verify=False)
    await in_thread(story.answer, played.child, "akses.identitas", "BUKAN_WILAYAH", reason="BUKAN_WILAYAH")
    browser = await story.site.sign_in("koordinator1")
    page = await browser.get("/tugas")
    assert f"/kasus/{played.child}/tugas/akses.identitas/1/putusan" in page.text
    form = form_at(page, "/tugas") | {
        "all[verify/asesmen.keamanan]": "pass",
        f"answer[{played.fresh}/asesmen.keamanan/1]": "back",
        f"reason[{played.fresh}/asesmen.keamanan/1]": "Lembar risiko belum lengkap",
    }
    text = text_of(await browser.post("/tugas", data=form))
    assert "Dua tersimpan, nol tidak." in text
    assert (await in_thread(story.course, played.held)).find_task("asesmen.keamanan").status is TaskStatus.LULUS
    assert (await in_thread(story.course, played.fresh)).find_task("asesmen.keamanan").is_open


async def test_the_register_is_searched_and_paged(story: Scene) -> None:
    browser = await story.site.sign_in("koordinator1")
    first = await browser.get("/instansi")
    more = re.search(r'href="(/instansi\?cursor=[^"]+)"', first.text)
    assert more is not None
    assert (await browser.get(more[1])).status_code == 200
    assert "Dinas Sosial Kabupaten Lembata" in text_of(await browser.get("/instansi?q=lembata"))
    assert "Tidak ada instansi yang cocok" in text_of(await browser.get("/instansi?q=zzzz"))
    one = text_of(await browser.get("/instansi/KEMENDAGRI-DUKCAPIL"))
    assert "permintaan terbuka" in one
    assert "Verifikasi identitas dan NIK" in one
    assert code_of(await browser.get("/instansi/NOBODY")) == "NO_SUCH_AGENCY"


async def test_the_operator_holds_and_releases_sending(story: Scene) -> None:
    browser = await story.site.sign_in("operator1", story.site.browser())
    page = await browser.get("/operator")
    form = form_at(page, "/operator")
    held = await browser.post("/operator", data=form | {"sending": "hold"})
    assert held.headers["location"] == "/operator?notice=SENDING_HELD"
    assert "Pengiriman semua surel ditahan." in text_of(await browser.get("/operator"))
    base = {"csrf": form["csrf"], "scope": "one"}
    unknown = await browser.post("/operator", data=base | {"sending": "hold", "agency": "NOBODY"})
    assert code_of(unknown) == "NO_SUCH_AGENCY"
    assert 'value="NOBODY"' in unknown.text
    assert code_of(await browser.post("/operator", data=base | {"sending": "hold", "agency": ""})) == "FIELD_MISSING"
    one = await browser.post("/operator", data=base | {"sending": "hold", "agency": "dinsos-5313"})
    assert one.status_code == 303
    other = await story.site.sign_in("koordinator1", story.site.browser())
    csrf = form_at(await other.get("/"), "/keluar")["csrf"]
    assert code_of(await other.post("/operator", data={"csrf": csrf, "sending": "release"})) == "ROLE_LACKS_ACTION"


async def test_the_postbox_shows_links_in_demonstration_only(story: Scene, tmp_path: Path) -> None:
    folder = tmp_path / "postbox"
    folder.mkdir()
    token = "Xk3vQ9mT7bLr2WnZ8pHc"
    (folder / "0001.eml").write_text(LETTER.format(id="a", token=token, extra="X-Pulang-Ask: a1\n"), "utf-8")
    (folder / "0002.eml").write_text("To: x@example.invalid\nX-Pulang-Notice: 1\n\nTiga tugas.\n", "utf-8")
    tools = story.site.app.state.tools
    story.site.app.state.tools = replace(tools, config=replace(tools.config, postbox_dir=folder))
    browser = await story.site.sign_in("koordinator1")
    page = await browser.get("/kotak-surel?surat=0001")
    assert f'href="http://127.0.0.1:8000/t/{token}"' in page.text
    assert "7KQ4-TP2M" in page.text
    assert "Dinas Sosial Kabupaten Lembata" in text_of(page)
    assert "<b>1</b>" not in page.text
    assert "pemberitahuan, tanpa tautan" in text_of(await browser.get("/kotak-surel"))
    for name in ("../keys/fields", "..%2f..", "nobody", ".hidden", "0001.eml"):
        assert code_of(await browser.get("/kotak-surel", params={"surat": name})) == "NO_SUCH_MAIL"
    story.site.app.state.tools = replace(tools, config=replace(tools.config, postbox_dir=folder, demo=False))
    assert (await browser.get("/kotak-surel")).status_code == 404


@pytest.mark.proves("I20")
async def test_the_operator_releases_a_case_whose_workflow_was_lost_with_a_reason(story: Scene) -> None:
    number = await in_thread(story.start, "Sartika Contoh Hilang")

    def lose(unit: Unit) -> str:
        file = open_case_file(unit, number)
        file.do(unit, Act(Kind.HOLD_SET, {"kind": "REKONSILIASI", "cause": WORKFLOW_LOST}))
        file.finish(unit)
        return str(next(iter(file.course.holds)))

    hold = await story.site.units.write(SYSTEM, lose)
    browser = await story.site.sign_in("operator1", story.site.browser())
    shown = await browser.get("/operator")
    assert number in text_of(shown)
    assert "Sartika" not in shown.text

    form = form_at(shown, "/operator/rekonsiliasi")
    assert form["hold"] == hold
    refused = await browser.post("/operator/rekonsiliasi", data=form)
    assert (refused.status_code, code_of(refused)) == (422, "REASON_INVALID")
    done = await browser.post("/operator/rekonsiliasi", data=form | {"reason": "Contoh: sudah dicek."})
    assert done.status_code == 303

    assert "Ditahan untuk rekonsiliasi" not in text_of(await browser.get("/operator"))
    stranger = await story.site.sign_in("koordinator1", story.site.browser())
    assert (await stranger.get("/operator")).status_code == 403
