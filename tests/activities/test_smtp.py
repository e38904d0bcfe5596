"""One session with a mail server: each way to fail has its class, and an address never becomes two."""

from typing import Any

import pytest

from activities.smtp import MailServer, Progress, Reply, Smtp, clean
from tests.support.smtp_stub import SmtpStub
from workflows.messages import Handed

CONTENT = b"Message-ID: <m1@pulang.invalid>\r\nSubject: x\r\n\r\n.a line with a dot\r\nhttp://127.0.0.1/t/abc\r\n"


async def handed(word: str, *, to: str = "kantor@dinas.invalid", session_s: float = 2.0, **server: Any) -> Reply:
    async with SmtpStub([word]) as stub:
        smtp = Smtp(MailServer("127.0.0.1", stub.port, session_s=session_s, **server))
        return await smtp.deliver("pulang@kementerian.invalid", to, CONTENT, Progress())


@pytest.mark.parametrize(
    ("word", "result", "code"),
    [
        ("250", Handed.ACCEPTED, 250),
        pytest.param("421", Handed.LATER, 421, marks=pytest.mark.proves("F10")),
        pytest.param("450", Handed.LATER, 450, marks=pytest.mark.proves("F10")),
        pytest.param("451-data", Handed.LATER, 451, marks=pytest.mark.proves("F10")),
        pytest.param("550", Handed.REFUSED, 550, marks=pytest.mark.proves("F11")),
        ("554-data", Handed.REFUSED, 554),
        ("drop-before-data", Handed.LATER, 0),
        pytest.param("drop-after-dot", Handed.UNCERTAIN, 0, marks=pytest.mark.proves("F12")),
    ],
)
async def test_each_answer_has_its_class(word: str, result: Handed, code: int) -> None:
    reply = await handed(word)

    assert (reply.result, reply.code) == (result, code)


@pytest.mark.proves("F13")
async def test_a_server_that_never_answers_is_left_after_the_whole_session_s_time() -> None:
    reply = await handed("slow", session_s=0.2)

    assert (reply.result, reply.words) == (Handed.LATER, "SESSION_TOO_SLOW")


async def test_a_server_that_is_not_there_is_tried_later() -> None:
    async with SmtpStub(["250"]) as stub:
        port = stub.port
    reply = await Smtp(MailServer("127.0.0.1", port)).deliver("a@b.invalid", "c@d.invalid", CONTENT, Progress())

    assert (reply.result, reply.words) == (Handed.LATER, "NO_CONNECTION")


async def test_a_refused_password_is_our_fault_and_refuses_no_office_for_good() -> None:
    reply = await handed("535-login", username="pulang", password="x")

    assert (reply.result, reply.code) == (Handed.LATER, 535)


async def test_a_server_without_the_asked_encryption_gets_no_mail() -> None:
    async with SmtpStub(["250"]) as stub:
        smtp = Smtp(MailServer("127.0.0.1", stub.port, starttls=True))
        reply = await smtp.deliver("a@b.invalid", "c@d.invalid", CONTENT, Progress())

    assert (reply.result, stub.taken) == (Handed.LATER, [])


@pytest.mark.proves("I07", "F15")
@pytest.mark.parametrize(
    "address",
    [
        "satu@dinas.invalid,dua@dinas.invalid",
        "satu@dinas.invalid dua@dinas.invalid",
        "satu@dinas.invalid\r\nRCPT TO:<dua@dinas.invalid>",
        "Satu <satu@dinas.invalid>",
        "satu@dinas.invalid\n",
        "tanpa-alamat",
        "",
    ],
)
async def test_what_is_not_exactly_one_mailbox_is_refused_before_any_connection(address: str) -> None:
    async with SmtpStub(["250"]) as stub:
        smtp = Smtp(MailServer("127.0.0.1", stub.port))
        reply = await smtp.deliver("a@b.invalid", address, CONTENT, Progress())

    assert (reply.result, stub.connections) == (Handed.REFUSED, 0)


async def test_the_bytes_arrive_as_they_were_composed_to_one_recipient() -> None:
    async with SmtpStub(["250"]) as stub:
        smtp = Smtp(MailServer("127.0.0.1", stub.port))
        await smtp.deliver("pulang@kementerian.invalid", "kantor@dinas.invalid", CONTENT, Progress())

    (mail,) = stub.taken
    assert mail.content == CONTENT
    assert (mail.sender, mail.recipients) == ("pulang@kementerian.invalid", ["kantor@dinas.invalid"])


async def test_the_server_s_words_are_kept_without_addresses() -> None:
    reply = await handed("550", to="budi@dinas.invalid")

    assert reply.words.startswith("550 5.1.1")
    assert "user unknown" in reply.words
    assert "budi" not in reply.words


def test_words_are_one_short_printable_line() -> None:
    words = clean("550 no\r\nsuch\x00 user <a.b@c.invalid> " + "x" * 400)

    assert words.startswith("550 no such user <(alamat)> xxx")
    assert len(words) == 200
