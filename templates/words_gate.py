"""What would clear an open check, and what a coordinator can do after a failing answer: sentences by code.

Facts come from domain/gate.py (`Wait.facts`) with names put in by the caller: `agency` is an office's name, `task` a
title (text or Titles), moments are aware UTC and shown in `zone`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from templates import filters, words_names
from templates.catalogue import _, say

REMEDIES: Final[Mapping[str, str]] = {
    "ANSWER_BY_LINK": _("Hilang bila {agency} menjawab lewat tautan pada surelnya."),
    "STAFF_ANSWER": _("Hilang bila {agency} mengisi jawabannya pada halaman kasus atau “Tugas saya”."),
    "SIGNER_ANSWER": _("Hilang bila {role} dari {agency} menandatanganinya pada halaman kasus atau “Tugas saya”."),
    "VERIFY": _("Sudah dijawab. Hilang bila {role} memeriksanya."),
    "VERIFY_OTHER": _("Sudah dijawab. Hilang bila {role} lain, bukan yang menjawab, memeriksanya."),
    "NAME_OFFICE": _("Kantor belum ditunjuk. Hilang bila koordinator menunjuk {function}."),
    "SET_DESTINATION": _("Tujuan belum ditetapkan. Hilang bila koordinator menetapkan daerah tujuan."),
    "DECIDE": _("Koordinator memutuskan langkah berikutnya."),
    "OPENS_AT": _("Akan diminta {at}."),
    "OPENS_NOW": _("Segera diminta; sebentar lagi tampil di sini."),
    "OPENS_LATER": _("Akan diminta setelah rencana perjalanan ada."),
    "AFTER": _("Terbuka setelah {task} selesai."),
    "AFTER_GATE": _("Terbuka setelah gerbang disetujui."),
    "ANSWER_FLAGS": _("Hilang bila penanda ini dijawab ya atau tidak: {flags}."),
    "ASK_AGAIN_EXPIRED": _("Masa berlaku surat habis. Hilang bila {agency} memberi surat baru."),
    "MAIL_HELD": _("Pengiriman surel ke {agency} ditahan operator. Berjalan lagi setelah dilepas."),
    "MAIL_QUEUED": _("Surel kepada {agency} berangkat pada jam kerjanya; setelah itu jawabannya ditunggu."),
}
SINCE: Final = _("Ditunggu sejak {since}.")
DUE: Final = _("Diminta sebelum {due_at}.")
UNNAMED_OFFICE: Final = _("kantor yang ditunjuk")

ON_FAIL: Final[Mapping[str, str]] = {
    "kembalikan_perujuk": _("Kembalikan kepada perujuk dengan alasannya, atau tutup kasus."),
    "cari_instansi_lain": _("Tunjuk kantor lain, atau minta lagi kantor yang sama."),
    "identitas_sementara": _(
        "Perbaiki data lalu minta lagi, atau tempuh identitas sementara: pernyataan dua orang atau desa."
    ),
    "alihkan_imigrasi": _("Minta kepada kantor imigrasi, atau minta lagi perwakilan."),
    "alihkan_faskes": _("Minta kepada fasilitas kesehatan, atau minta lagi balai kekarantinaan."),
    "alihkan_sentra": _("Minta pekerja sosial Sentra melakukannya, atau minta lagi kantor yang sama."),
    "rujuk_atau_tutup": _("Tawarkan rujukan. Bila tetap menolak layanan, kasus dapat ditutup."),
    "tinjau_ulang": _("Tinjau sebabnya, lalu minta lagi setelah diperbaiki."),
    "tahan_penyidikan": _("Kasus ditahan untuk penyidikan. Minta lagi setelah penegak hukum memberi kabar."),
    "tahan_kesehatan": _("Kasus ditahan karena kesehatan dan perawatan dimulai. Minta lagi setelah perawatan."),
    "tahan_keamanan": _("Kasus ditahan karena keamanan. Nilai lagi setelah ancaman ditangani."),
    "cari_pengganti": _("Cari keluarga lain, keluarga pengganti, atau lembaga, lalu minta lagi."),
    "lanjutkan_di_daerah": _("Beri waktu baru, atau tandai tidak diperlukan dengan alasan."),
    "catat_dan_lanjut": _("Alasannya dicatat; gerbang tidak menunggu ini. Boleh diminta lagi."),
    "perbaiki_atau_alihkan_wilayah": _("Perbaiki data lalu minta lagi, atau minta daerah yang benar."),
    "serah_terima_langsung_atau_eskalasi": _(
        "Minta provinsi mengantar sampai keluarga, atau bicarakan dengan sekretaris daerah."
    ),
    "kembali_ke_telah_ditangani": _("Dasar kembali ke “telah ditangani”: selesaikan layanan dahulu."),
    "hormati_penolakan": _("Hormati penolakannya. Rencana disusun lagi; tanyakan lagi hanya bila diminta olehnya."),
    "susun_ulang": _("Susun rencana lagi, lalu minta lagi."),
    "keluarkan_dari_manifes": _("Orang ini tidak ikut etape ini. Rencanakan lagi setelah sebabnya jelas."),
    "cari_tempat_lain": _("Cari tempat singgah lain dan telepon petugas jaga."),
    "gagal_serah_terima": _(
        "Tulis berita acara gagal serah terima; orangnya tetap dalam tanggung jawab yang menyerahkan."
    ),
    "tampung_sementara": _("Tampung sementara di daerah dan tinjau dalam empat belas hari."),
    "jadwalkan_ulang": _("Jadwalkan lagi dan minta lagi."),
    "perpanjang_pemantauan": _("Tambah satu kunjungan pemantauan, lalu minta lagi."),
    "eskalasi": _("Laporkan kepada pimpinan sekarang, lalu minta lagi atau tunjuk kantor lain."),
    "pemakaman_oleh_negara": _("Bicarakan dengan keluarga dan daerah; pemakaman oleh daerah dicatat."),
    "MAIL_REFUSED": _("Surelnya ditolak. Telepon kantor itu, minta lagi, atau tunjuk kantor lain."),
}


def on_fail_sentence(code: str, language: str) -> str:
    """What the coordinator can do after a failing answer (or a mail refused for good)."""
    return say(ON_FAIL[code], language)


def remedy(code: str, facts: Mapping[str, Any], language: str, zone: str = "Asia/Jakarta") -> str:
    """What would clear a check: one to three sentences. Unknown or missing facts leave their part out."""
    shown: dict[str, object] = {
        "agency": facts.get("agency") or say(UNNAMED_OFFICE, language),
        "role": _name(facts.get("role") or facts.get("signer"), "role", language),
        "function": _name(facts.get("function"), "function", language),
        "task": filters.join_words([f"“{_in(task, language)}”" for task in _tasks(facts)], language),
        "flags": filters.join_words(
            [filters.lower_first(_name(flag, "flag", language)) for flag in facts.get("flags", ())], language
        ),
    }
    if isinstance(at := facts.get("at"), datetime):
        shown["at"] = filters.moment(at, zone, language)
    text = say(REMEDIES[_variant(code, facts)], language, **shown)
    if code == "DECIDE" and facts.get("on_fail") in ON_FAIL:
        text = on_fail_sentence(facts["on_fail"], language)
    for name, sentence in (("since", SINCE), ("due_at", DUE)):
        if isinstance(when := facts.get(name), datetime) and code in ("ANSWER_BY_LINK", "STAFF_ANSWER"):
            text += " " + say(sentence, language, **{name: filters.moment(when, zone, language)})
    return text


def remedy_both(code: str, facts: Mapping[str, Any], zone: str = "Asia/Jakarta") -> dict[str, str]:
    """{"id": …, "en": …} for the API."""
    return {language: remedy(code, facts, language, zone) for language in ("id", "en")}


def _variant(code: str, facts: Mapping[str, Any]) -> str:
    if code == "STAFF_ANSWER" and facts.get("signer"):
        return "SIGNER_ANSWER"
    if code == "OPENS_AT" and facts.get("at") is None:
        return "OPENS_LATER"
    if code == "AFTER" and facts.get("task") == "gate":
        return "AFTER_GATE"
    return code


def _name(code: Any, family: str, language: str) -> str:
    return say(words_names.FAMILIES[family].get(str(code), str(code)), language) if code else ""


def _tasks(facts: Mapping[str, Any]) -> list[Any]:
    return list(facts.get("tasks") or ([facts["task"]] if facts.get("task") is not None else []))


def _in(value: Any, language: str) -> str:
    """A text as it is; a pair of titles (`.id`, `.en`) in the language asked."""
    return str(getattr(value, language, value)) if value is not None else ""
