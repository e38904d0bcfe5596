"""What each task asks, in a sentence a stranger understands. Titles come from the procedure file; questions stand here.

`question`: heading of a link page; {people} is "satu orang" or "14 orang". `about`: the thing asked, as a noun.
`doing`: goes into "Menunggu … [doing], sejak …". `answers`: labels richer than the general ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from templates.catalogue import _, say
from templates.words_names import ANSWER


@dataclass(frozen=True, slots=True)
class TaskWords:
    """Indonesian sources; translated where they are shown. question is "" for tasks of the ministry's own staff."""

    doing: str
    about: str
    question: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


NEUTRAL_TITLE: Final = _("Permintaan bersyarat")
NEUTRAL_QUESTION: Final = _(
    "Ada permintaan bersyarat untuk {people}. Isinya tampil setelah kode benar.",
)
NEUTRAL_DOING: Final = _("menjawab permintaan bersyarat")
_CANNOT: Final = _("Tidak dapat")

TASKS: Final[Mapping[str, TaskWords]] = {
    "akses.penerimaan": TaskWords(_("mendaftarkan kasus"), _("pendaftaran kasus")),
    "akses.kebutuhan_dasar": TaskWords(
        _("memenuhi kebutuhan dasar dan tempat aman"),
        _("kebutuhan dasar dan tempat aman"),
    ),
    "akses.identitas": TaskWords(
        _("memeriksa identitas dan NIK"),
        _("kecocokan identitas dan NIK"),
        _("Apakah identitas dan NIK {people} sesuai dengan data kependudukan?"),
        {"SESUAI": _("Identitas dan NIK sesuai"), "TIDAK_DITEMUKAN": _("Tidak ditemukan dalam data kependudukan")},
    ),
    "akses.dokumen_perjalanan": TaskWords(
        _("memastikan dokumen perjalanan dan catatan masuk"),
        _("dokumen perjalanan dan catatan keimigrasian"),
        _("Apakah dokumen perjalanan dan catatan keimigrasian {people} sudah ada?"),
        {"KONFIRMASI": _("Dokumen dan catatan sudah ada")},
    ),
    "akses.kesehatan_pintu_masuk": TaskWords(
        _("memeriksa kesehatan di pintu masuk"),
        _("pemeriksaan kesehatan di pintu masuk"),
        _("Apa hasil pemeriksaan kesehatan {people} di pintu masuk?"),
        {
            "LAYAK": _("Diperiksa, layak"),
            "LAYAK_DENGAN_SYARAT": _("Diperiksa, layak dengan syarat"),
            "PERLU_PERAWATAN": _("Diperiksa, perlu perawatan"),
        },
    ),
    "awal.kesepakatan": TaskWords(
        _("mencatat kesepakatan bersama"),
        _("kesepakatan bersama dan pemberitahuan data"),
        answers={"BERSEDIA": _("Bersedia, sudah ditandatangani")},
    ),
    "awal.skrining": TaskWords(_("menyelesaikan penyaringan awal"), _("penyaringan awal")),
    "awal.status_hukum": TaskWords(
        _("menyatakan berkeberatan atau tidak"),
        _("keberatan penegak hukum atas pemulangan"),
        _("Apakah penegak hukum berkeberatan bila {people} dipulangkan?"),
        {"MASIH_DIPERLUKAN": _("Masih diperlukan untuk perkara")},
    ),
    "asesmen.biopsikososial": TaskWords(_("menyelesaikan asesmen"), _("asesmen komprehensif")),
    "asesmen.kesehatan": TaskWords(
        _("melaporkan hasil pemeriksaan kesehatan"),
        _("hasil pemeriksaan kesehatan"),
        _("Apa hasil pemeriksaan kesehatan {people}?"),
        {
            "LAYAK": _("Diperiksa, layak"),
            "LAYAK_DENGAN_SYARAT": _("Diperiksa, layak dengan syarat"),
            "PERLU_PERAWATAN": _("Diperiksa, perlu perawatan"),
        },
    ),
    "asesmen.keamanan": TaskWords(_("menilai risiko keamanan"), _("risiko keamanan")),
    "asesmen.keluarga": TaskWords(
        _("menelusuri dan menilai keluarga"),
        _("asesmen keluarga dan lingkungan asal"),
        _("Apa hasil penelusuran keluarga untuk {people}?"),
        {"KELUARGA_SIAP": _("Keluarga ditemukan dan siap"), "KELUARGA_MENOLAK": _("Keluarga ditemukan, menolak")},
    ),
    "asesmen.anak": TaskWords(
        _("menilai kepentingan terbaik bagi anak"),
        _("asesmen kepentingan terbaik bagi anak"),
        _("Apakah asesmen kepentingan terbaik bagi {people} sudah selesai?"),
        {"KONFIRMASI": _("Asesmen selesai")},
    ),
    "rencana.layanan": TaskWords(_("menyusun rencana layanan"), _("rencana layanan")),
    "layanan.rehabilitasi_sosial": TaskWords(_("menyelesaikan rehabilitasi sosial"), _("rehabilitasi sosial")),
    "layanan.jaminan_sosial": TaskWords(_("menyelesaikan jaminan sosial"), _("jaminan sosial")),
    "layanan.pemberdayaan_sosial": TaskWords(_("menyelesaikan pemberdayaan sosial"), _("pemberdayaan sosial")),
    "layanan.perlindungan_sosial": TaskWords(_("menyelesaikan perlindungan sosial"), _("perlindungan sosial")),
    "layanan.perawatan": TaskWords(
        _("menyatakan perawatan selesai"),
        _("perawatan sampai layak dipulangkan"),
        _("Apakah {people} sudah layak dipulangkan setelah perawatan?"),
        {
            "LAYAK": _("Sudah layak dipulangkan"),
            "LAYAK_DENGAN_SYARAT": _("Layak dipulangkan dengan syarat"),
            "TIDAK_LAYAK": _("Belum layak dipulangkan"),
        },
    ),
    "layanan.pelindungan_saksi": TaskWords(
        _("menyatakan pelindungan dan syarat perjalanan"),
        _("pelindungan dan syarat perjalanan"),
        _("Apakah pelindungan {people} mengizinkan perjalanan pulang?"),
        {"MASIH_DIPERLUKAN": _("Belum dapat, masih dalam pelindungan")},
    ),
    "layanan.hak_pmi": TaskWords(
        _("mendata dan mengajukan hak pekerja migran"),
        _("pendataan dan pengajuan hak pekerja migran"),
        _("Apakah hak {people} sebagai pekerja migran sudah didata dan diajukan?"),
        {"KONFIRMASI": _("Sudah didata dan diajukan")},
    ),
    "layanan.wali_anak": TaskWords(
        _("menetapkan pendamping atau wali anak"),
        _("penetapan pendamping atau wali sementara"),
        _("Apakah pendamping atau wali sementara bagi {people} sudah ditetapkan?"),
        {"KONFIRMASI": _("Sudah ditetapkan")},
    ),
    "layanan.akomodasi_disabilitas": TaskWords(_("menyiapkan akomodasi yang layak"), _("akomodasi yang layak")),
    "layanan.ibu_bayi": TaskWords(
        _("memenuhi kebutuhan ibu hamil, bayi, atau balita"),
        _("kebutuhan ibu hamil, bayi, dan balita"),
        answers={
            "LAYAK": _("Terpenuhi, layak bepergian"),
            "LAYAK_DENGAN_SYARAT": _("Terpenuhi, layak dengan syarat"),
            "TIDAK_LAYAK": _("Tidak layak bepergian"),
        },
    ),
    "layanan.selesai": TaskWords(
        _("menandatangani pernyataan telah ditangani"), _("pernyataan telah mendapatkan penanganan")
    ),
    "daerah.verifikasi_provinsi": TaskWords(
        _("memverifikasi dan memvalidasi data"),
        _("verifikasi dan validasi data"),
        _("Apakah data {people} sesuai menurut Dinas Sosial provinsi?"),
        {"TIDAK_DITEMUKAN": _("Orang atau alamat tidak ditemukan")},
    ),
    "daerah.kesiapan_kabkota": TaskWords(
        _("menyatakan kesiapan menjemput dan menerima"),
        _("kesiapan menjemput dan menerima"),
        _("Apakah dinas siap menjemput dan menerima {people}?"),
        {"KONFIRMASI": _("Siap menjemput dan menerima")},
    ),
    "daerah.penerima": TaskWords(
        _("memastikan penerima"),
        _("penerima di daerah"),
        _("Siapa yang siap menerima {people}?"),
        {"TIDAK_LAYAK": _("Calon penerima tidak layak")},
    ),
    "daerah.lanjut_penanganan": TaskWords(
        _("menyatakan sanggup melanjutkan penanganan"),
        _("kesanggupan melanjutkan penanganan"),
        _("Apakah daerah sanggup melanjutkan penanganan {people}?"),
        {"KONFIRMASI": _("Sanggup melanjutkan penanganan")},
    ),
    "pulang.kesediaan": TaskWords(_("mencatat kesediaan pulang"), _("pernyataan bersedia dipulangkan")),
    "pulang.rencana_perjalanan": TaskWords(_("membuat rencana perjalanan"), _("rencana perjalanan")),
    "pulang.layak_jalan": TaskWords(
        _("memberi surat layak bepergian"),
        _("surat layak bepergian"),
        _("Apakah {people} layak bepergian?"),
        {
            "LAYAK": _("Layak bepergian"),
            "LAYAK_DENGAN_SYARAT": _("Layak bepergian dengan syarat"),
            "TIDAK_LAYAK": _("Tidak layak bepergian"),
        },
    ),
    "pulang.pendamping": TaskWords(_("menugaskan pendamping"), _("penugasan pendamping")),
    "jalan.surat": TaskWords(_("menerbitkan surat jalan"), _("surat jalan dan berkas perjalanan")),
    "jalan.cek_berangkat": TaskWords(
        _("memeriksa dan mencatat keberangkatan"),
        _("pemeriksaan saat keberangkatan"),
        answers={
            "TIDAK_HADIR": _("Tidak hadir saat berangkat"),
            "TIDAK_LAYAK": _("Tidak layak berangkat"),
            "DITUNDA": _("Keberangkatan ditunda"),
        },
    ),
    "jalan.transit": TaskWords(
        _("menerima di tempat singgah"),
        _("singgah di rumah singgah"),
        answers={"DITERIMA": _("Diterima di tempat singgah"), "TIDAK_HADIR": _("Rombongan tidak datang")},
    ),
    "serah.provinsi": TaskWords(
        _("menerima dari kementerian"),
        _("serah terima kepada provinsi"),
        _("Apakah {people} sudah diterima oleh Dinas Sosial provinsi?"),
        {
            "DITERIMA": _("Sudah kami terima"),
            "DITERIMA_DENGAN_CATATAN": _("Sudah kami terima, dengan catatan"),
            "DITOLAK": _("Tidak kami terima"),
            "TIDAK_HADIR": _("Petugas kami tidak hadir"),
        },
    ),
    "serah.kabkota": TaskWords(
        _("menerima dari provinsi"),
        _("serah terima kepada kabupaten/kota"),
        _("Apakah {people} sudah diterima oleh Dinas Sosial kabupaten/kota?"),
        {
            "DITERIMA": _("Sudah kami terima"),
            "DITERIMA_DENGAN_CATATAN": _("Sudah kami terima, dengan catatan"),
            "DITOLAK": _("Tidak kami terima"),
            "TIDAK_HADIR": _("Petugas kami tidak hadir"),
        },
    ),
    "serah.keluarga": TaskWords(
        _("menyerahkan kepada keluarga"),
        _("serah terima kepada keluarga"),
        _("Apakah {people} sudah diterima oleh keluarga?"),
        {
            "DITERIMA": _("Sudah diterima keluarga"),
            "DITERIMA_DENGAN_CATATAN": _("Diterima keluarga dengan catatan"),
            "DITOLAK": _("Keluarga menolak di tempat"),
            "TIDAK_HADIR": _("Keluarga tidak ada di tempat"),
        },
    ),
    "serah.pengganti": TaskWords(
        _("menerima sebagai keluarga pengganti atau lembaga"),
        _("serah terima kepada keluarga pengganti atau lembaga"),
        _("Apakah {people} sudah diterima oleh keluarga pengganti atau lembaga?"),
        {
            "DITERIMA": _("Sudah kami terima"),
            "DITERIMA_DENGAN_CATATAN": _("Sudah kami terima, dengan catatan"),
            "DITOLAK": _("Tidak kami terima"),
            "TIDAK_HADIR": _("Penerima tidak hadir"),
        },
    ),
    "monev.kunjungan": TaskWords(
        _("melakukan kunjungan pemantauan"),
        _("kunjungan pemantauan"),
        _("Apa hasil kunjungan pemantauan untuk {people}?"),
    ),
    "monev.evaluasi": TaskWords(_("menyelesaikan evaluasi"), _("evaluasi layanan dan reintegrasi")),
    "pasca.rujukan_lanjutan": TaskWords(
        _("membuat rujukan layanan lanjutan"),
        _("rujukan layanan lanjutan"),
        _("Apakah {people} sudah dirujuk ke layanan lanjutan?"),
        {"KONFIRMASI": _("Rujukan sudah dibuat")},
    ),
    "pasca.terminasi": TaskWords(_("mengakhiri layanan"), _("terminasi layanan")),
    "jenazah.dokumen": TaskWords(
        _("melengkapi dokumen jenazah"),
        _("dokumen jenazah"),
        _("Apakah dokumen jenazah {people} sudah lengkap?"),
        {"KONFIRMASI": _("Dokumen lengkap")},
    ),
    "jenazah.kesiapan_daerah": TaskWords(
        _("menyatakan kesiapan menerima jenazah"),
        _("kesiapan menerima jenazah"),
        _("Apakah daerah dan keluarga siap menerima jenazah {people}?"),
        {
            "SIAP_MENERIMA": _("Daerah dan keluarga siap"),
            "SIAP_DENGAN_PENGGANTI": _("Siap, dengan penerima pengganti"),
            "TIDAK_LAYAK": _("Belum ada penerima yang layak"),
        },
    ),
    "jenazah.serah": TaskWords(
        _("menerima jenazah"),
        _("serah terima jenazah"),
        _("Apakah jenazah {people} sudah diterima?"),
        {
            "DITERIMA": _("Jenazah sudah diterima"),
            "DITERIMA_DENGAN_CATATAN": _("Jenazah diterima dengan catatan"),
            "DITOLAK": _("Jenazah tidak diterima"),
            "TIDAK_HADIR": _("Penerima tidak hadir"),
        },
    ),
    "gate": TaskWords(_("memberi persetujuan gerbang"), _("persetujuan gerbang")),
}

