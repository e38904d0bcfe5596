"""Who sees which page, in both languages, with words instead of codes, and nobody's name where it must not stand."""

import re
from datetime import date

import pytest

from store import case_acts
from tests.api.pages.conftest import Played, in_thread
from tests.api.pages.reading import code_of, text_of
from tests.api.pages.scenes import Scene

ROLES = {
    "koordinator1": (200, 200, 200, 200, 403, 200),
    "peksos1": (200, 200, 200, 200, 403, 403),
    "kepala1": (200, 200, 200, 200, 403, 403),
    "pemeriksa1": (200, 200, 200, 200, 403, 403),
    "penyetuju1": (200, 200, 200, 200, 403, 403),
    "pimpinan1": (200, 200, 200, 200, 403, 403),
    "auditor1": (200, 200, 200, 200, 403, 403),
    "ppdp1": (200, 200, 200, 200, 403, 403),
    "pendamping1": (200, 404, 403, 200, 403, 403),
    "peksos3": (200, 404, 404, 200, 403, 403),
    "operator1": (303, 403, 403, 200, 200, 403),
    "admin1": (303, 403, 403, 200, 403, 403),
}
CODE_WORD = re.compile(r"\b[A-Z]{3,}_[A-Z_]{2,}\b|\b[a-z]+\.[a-z]+_[a-z_]+\b")


@pytest.mark.parametrize("login", ROLES)
async def test_every_role_sees_its_pages_and_no_others(story: Scene, played: Played, login: str) -> None:
    browser = await story.site.sign_in(login)
    paths = ("/", f"/kasus/{played.middle}", f"/kasus/{played.middle}/gerbang", "/instansi", "/operator", "/kasus/baru")
    seen = tuple([(await browser.get(path)).status_code for path in paths])
    assert seen == ROLES[login]


PAGES = (
    "/", "/?status=PENANGANAN", "/?q=Johana", "/?due_before=lewat", "/?held=1", "/tugas", "/kasus/baru", "/instansi",
    "/instansi/DINSOS-5313", "/instansi?q=Lembata", "/kasus/{middle}", "/kasus/{gate}", "/kasus/{held}",
    "/kasus/{child}", "/kasus/{fresh}", "/kasus/{gate}/gerbang", "/kasus/{middle}/gerbang", "/kasus/{held}/gerbang",
    "/kasus/{middle}/penanda", "/kasus/{middle}/penahanan", "/kasus/{middle}/penerima", "/kasus/{middle}/tujuan",
    "/kasus/{middle}/kantor", "/kasus/{gate}/perjalanan", "/kasus/{middle}/akhir",
)  # fmt: skip


@pytest.mark.parametrize("language", ["id", "en"])
async def test_pages_say_words_and_never_codes_in_both_languages(story: Scene, played: Played, language: str) -> None:
    browser = await story.site.sign_in("koordinator1")
    named = {name: getattr(played, name) for name in ("middle", "gate", "held", "child", "fresh")}
    for path in PAGES:
        address = path.format(**named)
        page = await browser.get(address + ("&" if "?" in address else "?") + f"lang={language}")
        assert page.status_code == 200, address
        assert f'<html lang="{language}">' in page.text
        assert CODE_WORD.findall(text_of(page)) == [], address
        if language == "en":
            left = [word for word in ("Menunggu", "Berikutnya", "Diminta sebelum", "Kembali") if word in text_of(page)]
            assert left == [], address


async def test_without_a_sign_in_every_page_leads_to_the_door(story: Scene, played: Played) -> None:
    browser = story.site.browser()
    for path in ("/", f"/kasus/{played.gate}", "/tugas", "/operator", "/kotak-surel", "/kasus/baru"):
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/masuk")
    await browser.aclose()


