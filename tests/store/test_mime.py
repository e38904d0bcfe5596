"""A mail's final bytes say what was composed, whatever reads them."""

import email
import email.policy

import pytest

from store.mime import mime_message
from store.outbox import without_secrets

TOKEN = "Xk3vQ9mT7bLr2WnZ8pHcXk3vQ9mT7bLr2WnZ8pHcaaa"
TEXT = f"Yth. petugas — hari Jumʼat\n\nhttps://pulang.contoh.invalid/t/{TOKEN}\n\nKode: 7KQ4-TP2M\n.\nselesai\n"
HTML = f'<p style="a">{"panjang " * 30}<a href="https://pulang.contoh.invalid/t/{TOKEN}">=3D</a> <b>7KQ4-TP2M</b></p>'


def made(subject: str = "[Pulang] Permintaan – 1 orang – batas Senin 30 Nov 2026 16.00 WITA, mohon segera") -> bytes:
    return mime_message({"To": "a@contoh.invalid", "Subject": subject, "X-Pulang-Ask": "ask-1"}, TEXT, HTML)


def test_a_mail_reads_as_it_was_composed() -> None:
    parsed = email.message_from_bytes(made(), policy=email.policy.default)
    plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))

    assert parsed["Subject"] == "[Pulang] Permintaan – 1 orang – batas Senin 30 Nov 2026 16.00 WITA, mohon segera"
    assert parsed.get_content_type() == "multipart/alternative"
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == TEXT
    assert html is not None
    assert html.get_content().replace("\r\n", "\n").rstrip("\n") == HTML


def test_every_line_is_short_ascii_and_ends_as_mail_wants_it() -> None:
    lines = made().split(b"\r\n")

    assert all(line.isascii() and len(line) <= 78 and b"\n" not in line and b"\r" not in line for line in lines)


@pytest.mark.proves("T26")
@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_header_of_two_lines_is_refused(end: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        made(f"Permintaan{end}Bcc: b@contoh.invalid")


@pytest.mark.parametrize("before", ["Kode:\u00a0", "\u201c", "x=", "<b>", "(", "\u2014"])
def test_a_code_is_blotted_whatever_stands_before_it(before: str) -> None:
    kept = without_secrets(mime_message({"Subject": "x"}, f"{before}7KQ4-TP2M", "<p></p>"))

    assert b"7KQ4" not in kept
    assert b"TP2M" not in kept


@pytest.mark.parametrize("shift", range(80))
def test_token_and_code_are_blotted_wherever_their_lines_were_broken(shift: int) -> None:
    padding = "x" * shift
    text = f"{padding} http://127.0.0.1:8000/t/{TOKEN} {padding}Kode: 7KQ4-TP2M {padding} PLG-2026-004217-5 ABCDEFGH\n"
    kept = without_secrets(mime_message({"Subject": "x"}, text, f"<p>{text}</p>"))
    parsed = email.message_from_bytes(kept, policy=email.policy.default)

    for part in parsed.walk():
        if part.get_content_maintype() == "text":
            words = part.get_content()
            assert f"/t/… {padding}Kode: ••••-•••• {padding} PLG-2026-004217-5 ABCDEFGH" in words
