"""Every kind of journal row as a sentence for the timeline. Codes only; names are handed in, flags never named.

`names` maps what the caller resolved: office codes, account and task codes to their names, "actor" to who did it,
"zone" to the IANA zone for moments inside a sentence. What is not in it is shown as its code.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from domain.journal import Kind
from templates import filters, words_names
from templates.catalogue import _, say
from templates.words_tasks import answer_label

SENTENCES: Final[Mapping[Kind, str]] = {
    Kind.OPENED: _("{actor} membuka kasus: {entry_route}."),
    Kind.RELEASED: _("{actor} mengakhiri draf: {decision}."),
    Kind.FLAGS: _("Penanda diperbarui oleh {actor}."),
    Kind.OFFICES_NAMED: _("{actor} menunjuk kantor: {offices}."),
    Kind.ASKED: _("Diminta kepada {agency}: {task}."),
    Kind.MAILED: _("Surel disusun dan berangkat ke kantor yang diminta."),
    Kind.DUE_MOVED: _("Batas waktu yang diminta bergeser."),
    Kind.ANSWERED: _("{actor} menjawab “{answer}”: {task}."),
    Kind.EXTENDED: _("{actor} minta waktu sampai {until}: {task}."),
    Kind.VERIFIED: _("{actor} memeriksa jawaban, {result}: {task}."),
    Kind.NOT_REQUIRED: _("{actor} menandai tidak diperlukan ({reason}): {task}."),
    Kind.DECIDED: _("{actor} memutuskan {choice}: {task}."),
    Kind.WITHDRAWN: _("Permintaan ditarik: {task}."),
    Kind.EXPIRED: _("Masa berlaku surat habis: {task}."),
    Kind.REOPENED: _("Dibuka kembali: {task}."),
    Kind.DELIVERY_REFUSED: _("Server surel menolak surel ini. Koordinator perlu memutuskan."),
    Kind.HOLD_SET: _("Kasus ditahan: {hold}. Oleh {actor}."),
    Kind.HOLD_LIFTED: _("{actor} mencabut penahanan: {hold}."),
    Kind.RECEIVER_NAMED: _("{actor} mencatat penerima: {relation}."),
    Kind.DESTINATION_SET: _("{actor} menetapkan tujuan: {region}."),
    Kind.LEGS_PLANNED: _("{actor} menyusun rencana perjalanan, {legs}."),
    Kind.GATE_JUDGED: _("Gerbang diperiksa: {gate}."),
    Kind.STATUS: _("Keadaan kasus: {status}."),
    Kind.APPROVED: _("{actor} sebagai {role}: {decision}."),
    Kind.APPROVAL_VOID: _("Persetujuan gugur karena {event}."),
    Kind.LEG_EVENT: _("Etape {leg}: {event}. Dicatat oleh {actor}."),
    Kind.CLOSED: _("{actor} menutup kasus: {status}."),
    Kind.VIEWED: _("{actor} membuka data orang ini."),
    Kind.UNMASKED: _("{actor} membuka nama dan data orang ini dengan alasan tertulis."),
    Kind.MAIL_COMPOSED: _("Surel disusun: {kind}, {asks}."),
    Kind.MAIL_TRIED: _("Pengiriman surel: {result}."),
    Kind.LINK_RESENT: _("Surel baru dikirim atas permintaan dari halaman tautan."),
    Kind.LINK_WRONG_CODE: _("Kode keliru diketik pada tautan."),
    Kind.MANIFEST_READ: _("{actor} mengunggah daftar orang."),
    Kind.ROW_DECIDED: _("{actor} memutuskan satu baris daftar orang."),
    Kind.SENDING_HELD: _("{actor} menahan pengiriman surel."),
    Kind.SENDING_RELEASED: _("{actor} melanjutkan pengiriman surel."),
    Kind.REGISTER_LOADED: _("Daftar instansi dimuat."),
    Kind.ACCOUNT_MADE: _("{actor} membuat akun."),
    Kind.ACCOUNT_CLOSED: _("{actor} menutup akun."),
    Kind.ACCOUNT_REOPENED: _("{actor} membuka kembali akun."),
    Kind.TOKEN_MADE: _("{actor} membuat token."),
    Kind.TOKEN_REVOKED: _("{actor} mencabut token."),
    Kind.SIGNED_IN: _("{actor} masuk."),
    Kind.SIGNED_OUT: _("{actor} keluar."),
    Kind.CLOCK_MOVED: _("Waktu peragaan dimajukan."),
    Kind.PROCEDURE_LOADED: _("Prosedur dimuat, versi {version}."),
}
SENT_BACK: Final = _("dikembalikan")
CHECKED: Final = _("lulus")
GATE_OPEN: Final = _("semua pemeriksaan terpenuhi")
GATE_SHUT: Final = _("masih ada pemeriksaan yang belum terpenuhi")
LEGS: Final = (_("satu etape"), _("{count} etape"))
ASKS: Final = (_("satu permintaan"), _("{count} permintaan"))
TONES: Final[Mapping[Kind, str]] = {
    Kind.VERIFIED: "ok",
    Kind.HOLD_LIFTED: "ok",
    Kind.APPROVED: "ok",
    Kind.ANSWERED: "ok",
    Kind.HOLD_SET: "bad",
    Kind.DELIVERY_REFUSED: "bad",
    Kind.EXPIRED: "bad",
    Kind.APPROVAL_VOID: "bad",
    Kind.LINK_WRONG_CODE: "bad",
    Kind.STATUS: "new",
    Kind.OPENED: "new",
}
_FROM: Final[Mapping[Kind, tuple[str, str, str]]] = {
    # kind: (fact of the sentence, code it comes from, family of names)
    Kind.MAIL_TRIED: ("result", "result", "mail_state"),
    Kind.HOLD_SET: ("hold", "kind", "hold"),
    Kind.HOLD_LIFTED: ("hold", "kind", "hold"),
    Kind.STATUS: ("status", "to", "case_status"),
    Kind.CLOSED: ("status", "status", "case_status"),
    Kind.APPROVAL_VOID: ("event", "event", "invalidation"),
    Kind.LEG_EVENT: ("event", "event", "leg_state"),
}
_FAMILY_OF: Final = {
    "entry_route": "entry_route",
    "decision": "decision",
    "choice": "decision",
    "reason": "not_required_reason",
    "relation": "relation",
    "role": "role",
}


def timeline_sentence(kind: Kind | str, codes: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    """The row as a sentence (plain text). Raises ValueError for a kind that does not exist."""
    kind = Kind(kind)
    shown: dict[str, object] = {"actor": names.get("actor") or say(words_names.ROLE["sistem"], language)}
    shown |= {key: _shown(key, value, names) for key, value in codes.items() if isinstance(value, str | int)}
    for key, family in _FAMILY_OF.items():
        if isinstance(code := codes.get(key), str):
            shown[key] = _name(code, family, language)
    shown |= _special(kind, codes, language, names)
    return say(SENTENCES[kind], language).format_map(_Missing(shown))


def timeline_tone(kind: Kind | str, codes: Mapping[str, Any]) -> str:
    """Dot of the timeline: "new", "ok", "bad" or ""."""
    kind = Kind(kind)
    if codes.get("result") in ("back", "REFUSED") or codes.get("decision") == "back":
        return "bad"
    return TONES.get(kind, "")


class _Missing(dict[str, object]):
    """A fact that a row does not carry is shown as a dash, never as an error on a case page."""

    def __missing__(self, key: str) -> str:
        return "–"


def _shown(key: str, value: str | int, names: Mapping[str, str]) -> str:
    return names.get(str(value), str(value)) if key in ("agency", "task", "region") else str(value)


def _name(code: str, family: str, language: str) -> str:
    return say(words_names.FAMILIES[family].get(code, code), language)


def requests(count: int, language: str) -> str:
    """ "satu permintaan", "14 permintaan"."""
    return _count(ASKS, count, language)


def _count(pair: tuple[str, str], count: int, language: str) -> str:
    return say(pair[0], language) if count == 1 else say(pair[1], language, count=filters.in_words(count, language))


def _special(kind: Kind, codes: Mapping[str, Any], language: str, names: Mapping[str, str]) -> dict[str, object]:
    """What needs more than a look-up in one table, by the fact that the sentence names."""
    if kind in _FROM:
        key, source, family = _FROM[kind]
        code = "PENDING" if codes.get(source) == "LATER" else str(codes.get(source))
        name = _name(code, family, language)
        return {key: name if family in ("case_status", "invalidation") else name.lower()}
    if kind is Kind.ANSWERED:
        return {"answer": answer_label(str(codes.get("task", "")), str(codes.get("answer", "")), language)}
    if kind is Kind.EXTENDED and (until := codes.get("until")):
        moment = datetime.fromisoformat(until)
        zone = names.get("zone", "Asia/Jakarta")
        return {
            "until": filters.moment(moment, zone, language)
            if moment.tzinfo
            else filters.day(moment.date(), zone, language)
        }
    if kind is Kind.VERIFIED:
        return {"result": say(SENT_BACK if codes.get("result") == "back" else CHECKED, language)}
    if kind is Kind.MAIL_COMPOSED:
        asks = codes.get("asks", 0)
        count = asks if isinstance(asks, int) else len(asks)
        return {
            "kind": _name(str(codes.get("kind")), "mail_kind", language).lower(),
            "asks": _count(ASKS, count, language),
        }
    if kind is Kind.OFFICES_NAMED:
        offices = codes.get("offices") or {}
        return {"offices": filters.join_words([names.get(code, code) for code in offices.values()], language) or "–"}
    if kind is Kind.LEGS_PLANNED:
        return {"legs": _count(LEGS, len(codes.get("legs") or ()), language)}
    if kind is Kind.GATE_JUDGED:
        return {"gate": say(GATE_OPEN if codes.get("open") else GATE_SHUT, language)}
    return {}
