"""Status of a whole case and the moves allowed between them (PROCESS 2.4)."""

from enum import StrEnum


class CaseStatus(StrEnum):
    """Status of a case (PROCESS 2.4)."""

    DRAF = "DRAF"
    PENANGANAN = "PENANGANAN"
    MENUNGGU_GERBANG = "MENUNGGU_GERBANG"
    DISETUJUI = "DISETUJUI"
    PERJALANAN = "PERJALANAN"
    SINGGAH = "SINGGAH"
    KEMBALI = "KEMBALI"
    DISERAHKAN = "DISERAHKAN"
    PEMANTAUAN = "PEMANTAUAN"
    HILANG_KONTAK = "HILANG_KONTAK"
    MENINGGAL = "MENINGGAL"
    DIRUJUK = "DIRUJUK"
    DITUTUP = "DITUTUP"
    SELESAI = "SELESAI"
    DIBATALKAN = "DIBATALKAN"


_S = CaseStatus
# A move is named by where it goes: the table of PROCESS 2.4, read row by row. DRAF → DITUTUP is not in it:
# a draft that leads nowhere is taken back. HILANG_KONTAK goes back to the status it came from.
MAY_GO: dict[CaseStatus, frozenset[CaseStatus]] = {
    _S.DRAF: frozenset({_S.PENANGANAN, _S.MENINGGAL, _S.DIBATALKAN}),
    _S.PENANGANAN: frozenset({_S.MENUNGGU_GERBANG, _S.DIRUJUK, _S.DITUTUP, _S.MENINGGAL, _S.DIBATALKAN}),
    _S.MENUNGGU_GERBANG: frozenset({_S.PENANGANAN, _S.DISETUJUI, _S.MENINGGAL, _S.DITUTUP}),
    _S.DISETUJUI: frozenset({_S.MENUNGGU_GERBANG, _S.PERJALANAN, _S.PENANGANAN, _S.MENINGGAL, _S.DITUTUP}),
    _S.PERJALANAN: frozenset({_S.SINGGAH, _S.DISERAHKAN, _S.PERJALANAN, _S.KEMBALI, _S.HILANG_KONTAK, _S.MENINGGAL}),
    _S.SINGGAH: frozenset({_S.PERJALANAN, _S.KEMBALI, _S.HILANG_KONTAK, _S.MENINGGAL}),
    _S.KEMBALI: frozenset({_S.PENANGANAN}),
    _S.DISERAHKAN: frozenset({_S.PEMANTAUAN, _S.SELESAI}),
    _S.PEMANTAUAN: frozenset({_S.SELESAI, _S.DIRUJUK, _S.HILANG_KONTAK, _S.MENINGGAL, _S.PENANGANAN}),
    _S.HILANG_KONTAK: frozenset({_S.PERJALANAN, _S.SINGGAH, _S.PEMANTAUAN, _S.SELESAI}),
    _S.MENINGGAL: frozenset({_S.MENUNGGU_GERBANG, _S.SELESAI, _S.DIBATALKAN}),
    _S.DIRUJUK: frozenset({_S.SELESAI, _S.PENANGANAN}),
    _S.DITUTUP: frozenset({_S.PENANGANAN}),
    _S.SELESAI: frozenset({_S.PENANGANAN}),
    _S.DIBATALKAN: frozenset(),
}

# What a coordinator may do by name; every other move follows from tasks, approvals, departures and flags.
BY_COORDINATOR: dict[CaseStatus, frozenset[CaseStatus]] = {
    _S.DIBATALKAN: frozenset({_S.DRAF, _S.PENANGANAN, _S.MENINGGAL}),
    _S.DITUTUP: frozenset({_S.PENANGANAN, _S.MENUNGGU_GERBANG, _S.DISETUJUI}),
    _S.DIRUJUK: frozenset({_S.PENANGANAN, _S.PEMANTAUAN}),
    _S.KEMBALI: frozenset({_S.PERJALANAN, _S.SINGGAH}),
    _S.HILANG_KONTAK: frozenset({_S.PERJALANAN, _S.SINGGAH, _S.PEMANTAUAN}),
    _S.PERJALANAN: frozenset({_S.HILANG_KONTAK}),
    _S.SINGGAH: frozenset({_S.HILANG_KONTAK}),
    _S.PEMANTAUAN: frozenset({_S.HILANG_KONTAK}),
    _S.PENANGANAN: frozenset({_S.KEMBALI, _S.DIRUJUK, _S.DITUTUP, _S.SELESAI, _S.PEMANTAUAN}),
    _S.SELESAI: frozenset({_S.DIRUJUK, _S.HILANG_KONTAK, _S.MENINGGAL}),
}

ENDED = frozenset({_S.SELESAI, _S.DITUTUP, _S.DIRUJUK, _S.DIBATALKAN})
BEFORE_JOURNEY = frozenset({_S.PENANGANAN, _S.MENUNGGU_GERBANG, _S.DISETUJUI})
ARRIVED = frozenset({_S.DISERAHKAN, _S.PEMANTAUAN, _S.SELESAI})
# Statuses over which a hold may lie (PROCESS 2.4): from handling to the stay.
MAY_BE_HELD = frozenset({_S.PENANGANAN, _S.MENUNGGU_GERBANG, _S.DISETUJUI, _S.PERJALANAN, _S.SINGGAH, _S.MENINGGAL})


def may_go(state: CaseStatus, to: CaseStatus) -> bool:
    """Whether a case may move from *state* to *to* (PROCESS 2.4)."""
    return to in MAY_GO[state]
