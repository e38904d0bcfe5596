"""A case as CONTRACT shows it: every key of `GET /cases/{n}` with its kind."""

import re
from typing import Any

from tests.support.probe import (
    both_languages,
    is_flag,
    is_list_of,
    is_moment,
    is_number,
    is_text,
    maybe,
    moment,
    one_of,
    shaped,
)

CASE_NUMBER = re.compile(r"PLG-\d{4}-\d{6}-\d")
STATUSES = [
    "DRAF",
    "PENANGANAN",
    "MENUNGGU_GERBANG",
    "DISETUJUI",
    "PERJALANAN",
    "SINGGAH",
    "KEMBALI",
    "DISERAHKAN",
    "PEMANTAUAN",
    "HILANG_KONTAK",
    "MENINGGAL",
    "DIRUJUK",
    "DITUTUP",
    "SELESAI",
    "DIBATALKAN",
]
TASK_STATUSES = [
    "TIDAK_BERLAKU",
    "BELUM_SIAP",
    "DIMINTA",
    "DIPERPANJANG",
    "DIALIHKAN",
    "DIJAWAB",
    "LULUS",
    "GAGAL",
    "TIDAK_DIPERLUKAN",
    "DILANJUTKAN_DI_DAERAH",
    "KEDALUWARSA",
    "BATAL",
]
CHECKS = [f"U{n:02}" for n in range(1, 13)] + [f"K0{n}" for n in range(1, 7)] + ["J01", "J02"]


def check_case(view: Any) -> Any:
    """Every key of `GET /cases/{n}` with its kind."""

    def is_by(value: Any) -> bool:
        return value is None or set(value) in ({"name", "position"}, {"account"})

    shaped(
        view,
        number=CASE_NUMBER.fullmatch,
        group=maybe(is_text),
        status=one_of(*STATUSES),
        holds=is_list_of(lambda value: isinstance(value, dict)),
        urgent=is_flag,
        procedure=lambda value: value == {"code": "pemulangan", "version": "2026.1"},
        flags=lambda value: len(value) == 25 and set(value.values()) <= {"ya", "tidak", "belum_diketahui"},
        waits_for=lambda value: isinstance(value, list),
        next_at=maybe(is_moment),
        forecast=lambda value: value is None,
        tasks=lambda value: isinstance(value, list),
        gate=lambda value: isinstance(value, dict),
        legs=lambda value: isinstance(value, list),
        handovers=lambda value: isinstance(value, list),
    )
    for hold in view["holds"]:
        shaped(hold, id=is_text, kind=is_text, reason=is_text, since=is_moment, review_on=is_text)
    for wait in view["waits_for"]:
        shaped(wait, task=is_text, agency=maybe(is_text), since=is_moment)
    assert len({task["code"] for task in view["tasks"]}) == 47
    for task in view["tasks"]:
        shaped(
            task,
            code=is_text,
            n=is_number,
            status=one_of(*TASK_STATUSES),
            agency=maybe(is_text),
            ask=maybe(is_text),
            asked_at=maybe(is_moment),
            due_at=maybe(is_moment),
            answer=maybe(is_text),
            answered_at=maybe(is_moment),
            by=is_by,
            verify_by=maybe(one_of("koordinator")),
            evidence_missing=is_flag,
        )
    gate = shaped(
        view["gate"],
        open=is_flag,
        basis=maybe(one_of("TELAH_DITANGANI", "LANJUT_DI_DAERAH")),
        snapshot=maybe(is_text),
        checks=lambda value: [check["code"] for check in value] == CHECKS,
        approvals=lambda value: isinstance(value, list),
    )
    for check in gate["checks"]:
        shaped(
            check,
            code=is_text,
            state=one_of("holds", "open", "not_applicable"),
            sentence=both_languages,
            waits=lambda value: isinstance(value, list),
        )
        assert (check["state"] == "open") == bool(check["waits"]), check
        for wait in check["waits"]:
            shaped(wait, task=is_text, agency=maybe(is_text), since=maybe(is_moment), remedy=both_languages)
    for approval in gate["approvals"]:
        shaped(
            approval,
            role=one_of("pemeriksa", "penyetuju"),
            by=is_text,
            at=is_moment,
            snapshot=is_text,
            void=is_flag,
        )
    for leg in view["legs"]:
        leg_keys = {"n", "kind", "from", "to", "carrier", "departs_at", "arrives_at", "hands_to", "state"}
        assert set(leg) == leg_keys
        assert is_moment(leg["departs_at"])
        assert moment(leg["arrives_at"]) > moment(leg["departs_at"])
    for handover in view["handovers"]:
        assert set(handover) == {"number", "from", "to", "result", "at"}
        assert re.fullmatch(r"BAST-\d{4}-\d{6}-\d", handover["number"])
        assert is_moment(handover["at"])
    return view
