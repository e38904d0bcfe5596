"""The gate sheet: every check in words, two different signatures on one snapshot, no departure past it."""

import re

from domain.cases import CaseStatus
from tests.api.pages.conftest import Played, in_thread
from tests.api.pages.reading import code_of, form_at, send, text_of
from tests.api.pages.scenes import Scene


async def test_every_check_has_its_sentence_its_holder_and_its_remedy(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1")
    page = await browser.get(f"/kasus/{played.middle}/gerbang")
    codes = re.findall(r'<span class="code">([UKJ]\d\d)</span>', page.text)
    assert sorted(codes) == sorted([f"U{n:02d}" for n in range(1, 13)] + [f"K{n:02d}" for n in range(1, 7)])
    text = text_of(page)
    assert "Gerbang belum dapat disetujui:" in text
    assert "Hilang bila" in text
    assert "Terbuka setelah" in text


async def test_two_different_people_sign_and_the_sheet_is_the_decision(story: Scene, played: Played) -> None:
    path = f"/kasus/{played.gate}/gerbang"
    reviewer = await story.site.sign_in("pemeriksa1", story.site.browser())
    both = await story.site.sign_in("penyetuju2", story.site.browser())
    approver = await story.site.sign_in("penyetuju1", story.site.browser())
    assert "Setujui pemulangan" not in text_of(await approver.get(path))  # not its turn
    first = await send(reviewer, path, path, decision="approve")
    assert first.headers["location"] == f"{path}?notice=APPROVED"
    again = text_of(await reviewer.get(path))
    assert "Contoh Pemeriksa Satu" in again
    assert "Setujui pemulangan" not in again
    shown = await both.get(path)
    done = await both.post(path, data=form_at(shown, path) | {"decision": "approve"})
    assert done.status_code == 303
    await in_thread(story.stage.work)
    assert (await in_thread(story.course, played.gate)).status is CaseStatus.DISETUJUI
    text = text_of(await approver.get(path))
    assert "Gerbang terbuka: disetujui Contoh Pemeriksa Satu dan Contoh Penyetuju Dua" in text
    assert "Telah mendapatkan penanganan" in text
    assert "tautan dan kode" in text


async def test_sending_back_needs_a_sentence_and_an_old_snapshot_is_refused(story: Scene, played: Played) -> None:
    path = f"/kasus/{played.gate}/gerbang"
    browser = await story.site.sign_in("pemeriksa1")
    refused = await send(browser, path, path, decision="back")
    assert (refused.status_code, code_of(refused)) == (422, "REASON_INVALID")
    old = await send(browser, path, path, decision="approve", snapshot="0" * 24)
    assert (old.status_code, code_of(old)) == (409, "SNAPSHOT_OLD")
    back = await send(browser, path, path, decision="back", note="Surat penerima belum jelas")
    assert back.headers["location"] == f"{path}?notice=SENT_BACK"
    assert "Surat penerima belum jelas" in text_of(await browser.get(path))


async def test_whoever_entered_data_reads_why_they_may_not_sign(story: Scene, played: Played) -> None:
    path = f"/kasus/{played.gate}/gerbang"
    browser = await story.site.sign_in("koordinator1")
    page = await browser.get(path)
    assert "Setujui pemulangan" not in text_of(page)
    answer = await browser.post(path, data={"csrf": form_at(page, "/keluar")["csrf"], "decision": "approve"})
    assert answer.status_code == 403
    assert code_of(answer) == "ROLE_LACKS_ACTION"


async def test_no_departure_passes_a_shut_gate_or_a_hold(story: Scene, played: Played) -> None:
    await in_thread(story.sign, played.gate, "pemeriksa1")
    await in_thread(story.sign, played.gate, "penyetuju1")
    while not (await in_thread(story.course, played.gate)).find_task("jalan.cek_berangkat", 1).is_open:
        if not await in_thread(story._one_answer, played.gate, {}):
            await in_thread(story.passes, hours=6)
    path = f"/kasus/{played.gate}/berangkat/1"
    worker = await story.site.sign_in("peksos1", story.site.browser())
    coordinator = await story.site.sign_in("koordinator1", story.site.browser())
    hold = f"/kasus/{played.gate}/penahanan"
    await send(coordinator, hold, hold, kind="ADMINISTRASI", reason="Tiket belum ada")
    page = await worker.get(path)
    assert "Kasus ini ditahan" in text_of(page)
    refused = await worker.post(path, data=form_at(page, path) | {"result": "BERANGKAT"})
    assert (refused.status_code, code_of(refused)) == (409, "HOLD_ACTIVE")
    lift = re.search(rf'href="({hold}/\w+/cabut)"', (await coordinator.get(f"/kasus/{played.gate}")).text)
    assert lift is not None
    assert (await send(coordinator, lift[1], lift[1], reason="Tiket ada")).status_code == 303
    assert "Gerbang terbuka" in text_of(await worker.get(path))
    left = await send(worker, path, path, result="BERANGKAT")
    assert left.headers["location"] == f"/kasus/{played.gate}?notice=DEPARTED"
    assert (await in_thread(story.course, played.gate)).status is CaseStatus.PERJALANAN
    event = f"/kasus/{played.gate}/etape/1"
    arrived = await send(coordinator, event, event, note="tiba dengan selamat")
    assert arrived.status_code == 303
    assert "tiba dengan selamat" in text_of(await coordinator.get(f"/kasus/{played.gate}"))
