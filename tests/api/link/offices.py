"""Cases and mails for the tests of link pages: a ministry that opens cases, and offices that open their mail."""

import html
import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import httpx2
from sqlalchemy import select

from domain.digest import MailOrder
from domain.roles import SYSTEM, Actor
from domain.tasks import AskState
from store.accounts import find_by_login
from store.advance import advance
from store.answers import LinkForm, answer_as_staff, answer_by_link
from store.case_acts import set_flags
from store.journal import rows_of
from store.starting import OpenOrder, PersonEntry, open_case
from store.tables_case import asks, cases
from store.unit import Unit, Units
from templates import ComposedMail
from tests.support.client import Site

NAME, NIK, ADDRESS = "Yohana Ina Tokan", "5313004107020001", "Jalan Sagu 4, Lewoleba"
WHO = {"name": "Maria Lein", "position": "Kepala Seksi"}


@dataclass
class Keeping:
    """A composer that keeps every order: token and code exist nowhere else."""

    orders: list[MailOrder] = field(default_factory=list)

    def compose(self, order: MailOrder) -> ComposedMail:
        self.orders.append(order)
        return ComposedMail("Permintaan", "surel", "<p>surel</p>")


@dataclass
class Office:
    """Someone at an office with one mail before them, in a browser of their own."""

    site: Site
    order: MailOrder
    browser: httpx2.AsyncClient

    @property
    def path(self) -> str:
        assert self.order.link is not None
        return "/t/" + self.order.link.rpartition("/")[2]

    @property
    def code(self) -> str:
        assert self.order.code is not None
        return self.order.code

    @property
    def asks(self) -> list[str]:
        return [ask.ask for ask in self.order.asks]

    async def look(self, **more: Any) -> httpx2.Response:
        return await self.browser.get(self.path, **more)

    async def nonce(self) -> str:
        return nonce_of(await self.look())

    async def send(self, fields: dict[str, str] | None = None, **more: str) -> httpx2.Response:
        """Posts the form as a person would: code, name, position and a fresh form number unless given otherwise."""
        given = {**(fields or {}), **more}
        typed = {"code": self.code, **WHO, **({} if "nonce" in given else {"nonce": await self.nonce()}), **given}
        return await self.browser.post(self.path, data={k: v for k, v in typed.items() if v != "<left out>"})

    async def post(self, **fields: str) -> httpx2.Response:
        """Posts these fields and no others."""
        return await self.browser.post(self.path, data=fields)


def words_of(page: httpx2.Response) -> str:
    """What a reader sees of a page: its text with plain spaces, without the style sheet."""
    text = html.unescape(re.sub(r"<style>.*?</style>", "", page.text, flags=re.DOTALL))
    return text.replace("\u00a0", " ")


def nonce_of(page: httpx2.Response) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]


def code_of(page: httpx2.Response) -> str | None:
    """The stable code in the page; it is the one in the header too."""
    found = re.search(r'<meta name="pulang-code" content="([^"]+)">', page.text)
    assert (found[1] if found else None) == page.headers.get("X-Pulang-Code")
    return found[1] if found else None


@dataclass
class Ministry:
    """Opens cases on a site and plays workflows and desks until every mail is composed."""

    site: Site
    keeping: Keeping = field(default_factory=Keeping)

    @property
    def units(self) -> Units:
        """The site's own, with desks that gather for a second only."""
        return replace(self.site.units, config=replace(self.site.units.config, digest_window_s=1))

    def account(self, role: str) -> Actor:
        """The first account of that role."""
        login = next(login for login, account in self.site.accounts.items() if account["role"] == role)
        account = self.units.read_sync(lambda reading: find_by_login(reading, login))
        assert account is not None
        return account.actor

    def coordinator(self) -> Actor:
        return self.account("koordinator")

    def opens(self, name: str = NAME, nik: str | None = NIK, *, mails: bool = True, **facts: Any) -> str:
        """A case, by default of a woman from Lembata; returns its number. mails: send what is asked at once."""
        passport = (("paspor", "C" + (nik or "0000000")[-7:]),)
        person = PersonEntry(name, "P", date(2002, 7, 1), nik=nik, address=ADDRESS, documents=passport)
        order = OpenOrder(person, "RUJUKAN_APH", "RPTC-TPI", **{"destination": "5313", **facts})
        number = self.units.write_sync(self.coordinator(), lambda unit: open_case(unit, order)).number
        if mails:
            self.works()
        return number

    def act(self, fn: Any, by: Actor | None = None) -> Any:
        return self.units.write_sync(by or self.coordinator(), fn)

    def opens_many(self, count: int) -> list[str]:
        """So many cases whose asks go into the same mails."""
        names = ("Yohana Ina", "Maria Goreti", "Rosa Bano", "Agnes Wea", "Lusia Kewa", "Elisabet Peni")
        numbers = [self.opens(names[n], f"531300410703{n + 1:04}", mails=False) for n in range(count)]
        self.works()
        return numbers

    def screens(self, number: str, **flags: str) -> None:
        """The centre answers its own tasks up to the screening, which sets *flags*; what follows is mailed."""
        social_worker = self.account("pekerja_sosial")
        for task in ("akses.kebutuhan_dasar", "awal.skrining"):
            if task == "awal.skrining":
                self.act(lambda unit: set_flags(unit, number, flags), social_worker)
            self.act(lambda unit, task=task: answer_as_staff(unit, number, task, None, "SELESAI"), social_worker)
            self.works()

    def works(self) -> None:
        """Advances every case, then every desk with something queued, a few seconds later."""
        for case_id in self._column(select(cases.c.id)):
            self._advance(f"case-{case_id}")
        self.site.clock.pass_by(seconds=5)
        for agency in self._column(select(asks.c.agency).where(asks.c.state == AskState.QUEUED.value).distinct()):
            self._advance(f"desk-{agency}")

    def _advance(self, subject: str) -> None:
        def step(unit: Unit) -> None:
            advance(unit, subject, self.keeping)

        self.units.write_sync(SYSTEM, step)

    def _column(self, statement: Any) -> list[str]:
        return sorted(self.units.read_sync(lambda reading: [row[0] for row in reading.rows(statement)]))

    def office(self, agency_start: str) -> Office:
        """The newest link mail of the first agency whose code starts so."""
        order = next(o for o in reversed(self.keeping.orders) if o.link and o.agency_code.startswith(agency_start))
        return Office(self.site, order, self.site.browser())

    def answers(self, office: "Office", action: str) -> None:
        """The office answers its only ask, whatever the way."""
        mail = office.order.mail
        form = LinkForm(WHO["name"], WHO["position"], nonce=f"test-{mail}", action=action)
        self.act(lambda unit: answer_by_link(unit, mail, form), Actor("link", mail))
        self.works()

    def about(self, title: str) -> Office:
        """The newest link mail with an ask of that title."""
        order = next(o for o in reversed(self.keeping.orders) if o.link and any(a.title_id == title for a in o.asks))
        return Office(self.site, order, self.site.browser())

    def journal(self, number: str) -> list[Any]:
        case_id = self._column(select(cases.c.id).where(cases.c.number == number))[0]
        return self.units.read_sync(lambda reading: rows_of(reading, f"case-{case_id}", open_kinds="all"))

    def views(self, number: str) -> list[Any]:
        case_id = self._column(select(cases.c.id).where(cases.c.number == number))[0]
        return self.units.read_sync(lambda reading: rows_of(reading, f"reads-{case_id}"))

    def ask_state(self, ask: str) -> str:
        return self._column(select(asks.c.state).where(asks.c.id == ask))[0]
