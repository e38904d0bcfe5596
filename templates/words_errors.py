"""One entry per stable code (RELIABILITY section 6, CONTRACT, ARCHITECTURE section 8): what happened, why, what to do.

No blame, no code in the sentence, never personal data. `detail` is added only when all facts it names are known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from templates.catalogue import _


@dataclass(frozen=True, slots=True)
class Words:
    """title: what did not happen. body: why, in one clause. remedy: what to do now. detail: a fact, when known."""

    title: str
    body: str
    remedy: str
    detail: str = ""


_NOT_SAVED: Final = _("Isian belum tersimpan")
_NOT_ANSWERED: Final = _("Jawaban belum tersimpan")
_NOT_IMPORTED: Final = _("Berkas tidak dipakai")
_NOT_DONE: Final = _("Tidak dilakukan")
_READ_AGAIN: Final = _("Muat ulang halaman dan lihat keadaan sekarang.")
_CALL: Final = _("Bila ragu, telepon nomor pada halaman ini.")
_MEND_FILE: Final = _("Perbaiki berkas, lalu unggah lagi.")
_COLUMN: Final = _("Kolom: {column}.")
_MEND_CALL: Final = _("Perbaiki permintaan, lalu kirim lagi.")

ERRORS: Final[Mapping[str, Words]] = {
    # --- link pages
    "LINK_UNKNOWN": Words(
        _("Tautan ini tidak dikenal"),
        _("Mungkin alamatnya terpotong saat disalin."),
        _("Buka lagi dari surel, atau salin seluruh alamatnya. Belum ada jawaban yang tercatat."),
    ),
    "LINK_GONE": Words(
        _("Tautan ini tidak berlaku lagi"),
        _("Masa berlakunya habis atau surel yang lebih baru menggantikannya."),
        _("Minta surel baru ke alamat kantor yang terdaftar, atau telepon nomor pada halaman ini."),
    ),
    "ASK_WITHDRAWN": Words(
        _("Permintaan ini ditarik"),
        _("Jawaban tidak diperlukan lagi."),
        _("Tidak ada yang perlu dilakukan. Terima kasih."),
    ),
    "LINK_ASLEEP": Words(
        _("Tautan ini beristirahat sebentar"),
        _("Kode keliru diketik lima kali."),
        _("Coba lagi setelah lima belas menit, atau minta surel baru dengan kode baru."),
    ),
    "ALREADY_ANSWERED": Words(
        _("Permintaan ini sudah dijawab"),
        _("Jawaban yang lebih dahulu tetap berlaku; yang baru tidak mengubahnya."),
        _CALL,
    ),
    "CODE_WRONG": Words(
        _NOT_ANSWERED,
        _("Kode tidak cocok."),
        _("Salin kode dari surel yang membawa Bapak/Ibu ke sini; setiap surel punya kode sendiri."),
        _("Sisa percobaan: {tries_left}."),
    ),
    "FIELD_MISSING": Words(_NOT_SAVED, _("Ada isian yang masih kosong."), _("Lengkapi isian yang ditandai.")),
    "ACTION_NOT_ALLOWED": Words(
        _NOT_ANSWERED,
        _("Jawaban itu tidak ditawarkan untuk permintaan ini."),
        _("Pilih salah satu jawaban pada halaman ini."),
    ),
    "REASON_INVALID": Words(
        _NOT_ANSWERED,
        _("Alasan belum lengkap."),
        _("Tulis alasannya dengan kata-kata sendiri, paling banyak 2.000 huruf."),
    ),
    "DATE_IN_PAST": Words(_NOT_SAVED, _("Waktu itu sudah lewat."), _("Pilih waktu yang masih akan datang.")),
    "DATE_INVALID": Words(
        _NOT_SAVED,
        _("Tanggal itu tidak dapat dipakai."),
        _("Pilih hari kerja dalam batas yang ditawarkan, misalnya 2026-12-03."),
    ),
    "EXTENSION_LIMIT": Words(
        _NOT_ANSWERED,
        _("Tambahan waktu sudah pernah diberikan untuk permintaan ini."),
        _("Telepon koordinator pada halaman ini; ia dapat memberi waktu lagi."),
    ),
    "STALE_PAGE": Words(
        _NOT_ANSWERED,
        _("Halaman ini terbuka terlalu lama atau keadaannya sudah berubah."),
        _("Periksa isian di bawah, lalu kirim sekali lagi."),
    ),
    "NAME_INVALID": Words(
        _NOT_SAVED,
        _("Nama memuat huruf yang tidak dapat disimpan, kosong, atau lebih dari 200 huruf."),
        _("Ketik nama biasa dalam satu baris; satu huruf pun boleh."),
    ),
    "ADDRESS_INVALID": Words(
        _NOT_ANSWERED,
        _("Alamat surel itu tidak dapat dipakai."),
        _("Tulis satu alamat kantor saja, tanpa nama dan tanpa koma."),
    ),
    "PASS_ON_NOT_ALLOWED": Words(
        _("Permintaan tidak diteruskan"), _("Penerusan ke alamat itu tidak diperbolehkan."), _CALL
    ),
    "FIELD_REPEATED": Words(
        _NOT_SAVED, _("Satu isian terkirim dua kali."), _("Muat ulang halaman, lalu isi sekali lagi.")
    ),
    "FIELD_UNKNOWN": Words(
        _NOT_SAVED, _("Ada isian yang tidak dikenal."), _("Muat ulang halaman dari tautan pada surel, lalu isi lagi.")
    ),
    "FIELD_TYPE": Words(_NOT_SAVED, _("Jenis isian tidak sesuai."), _MEND_CALL, _("Isian: {field}.")),
    "FIELD_CHAR": Words(
        _NOT_SAVED, _("Isian memuat tanda yang tidak dapat disimpan."), _("Ketik ulang tanpa tanda khusus.")
    ),
    "FIELD_LENGTH": Words(_NOT_SAVED, _("Isian terlalu panjang."), _("Persingkat, lalu simpan lagi.")),
    "TYPE_UNSUPPORTED": Words(
        _NOT_SAVED,
        _("Jenis kiriman itu tidak diterima."),
        _("Gunakan formulir pada halaman ini; berkas boleh PDF, JPG, atau PNG."),
    ),
    "BODY_BAD": Words(_NOT_SAVED, _("Kiriman tidak terbaca."), _MEND_CALL),
    "BODY_TOO_LARGE": Words(_NOT_SAVED, _("Kiriman terlalu besar."), _MEND_CALL),
    "CROSS_SITE": Words(
        _NOT_DONE, _("Kiriman datang dari situs lain."), _("Buka halamannya langsung, lalu kirim dari sana.")
    ),
    "SLOW_DOWN": Words(
        _("Sebentar, terlalu banyak percobaan"),
        _("Kami menerima terlalu banyak kiriman dalam waktu singkat."),
        _("Tunggu sebentar, lalu coba lagi. Belum ada yang berubah."),
        _("Tunggu {retry_after_s} detik."),
    ),
    # --- the house is not well
    "STORE_UNAVAILABLE": Words(
        _("Belum dapat disimpan"),
        _("Sistem sedang pulih."),
        _("Isian tetap ada di bawah. Coba lagi sebentar lagi, atau telepon."),
    ),
    "TEMPORAL_AWAY": Words(
        _("Berkas kasus diperbarui sebentar lagi"),
        _("Mesin alur sedang pulih; membaca dan menjawab tetap berjalan."),
        _("Tidak perlu mengirim ulang."),
    ),
    "MAIL_LATER": Words(_("Surel belum terkirim"), _("Server surel belum menerima."), _("Pengiriman diulang sendiri.")),
    "MAIL_REFUSED": Words(
        _("Surel ditolak"),
        _("Server surel kantor itu menolak surel kami."),
        _("Telepon kantor itu, atau tunjuk kantor lain."),
    ),
    "ADDRESS_UNKNOWN": Words(
        _("Surel tidak dapat dikirim"),
        _("Kantor itu belum punya alamat surel yang terdaftar."),
        _("Telepon kantor itu dan minta administrator melengkapi daftar instansi."),
    ),
    "INTERNAL": Words(
        _("Ada yang tidak berjalan"),
        _("Kesalahan ada pada sistem kami, bukan pada isian Anda."),
        _("Coba lagi. Bila berulang, hubungi operator dan sebutkan nomor kejadian."),
    ),
    # --- desks
    "SIGN_IN_FAILED": Words(
        _("Anda belum masuk"), _("Nama pengguna atau kata sandi tidak cocok."), _("Ketik lagi kata sandinya.")
    ),
    "NOT_SIGNED_IN": Words(
        _("Anda belum masuk"),
        _("Halaman ini untuk pegawai yang sudah masuk."),
        _("Masuk dahulu; setelah itu halaman ini terbuka."),
    ),
    "TOKEN_INVALID": Words(
        _("Akses ditolak"), _("Token tidak berlaku atau sudah dicabut."), _("Minta token baru kepada administrator.")
    ),
    "SCOPE_LACKS_ACTION": Words(
        _("Akses ditolak"), _("Token ini tidak mencakup tindakan itu."), _("Minta token dengan cakupan yang sesuai.")
    ),
    "CSRF_BAD": Words(
        _NOT_SAVED,
        _("Halaman ini terbuka terlalu lama atau keadaannya sudah berubah."),
        _("Periksa isian di bawah, lalu simpan sekali lagi."),
    ),
    "ROLE_LACKS_ACTION": Words(
        _NOT_DONE, _("Peran Anda tidak mencakup tindakan ini."), _("Minta rekan dengan peran yang sesuai.")
    ),
    "SAME_PERSON_APPROVES": Words(
        _("Persetujuan tidak dicatat"),
        _("Dua persetujuan harus dari dua orang yang berbeda."),
        _("Minta penyetuju lain."),
    ),
    "SAME_PERSON_VERIFIES": Words(
        _("Pemeriksaan tidak dicatat"),
        _("Yang menjawab tidak boleh memeriksa jawabannya sendiri."),
        _("Minta rekan lain memeriksa."),
    ),
    "SAME_PERSON_LIFTS": Words(
        _("Penahanan tidak dicabut"),
        _("Yang memasang penahanan ini tidak boleh mencabutnya sendiri."),
        _("Minta pimpinan lain mencabutnya."),
    ),
    "ENTERED_BY_SELF": Words(
        _("Persetujuan tidak dicatat"),
        _("Anda ikut mengisi data atau jawaban kasus ini."),
        _("Minta penyetuju yang tidak terlibat."),
    ),
    "NO_SUCH_CASE": Words(
        _("Kasus tidak ditemukan"),
        _("Nomor itu tidak ada, atau bukan untuk peran Anda."),
        _("Periksa nomornya, atau cari pada papan."),
    ),
    "NOT_FOUND": Words(_("Tidak ditemukan"), _("Alamat ini tidak menuju ke mana pun."), _("Kembali ke papan.")),
    "METHOD_NOT_ALLOWED": Words(_NOT_DONE, _("Alamat ini tidak menerima cara itu."), _READ_AGAIN),
    "STATE_FORBIDS": Words(_NOT_DONE, _("Keadaan kasus tidak lagi memungkinkan tindakan ini."), _READ_AGAIN),
    "GATE_SHUT": Words(
        _("Keberangkatan tidak dicatat"),
        _("Gerbang masih tertutup."),
        _("Lihat lembar gerbang: di sana tertulis apa yang masih ditunggu."),
    ),
    "HOLD_ACTIVE": Words(
        _NOT_DONE, _("Kasus ini sedang ditahan."), _("Penahanan harus dicabut dahulu oleh yang berwenang.")
    ),
    "SNAPSHOT_OLD": Words(
        _("Persetujuan tidak dicatat"),
        _("Keadaan gerbang berubah sejak halaman ini dibuka."),
        _("Baca lagi lembar gerbang, lalu putuskan."),
    ),
    "ITEMS_UNREAD": Words(
        _("Persetujuan tidak dicatat"),
        _("Belum semua butir dibuka."),
        _("Buka dahulu setiap butir pada lembar gerbang."),
    ),
    "ONE_BY_ONE": Words(
        _NOT_DONE, _("Orang ini harus dibuka satu per satu."), _("Buka kasusnya dan putuskan di sana.")
    ),
    "DUPLICATE_FOUND": Words(
        _("Kasus belum dimulai"),
        _("Ada orang dengan nomor yang sama."),
        _("Bandingkan, lalu pilih: orang yang berbeda, orang yang sama, atau diputuskan nanti."),
    ),
    "DUPLICATE_OPEN": Words(
        _("Kasus belum dimulai"),
        _("Orang ini sudah mempunyai kasus yang berjalan."),
        _("Buka kasus yang berjalan itu."),
    ),
    "SEARCH_FIRST": Words(
        _("Kasus belum dimulai"),
        _("Pencarian belum dilakukan."),
        _("Cari dahulu menurut nama, NIK, atau paspor; baru setelah itu mulai."),
    ),
    "NO_OFFICE": Words(
        _NOT_SAVED, _("Kantor itu tidak mempunyai tugas yang diminta."), _("Pilih kantor lain dari daftar.")
    ),
    "AGENCY_UNKNOWN": Words(
        _NOT_SAVED, _("Kantor itu tidak ada dalam daftar instansi."), _("Pilih kantor dari daftar.")
    ),
    "LEGS_INVALID": Words(
        _NOT_SAVED,
        _("Urutan perjalanan tidak masuk akal."),
        _("Setiap etape tiba setelah berangkat, dan berurutan sampai kepada penerima."),
    ),
    "REGION_UNKNOWN": Words(
        _NOT_SAVED,
        _("Kode wilayah itu tidak dikenal."),
        _("Pilih provinsi atau kabupaten/kota dari daftar."),
        _("Kode penggantinya: {successor}."),
    ),
    "TASK_UNKNOWN": Words(_NOT_DONE, _("Tugas itu tidak ada dalam prosedur kasus ini."), _READ_AGAIN),
    "FLAG_UNKNOWN": Words(_NOT_SAVED, _("Penanda itu tidak dikenal."), _MEND_CALL),
    "VALUE_UNKNOWN": Words(_NOT_SAVED, _("Pilihan itu tidak dikenal."), _("Pilih salah satu dari daftar.")),
    "NOT_REQUIRED_NOT_ALLOWED": Words(_NOT_DONE, _("Tugas ini tidak dapat ditandai tidak diperlukan."), _READ_AGAIN),
    "SHELTER_UNKNOWN": Words(
        _NOT_SAVED, _("Tempat penampungan itu tidak dikenal."), _("Pilih salah satu dari daftar.")
    ),
    "CLOCK_BACK": Words(_NOT_DONE, _("Waktu peragaan hanya dapat maju."), _("Pilih waktu sesudah waktu sekarang.")),
    # --- calls
    "KEY_MISSING": Words(_NOT_DONE, _("Kepala Idempotency-Key tidak ada."), _MEND_CALL),
    "KEY_INVALID": Words(_NOT_DONE, _("Kepala Idempotency-Key terlalu panjang atau tidak terbaca."), _MEND_CALL),
    "KEY_REUSED": Words(_NOT_DONE, _("Kunci itu sudah dipakai untuk isi yang lain."), _MEND_CALL),
    "NOT_ACCEPTABLE": Words(_NOT_DONE, _("Bentuk jawaban yang diminta tidak tersedia."), _MEND_CALL),
    # --- reading and parsing
    "FIELD_INVALID": Words(
        _NOT_SAVED, _("Isi salah satu isian tidak dapat dipakai."), _MEND_CALL, _("Isian: {field}.")
    ),
    "ID_INVALID": Words(_NOT_DONE, _("Nomor pengenal itu tidak terbaca."), _MEND_CALL),
    "NUMBER_INVALID": Words(
        _NOT_DONE, _("Nomor kasus itu tidak benar; mungkin salah ketik."), _("Periksa nomornya, atau cari pada papan.")
    ),
    "CURSOR_INVALID": Words(_NOT_DONE, _("Penanda halaman itu tidak terbaca."), _("Mulai lagi dari halaman pertama.")),
    "TIME_INVALID": Words(
        _NOT_SAVED, _("Waktu itu tidak terbaca."), _("Tulis waktu dengan zona, misalnya 2026-12-01T08:00+07:00.")
    ),
    "DURATION_INVALID": Words(_NOT_DONE, _("Lama waktu itu tidak terbaca."), _("Tulis misalnya P2D untuk dua hari.")),
    "ANCHOR_INVALID": Words(_NOT_DONE, _("Patokan waktu dalam prosedur tidak terbaca."), _MEND_FILE),
    "PATH_BAD": Words(_("Tidak ditemukan"), _("Alamat ini tidak terbaca."), _("Kembali ke papan.")),
    "URL_TOO_LONG": Words(_NOT_DONE, _("Alamatnya terlalu panjang."), _("Kembali ke papan.")),
    "HEADERS_TOO_LARGE": Words(_NOT_DONE, _("Kepala kiriman terlalu besar."), _MEND_CALL),
    "HOST_UNKNOWN": Words(
        _NOT_DONE, _("Nama situs itu bukan milik kami."), _("Buka alamat resmi pada surel atau surat.")
    ),
    "BODY_TOO_SLOW": Words(
        _NOT_SAVED,
        _("Kiriman tidak selesai tiba."),
        _("Coba lagi dengan sambungan yang lebih baik, atau jawab lewat telepon."),
    ),
    "DEMO_ONLY": Words(_("Tidak ditemukan"), _("Ini hanya ada dalam peragaan."), _("Kembali ke papan.")),
    "NOT_READY": Words(
        _("Belum siap melayani"),
        _("Sistem sedang pulih."),
        _("Tunggu sebentar, lalu coba lagi. Belum ada yang berubah."),
    ),
    "TOKEN_MISSING": Words(
        _("Akses ditolak"), _("Panggilan ini memerlukan token."), _("Minta token baru kepada administrator.")
    ),
    "TOKEN_UNKNOWN": Words(
        _("Akses ditolak"), _("Token tidak berlaku atau sudah dicabut."), _("Minta token baru kepada administrator.")
    ),
    "TOKEN_READS_ONLY": Words(
        _NOT_DONE, _("Token ini hanya untuk melihat."), _("Minta token dengan cakupan api kepada administrator.")
    ),
    # --- things that are not there
    "NO_SUCH_TASK": Words(_("Tugas tidak ditemukan"), _("Tugas itu tidak ada dalam kasus ini."), _READ_AGAIN),
    "NO_SUCH_HOLD": Words(
        _("Penahanan tidak ditemukan"), _("Penahanan itu tidak ada, atau sudah dicabut."), _READ_AGAIN
    ),
    "NO_SUCH_LEG": Words(_("Etape tidak ditemukan"), _("Etape itu tidak ada dalam rencana."), _READ_AGAIN),
    "NO_SUCH_MAIL": Words(_("Surel tidak ditemukan"), _("Surel itu tidak ada."), _READ_AGAIN),
    "NO_SUCH_RECEIPT": Words(
        _("Tanda terima tidak ditemukan"),
        _("Nomor tanda terima itu tidak ada."),
        _("Periksa nomornya: R- dan sepuluh huruf atau angka."),
    ),
    "NO_SUCH_AGENCY": Words(
        _("Instansi tidak ditemukan"), _("Kantor itu tidak ada dalam daftar instansi."), _("Pilih kantor dari daftar.")
    ),
    "NO_SUCH_ACCOUNT": Words(_("Akun tidak ditemukan"), _("Akun itu tidak ada."), _("Periksa nama penggunanya.")),
    "NO_SUCH_PERSON": Words(_("Orang tidak ditemukan"), _("Data orang itu tidak ada."), _READ_AGAIN),
    "NO_SUCH_SUBJECT": Words(_("Tidak ditemukan"), _("Catatan itu tidak ada."), _READ_AGAIN),
    # --- accounts
    "LOGIN_TAKEN": Words(_NOT_SAVED, _("Nama pengguna itu sudah dipakai."), _("Pilih nama lain.")),
    "PASSWORD_LENGTH": Words(
        _NOT_SAVED, _("Kata sandi terlalu pendek atau terlalu panjang."), _("Pakai 12 sampai 128 huruf.")
    ),
    "ROLE_UNKNOWN": Words(_NOT_SAVED, _("Peran itu tidak dikenal."), _("Pilih salah satu dari daftar.")),
    "NIK_DEMO": Words(
        _NOT_SAVED,
        _("NIK itu rekaan: kecamatan 00 tidak pernah diterbitkan."),
        _("Periksa NIK pada dokumennya, atau kosongkan."),
    ),
    # --- sheets and files
    "ROWS_OPEN": Words(
        _("Rombongan belum dilepas"), _("Masih ada baris yang perlu dijawab."), _("Selesaikan baris yang ditandai.")
    ),
    "ROW_REFUSED": Words(
        _("Baris belum diterima"),
        _("Baris itu belum dapat diterima seperti yang tertulis."),
        _("Perbaiki isiannya, lalu terima lagi."),
    ),
    "IMPORT_SEEN": Words(
        _("Berkas ini sudah pernah diunggah"), _("Isinya sama persis."), _("Lanjutkan pada unggahan yang pertama.")
    ),
    "FILE_EMPTY": Words(_NOT_IMPORTED, _("Berkasnya kosong."), _MEND_FILE),
    "FILE_TOO_LARGE": Words(_NOT_IMPORTED, _("Berkasnya lebih dari 10 MB."), _MEND_FILE),
    "ROWS_TOO_MANY": Words(_NOT_IMPORTED, _("Barisnya lebih dari 5.000."), _MEND_FILE),
    "HEADER_BAD": Words(_NOT_IMPORTED, _("Judul kolom tidak sesuai."), _MEND_FILE, _COLUMN),
    "ENCODING_BAD": Words(
        _NOT_IMPORTED,
        _("Huruf dalam berkas tidak terbaca."),
        _("Simpan sebagai CSV UTF-8, lalu unggah lagi."),
        _("Bita ke-{offset}."),
    ),
    "CELL_CONTROL_CHAR": Words(
        _NOT_IMPORTED,
        _("Sebuah sel memuat tanda yang tidak dapat disimpan."),
        _MEND_FILE,
        _("Baris {row}, kolom {column}."),
    ),
    "FILE_UNSAFE": Words(
        _NOT_IMPORTED,
        _("Berkas memuat isi yang tidak aman."),
        _("Simpan ulang sebagai berkas biasa, lalu unggah lagi."),
    ),
    "SHEET_SHAPE": Words(_NOT_IMPORTED, _("Bentuk lembarnya tidak sesuai."), _MEND_FILE),
    "CSV_SHAPE": Words(_NOT_IMPORTED, _("Susunan barisnya tidak terbaca."), _MEND_FILE, _("Baris {row}.")),
    "FILES_TOO_MANY": Words(_NOT_SAVED, _("Berkasnya lebih dari lima."), _MEND_FILE),
    "IMAGE_BAD": Words(_NOT_SAVED, _("Gambarnya rusak atau terlalu besar."), _("Pilih gambar lain.")),
    "FILE_INFECTED": Words(_NOT_SAVED, _("Pemeriksa berkas menolak berkas ini."), _("Pilih berkas lain.")),
    # --- rules and settings
    "PROCEDURE_BAD": Words(
        _("Prosedur tidak dimuat"), _("Berkas prosedur memuat kesalahan."), _MEND_FILE, _("Tempat: {where}.")
    ),
    "PROCEDURE_UNKNOWN": Words(
        _NOT_DONE, _("Versi prosedur kasus ini belum dimuat."), _("Minta administrator memuat versi itu.")
    ),
    "REGISTER_BAD": Words(_("Daftar instansi tidak dimuat"), _("Daftar atau kalender memuat kesalahan."), _MEND_FILE),
    "LIMIT_TOO_SHORT": Words(_NOT_DONE, _("Batas waktu kurang dari satu."), _MEND_FILE),
    "LIMIT_INVALID": Words(_NOT_DONE, _("Batas waktu tidak terbaca."), _MEND_FILE),
}

_CODE_EXAMPLE: Final = _("Salin dari surel yang membawa Bapak/Ibu ke sini, misalnya ABCD-2345.")
FIELD_ERRORS: Final[Mapping[str, Words]] = {
    # a sentence of its own for one field: "<code>:<field>", the field without what stands in brackets
    "FIELD_MISSING:code": Words(_NOT_ANSWERED, _("Kode dari surel belum diisi."), _CODE_EXAMPLE),
    "FIELD_MISSING:name": Words(_NOT_ANSWERED, _("Nama belum diisi."), _("Tulis nama yang menjawab.")),
    "FIELD_MISSING:position": Words(_NOT_ANSWERED, _("Jabatan belum diisi."), _("Tulis jabatan di kantor Bapak/Ibu.")),
    "FIELD_MISSING:action": Words(_NOT_ANSWERED, _("Jawaban belum dipilih."), _("Pilih salah satu jawaban.")),
    "FIELD_MISSING:answer": Words(
        _NOT_ANSWERED, _("Jawaban belum dipilih."), _("Pilih jawaban bersama, atau jawab paling sedikit satu orang.")
    ),
    "FIELD_MISSING:all": Words(
        _NOT_ANSWERED, _("Jawaban belum dipilih."), _("Pilih jawaban bersama, atau jawab paling sedikit satu orang.")
    ),
    "FIELD_MISSING:until": Words(_NOT_ANSWERED, _("Belum disebut sampai kapan."), _("Pilih tanggalnya.")),
    "FIELD_MISSING:nonce": Words(
        _NOT_ANSWERED,
        _("Halaman ini terbuka terlalu lama atau keadaannya sudah berubah."),
        _("Periksa isian di bawah, lalu kirim sekali lagi."),
    ),
    "FIELD_MISSING:reason": Words(_NOT_SAVED, _("Alasan belum diisi."), _("Tulis alasannya dengan singkat.")),
    "FIELD_MISSING:login": Words(_("Anda belum masuk"), _("Nama pengguna belum diisi."), _("Ketik nama pengguna.")),
    "FIELD_MISSING:password": Words(_("Anda belum masuk"), _("Kata sandi belum diisi."), _("Ketik kata sandi.")),
    "HEADER_BAD:missing": Words(_NOT_IMPORTED, _("Sebuah kolom yang diperlukan tidak ada."), _MEND_FILE, _COLUMN),
    "HEADER_BAD:repeated": Words(_NOT_IMPORTED, _("Sebuah judul kolom ditulis dua kali."), _MEND_FILE, _COLUMN),
    "HEADER_BAD:unknown": Words(_NOT_IMPORTED, _("Sebuah judul kolom tidak dikenal atau kosong."), _MEND_FILE, _COLUMN),
    "SHEET_SHAPE:sheets": Words(_NOT_IMPORTED, _("Buku kerjanya berisi lebih dari satu lembar."), _MEND_FILE),
    "SHEET_SHAPE:hidden": Words(_NOT_IMPORTED, _("Buku kerjanya memuat lembar tersembunyi."), _MEND_FILE),
    "SHEET_SHAPE:merged": Words(_NOT_IMPORTED, _("Lembarnya memuat sel gabungan."), _MEND_FILE),
    "SHEET_SHAPE:formula": Words(
        _NOT_IMPORTED, _("Lembarnya memuat rumus."), _("Tempelkan sebagai nilai saja, lalu unggah lagi.")
    ),
    "SHEET_SHAPE:columns": Words(_NOT_IMPORTED, _("Kolomnya terlalu banyak."), _MEND_FILE),
    "TYPE_UNSUPPORTED:sheet": Words(
        _NOT_IMPORTED,
        _("Jenis berkas itu tidak diterima, atau berkasnya rusak, terkunci, atau memuat makro."),
        _("Simpan sebagai .xlsx biasa atau .csv, lalu unggah lagi."),
    ),
    "NAME_INVALID:position": Words(
        _NOT_ANSWERED,
        _("Jabatan memuat huruf yang tidak dapat disimpan, kosong, atau lebih dari 200 huruf."),
        _("Ketik jabatan dalam satu baris."),
    ),
}
