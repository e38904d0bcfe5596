"""Mails: approved word for word, plain first, and never a name, a flag or a second link."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from domain.digest import MailAsk, MailOrder
from templates import Composer
from tests.templates.examples import DUE, NOW, a_mail_ask, an_order

APPROVED = Path(__file__).parent / "approved"


def digest_asks() -> tuple[MailAsk, ...]:
    family = {
        "title_id": "Penelusuran dan asesmen keluarga/lingkungan asal",
        "title_en": "Family tracing and assessment",
    }
    sealed = {"title_id": "Permintaan bersyarat", "title_en": "Conditional request", "restricted": True}
    return (
        a_mail_ask(0),
        a_mail_ask(1, initials="S.", urgent=True, due_at=NOW + timedelta(hours=4)),
        *(a_mail_ask(n, group="ROM-2026-0312-5", due_at=DUE + timedelta(days=3), **family) for n in range(10, 24)),
        *(a_mail_ask(30 + n, group=f"ROM-2026-032{n}-1", due_at=None) for n in range(4)),
        a_mail_ask(40, initials="M. B.", due_at=NOW - timedelta(days=1), **sealed),
    )


ORDERS: dict[str, MailOrder] = {
    "one": an_order(),
    "one-en": an_order(language="en"),
    "digest": an_order("digest", digest_asks()),
    "digest-en": an_order("digest", digest_asks(), language="en"),
    "fresh-copy": an_order(is_fresh_copy=True),
    "no-due": an_order(asks=(a_mail_ask(due_at=None),), duty_phone=""),
    "notice": an_order("notice", tuple(a_mail_ask(n) for n in range(5))),
    "notice-one-en": an_order("notice", language="en"),
}


@pytest.mark.parametrize("name", ORDERS)
def test_a_mail_reads_word_for_word_as_approved(name: str) -> None:
    mail = Composer().compose(ORDERS[name])
    approved = APPROVED / f"{name}.txt"

    assert f"Subject: {mail.subject}\n\n{mail.text}" == approved.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ORDERS)
def test_no_line_of_a_mail_is_longer_than_76_signs_but_the_link(name: str) -> None:
    mail = Composer().compose(ORDERS[name])

    assert [line for line in mail.text.splitlines() if len(line) > 76 and not line.startswith("https://")] == []
    assert "\u00a0" not in mail.text + mail.subject


@pytest.mark.parametrize("name", [name for name in ORDERS if not name.startswith("notice")])
def test_link_and_code_stand_alone_on_their_lines_once(name: str) -> None:
    order = ORDERS[name]
    lines = Composer().compose(order).text.splitlines()

    assert lines.count(order.link or "") == 1
    assert lines.count("Kode: 7KQ4-TP2M") == 1
    at = lines.index(order.link or "")
    assert lines[at - 1] == lines[at + 1] == ""


@pytest.mark.parametrize("name", [name for name in ORDERS if name.startswith("notice")])
def test_a_notice_has_neither_link_nor_code_nor_case(name: str) -> None:
    mail = Composer().compose(ORDERS[name])

    for part in (mail.subject, mail.text, mail.html):
        assert "/t/" not in part
        assert "Kode" not in part
        assert "PLG-" not in part
    assert "https://pulang.contoh.invalid/tugas" in mail.text


@pytest.mark.parametrize("name", ORDERS)
def test_the_html_part_says_the_same_words_and_fetches_nothing(name: str) -> None:
    order = ORDERS[name]
    mail = Composer().compose(order)
    seen = _words(re.sub(r"<(style|head)\b.*?</\1>|<!--.*?-->|<[^>]+>", " ", mail.html, flags=re.S))

    assert not re.search(r"<img|<script|fonts\.googleapis|@import|<link\b", mail.html)
    assert "width:600px" in mail.html or "max-width:600px" in mail.html
    missing = [word for word in _words(mail.text.replace("-" * 76, " ")) if word not in seen]
    assert missing == []


def test_the_subject_holds_counts_and_the_nearest_time_only() -> None:
    subject = Composer().compose(ORDERS["digest"]).subject
    single = Composer().compose(ORDERS["one"]).subject

    assert subject == "[Pulang] Permintaan konfirmasi – 21 orang – batas terdekat Rabu 25 Nov 2026 14.00 WITA"
    assert single == "[Pulang] Permintaan konfirmasi – 1 orang – batas Senin 30 Nov 2026 16.00 WITA"


def test_a_mail_never_says_korban_or_tppo() -> None:
    for order in ORDERS.values():
        mail = Composer().compose(order)
        assert not re.search(r"korban|tppo|victim|traffick|NIK", mail.subject + mail.text + mail.html, re.I)


def test_an_office_name_with_markup_stays_text() -> None:
    mail = Composer().compose(an_order(agency_name="<script>alert(1)</script> & Rekan", desk_name="A <b>B</b>"))

    assert "<script" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "<script>alert(1)</script> & Rekan" in mail.text


def _words(text: str) -> list[str]:
    import html

    plain = html.unescape(text).replace("\u00a0", " ")
    found = (word.strip("-–:.,;()") for word in re.findall(r"[\w./()+:@–-]+", plain))
    return [word for word in found if word]
