"""A case full of content that must not be found anywhere else, and the one who plays it through the procedure."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

import httpx2

from domain.rulebook import default_rulebook
from tests.support.outsider import ALL_NO, NONCE, Letter, Outsider

NAME = "Kenarisía Ujungpelangi Wariskopi"
NIK = "5313004107990007"  # the 00 of a district that does not exist: never issued
PASSPORT = "X7394615"
ADDRESS = "Jalan Burungkertas 77 Lembah Cicakbatu"
PHONE = "081377794615"
OFFICER = "Sersankertas Penjawabulung"
POSITION = "Kepala Seksi Layangputus"
REASON = "Alasan gerimisbiru dari panjangtangga"
RECEIVER = "Nenek Senjakelabu Perahutua"
RECEIVER_PHONE = "085298746103"
CARRIER = "Kapal Ombakjingga"
PLACE = "Dermaga Kumbangperak"

CANARIES = (
    *NAME.split(),
    NIK,
    PASSPORT,
    ADDRESS,
    "Burungkertas",
    "Cicakbatu",
    PHONE,
    *OFFICER.split(),
    "Layangputus",
    "gerimisbiru",
    "panjangtangga",
    "Senjakelabu",
    "Perahutua",
    RECEIVER_PHONE,
    "Ombakjingga",
    "Kumbangperak",
)
SECRET_FLAGS = ("tppo", "high_risk", "witness", "ill", "disability", "pregnant")

_RULES = default_rulebook().current
RESTRICTED = {code: rule for code, rule in _RULES.tasks.items() if rule.restricted}
TELLING = tuple(text for code, rule in RESTRICTED.items() for text in (code, rule.titles.id, rule.titles.en))
"""What names a restricted task, and so tells its flag: code and both titles."""

NEUTRAL = re.compile("permintaan bersyarat|conditional request", re.IGNORECASE)


@dataclass
class Player(Outsider):
    """Plays offices whose officers have canary names, and keeps each link page as it was before its code."""

    before_code: dict[str, list[str]] = field(default_factory=dict)
    operator_pages: list[str] = field(default_factory=list)
    operator: httpx2.Client | None = None

    def open_link(self, letter: Letter) -> str:
        if letter.link not in self.before_code:
            stranger = httpx2.Client(timeout=30)
            pages = [stranger.get(letter.link, params=params).text for params in ({}, {"lang": "en"})]
            stranger.close()
            self.before_code[letter.link] = pages
        return super().open_link(letter)

    def try_answer(self, letter: Letter, fields: dict[str, str]) -> httpx2.Response:
        shown = self.http.post(letter.link, data={"nonce": self.open_link(letter), "code": letter.code, "show": "1"})
        assert shown.status_code == 200, shown.text
        found = NONCE.search(shown.text)
        assert found is not None
        typed = {"nonce": html.unescape(found.group(1)), "code": letter.code, "name": OFFICER, "position": POSITION}
        return self.http.post(letter.link, data=typed | fields)

    def plan_legs(self, case: str, *hands_to: str, days: int = 3) -> Any:
        made = super().plan_legs(case, *hands_to, days=days)
        legs = [
            {name: leg[name] for name in ("kind", "departs_at", "arrives_at", "hands_to")}
            | {"from": PLACE, "to": "53", "carrier": CARRIER}
            for leg in self.case(case)["legs"]
        ]
        self.post(f"/cases/{case}/legs", {"legs": legs})
        return made

    def look_as_operator(self) -> None:
        if self.operator is None:
            self.operator = signed_in(self, "operator")
        for language in ("id", "en"):
            page = self.operator.get(f"{self.house.base_url}/operator", params={"lang": language})
            assert page.status_code == 200
            self.operator_pages.append(page.text)


def signed_in(player: Outsider, role: str) -> httpx2.Client:
    """A browser of the first account with this role."""
    account, base = player.house.account(role), player.house.base_url
    browser = httpx2.Client(timeout=30, headers={"Origin": base})
    form = browser.get(f"{base}/masuk").text
    found = re.search(r'name="csrf" value="([^"]+)"', form)
    assert found is not None
    typed = {"login": account["login"], "password": account["password"], "csrf": html.unescape(found.group(1))}
    assert browser.post(f"{base}/masuk", data=typed).status_code == 303
    return browser


def play(player: Player) -> str:
    """Starts the canary's case and takes it to the journey, by all ways in which content enters. Returns its number."""
    person = {"name": NAME, "sex": "P", "birth_date": "1999-07-01", "birth_date_quality": "pasti", "nik": NIK}
    person |= {"documents": [{"kind": "paspor", "number": PASSPORT}], "address": ADDRESS, "phone": PHONE}
    body = {"person": person, "entry_route": "RUJUKAN_APH", "shelter": "RPTC-TPI", "destination": "5313"}
    body |= {"flags": dict.fromkeys(SECRET_FLAGS, "ya")}
    _be_refused(player, body)
    case = str(player.post("/cases", body)["number"])
    player.settle()
    flags = {flag: "tidak" for flag in ALL_NO if flag not in (*SECRET_FLAGS, "pmi")} | {"pmi": "ya"}
    player.post(f"/cases/{case}/flags", {"flags": flags, "reason": REASON}, "pekerja_sosial")
    player.post(f"/cases/{case}/holds", {"kind": "ADMINISTRASI", "reason": REASON})
    hold = player.case(case)["holds"][0]["id"]
    player.post(f"/cases/{case}/holds/{hold}/lift", {"reason": REASON})
    receiver = {"relation": "family", "name": RECEIVER, "phone": RECEIVER_PHONE}
    player.post(f"/cases/{case}/receiver", receiver)
    player.post(f"/cases/{case}/destination", {"region": "5312", "reason": REASON})
    _fail_once(player, case)
    _go_on(player, case)
    return case


