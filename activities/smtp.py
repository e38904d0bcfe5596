"""aiosmtplib, step by step, so that each way to fail has its class.

| what happened | result |
|---|---|
| 250 after the final dot | ACCEPTED |
| 5xx to sender, recipient, DATA or content | REFUSED, with the server's words |
| 5xx to us (greeting, EHLO, TLS, sign-in), any 4xx, no connection, too slow | LATER |
| line lost or too slow after the body was sent, or an answer that makes no sense | UNCERTAIN |
"""

import asyncio
import contextlib
import re
import ssl
from dataclasses import dataclass, field
from typing import Final

import aiosmtplib

from workflows.messages import SMTP_SESSION_S, Handed

_QUIT_S: Final = 2.0
_WORDS_LENGTH: Final = 200

# One mailbox and nothing else: a comma, space, quote or line break could make two of it (F15, I07).
_ONE_MAILBOX: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
)
_ADDRESS: Final = re.compile(r"[^\s<>()\"',;:]*@[^\s<>()\"',;:]+")
_UNPRINTABLE: Final = re.compile(r"[^\x21-\x7e]+")
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT: Final = re.compile(rb"(?m)^\.")

# Said to MAIL or RCPT these speak of our sign-in, not of the office's address.
_ABOUT_US: Final = frozenset({530, 534, 535, 538})


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. session_s: longest whole session in seconds. hello: our name in EHLO."""

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    tls: bool = False
    session_s: float = SMTP_SESSION_S
    hello: str = "localhost"


@dataclass(frozen=True, slots=True)
class Reply:
    """What one session came to. code: SMTP code, 0 where none came. words: the server's, cleaned, or a code of ours."""

    result: Handed
    code: int
    words: str


@dataclass(slots=True)
class Progress:
    """How far a session has come; read when it is cut off from outside."""

    body_sent: bool = False

    @property
    def cut_off(self) -> Handed:
        """What is known of a mail when the line broke: not taken, or perhaps taken."""
        return Handed.UNCERTAIN if self.body_sent else Handed.LATER


class Smtp:
    """Hands one mail to one mailbox per session."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def deliver(self, sender: str, recipient: str, content: bytes, progress: Progress) -> Reply:
        """Never raises for what the other side does. *content* goes out as it is, so every try is the same bytes."""
        if not _ONE_MAILBOX.fullmatch(recipient):
            return Reply(Handed.REFUSED, 0, "ADDRESS_UNKNOWN")
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls,
            start_tls=False,
            local_hostname=server.hello,
            timeout=server.session_s,
        )
        try:
            async with asyncio.timeout(server.session_s):
                if (refused := await self._greet(client)) is not None:
                    return refused
                reply = await _hand_over(client, sender, recipient, content, progress)
        except aiosmtplib.SMTPResponseException as said:
            return _judged(said.code, said.message, progress)
        except TimeoutError:
            return Reply(progress.cut_off, 0, "SESSION_TOO_SLOW")
        except (aiosmtplib.SMTPException, OSError, ValueError):
            return Reply(progress.cut_off, 0, "LINE_LOST")
        else:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=_QUIT_S)
            return reply
        finally:
            client.close()

    async def _greet(self, client: aiosmtplib.SMTP) -> Reply | None:
        """Connects, secures and signs in. A refusal here speaks of us or of the server, never of one office."""
        server = self._server
        try:
            await client.connect()
            if server.starttls:
                await client.starttls()
            if server.username:
                await client.login(server.username, server.password)
            else:
                await client.ehlo()
        except aiosmtplib.SMTPResponseException as said:
            return Reply(Handed.LATER, said.code, clean(f"{said.code} {said.message}"))
        except aiosmtplib.SMTPTimeoutError:
            return Reply(Handed.LATER, 0, "SESSION_TOO_SLOW")
        except ssl.SSLError:
            return Reply(Handed.LATER, 0, "TLS_FAILED")
        except (aiosmtplib.SMTPConnectError, OSError):
            return Reply(Handed.LATER, 0, "NO_CONNECTION")
        except aiosmtplib.SMTPException:
            return Reply(Handed.LATER, 0, "SERVER_LACKS_EXTENSION")
        return None


async def _hand_over(client: aiosmtplib.SMTP, sender: str, recipient: str, content: bytes, progress: Progress) -> Reply:
    """One envelope with one recipient. Raises what aiosmtplib raises."""
    options = ["BODY=8BITMIME"] if not content.isascii() and client.supports_extension("8bitmime") else []
    await client.mail(sender, options=options)
    await client.rcpt(recipient)
    ready = await client.execute_command(b"DATA")
    if ready.code != aiosmtplib.SMTPStatus.start_input or client.protocol is None:
        raise aiosmtplib.SMTPDataError(ready.code, ready.message)
    # Own DATA, because aiosmtplib's does not tell a line lost before the body from one lost after the dot.
    body = _LEADING_DOT.sub(b"..", _LINE_END.sub(b"\r\n", content))
    progress.body_sent = True
    client.protocol.write(body if body.endswith(b"\r\n") else body + b"\r\n")
    client.protocol.write(b".\r\n")
    last = await client.protocol.read_response(timeout=client.timeout)
    return _judged(last.code, last.message, progress)


def _judged(code: int, message: str, progress: Progress) -> Reply:
    words = clean(f"{code} {message}")
    if 200 <= code < 300 and progress.body_sent:
        return Reply(Handed.ACCEPTED, code, words)
    if 500 <= code < 600 and code not in _ABOUT_US:
        return Reply(Handed.REFUSED, code, words)
    if 400 <= code < 600:
        return Reply(Handed.LATER, code, words)
    return Reply(progress.cut_off, max(code, 0), "ANSWER_UNCLEAR")


def clean(words: str) -> str:
    """A server's words without addresses, control characters and surplus, at most 200 characters."""
    plain = _UNPRINTABLE.sub(" ", words)
    return _ADDRESS.sub("(alamat)", plain).strip()[:_WORDS_LENGTH]
