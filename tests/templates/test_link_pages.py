"""Link pages: a letter with three fields. Light, alone, safe against what people type, and silent before the code."""

import dataclasses
import re
from typing import Any

import pytest

from templates import core_css, core_css_hash, render
from templates.views import ClosedLink, ErrorPage, Fault, LinkPage, part_size
from tests.templates.examples import (
    BY,
    FACTS,
    FAMILY,
    FAMILY_CODES,
    NOW,
    OFFICE,
    WITA,
    a_block,
    a_digest,
    a_line,
    a_page,
    a_receipt,
    an_ask,
)

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=1>{{7*7}}"
LANGUAGES = ("id", "en")
STATES = ("answered", "gone", "withdrawn", "asleep", "revoked")


def closed(state: str, **more: Any) -> ClosedLink:
    values: dict[str, Any] = {
        "lines": (a_line(),),
        "by_name": "Petugas",
        "at": NOW,
        "until": NOW,
        "receipt": "R-5HN8WC3EJD",
    }
    return ClosedLink("/t/contohtautan", state, OFFICE, WITA, BY, **(values | more))


def every_page(language: str) -> dict[str, str]:
    fault = (Fault("code", "FIELD_MISSING"), Fault("reason", "REASON_INVALID"))
    pages = {
        "one": render("pages/link/one.html", language, page=a_page(language)),
        "fault": render("pages/link/one.html", language, page=a_page(language, faults=fault)),
        "digest": render("pages/link/digest.html", language, page=a_digest(language)),
        "receipt": render("pages/link/receipt.html", language, page=a_receipt(3, left_out=("PLG-1",), still_open=2)),
        "refused": render("pages/link/refused.html", language, page=ErrorPage(404, "LINK_UNKNOWN", asked_by=BY)),
    }
    for state in STATES:
        page = closed(state, code="LINK_GONE", can_resend=state != "answered")
        pages[state] = render("pages/link/closed.html", language, page=page)
    return pages


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_page_is_below_fifty_kilobytes_and_asks_for_nothing_else(language: str) -> None:
    for name, text in every_page(language).items():
        assert len(text.encode()) < 50_000, name
        assert not re.search(r"<script|<img|<iframe|<link[^>]+href=\"(?!data:,)|src=|url\(|@import", text), name
        assert "tel:+62215550170" in text, name


@pytest.mark.parametrize("codes", [FAMILY_CODES, FAMILY_CODES[:3]])
def test_a_full_part_of_a_digest_with_names_opened_is_below_fifty_kilobytes(codes: tuple[str, ...]) -> None:
    size = part_size(len(codes))
    long_facts = (*FACTS, *FACTS)
    block = a_block(FAMILY, "id", tuple(an_ask(n, FAMILY, facts=long_facts) for n in range(size)))
    block = dataclasses.replace(block, choices=block.choices[: len(codes)])

    text = render("pages/link/digest.html", "id", page=a_page(single=False, opened=True, blocks=(block,), parts=2))

    assert len(text.encode()) < 50_000
    assert "?part=2" in text


def test_the_inlined_style_is_the_one_whose_hash_stands_in_the_csp() -> None:
    import hashlib
    from base64 import b64encode

    text = every_page("id")["one"]
    style = re.findall(r"<style>(.*?)</style>", text, re.S)

    assert style == [core_css()]
    assert core_css_hash() == "sha256-" + b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    assert " style=" not in text


def test_one_ask_has_the_fields_of_the_contract_and_nothing_preset() -> None:
    text = every_page("id")["one"].split("</style>")[1]

    for name in ("code", "action", "reason", "until", "name", "position", "nonce", "show", "website"):
        assert f'name="{name}"' in text
    assert "checked" not in text
    assert " selected" not in text
    assert "novalidate" in text
    assert "Apakah dinas siap menjemput dan menerima satu orang?" in text
    assert "bukan ketentuan peraturan" in text


def test_a_digest_has_common_answer_and_exceptions_and_nothing_preset() -> None:
    text = every_page("id")["digest"].split("</style>")[1]

    assert f'name="all[{FAMILY}]"' in text
    assert f'name="reason[{FAMILY}]"' in text
    assert f'name="answer[{an_ask(3).id}]"' in text
    assert f'name="reason[{an_ask(3).id}]"' in text
    assert f'name="until[{an_ask(3).id}]"' in text
    assert "checked" not in text
    assert " selected" not in text


def test_before_the_code_a_restricted_ask_tells_nothing() -> None:
    ask = an_ask(task="layanan.perawatan", restricted=True)
    for language in LANGUAGES:
        one = render("pages/link/one.html", language, page=a_page(language, ask=ask)).split("</style>")[1]
        digest = render("pages/link/digest.html", language, page=a_digest(language)).split("</style>")[1]
        for text in (one, digest):
            assert not re.search(r"perawatan|treatment|LAYAK|\bill\b|sakit", text)
            assert "confirm" in text


