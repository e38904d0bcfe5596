"""Builders for the templates' tests: one ask, a digest, a receipt, a mail order. Everybody in them is invented."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from domain.digest import MailAsk, MailOrder
from templates import words
from templates.views import AskedBy, Choice, Fact, LinkAsk, LinkPage, Receipt, ReceiptLine, TaskBlock, UntilOption

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
WITA = "Asia/Makassar"
OFFICE = "Dinas Sosial Kabupaten Contoh"
BY = AskedBy("Unit Pemulangan", "(021) 555-0170", "Ratna Peragaan", "(021) 555-0199")
FACTS = (Fact("Nama", "Rekaan Satu Contoh"), Fact("NIK", "0000000303020001"), Fact("Alamat", "Desa Contoh"))
READY, FAMILY, CARE = "daerah.kesiapan_kabkota", "asesmen.keluarga", "layanan.perawatan"
FAMILY_CODES = (
    "KELUARGA_SIAP",
    "KELUARGA_MENOLAK",
    "KELUARGA_TIDAK_DITEMUKAN",
    "LINGKUNGAN_TIDAK_AMAN",
    "MINTA_WAKTU",
    "BUKAN_WILAYAH",
)


def choices(task: str, language: str, codes: tuple[str, ...], failing: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            code,
            words.answer_label(task, code, language),
            words.answer_hint(code, language, fails=code in failing),
            needs_reason=code in failing,
            needs_until=code == "MINTA_WAKTU",
        )
        for code in codes
    )


def untils() -> tuple[UntilOption, ...]:
    return tuple(UntilOption(f"2026-12-0{n}", DUE + timedelta(days=n)) for n in (1, 2, 3))


def an_ask(n: int = 0, task: str = READY, **changes: Any) -> LinkAsk:
    values: dict[str, Any] = {
        "id": f"019ab{n:03d}-7c3e-4b5a-9d21-0242ac12{n:04d}",
        "task": task,
        "number": f"PLG-2026-00{4200 + n}-5",
        "initials": "Y. I. T.",
        "about": "perempuan, 24 tahun",
        "due_at": DUE,
    }
    return LinkAsk(**(values | changes))


def a_block(task: str, language: str, asks: tuple[LinkAsk, ...], *, sealed: bool = False, title: str = "") -> TaskBlock:
    codes = FAMILY_CODES if task == FAMILY else ("LAYAK", "MINTA_WAKTU", "TIDAK_LAYAK") if task == CARE else ()
    codes = codes or ("KONFIRMASI", "MINTA_WAKTU", "TOLAK")
    return TaskBlock(
        task,
        title or ("Permintaan bersyarat" if sealed else "Judul tugas contoh"),
        words.task_question(task, len(asks), language, sealed=sealed),
        asks,
        choices(task, language, codes, (codes[-1],)),
        untils(),
    )


def a_page(
    language: str = "id", *, ask: LinkAsk | None = None, block: dict[str, Any] | None = None, **more: Any
) -> LinkPage:
    the_ask = ask or an_ask()
    sealed = the_ask.restricted and not more.get("opened", False)
    made = a_block(the_ask.task, language, (the_ask,), sealed=sealed, **(block or {}))
    values: dict[str, Any] = {
        "path": "/t/contohtautan",
        "office": OFFICE,
        "zone": WITA,
        "asked_by": BY,
        "blocks": (made,),
        "due_at": DUE,
        "nonce": "nonce-1",
    }
    return LinkPage(**(values | more))


def a_digest(language: str = "id", people: int = 6, *, facts: tuple[Fact, ...] = (), **more: Any) -> LinkPage:
    opened = bool(more.get("opened", False))
    many = a_block(FAMILY, language, tuple(an_ask(n, FAMILY, facts=facts) for n in range(people)))
    two = a_block(READY, language, tuple(an_ask(100 + n, facts=facts) for n in range(2)))
    one = a_block(CARE, language, (an_ask(200, CARE, restricted=True),), sealed=not opened)
    return a_page(language, single=False, **({"blocks": (many, two, one)} | more))


def a_line(n: int = 0, **changes: Any) -> ReceiptLine:
    values = {"number": f"PLG-2026-00{4200 + n}-5", "title": "Judul tugas contoh", "answer": "Siap menjemput"}
    return ReceiptLine(**(values | changes))


def a_receipt(count: int = 1, **more: Any) -> Receipt:
    values: dict[str, Any] = {
        "path": "/t/contohtautan",
        "office": OFFICE,
        "zone": WITA,
        "asked_by": BY,
        "receipt": "R-5HN8WC3EJD",
        "at": NOW,
        "lines": tuple(a_line(n) for n in range(count)),
        "name": "Petugas Contoh",
        "position": "Kepala Bidang",
    }
    return Receipt(**(values | more))


def a_mail_ask(n: int = 0, **changes: Any) -> MailAsk:
    values: dict[str, Any] = {
        "ask": f"ask-{n}",
        "number": f"PLG-2026-00{4200 + n}-5",
        "initials": "Y. I. T.",
        "title_id": "Kesiapan kabupaten/kota menjemput dan menerima",
        "title_en": "Regency/city ready to fetch and receive",
        "due_at": DUE,
        "group": None,
        "restricted": False,
        "urgent": False,
    }
    return MailAsk(**(values | changes))


def an_order(
    kind: Literal["ask", "digest", "notice"] = "ask", asks: tuple[MailAsk, ...] | None = None, **changes: Any
) -> MailOrder:
    values: dict[str, Any] = {
        "mail": "mail-1",
        "kind": kind,
        "agency_code": "DINSOS-CONTOH",
        "agency_name": OFFICE,
        "zone": WITA,
        "language": "id",
        "asks": asks or (a_mail_ask(),),
        "link": "https://pulang.contoh.invalid/t/Xk3vQ9mT7bLr2WnZ8pHcXk3vQ9mT7bLr2WnZ8pHcaaa",
        "code": "7KQ4-TP2M",
        "sign_in_url": None,
        "desk_name": "Unit Pemulangan",
        "desk_phone": "(021) 555-0170",
        "duty_phone": "(021) 555-0199",
        "composed_at": NOW,
    }
    if kind == "notice":
        values |= {"link": None, "code": None, "sign_in_url": "https://pulang.contoh.invalid/tugas"}
        values |= {"agency_name": "RPTC Contoh", "zone": "Asia/Jakarta", "duty_phone": ""}
    return MailOrder(**(values | changes))
