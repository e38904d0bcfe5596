"""/manifes: a coordinator hands in a sheet, sees every line with its reason, and answers each, without any script."""

import csv
import io
import re
from pathlib import Path

import httpx2
import pytest

from domain import data
from tests.api.pages.reading import code_of, form_at, text_of
from tests.support.client import Site, csrf_of

DEMO = Path(data.__file__).parent / "demo"
SAID = {"title": "Contoh Rombongan Nunukan", "arrival": "2026-12-14", "shelter": "RPTC-TPI"}
HEADINGS = "no;nama;nik;jenis kelamin;tanggal lahir;kab/kota;provinsi;kategori;catatan\n"
PERSON = "1;Maria Seran;5321005708959007;P;17/08/1995;Kab. Malaka;NTT;PMIB;\n"
DOUBTFUL = "2;Dwi <b>Lestari</b>;;P;03/01/1988;Malang;Jawa Timur;PMIB;=HYPERLINK(1)\n"
NAMELESS = "3;;;L;03/01/1988;Kab. Malang;Jawa Timur;PMIB;=1+1\n"
SMALL = (HEADINGS + PERSON + DOUBTFUL.replace("<b>", "").replace("</b>", "") + NAMELESS).encode()


async def hand_in(browser: httpx2.AsyncClient, content: bytes, **said: str) -> httpx2.Response:
    fields = SAID | said | {"csrf": await csrf_of(browser, "/manifes")}
    return await browser.post("/manifes", data=fields, files={"file": ("daftar.csv", content)})


async def opened(browser: httpx2.AsyncClient, content: bytes = SMALL) -> str:
    answer = await hand_in(browser, content)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["location"]).partition("?")[0]


async def decide(browser: httpx2.AsyncClient, where: str, line: int, decision: str, **typed: str) -> httpx2.Response:
    page = await browser.get(f"{where}?baris={line}")
    action = f"{where}/baris/{line}"
    values = {f"f[{name}]": value for name, value in typed.items() if name != "case"}
    more = {"case": typed["case"]} if "case" in typed else {}
    return await browser.post(action, data=form_at(page, action) | values | more | {"decision": decision})


def counts_of(page: httpx2.Response) -> list[int]:
    found = re.search(
        r"Dari (\d+) baris: (\d+) diterima, (\d+) perlu dijawab, (\d+) ditolak, (\d+) bukan orang", text_of(page)
    )
    assert found is not None
    return [int(number) for number in found.groups()]


def open_lines(page: httpx2.Response, where: str) -> list[int]:
    return [int(found) for found in re.findall(rf'action="{where}/baris/(\d+)"', page.text)]