async def test_the_case_page_opens_with_the_sentence_and_what_comes_next(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1")
    text = text_of(await browser.get(f"/kasus/{played.middle}"))
    assert "Menunggu Direktorat Jenderal Kependudukan dan Pencatatan Sipil memeriksa identitas dan NIK, sejak" in text
    assert re.search(r"Berikutnya \w+, \d+ \w+ 2026, \d\d\.\d\d WI", text)
    assert text.index("Menunggu Direktorat") < text.index("Gerbang pemulangan") < text.index("Tugas menurut tahap")


async def test_opening_a_case_leaves_one_access_row_and_a_quick_second_look_none(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1")
    before = story.site.journal_length()
    await browser.get(f"/kasus/{played.middle}")
    assert story.site.journal_length() == before + 1
    await browser.get(f"/kasus/{played.middle}")
    assert story.site.journal_length() == before + 1


async def test_a_child_has_no_name_in_any_list(story: Scene, played: Played) -> None:
    for login in ("koordinator1", "peksos1"):
        browser = await story.site.sign_in(login, story.site.browser())
        for path in ("/", "/tugas"):
            page = await browser.get(path)
            assert "Rahasia" not in page.text
        assert "Anak, 11 tahun" in text_of(await browser.get("/"))
        assert "Anak Contoh Rahasia" in text_of(await browser.get(f"/kasus/{played.child}"))
        await browser.aclose()


async def test_an_auditor_sees_initials_and_a_social_worker_only_their_own_shelter(
    story: Scene, played: Played
) -> None:
    auditor = await story.site.sign_in("auditor1", story.site.browser())
    for path in ("/", f"/kasus/{played.middle}", f"/kasus/{played.middle}/gerbang"):
        page = await auditor.get(path)
        assert "Yohana" not in page.text
        assert "Y. I. C." in page.text
    other = await story.site.sign_in("peksos3", story.site.browser())
    assert played.middle not in (await other.get("/")).text
    assert code_of(await other.get(f"/kasus/{played.middle}")) == "NO_SUCH_CASE"


async def test_hostile_words_are_shown_as_words(story: Scene, played: Played) -> None:
    bad = '<script>alert(1)</script> "><img src=x onerror=1>'

    def hold(unit: object) -> None:
        case_acts.set_hold(unit, played.middle, "ADMINISTRASI", bad)  # type: ignore[arg-type]

    await in_thread(story.do, "koordinator1", hold)
    browser = await story.site.sign_in("koordinator1")
    for path in (f"/kasus/{played.middle}", f"/kasus/{played.middle}/gerbang", f"/kasus/{played.middle}/penahanan"):
        page = await browser.get(path)
        assert "&lt;script&gt;alert(1)" in page.text
        assert "<script" not in page.text
        assert "<img" not in page.text
    page = await browser.get("/", params={"q": bad})
    assert page.status_code == 200
    assert "<img" not in page.text


async def test_board_filters_stand_in_the_address_and_counts_lead_to_them(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1")
    gate = await browser.get("/?status=MENUNGGU_GERBANG")
    assert played.gate in gate.text
    assert played.middle not in gate.text
    assert played.held in (await browser.get("/?held=1")).text
    assert played.middle in (await browser.get("/", params={"q": "Johana"})).text
    assert played.middle in (await browser.get("/", params={"q": "5313004605020001"})).text
    assert code_of(await browser.get("/?status=NONSENSE")) == "FIELD_INVALID"
    assert code_of(await browser.get("/?cursor=nonsense")) == "CURSOR_INVALID"
    assert code_of(await browser.get("/?due_before=yesterday")) is not None
    empty = text_of(await browser.get("/?q=Zzzz"))
    assert "Tidak ada kasus yang cocok" in empty


async def test_approvers_land_on_what_waits_at_the_gate(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("pemeriksa1")
    page = await browser.get("/")
    assert played.gate in page.text
    assert played.middle not in page.text
    assert played.middle in (await browser.get("/?status=")).text


async def test_the_operator_sees_no_name_and_no_restricted_task(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("operator1")
    page = await browser.get("/operator")
    assert page.status_code == 200
    for word in ("Yohana", "Kasmiati", "Dedi", "Rahasia", "5313004605020001", "awal.status_hukum"):
        assert word not in page.text
    assert played.gate in page.text
    story.site.conductor.reachable = False
    assert "Mesin alur tidak dapat dihubungi" in text_of(await browser.get("/operator"))


async def test_an_odd_nik_or_passport_is_a_remark_on_the_case_and_stops_nobody(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1")
    assert "NIK bukan" not in text_of(await browser.get(f"/kasus/{played.middle}"))

    person = {"nik": "531300", "birth_date": date(1991, 2, 3)}
    number = await in_thread(lambda: story.start("Sartika Contoh Ganjil", person=person))

    assert "531300 (NIK bukan 16 angka)" in text_of(await browser.get(f"/kasus/{number}"))

    papers = (("paspor", "X7654321"), ("paspor", "12-34"), ("SPLP", "12-34"))
    number = await in_thread(lambda: story.start("Dewi Contoh Paspor", person={"documents": papers}))
    text = text_of(await browser.get(f"/kasus/{number}"))
    assert "paspor X7654321, paspor 12-34 (nomornya tidak berbentuk nomor paspor Indonesia), SPLP 12-34" in text


async def test_right_after_the_start_the_page_says_that_the_asks_are_being_sent_and_which_come_first(
    story: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story.stage, "work", lambda: None)  # no conductor has come by yet
    number = await in_thread(lambda: story.start("Marsinah Contoh Baru"))
    browser = await story.site.sign_in("koordinator1")
    text = text_of(await browser.get(f"/kasus/{number}"))

    assert "Permintaan pertama sedang disiapkan dan segera dikirim. Yang lebih dahulu diminta: " in text
    first = text.partition("Yang lebih dahulu diminta: ")[2].partition(".")[0]
    assert "Verifikasi identitas dan NIK" in first
    assert "tidak ada jawaban yang ditunggu" not in text


async def test_an_answer_that_awaits_its_second_look_is_counted_as_such(story: Scene, played: Played) -> None:
    for code in ("akses.kebutuhan_dasar", "awal.skrining"):
        await in_thread(story.answer, played.fresh, code)
    await in_thread(lambda: story.answer(played.fresh, "asesmen.keamanan", verify=False))
    browser = await story.site.sign_in("koordinator1")
    text = text_of(await browser.get(f"/kasus/{played.fresh}"))

    counts = re.search(r"(\d+) berlaku: ((?:\d+ [a-z ]+, )*\d+ [a-z ]+?) Tugas", text)
    assert counts is not None
    assert "1 dijawab dan menunggu pemeriksaan kedua" in counts[2]
    assert sum(map(int, re.findall(r"\d+", counts[2]))) == int(counts[1])
    assert "satu jawaban sudah masuk dan menunggu pemeriksaan kedua" in text
    course = await in_thread(story.course, played.fresh)
    stage = course.rule("asesmen.keamanan").stage
    title = course.procedure.stages[stage].id
    assert re.search(rf"{title} \d+ dari \d+ selesai, 1 dijawab, menunggu pemeriksaan kedua", text)


async def test_stages_that_are_not_open_yet_are_folded_with_their_count(story: Scene, played: Played) -> None:
    browser = await story.site.sign_in("koordinator1")
    page = await browser.get(f"/kasus/{played.fresh}")
    folded = re.findall(r'<details class="later"><summary>(.*?)</summary>(.*?)</details>', page.text, re.DOTALL)
    course = await in_thread(story.course, played.fresh)
    waiting = {
        title.id: [
            t for t in course.ordered_tasks() if course.rule(t.code).stage == code and t.status != "TIDAK_BERLAKU"
        ]
        for code, title in course.procedure.stages.items()
    }
    later = {title: tasks for title, tasks in waiting.items() if tasks and all(t.status == "BELUM_SIAP" for t in tasks)}

    assert len(later) >= 2
    assert [head.partition(" <")[0] for head, _ in folded] == list(later)
    for (head, rows), tasks in zip(folded, later.values(), strict=True):
        assert "tugas, belum dibuka" in head
        assert rows.count('<th scope="row">') == len(tasks)
    for anchor in re.findall(r'href="#([^"]+)"', page.text):
        assert f'id="{anchor}"' in page.text
        assert all(f'id="{anchor}"' not in rows for _, rows in folded)
