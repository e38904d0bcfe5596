"""What happens behind the pages, without Temporal and SMTP: cases and desks advance, a quiet server takes the mails."""

import asyncio
import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from domain.digest import MailOrder
from domain.roles import SYSTEM
from store import journal, outbox
from store.advance import advance
from store.unit import Reading, Unit, Units


@dataclass(frozen=True)
class Words:
    """A composed mail."""

    subject: str
    text: str
    html: str


class PlainComposer:
    """A mail with nothing but what a test reads."""

    def compose(self, order: MailOrder) -> Words:
        lines = [ask.number for ask in order.asks]
        text = "\n".join([order.agency_name, *lines, "", order.link or "", f"Kode: {order.code}" if order.code else ""])
        return Words(f"{len(lines)} permintaan", text, f"<p>{len(lines)}</p>")


@dataclass(frozen=True)
class Mail:
    """One accepted mail, as an officer reads it. token: of its link; code: to type on the link page."""

    message: EmailMessage

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def to(self) -> str:
        return str(self.message["To"])

    @property
    def token(self) -> str:
        found = re.search(r"/t/([A-Za-z0-9_-]+)", self.text)
        assert found is not None, self.text
        return found[1]

    @property
    def code(self) -> str:
        found = re.search(r"Kode: (\S+)", self.text)
        assert found is not None, self.text
        return found[1]

    @property
    def is_notice(self) -> bool:
        return "X-Pulang-Notice" in self.message

    @property
    def ask(self) -> str | None:
        return self.message["X-Pulang-Ask"]


@dataclass
class Backstage:
    """Worker, relay and postbox in one: `work` does everything that is due now; `mails` are those that went out."""

    units: Units
    mails: list[Mail] = field(default_factory=list)

    def work(self) -> int:
        """Advances and delivers until nothing is left; returns how many turns that took."""
        for turn in range(500):
            if not self._turn():
                return turn
        raise AssertionError("never comes to rest")

    def _turn(self) -> bool:
        subjects = self.units.read_sync(lambda r: journal.subjects_with_news(r, r.now, 500))
        for subject in subjects:
            self.units.write_sync(SYSTEM, lambda unit, s=subject: self._advance(unit, s))  # type: ignore[misc]
        waiting = self.units.read_sync(lambda r: outbox.due_mails(r, None, r.real_now))
        for mail in waiting:
            self.units.write_sync(SYSTEM, lambda unit, m=mail: self._deliver(unit, m))  # type: ignore[misc]
        return bool(subjects or waiting)

    def _advance(self, unit: Unit, subject: journal.Subject) -> None:
        journal.set_started(unit, subject.id, subject.generation)
        advance(unit, subject.id, PlainComposer())

    def _deliver(self, unit: Unit, mail: str) -> None:
        claim = outbox.claim(unit, mail)
        if claim is not None:
            message = cast(EmailMessage, message_from_bytes(claim.content, policy=policy.default))
            self.mails.append(Mail(message))
            outbox.record_reply(unit, mail, "accepted", "250 OK", code=250)

    def links(self) -> list[Mail]:
        """The mails that ask an office, without the notices to staff."""
        return [mail for mail in self.mails if not mail.is_notice]

    async def keep_working(self) -> None:
        """Works whenever something is due, until cancelled."""
        while True:
            self.work()
            await asyncio.sleep(0.002)

    def is_settled(self) -> bool:
        def look(reading: Reading) -> bool:
            return journal.settled(reading, reading.now)[0]

        return self.units.read_sync(look)