@pytest.mark.proves("B06", "B07", "B08", "B09", "B10", "B16")
async def test_a_sheet_full_of_doubts_is_answered_line_by_line_until_none_is_left(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    where = await opened(browser, (DEMO / "manifest_dirty.csv").read_bytes())
    page = await browser.get(where)
    assert counts_of(page) == [57, 15, 28, 4, 10]
    assert "NIK berubah menjadi angka ilmiah" in text_of(page)
    assert "5,2E+15" in text_of(page)
    again = await hand_in(browser, (DEMO / "manifest_dirty.csv").read_bytes())
    assert again.headers["location"] == f"{where}?notice=IMPORT_SEEN"

    for number, line in enumerate(open_lines(page, where)):
        action = f"{where}/baris/{line}"
        shown = await browser.get(where)
        answer = await browser.post(
            action, data=form_at(shown, action) | {"decision": ("accept", "refuse")[number % 2]}
        )
        assert answer.status_code == 303, text_of(answer)
        total, *parts = counts_of(await browser.get(where))
        assert sum(parts) == total == 57
    done = await browser.get(where)
    assert counts_of(done) == [57, 29, 0, 18, 10]
    assert "Semua baris sudah dijawab." in text_of(done)
    listed = await browser.get("/manifes")
    assert "Semua baris dijawab" in text_of(listed)


async def test_a_doubtful_line_is_mended_by_its_fields_and_only_what_was_changed_is_new(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    where = await opened(browser)
    answer = await decide(browser, where, 3, "accept", regency_code="3573", nama="Dwi Contoh Lestari")
    assert answer.headers["location"] == f"{where}?notice=ROW_TAKEN"
    text = text_of(await browser.get(f"{where}?baris=3"))
    assert "Dwi Contoh Lestari" in text
    row = (await site.get("koordinator1", f"/manifests/{where.rpartition('/')[2]}")).json()["rows"][2]
    assert row["values"]["regency_code"] == "3573"
    assert row["values"]["tanggal_lahir"] == "1988-01-03"


async def test_what_was_typed_stays_when_a_line_is_not_taken(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    where = await opened(browser)
    before = site.journal_length()
    answer = await decide(browser, where, 4, "accept", alamat="Jalan <Contoh> 1")
    assert (answer.status_code, code_of(answer)) == (422, "ROW_REFUSED")
    assert form_at(answer, f"{where}/baris/4")["f[alamat]"] == "Jalan <Contoh> 1"
    unknown = await decide(browser, where, 3, "merge", case="PLG-2026-999999-2")
    assert (unknown.status_code, code_of(unknown)) == (422, "NO_SUCH_CASE")
    assert form_at(unknown, f"{where}/baris/3")["case"] == "PLG-2026-999999-2"
    assert site.journal_length() <= before + 3  # looks only


async def test_a_line_mended_into_something_doubtful_is_asked_about_again(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    where = await opened(browser)
    answer = await decide(browser, where, 4, "accept", nama="Heru", nik="12")
    assert answer.headers["location"] == f"{where}?baris=4&notice=ROW_ASKED"
    assert "NIK tidak terdiri atas 16 angka." in text_of(await browser.get(answer.headers["location"]))


async def test_a_page_that_is_older_than_the_line_changes_nothing(site: Site) -> None:
    browser, other = await site.sign_in("koordinator1"), await site.sign_in("koordinator2", site.browser())
    where = await opened(browser)
    action = f"{where}/baris/3"
    old = form_at(await browser.get(where), action)
    assert (await decide(other, where, 3, "accept", nama="Dwi Lain")).status_code == 303
    answer = await browser.post(action, data=old | {"decision": "refuse"})
    assert (answer.status_code, code_of(answer)) == (409, "STALE_PAGE")


async def test_a_person_with_a_case_is_joined_to_it(site: Site) -> None:
    from tests.support.bodies import a_case

    number = await a_case(site, person={"name": "Maria Seran", "birth_date": "1995-08-17", "nik": "5321005708959007"})
    browser = await site.sign_in("koordinator1")
    where = await opened(browser)
    page = await browser.get(where)
    assert "Mungkin orang yang kasusnya sedang berjalan." in text_of(page)
    assert form_at(page, f"{where}/baris/2")["case"] == number
    answer = await decide(browser, where, 2, "merge")
    assert answer.headers["location"] == f"{where}?notice=ROW_JOINED"
    assert f"Digabungkan dengan {number}" in text_of(await browser.get(where))


@pytest.mark.proves("B10")
async def test_refused_lines_come_down_with_their_reasons_and_no_cell_is_a_formula(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    where = await opened(browser)
    file = await browser.get(f"{where}/ditolak.csv")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="baris-ditolak.csv"'
    rows = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0][:2] == ["baris", "alasan"]
    assert rows[1][:2] == ["4", "Namanya belum diisi."]
    assert "'=1+1" in rows[1]
    await decide(browser, where, 2, "refuse")
    again = (await browser.get(f"{where}/ditolak.csv")).text
    assert "2;Ditolak oleh koordinator.;" in again
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


async def test_the_empty_sheet_that_is_offered_can_be_filled_in_and_handed_in(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    empty = await browser.get("/manifes/contoh.csv")
    line = "1;Maria Seran;;P;Contoh;17/08/1995;Jalan Contoh;Kab. Malaka;NTT;PMIB;;;;;\r\n"
    where = await opened(browser, (empty.text + line).encode())
    assert counts_of(await browser.get(where)) == [2, 1, 0, 0, 1]


@pytest.mark.proves("B01", "B03", "B12")
@pytest.mark.parametrize(
    ("content", "status", "code", "words"),
    [
        (b"", 422, "FILE_EMPTY", "Berkasnya kosong."),
        (SMALL.replace(b"nik;", b"zzz;"), 422, "HEADER_BAD", "Sebuah judul kolom tidak dikenal"),
        (SMALL.replace(b"nama;nik;", b"nama;tempat lahir;"), 422, "HEADER_BAD", "Kolom: NIK."),
        (b"<html></html>", 415, "TYPE_UNSUPPORTED", "Simpan sebagai .xlsx biasa atau .csv"),
    ],
)
async def test_a_file_that_is_not_taken_is_explained_and_what_was_typed_stays(
    site: Site, content: bytes, status: int, code: str, words: str
) -> None:
    browser = await site.sign_in("koordinator1")
    before = site.journal_length()
    answer = await hand_in(browser, content)
    assert (answer.status_code, code_of(answer)) == (status, code)
    assert words in text_of(answer)
    assert form_at(answer, "/manifes")["title"] == SAID["title"]
    assert site.journal_length() == before


async def test_every_fault_of_the_form_is_said_at_once(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    answer = await hand_in(browser, SMALL, title="", arrival="x", shelter="")
    text = text_of(answer)
    assert answer.status_code == 422
    for label in ("Nama rombongan belum diisi.", "Tempat penampungan belum diisi.", "Hari tiba:"):
        assert label in text


async def test_an_auditor_sees_initials_and_counts_and_no_cell_and_no_form(site: Site) -> None:
    where = await opened(await site.sign_in("koordinator1"))
    auditor = await site.sign_in("auditor1", site.browser())
    page = await auditor.get(where)
    assert counts_of(page) == [4, 1, 1, 1, 1]
    assert "M. S." in text_of(page)
    assert "Seran" not in page.text
    assert "Nunukan" not in page.text
    assert "1988" not in page.text
    assert open_lines(page, where) == []
    file = await auditor.get(f"{where}/ditolak.csv")
    assert (file.status_code, code_of(file)) == (403, "ROLE_LACKS_ACTION")


@pytest.mark.proves("S50")
@pytest.mark.parametrize("path", ["", "?baris=3", "/ditolak.csv"])
async def test_a_shelter_sees_no_sheet(site: Site, path: str) -> None:
    where = await opened(await site.sign_in("koordinator1"))
    other = await site.sign_in("peksos1", site.browser())
    for asked in (where + path, "/manifes", "/manifes/contoh.csv"):
        answer = await other.get(asked)
        assert (answer.status_code, code_of(answer)) == (403, "ROLE_LACKS_ACTION")


async def test_a_sheet_or_line_that_is_not_there_is_not_found(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    where = await opened(browser)
    for path in ("/manifes/x", f"{where}?baris=99", "/manifes/x/ditolak.csv"):
        answer = await browser.get(path)
        assert (answer.status_code, code_of(answer)) == (404, "NOT_FOUND"), path


@pytest.mark.parametrize("part", ["warned", "refused", "accepted", "skipped"])
async def test_each_part_has_its_page_in_both_languages(site: Site, part: str) -> None:
    browser = await site.sign_in("koordinator1")
    where = await opened(browser)
    for language, title in (("id", "Periksa daftar sebelum dilepas"), ("en", "Check the sheet before release")):
        page = await browser.get(f"{where}?bagian={part}&lang={language}")
        assert page.status_code == 200
        assert title in text_of(page)


async def test_a_long_sheet_is_told_a_page_at_a_time(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    where = await opened(browser, (DEMO / "manifest_150.csv").read_bytes())
    first = await browser.get(f"{where}?bagian=accepted")
    following = re.search(rf'href="({where}\?bagian=accepted&amp;sesudah=\d+)"', first.text)
    assert following is not None
    rest = await browser.get(following[1].replace("&amp;", "&"))
    assert len(re.findall(r"<tr><td", first.text + rest.text)) == 150


async def test_what_people_wrote_stands_as_text_and_in_no_address(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    content = (HEADINGS + PERSON.replace(";\n", ";<script>alert(1)</script>\n") + DOUBTFUL).encode()
    where = await opened(browser, content)
    page = await browser.get(where)
    assert "<script>alert" not in page.text
    assert "Maria" not in where


async def test_a_line_whose_cells_have_shifted_is_taken_as_its_fields_are_sent(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    shifted = "4;Firdaus; Halim;;L;03/01/1988;Kab. Malang;Jawa Timur;PMIB;;\n"
    where = await opened(browser, SMALL + shifted.encode())
    right = {"nama": "Firdaus Halim", "nik": "", "jenis_kelamin": "L", "tanggal_lahir": "03/01/1988"}
    more = {"kabupaten_kota": "Kabupaten Malang", "kategori": "PMIB", "catatan": ""}
    answer = await decide(browser, where, 5, "accept", **right, **more)
    assert answer.headers["location"] == f"{where}?notice=ROW_TAKEN", text_of(answer)


async def test_a_refusal_says_what_the_line_still_lacks(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    where = await opened(browser)
    answer = await decide(browser, where, 4, "accept", nama="")
    assert "Baris belum diterima" in text_of(answer)
    assert "Namanya belum diisi." in text_of(answer)


async def test_a_doubtful_field_says_what_is_stored_when_it_is_left_alone(site: Site) -> None:
    browser = await site.sign_in("koordinator1")
    content = HEADINGS + "1;Maria Seran;5,2E+15;P;11/02/92;Kab. Malaka;NTT;PMIB;\n"
    page = await browser.get(await opened(browser, content.encode()))
    assert "bila tidak diubah, disimpan: belum diketahui" in text_of(page)
    assert "bila tidak diubah, disimpan: 11 Februari 1992" in text_of(page)
    assert "Tertulis: 5,2E+15 · P · 11/02/92" in text_of(page)
