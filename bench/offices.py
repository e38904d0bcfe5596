"""The offices around a house: they take every new mail from the postbox, open its link and answer all that it asks."""

import asyncio
import html
import os
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.wire import Wire

POLL_S = 0.02
_ASK = re.compile(rb"^X-Pulang-(Ask|Digest|Notice): (\S+)", re.MULTILINE)
_TO = re.compile(rb"^To: (\S+)\s*$", re.MULTILINE)
_LINK = re.compile(rb"^http://[^/\s]+(/t/\S+)\s*$", re.MULTILINE)
_CODE = re.compile(rb"^Kode: ([0-9A-Z]{4}-[0-9A-Z]{4})\s*$", re.MULTILINE)
NONCE = re.compile(r'name="nonce"\s+value="([^"]+)"')
_ENTRY = re.compile(r'name="answer\[([^\]"]+)\]"')
_COMMON = re.compile(r'name="all\[([^\]"]+)\]"')
OFFICER = {"name": "Petugas Ukur", "position": "Kepala Seksi"}


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. path: of its link, empty in a notice; ask: its one ask, empty in a digest; to: the mailbox."""

    path: str
    code: str
    ask: str
    to: str


def read_letter(raw: bytes) -> Letter:
    kind = _ASK.search(raw)
    if kind is None or kind[1] == b"Notice":
        return Letter("", "", "", "")
    text = raw.replace(b"=\r\n", b"").replace(b"=3D", b"=")
    link, code, to = _LINK.search(text), _CODE.search(text), _TO.search(raw)
    assert link is not None, text
    assert code is not None, text
    assert to is not None, raw
    return Letter(link[1].decode(), code[1].decode(), kind[2].decode() if kind[1] == b"Ask" else "", to[1].decode())


@dataclass
class Offices:
    """Answers until cancelled. receipts: of every sending that was acknowledged, with the seconds it took."""

    postbox: Path
    wire: Wire
    receipts: dict[str, float] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _answering: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        while True:
            for letter in self.new_letters():
                task = asyncio.create_task(self._answer(letter))
                self._answering.add(task)
                task.add_done_callback(self._answering.discard)
            await asyncio.sleep(POLL_S)

    def new_letters(self) -> list[Letter]:
        """What arrived since the last look; read mails are taken out of the box, so that looking stays cheap."""
        letters = []
        for name in sorted(name for name in os.listdir(self.postbox) if name.endswith(".eml")):
            file = self.postbox / name
            letter = read_letter(file.read_bytes())
            file.unlink()
            self.counts["mails" if letter.path else "notices"] += 1
            if letter.path:
                letters.append(letter)
        return letters

    async def _answer(self, letter: Letter) -> None:
        try:
            await self.answer(letter)
        except (AssertionError, OSError, EOFError) as fault:
            self.faults.append(repr(fault)[:500])

    async def answer(self, letter: Letter) -> None:
        """Opens the page and says yes to everything on it."""
        page = await self.wire.get(letter.path)
        assert page.status == 200, (page.status, page.text[:500])
        nonce = NONCE.search(page.text)
        assert nonce is not None
        fields = {"nonce": html.unescape(nonce[1]), "code": letter.code, **OFFICER}
        if letter.ask:
            fields["action"] = "confirm"
            asked = 1
        else:
            ids = set(_ENTRY.findall(page.text))
            fields |= {f"answer[{ask}]": "confirm" for ask in ids}
            asked = len(ids)
        began = time.perf_counter()
        reply = await self.wire.post_form(letter.path, fields)
        took = time.perf_counter() - began
        assert reply.status == 303, (reply.status, reply.headers.get("x-pulang-code"))
        self.receipts[reply.headers["location"].partition("?")[0].rpartition("/")[2]] = took
        self.counts["posts"] += 1
        self.counts["answers"] += asked