def test_after_the_code_the_restricted_ask_is_read_in_full() -> None:
    ask = an_ask(task="layanan.perawatan", restricted=True, facts=FACTS)
    text = render("pages/link/one.html", "id", page=a_page(ask=ask, opened=True))

    assert "Sudah layak dipulangkan" in text
    assert "Rekaan Satu Contoh" in text
    assert "karena kantor Bapak/Ibu memerlukannya" in text
    assert 'name="show"' not in text


def test_after_a_fault_everything_typed_is_still_there_and_the_fault_stands_at_its_field() -> None:
    ask = an_ask(typed_answer="TOLAK", typed_reason="Kapasitas penuh", typed_until="2026-12-02")
    page = a_page(
        ask=ask,
        faults=(Fault("code", "CODE_WRONG", {"tries_left": 3}),),
        typed_name="Petugas Contoh",
        typed_position="Kepala Bidang",
        typed_code="ABCD-2345",
    )
    text = render("pages/link/one.html", "id", page=page)

    assert '<meta name="pulang-code" content="CODE_WRONG">' in text
    assert text.index('role="alert"') < text.index("<h1")
    assert 'href="#code"' in text
    assert 'aria-invalid="true"' in text
    assert "Sisa percobaan: 3." in text
    assert 'value="TOLAK" checked' in text
    assert ">Kapasitas penuh</textarea>" in text
    assert 'value="2026-12-02" selected' in text
    for typed in ("Petugas Contoh", "Kepala Bidang", "ABCD-2345"):
        assert f'value="{typed}"' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_type_never_becomes_markup(language: str) -> None:
    ask = an_ask(initials=HOSTILE, about=HOSTILE, typed_reason=HOSTILE, typed_until=HOSTILE, number=HOSTILE)
    facts = tuple(dataclasses.replace(fact, value=HOSTILE) for fact in FACTS)
    by = dataclasses.replace(BY, name=HOSTILE, unit=HOSTILE)
    typed: dict[str, Any] = {
        "office": HOSTILE,
        "asked_by": by,
        "nonce": HOSTILE,
        "typed_name": HOSTILE,
        "typed_position": HOSTILE,
        "typed_code": HOSTILE,
        "faults": (Fault("code", "CODE_WRONG", {"tries_left": HOSTILE}),),
        "opened": True,
    }
    ask = dataclasses.replace(ask, facts=facts)
    many = a_block(FAMILY, language, tuple(dataclasses.replace(ask, id=f"a{n}") for n in range(5)), title=HOSTILE)
    many = dataclasses.replace(many, typed_reason=HOSTILE)
    pages = [
        render("pages/link/one.html", language, page=a_page(language, ask=ask, **typed)),
        render("pages/link/digest.html", language, page=a_page(language, single=False, **typed | {"blocks": (many,)})),
        render(
            "pages/link/receipt.html",
            language,
            page=a_receipt(name=HOSTILE, position=HOSTILE, office=HOSTILE, lines=(a_line(answer=HOSTILE),) * 2),
        ),
        render(
            "pages/link/closed.html",
            language,
            page=closed("answered", by_name=HOSTILE, by_position=HOSTILE, lines=(a_line(answer=HOSTILE),)),
        ),
        render("pages/link/closed.html", language, page=closed("withdrawn", why=HOSTILE)),
    ]

    for text in pages:
        assert "<script" not in text
        assert "<img" not in text
        assert "&lt;script&gt;" in text


def test_a_receipt_names_what_was_left_out_and_what_is_still_open() -> None:
    text = render("pages/link/receipt.html", "id", page=a_receipt(2, left_out=("PLG-2026-004219-1",), still_open=2))

    assert "R-5HN8WC3EJD" in text
    assert "PLG-2026-004219-1" in text
    assert "Dua permintaan masih terbuka" in text
    assert "<form" not in text


@pytest.mark.parametrize("state", STATES)
def test_a_closed_link_has_no_answer_button(state: str) -> None:
    for resend in (False, True):
        text = render("pages/link/closed.html", "id", page=closed(state, can_resend=resend))
        assert 'name="action"' not in text
        assert ('name="resend" value="1"' in text) is (resend and state in ("gone", "asleep", "revoked"))


def test_the_language_switch_comes_back_to_the_form() -> None:
    text = render("pages/link/one.html", "en", page=a_page("en"))

    assert '<html lang="en">' in text
    assert 'href="/t/contohtautan?lang=id"' in text
    assert 'action="/t/contohtautan?lang=en"' in text
    assert "Is your office ready to fetch and receive one person?" in text


def test_a_page_without_due_time_still_asks() -> None:
    page: LinkPage = a_page(due_at=None)

    assert "secepatnya" in render("pages/link/one.html", "id", page=page)
