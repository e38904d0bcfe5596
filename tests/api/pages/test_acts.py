"""Forms of the case page and its act pages: done once, or refused with a sentence and what was typed."""

import re

from domain.tasks import TaskStatus
from tests.api.pages.conftest import Played, in_thread
from tests.api.pages.reading import code_of, form_at, send, text_of
from tests.api.pages.scenes import Scene


async def test_a_social_worker_answers_a_task_and_its_flags_with_one_press(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("peksos1")
    case = f"/kasus/{played.fresh}"
    answer = await send(browser, case, f"{case}/tugas/awal.skrining/1/jawaban", answer="SELESAI", rest="tidak")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{case}?notice=ANSWER_STORED")
    course = await in_thread(story.course, played.fresh)
    assert course.find_task("awal.skrining").status is TaskStatus.LULUS
    assert {course.flags[code] for code in course.procedure.required_flags} <= {"ya", "tidak"}
    assert "Jawaban disimpan" in text_of(await browser.get(answer.headers["location"]))


async def test_a_failing_answer_without_a_reason_comes_back_with_what_was_typed(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("peksos1")
    case = f"/kasus/{played.fresh}"
    before = story.site.journal_length()
    note = "sudah dicoba <dua> kali"
    path = f"{case}/tugas/akses.kebutuhan_dasar/1/jawaban"
    answer = await send(browser, case, path, answer="GAGAL", note=note)
    assert (answer.status_code, code_of(answer)) == (422, "REASON_INVALID")
    assert '<meta name="pulang-code" content="REASON_INVALID">' in answer.text
    assert form_at(answer, path)["note"] == note
    assert story.site.journal_length() - before == 1  # the look at the page; the answer stored nothing
    done = await browser.post(path, data=form_at(answer, path) | {"reason_code": "KAPASITAS", "reason": "penuh"})
    assert done.status_code == 303
    assert (await in_thread(story.course, played.fresh)).find_task("akses.kebutuhan_dasar").reason == "KAPASITAS"


async def test_a_second_press_does_not_answer_twice_and_a_changed_form_is_stale(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1")
    path = f"/kasus/{played.middle}/penahanan"
    form = form_at(await browser.get(path), path) | {"kind": "ADMINISTRASI", "reason": "Anggaran belum turun"}
    first, second = await browser.post(path, data=form), await browser.post(path, data=form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert len((await in_thread(story.course, played.middle)).active_holds) == 1
    changed = await browser.post(path, data=form | {"reason": "Lain"})
    assert (changed.status_code, code_of(changed)) == (409, "STALE_PAGE")


async def test_forms_without_this_browsers_token_or_with_unknown_fields_are_refused(
    story: Scene, played: Played
) -> None:
    browser = await story.site.sign_in("koordinator1")
    path = f"/kasus/{played.middle}/penahanan"
    form = form_at(await browser.get(path), path) | {"kind": "ADMINISTRASI", "reason": "x"}
    before = story.site.journal_length()
    assert code_of(await browser.post(path, data=form | {"csrf": "wrong"})) == "CROSS_SITE"
    assert code_of(await browser.post(path, data=form | {"extra": "1"})) == "FIELD_UNKNOWN"
    assert code_of(await browser.post(path, json=form)) == "TYPE_UNSUPPORTED"
    assert story.site.journal_length() == before


async def test_the_second_look_is_another_persons_and_sending_back_needs_a_sentence(
    story: Scene, played: Played
) -> None:
    await in_thread(story.answer, played.held, "akses.kebutuhan_dasar")
    await in_thread(story.answer, played.held, "awal.skrining")
    await in_thread(story.answer, played.held, "asesmen.keamanan", verify=False)
    case, path = f"/kasus/{played.held}", f"/kasus/{played.held}/tugas/asesmen.keamanan/1/pemeriksaan"
    browser = await story.site.sign_in("koordinator2")
    refused = await send(browser, case, path, result="back")
    assert (refused.status_code, code_of(refused)) == (422, "REASON_INVALID")
    sent = await send(browser, case, path, result="pass")
    assert sent.status_code == 303
    assert (await in_thread(story.course, played.held)).find_task("asesmen.keamanan").status is TaskStatus.LULUS
    worker = await story.site.sign_in("peksos1", story.site.browser())
    assert path not in (await worker.get(case)).text


async def test_a_failing_answer_is_decided_on_its_own_page(story: Scene, played: Played) -> None:
    await in_thread(
        story.answer, played.held, "akses.identitas", "TIDAK_DITEMUKAN", reason="DATA_TIDAK_COCOK nama berbeda"
    )
    browser = await story.site.sign_in("koordinator1")
    path = f"/kasus/{played.held}/tugas/akses.identitas/1/putusan"
    page = await browser.get(path)
    text = text_of(page)
    assert "identitas sementara" in text
    assert "Data tidak cocok; nama berbeda" in text
    for missing, code in (({"reason": "x"}, "FIELD_MISSING"), ({"choice": "ask_again"}, "REASON_INVALID")):
        refused = await browser.post(path, data=form_at(page, path) | missing)
        assert (refused.status_code, code_of(refused)) == (422, code)
    no_office = await browser.post(path, data=form_at(page, path) | {"choice": "other_office", "reason": "x"})
    assert code_of(no_office) == "NO_OFFICE"
    done = await browser.post(path, data=form_at(page, path) | {"choice": "ask_again", "reason": "Data diperbaiki"})
    assert done.headers["location"] == f"/kasus/{played.held}?notice=DECIDED"
    assert code_of(await browser.get(path)) == "STATE_FORBIDS"


async def test_not_required_is_the_signers_act_with_a_reason(story: Scene, played: Played) -> None:
    path = f"/kasus/{played.fresh}/tugas/layanan.pemberdayaan_sosial/1/tidak-diperlukan"
    worker = await story.site.sign_in("peksos1", story.site.browser())
    assert code_of(await worker.get(path)) == "STATE_FORBIDS"
    head = await story.site.sign_in("kepala1", story.site.browser())
    page = await head.get(path)
    assert "Anda menandatangani sebagai kepala Sentra" in text_of(page)
    refused = await head.post(path, data=form_at(page, path))
    assert (refused.status_code, code_of(refused)) == (422, "REASON_INVALID")
    done = await head.post(path, data=form_at(page, path) | {"reason": "TIDAK_RELEVAN", "note": "sudah bekerja"})
    assert done.status_code == 303
    shown = text_of(await head.get(f"/kasus/{played.fresh}"))
    assert "Tidak relevan menurut asesmen; ditandatangani Contoh Kepala Sentra" in shown
    assert "sudah bekerja" in shown


async def test_a_hold_is_set_and_lifted_by_those_who_may(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1", story.site.browser())
    case = f"/kasus/{played.held}"
    text = text_of(await browser.get(case))
    assert "Ditahan: penyidikan atau peradilan, sejak" in text
    assert "Dapat dicabut oleh pimpinan" in text
    head = await story.site.sign_in("pimpinan1", story.site.browser())
    lift = re.search(rf'href="({case}/penahanan/\w+/cabut)"', (await head.get(case)).text)
    assert lift is not None
    assert code_of(await browser.get(lift[1])) == "ROLE_LACKS_ACTION"
    refused = await send(head, lift[1], lift[1], reason="")
    assert code_of(refused) == "REASON_INVALID"
    done = await send(head, lift[1], lift[1], reason="Keterangan sudah diambil")
    assert done.headers["location"] == f"{case}?notice=HOLD_LIFTED"
    assert code_of(await head.get(lift[1])) == "STATE_FORBIDS"


async def test_destination_receiver_and_offices_are_named_on_their_pages(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1")
    case = f"/kasus/{played.middle}"
    assert (
        code_of(await send(browser, f"{case}/tujuan", f"{case}/tujuan", region="9999", reason="x")) == "REGION_UNKNOWN"
    )
    moved = await send(browser, f"{case}/tujuan", f"{case}/tujuan", region="5306", reason="Alamat keluarga ditemukan")
    assert moved.status_code == 303
    named = await send(
        browser, f"{case}/penerima", f"{case}/penerima", relation="family", name="Contoh Paman", phone="0812"
    )
    assert named.status_code == 303
    text = text_of(await browser.get(case))
    assert "Kabupaten Flores Timur" in text
    assert "Contoh Paman, keluarga, 0812" in text
    nothing = await send(browser, f"{case}/kantor", f"{case}/kantor", mission="", debarkation="")
    assert code_of(nothing) == "FIELD_MISSING"


async def test_legs_are_typed_in_local_time_with_their_zone(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1")
    path = f"/kasus/{played.gate}/perjalanan"
    form = form_at(await browser.get(path), path)
    times = {
        "departs[1]": "2026-12-09T08:00", "departs_zone[1]": "Asia/Jakarta",
        "arrives[1]": "2026-12-09T14:00", "arrives_zone[1]": "Asia/Makassar",
        "departs[2]": "2026-12-10T08:00", "departs_zone[2]": "Asia/Makassar",
        "arrives[2]": "2026-12-10T12:00", "arrives_zone[2]": "Asia/Makassar",
        "departs[3]": "2026-12-10T13:00", "departs_zone[3]": "Asia/Makassar",
        "arrives[3]": "2026-12-10T15:00", "arrives_zone[3]": "Asia/Makassar",
    }  # fmt: skip
    wrong = await browser.post(path, data=form | times | {"arrives[1]": "2026-12-09T08:30"})
    assert (wrong.status_code, code_of(wrong)) == (422, "LEGS_INVALID")
    assert form_at(wrong, path)["departs[1]"] == "2026-12-09T08:00"
    assert code_of(await browser.post(path, data=form | times | {"from[2]": ""})) == "FIELD_MISSING"
    assert code_of(await browser.post(path, data=form | times | {"departs_zone[1]": "Mars/Here"})) == "DATE_INVALID"
    done = await browser.post(path, data=form | times)
    assert done.status_code == 303
    text = text_of(await browser.get(f"/kasus/{played.gate}"))
    assert "9 Des, 08.00 WIB" in text
    assert "9 Des, 14.00 WITA" in text


async def test_a_case_is_ended_on_a_page_that_says_what_follows(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1", story.site.browser())
    path = f"/kasus/{played.fresh}/akhir"
    page = await browser.get(path)
    assert "Ambil kembali kasus ini" in text_of(page)
    assert code_of(await browser.post(path, data=form_at(page, path))) == "FIELD_MISSING"
    other = await story.site.sign_in("koordinator2", story.site.browser())
    assert "Ambil kembali kasus ini" not in text_of(await other.get(path))
    done = await browser.post(path, data=form_at(page, path) | {"status": "DITUTUP", "reason": "Menolak pulang"})
    assert done.headers["location"] == f"/kasus/{played.fresh}?notice=CASE_CLOSED"
    assert "Ditutup tanpa pemulangan" in text_of(await browser.get(f"/kasus/{played.fresh}"))
