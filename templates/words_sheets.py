"""What is said about a sheet of people: a sentence for each code of `domain.sheets`, and the report of a whole sheet.

A report names lines, codes and regions only; what stands in the cells is for the page of the sheet.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from domain.regions import find_region
from domain.sheets.records import Judgement, Row, Status
from templates.catalogue import _, say

SHEET_STATUS: Final[Mapping[str, str]] = {
    "accepted": _("diterima"),
    "warned": _("perlu dijawab"),
    "refused": _("ditolak"),
    "skipped": _("bukan orang"),
}
SHEET_COLUMN: Final[Mapping[str, str]] = {
    "no": _("nomor urut"),
    "nama": _("nama"),
    "nik": _("NIK"),
    "jenis_kelamin": _("jenis kelamin"),
    "tempat_lahir": _("tempat lahir"),
    "tanggal_lahir": _("tanggal lahir"),
    "alamat": _("alamat"),
    "kabupaten_kota": _("kabupaten/kota"),
    "provinsi": _("provinsi"),
    "kategori": _("kategori"),
    "jenis_dokumen": _("jenis dokumen"),
    "no_paspor_splp": _("nomor paspor/SPLP"),
    "negara_penempatan": _("negara penempatan"),
    "kebutuhan_khusus": _("kebutuhan khusus"),
    "catatan": _("catatan"),
}
SHEET_CODE: Final[Mapping[str, str]] = {
    # --- records without a person
    "TITLE_ROW": _("Baris judul."),
    "BLANK_ROW": _("Baris kosong."),
    "HEADER": _("Judul kolom."),
    "HEADER_REPEATED": _("Judul kolom terulang."),
    "TOTAL_ROW": _("Baris jumlah."),
    "FOOTER_ROW": _("Baris penutup atau tanda tangan."),
    # --- refused
    "COLUMN_COUNT": _("Selnya lebih banyak daripada judul kolom; isinya mungkin bergeser."),
    "NAME_MISSING": _("Namanya belum diisi."),
    "NAME_INVALID": _("Namanya memuat huruf yang tidak dapat disimpan, atau lebih dari 200 huruf."),
    "FORMULA_IN_NAME": _("Kolom nama berisi rumus."),
    "DUPLICATE_IN_FILE": _("Orang yang sama sudah ada di berkas ini."),
    "NIK_DEMO": _("NIK ini hanya untuk peragaan; nomor seperti itu tidak pernah diterbitkan."),
    # --- to be answered
    "NIK_SCIENTIFIC_NOTATION": _("NIK berubah menjadi angka ilmiah dan angka aslinya hilang; isi ulang."),
    "NIK_ROUNDED": _("Angka terakhir NIK hilang karena dibulatkan; isi ulang."),
    "NIK_LENGTH": _("NIK tidak terdiri atas 16 angka."),
    "NIK_DATE": _("Tanggal di dalam NIK tidak ada di kalender."),
    "NIK_SHARED_IN_FILE": _("NIK yang sama dipakai orang lain di berkas ini."),
    "NIK_DATE_MISMATCH": _("Tanggal lahir berbeda dari NIK."),
    "NIK_SEX_MISMATCH": _("Jenis kelamin berbeda dari NIK."),
    "SEX_UNKNOWN": _("Jenis kelamin belum jelas."),
    "DATE_EMPTY": _("Tanggal lahir belum diisi."),
    "DATE_INVALID": _("Tanggal lahir tidak terbaca atau tidak ada di kalender."),
    "DATE_IN_FUTURE": _("Tanggal lahir sesudah hari tiba."),
    "DATE_TWO_DIGIT_YEAR": _("Tahun lahir hanya dua angka; mohon dipastikan."),
    "DATE_EXCEL_SERIAL": _("Tanggal lahir berupa nomor hari lembar kerja; mohon dipastikan."),
    "AGE_ONLY": _("Hanya umur yang ditulis; isi tanggal lahirnya bila diketahui."),
    "REGION_MISSING": _("Kabupaten/kota kosong; usulannya dari baris di atas."),
    "REGION_ALIAS": _("Singkatan kabupaten/kota dikenali; mohon dipastikan."),
    "REGION_FUZZY": _("Nama kabupaten/kota ditebak; mohon dipastikan."),
    "REGION_AMBIGUOUS": _("Dapat berarti kabupaten atau kota; pilih salah satu."),
    "REGION_PROVINCE_MISMATCH": _("Kabupaten/kota itu tidak berada di provinsi yang ditulis."),
    "REGION_UNKNOWN": _("Kabupaten/kota tidak dikenal."),
    "CATEGORY_AMBIGUOUS": _("Kategori belum jelas; pilih TPPO atau PMIB."),
    "POSSIBLE_DUPLICATE": _("Mungkin orang yang sama dengan baris lain."),
    "DUPLICATE_OPEN": _("Mungkin orang yang kasusnya sedang berjalan."),
    "DUPLICATE_KNOWN": _("NIK atau dokumennya sama dengan orang yang kasusnya sudah berakhir."),
    "FORMULA_CELL": _("Sebuah sel berisi rumus; disimpan sebagai teks biasa."),
    "TEXT_MOJIBAKE": _("Ada huruf yang rusak; mohon dipastikan."),
    # --- notes
    "NIK_EMPTY": _("NIK tidak diisi."),
    "NIK_NORMALISED": _("Tanda baca pada NIK dibuang."),
    "NIK_REGION_RETIRED": _("NIK memakai kode wilayah sebelum pemekaran."),
    "NIK_REGION_UNKNOWN": _("Kode wilayah pada NIK tidak dikenal."),
    "NIK_REGION_DIFFERS": _("Wilayah pada NIK berbeda dari kabupaten/kota asal; orang dapat pindah."),
    "NAME_CASE": _("Nama ditulis dengan huruf besar atau huruf kecil semua."),
    "SEX_NORMALISED": _("Jenis kelamin dibaca dari kata lain."),
    "DATE_MONTH_NAME": _("Nama bulan dibaca."),
    "CATEGORY_NORMALISED": _("Kategori dibaca dari kata lain."),
    "DOCUMENT_SHARED_IN_FILE": _("Nomor dokumen yang sama dipakai orang lain di berkas ini."),
    "TEXT_NORMALISED": _("Spasi atau tanda kutip dirapikan."),
    "COLUMNS_PADDED": _("Sel kosong di ujung baris dilengkapi."),
    "MULTILINE_CELL": _("Sebuah sel berisi beberapa baris."),
    "MINOR": _("Belum berumur 18 tahun pada hari tiba."),
    # --- the file
    "ENCODING_BOM": _("Berkas diawali tanda urutan bita (BOM)."),
    "ENCODING_CP1252": _("Berkas bersandi Windows-1252."),
    "DELIMITER_SEMICOLON": _("Kolom dipisah titik koma."),
    "DELIMITER_TAB": _("Kolom dipisah tab."),
    "LINE_END_CRLF": _("Akhir barisnya bergaya Windows."),
    "TOTAL_MISMATCH": _("Angka pada baris jumlah tidak sama dengan jumlah orang."),
    "NIK_COLUMN_ROUNDED": _("Semua NIK berakhir 0: angka terakhirnya hilang karena dibulatkan."),
}
_COUNTS: Final = _(
    "{records} baris: {accepted} diterima, {warned} perlu dijawab, {refused} ditolak, {skipped} bukan orang."
)
_FILE: Final = _("Berkas: {words}")
_LINE: Final = _("Baris {line}, {status}: {words}")
_SEE: Final = _("Lihat baris {line}.")
_CHOICES: Final = _("Pilihan: {choices}.")
_OFFER: Final = _("Usulan untuk {column}: {value}.")
REFUSED_BY_PERSON: Final = _("Ditolak oleh koordinator.")
KEPT: Final = _("bila tidak diubah, disimpan: {value}")
OUTSIDE: Final = _("di luar kolom")
HEAD_LINE: Final = _("baris")
HEAD_REASON: Final = _("alasan")


def sheet_report(judgement: Judgement, language: str) -> Iterator[str]:
    """Line by line: the counts, what is said of the file, then each record that is refused or to be answered."""
    counts = {status.value: count for status, count in judgement.counts.items()}
    yield say(_COUNTS, language, records=len(judgement.rows), **counts)
    for code in judgement.file_codes:
        yield say(_FILE, language, words=say(SHEET_CODE[code], language))
    for row in judgement.rows:
        if row.status in (Status.REFUSED, Status.WARNED):
            yield _row_sentence(row, language)


def offer_sentence(column: str, value: str, language: str) -> str:
    """A value that only a person may choose."""
    return say(_OFFER, language, column=say(SHEET_COLUMN[column], language), value=value)


def reasons_of(row: Row, language: str) -> list[str]:
    """Why a record is not simply taken: a sentence for each code, the other line, the regions to choose from."""
    words = [say(SHEET_CODE[code], language) for code in row.codes]
    other = row.duplicate_of_line or row.similar_to_line
    if other:
        words.append(say(_SEE, language, line=other))
    regions = [f"{code} {region.name}" for code in row.candidates if (region := find_region(code))]
    if regions:
        words.append(say(_CHOICES, language, choices=", ".join(regions)))
    return words


def _row_sentence(row: Row, language: str) -> str:
    words = reasons_of(row, language)
    lines = f"{row.line}–{row.line_end}" if row.line_end else row.line
    return say(_LINE, language, line=lines, status=say(SHEET_STATUS[row.status], language), words=" ".join(words))
