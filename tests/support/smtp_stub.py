"""A mail server on loopback that does, connection by connection, what a script says, and keeps every byte.

Script words: `250` takes the mail · `421` refuses at connect · `450`, `550` to RCPT · `451-data`, `554-data` to the
mail · `drop-after-dot` reads the mail and hangs up · `drop-before-data` hangs up at DATA · `slow` says nothing after
its greeting · `250-late` takes the mail and says so half a second later · `535-login` refuses to sign in. The last
word repeats.
"""

import asyncio
import contextlib
import email
from dataclasses import dataclass, field
from types import TracebackType

ANSWERS = {
    "EHLO": b"250-stub.invalid\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n",
    "AUTH": b"235 welcome\r\n",
    "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n",
    "DATA": b"354 go ahead\r\n",
    ".": b"250 2.0.0 queued as 7\r\n",
    "QUIT": b"221 bye\r\n",
}
"""What is said to each command and, under ".", to the mail itself."""

OTHER_ANSWERS = {
    ("450", "RCPT"): b"450 4.2.0 greylisted, try later\r\n",
    ("550", "RCPT"): b"550 5.1.1 <%s>: user unknown\r\n",
    ("535-login", "AUTH"): b"535 5.7.8 bad password\r\n",
    ("451-data", "."): b"451 4.3.0 disk full\r\n",
    ("554-data", "."): b"554 5.6.0 looks like spam\r\n",
}
HANGS_UP = {("drop-before-data", "DATA"), ("drop-after-dot", ".")}


@dataclass
class Taken:
    """One mail as it came in. is_acknowledged: whether the sender was told that it is taken."""

    sender: str
    recipients: list[str]
    content: bytes
    is_acknowledged: bool

    @property
    def message_id(self) -> str:
        return str(email.message_from_bytes(self.content)["Message-ID"])


@dataclass
class SmtpStub:
    script: list[str]
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> "SmtpStub":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.close()
        await self._server.wait_closed()
        await asyncio.sleep(0)

    def acknowledged(self) -> list[Taken]:
        return [mail for mail in self.taken if mail.is_acknowledged]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        word = self.script[min(self.connections, len(self.script) - 1)]
        self.connections += 1
        self._open.add(writer)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._talk(word, reader, writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _talk(self, word: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if word == "421":
            writer.write(b"421 4.3.2 closed for the night\r\n")
            return
        writer.write(b"220 stub.invalid ESMTP\r\n")
        if word == "slow":
            await reader.read()
            return
        sender, recipients = "", list[str]()
        while line := (await reader.readline()).decode().strip():
            verb = line[:4].upper()
            if verb == "MAIL":
                sender = _address(line)
            elif verb == "RCPT":
                recipients.append(_address(line))
            if not self._answer(word, verb, writer, recipients):
                return
            if verb == "DATA":
                self.taken.append(Taken(sender, list(recipients), await _read_mail(reader), word.startswith("250")))
                if word == "250-late":
                    await asyncio.sleep(0.5)
                if not self._answer(word, ".", writer, recipients):
                    return

    def _answer(self, word: str, verb: str, writer: asyncio.StreamWriter, recipients: list[str]) -> bool:
        """False when the script hangs up here."""
        if (word, verb) in HANGS_UP:
            return False
        answer = OTHER_ANSWERS.get((word, verb)) or ANSWERS.get(verb, b"502 no\r\n")
        writer.write(answer % recipients[-1].encode() if b"%s" in answer else answer)
        return True


def _address(line: str) -> str:
    return line[line.index("<") + 1 : line.index(">")]


async def _read_mail(reader: asyncio.StreamReader) -> bytes:
    lines = []
    while (line := await reader.readline()) not in (b".\r\n", b""):
        lines.append(line[1:] if line.startswith(b".") else line)
    return b"".join(lines)