def _be_refused(player: Player, body: dict[str, Any]) -> None:
    """Requests that are refused and addresses that do not exist, each with a canary in it; no answer repeats one."""
    base, pages = player.house.base_url, signed_in(player, "koordinator")
    answers = [
        player.try_post("/cases", body | {"shelter": REASON}),
        player.try_post("/cases", body | {NAME: NIK}),
        player.try_post("/cases", body | {"urgent": NAME}),
        player.http.get(f"{base}/api/v1/cases/{NIK}", headers=player._headers("koordinator", 0)),
    ]
    for answer in answers:
        assert 400 <= answer.status_code < 500, answer.text
        assert [canary for canary in CANARIES if canary in answer.text] == []
    for path in (f"/t/{NIK}", f"/?q={NIK}", f"/?q={NAME}", f"/kasus/{NIK}", f"/{NAME}"):
        assert pages.get(f"{base}{path}").status_code in (200, 303, 404, 422)
    pages.close()


def _fail_once(player: Player, case: str) -> None:
    """One office declines with words of its own, and is asked again."""
    for _ in range(30):
        task = next(task for task in player.case(case)["tasks"] if task["code"] == "akses.identitas")
        if task["asked_at"]:
            break
        player.go_on()
    player.answer_link(task["ask"], "decline", reason=f"DATA_KURANG {REASON}")
    player.settle()
    body = {"choice": "ask_again", "n": task["n"], "reason": REASON}
    player.post(f"/cases/{case}/tasks/akses.identitas/decisions", body)
    player.settle()


def _go_on(player: Player, case: str) -> None:
    """Until the person is on the way; the operator looks whenever the case waits for a restricted task."""
    for _ in range(300):
        view = player.case(case)
        if view["status"] == "PERJALANAN":
            return
        if view["waits_for"] and view["waits_for"][0]["task"] in RESTRICTED and len(player.operator_pages) < 8:
            player.look_as_operator()
        if not player.step(case):
            player.go_on()
    raise AssertionError((view["status"], view["waits_for"]))
