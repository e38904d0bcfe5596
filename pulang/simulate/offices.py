"""The offices: every new mail is opened as an officer opens it, and answered as chance and temper have it."""

import html
import random
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pulang.simulate.caller import Caller

OFFICER: Final = {"name": "Petugas Peragaan", "position": "Petugas layanan"}
REASON: Final = "KAPASITAS"
_LINK: Final = re.compile(r"^(http\S+/t/\S+)\s*$", re.MULTILINE)
_CODE: Final = re.compile(r"^Kode: (\S+)\s*$|^Code: (\S+)\s*$", re.MULTILINE)
_NONCE: Final = re.compile(r'name="nonce"\s+value="([^"]+)"')
_ENTRY: Final = re.compile(r'name="answer\[([^\]"]+)\]"')
_UNTIL: Final = re.compile(r'name="until[^"]*"[^>]*>.*?<option value="(\d[^"]+)"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Temper:
    """How offices behave: the share of mails they refuse, ask more time for, or leave lying; the rest says yes.

    lies_for: application time for which a mail is left lying.
    """

    refuse: float = 0.0
    more_time: float = 0.0
    silent: float = 0.0
    lies_for: timedelta = timedelta(days=2)

    def choose(self, chance: random.Random) -> str:
        """An alias of the link page (CONTRACT), or "silent"."""
        drawn = chance.random()
        for action, share in (("decline", self.refuse), ("more_time", self.more_time), ("silent", self.silent)):
            if drawn < share:
                return action
            drawn -= share
        return "confirm"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that asks something."""

    path: str
    code: str
    one: bool


@dataclass
class Offices:
    """All offices around a house. seen: file names read; lying: letters left alone, and until when."""

    postbox: Path
    caller: Caller
    temper: Temper
    chance: random.Random
    seen: set[str] = field(default_factory=set)
    lying: list[tuple[datetime, Letter]] = field(default_factory=list)

    def turn(self, now: datetime) -> list[str]:
        """Answers what has come, and what has lain long enough. now: application time. Returns what was done."""
        done = []
        due = [letter for until, letter in self.lying if until <= now]
        self.lying = [each for each in self.lying if each[0] > now]
        for letter in due:
            done += self._answer(letter, "confirm")
        for letter in self._new_letters():
            action = self.temper.choose(self.chance)
            if action in ("silent", "more_time"):  # who asks for time answers later
                self.lying.append((now + self.temper.lies_for, letter))
            if action != "silent":
                done += self._answer(letter, action)
        return done

    @property
    def wakes_at(self) -> datetime | None:
        """When the first letter that lies about is taken up (application time)."""
        return min((until for until, _ in self.lying), default=None)

    def _new_letters(self) -> list[Letter]:
        names = sorted(path.name for path in self.postbox.glob("*.eml") if path.name not in self.seen)
        self.seen.update(names)
        letters = (read_letter((self.postbox / name).read_bytes()) for name in names)
        return [letter for letter in letters if letter is not None]

    def _answer(self, letter: Letter, action: str) -> list[str]:
        page = self.caller.page(letter.path)
        nonce = _NONCE.search(page.text)
        if page.status != 200 or nonce is None:
            return []  # answered, withdrawn or gone meanwhile
        until = _UNTIL.search(page.text)
        if action == "more_time" and until is None:
            action = "confirm"
        keys = [""] if letter.one else sorted({f"[{ask}]" for ask in _ENTRY.findall(page.text)})
        fields = {"nonce": html.unescape(nonce[1]), "code": letter.code, **OFFICER}
        for key in keys:
            fields["action" if letter.one else f"answer{key}"] = action
            if action == "decline":
                fields[f"reason{key}"] = REASON
            elif action == "more_time" and until is not None:
                fields[f"until{key}"] = html.unescape(until[1])
        reply = self.caller.send_form(letter.path, fields)
        return [f"{action} {len(keys)}"] if reply.status == 303 else [f"refused {reply.status}"]


def read_letter(content: bytes) -> Letter | None:
    """The letter in a mail's bytes, or None for one that asks nothing by link."""
    message = message_from_bytes(content, policy=policy.default)
    part = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
    text = str(part.get_content()).replace("\r\n", "\n") if isinstance(part, EmailMessage) else ""
    link, code = _LINK.search(text), _CODE.search(text)
    if link is None or code is None:
        return None
    return Letter(urlsplit(link[1]).path, code[1] or code[2], message.get("X-Pulang-Ask") is not None)