HINTS: Final[Mapping[str, str]] = {
    "MINTA_WAKTU": _("paling lama satu batas penuh lagi, langsung diberikan"),
    "DITUNDA": _("sebutkan sampai kapan"),
    "SESUAI_DENGAN_PERBAIKAN": _("tulis perbaikannya di bawah"),
    "LAYAK_DENGAN_SYARAT": _("tulis syaratnya di bawah"),
    "TIDAK_BERKEBERATAN_DENGAN_SYARAT": _("tulis syaratnya di bawah"),
    "DITERIMA_DENGAN_CATATAN": _("tulis catatannya di bawah"),
    "PINDAH_TERLACAK": _("tulis daerah barunya di bawah"),
}
FAILING_HINT: Final = _("mohon tulis alasannya di bawah")
NEUTRAL_CHOICES: Final = (
    # before the code: aliases of CONTRACT, so that neither words nor codes tell what is asked
    ("confirm", _("Dapat dipenuhi")),
    ("decline", _CANNOT),
    ("more_time", _("Minta waktu")),
)


def answer_label(task: str, code: str, language: str) -> str:
    """What an answer is called at this task: "Siap menjemput dan menerima" rather than "Konfirmasi"."""
    own = TASKS[task].answers if task in TASKS else {}
    return say(own.get(code) or ANSWER.get(code, code), language)
