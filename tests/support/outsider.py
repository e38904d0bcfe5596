"""Plays returns through CONTRACT alone: HTTP, mails, links and the demonstration clock; knows no inside of Pulang."""

import html
import re
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Self
from zoneinfo import ZoneInfo

import httpx2

from tests.support.house import House

WIB = ZoneInfo("Asia/Jakarta")

LINK = re.compile(r"^(http://\S+/t/\S+)$", re.MULTILINE)
CODE = re.compile(r"^Kode: ([0-9A-Z]{4}-[0-9A-Z]{4})\s*$", re.MULTILINE)
NONCE = re.compile(r'name="nonce"\s+value="([^"]+)"')
RECEIPT = re.compile(r"R-[0-9A-Z]{10}")
OFFICER = {"name": "Petugas Uji", "position": "Kepala Seksi"}
ALL_NO = [
    "child",
    "tppo",
    "pmi",
    "witness",
    "high_risk",
    "ill",
    "infectious",
    "mental_health",
    "disability",
    "pregnant",
    "with_infant",
    "deceased",
    "from_abroad",
]


def person(name: str, **more: Any) -> dict[str, Any]:
    """An adult as a start describes one."""
    return {"name": name, "sex": "P", "birth_date": "1999-01-02", "birth_date_quality": "pasti"} | more


def start_body(name: str, **more: Any) -> dict[str, Any]:
    """The body of a start at Tanjungpinang, with Lembata as destination."""
    body = {"person": person(name), "entry_route": "RUJUKAN_APH", "shelter": "RPTC-TPI", "destination": "5313"}
    return body | more


@dataclass(frozen=True)
class Letter:
    """One mail as its reader sees it."""

    message: EmailMessage

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")

    @property
    def to(self) -> str:
        return str(self.message["To"])

    @property
    def link(self) -> str:
        found = LINK.search(self.text)
        assert found is not None, self.text
        return found.group(1)

    @property
    def code(self) -> str:
        found = CODE.search(self.text)
        assert found is not None, self.text
        return found.group(1)

    def header(self, name: str) -> str | None:
        value = self.message[name]
        return None if value is None else str(value)


@dataclass
class Outsider:
    """People and offices around a running house."""

    house: House
    http: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=90, follow_redirects=False))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    # --- API

    def _headers(self, role: str, number: int) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.house.account(role, number)['token']}"}

    def get(self, path: str, role: str = "koordinator", number: int = 0) -> Any:
        answer = self.http.get(f"{self.house.base_url}/api/v1{path}", headers=self._headers(role, number))
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    def try_post(
        self, path: str, body: dict[str, Any], role: str = "koordinator", number: int = 0, key: str | None = None
    ) -> httpx2.Response:
        headers = self._headers(role, number) | {"Idempotency-Key": key or str(uuid.uuid4())}
        return self.http.post(f"{self.house.base_url}/api/v1{path}", json=body, headers=headers)

    def post(self, path: str, body: dict[str, Any], role: str = "koordinator", number: int = 0) -> Any:
        answer = self.try_post(path, body, role, number)
        assert answer.status_code in (200, 201), (path, body, answer.status_code, answer.text)
        return answer.json()

    def case(self, case: str, role: str = "koordinator", number: int = 0) -> Any:
        return self.get(f"/cases/{case}", role, number)

    def start(self, name: str = "Contoh Uji", **more: Any) -> str:
        return str(self.post("/cases", start_body(name, **more))["number"])

    # --- clock

    def clock(self) -> Any:
        return self.get("/demo/clock")

    def settle(self, within_s: float = 60) -> None:
        """Waits until nothing that is due is left."""
        deadline = time.monotonic() + within_s
        while not self.clock()["settled"]:
            assert time.monotonic() < deadline, self.clock()
            time.sleep(0.03)

    def advance(self, **body: str) -> Any:
        for _ in range(10):
            answer = self.try_post("/demo/clock", body)
            if answer.status_code == 200:
                return answer.json()
            if "to" in body and answer.status_code == 409 and answer.json()["code"] == "CLOCK_BACK":
                now = self.clock()  # it ran past that moment by itself while the house settled
                assert datetime.fromisoformat(now["now"]) >= datetime.fromisoformat(body["to"])
                return now
            assert answer.status_code == 202, answer.text
            self.settle()
        raise AssertionError("the clock never settles")

    def begin_week(self) -> None:
        """To the next Monday, 09.00 in Jakarta, unless it is that already."""
        now = datetime.fromisoformat(self.clock()["now"]).astimezone(WIB)
        monday = (now + timedelta(days=-now.weekday())).replace(hour=9, minute=0, second=0, microsecond=0)
        if not monday <= now < monday + timedelta(hours=1):
            self.advance(to=(monday + timedelta(days=7) if now > monday else monday).isoformat())
        self.settle()

    def go_on(self) -> None:
        """To the next moment at which anything is due."""
        now = self.clock()
        assert now["next_due_at"] is not None
        if datetime.fromisoformat(now["next_due_at"]) > datetime.fromisoformat(now["now"]) + timedelta(seconds=1):
            self.advance(to=now["next_due_at"])
        else:
            self.advance(advance="PT1S")

    # --- mails and links

    def letters(self) -> list[Letter]:
        return [Letter(message) for message in self.house.mails()]

    def letter_for(self, ask: str) -> Letter:
        """The newest mail that carries this ask."""
        by_mail = {entry["id"]: entry["mail"] for entry in self.all_asks()}
        mail = by_mail.get(ask)
        for letter in reversed(self.letters()):
            if letter.header("X-Pulang-Ask") == ask or (mail and letter.header("X-Pulang-Digest") == mail):
                return letter
        raise AssertionError(f"no mail for {ask}")

    def all_asks(self, state: str | None = None) -> list[Any]:
        items: list[Any] = []
        cursor = ""
        while True:
            query = "&".join(filter(None, [f"state={state}" if state else "", f"cursor={cursor}" if cursor else ""]))
            page = self.get(f"/asks?{query}")
            items += page["items"]
            if not page["next_cursor"]:
                return items
            cursor = page["next_cursor"]

    def open_link(self, letter: Letter) -> str:
        answer = self.http.get(letter.link)
        assert answer.status_code == 200, answer.text
        found = NONCE.search(answer.text)
        assert found is not None
        return html.unescape(found.group(1))

    def try_answer(self, letter: Letter, fields: dict[str, str]) -> httpx2.Response:
        nonce = self.open_link(letter)
        return self.http.post(letter.link, data={"nonce": nonce, "code": letter.code, **OFFICER, **fields})

    def answer_link(self, ask: str, action: str, **more: str) -> str:
        """Answers one ask on its own page, whether its mail holds one or several; returns the receipt."""
        letter = self.letter_for(ask)
        one = letter.header("X-Pulang-Ask") == ask
        fields = {"action": action} if one else {f"answer[{ask}]": action}
        fields |= more if one else {f"{name}[{ask}]": value for name, value in more.items()}
        answer = self.try_answer(letter, fields)
        assert answer.status_code == 303, (action, answer.status_code, answer.text[:3000])
        page = self.http.get(httpx2.URL(letter.link).join(answer.headers["location"]))
        assert page.status_code == 200
        found = RECEIPT.search(page.text)
        assert found is not None
        return found.group(0)

    # --- a whole return

    def staff_for(self, task: Any) -> tuple[str, int] | None:
        """Which account answers a task of the ministry's own units; None when a link does."""
        if task["agency"] == "KEMENSOS-RSKBK":
            return "koordinator", 0
        if task["code"] in ("layanan.selesai", "pasca.terminasi"):
            return "kepala_sentra", 0
        return ("pekerja_sosial", 0) if task["agency"] == "RPTC-TPI" else None

    def plan_legs(self, case: str, *hands_to: str, days: int = 3) -> Any:
        now = datetime.fromisoformat(self.clock()["now"])
        legs = []
        for n, to in enumerate(hands_to or ("provinsi", "kabkota", "penerima")):
            departs = now + timedelta(days=days, hours=8 * n)
            leg = {"kind": "domestik", "from": "RPTC-TPI", "to": "53", "carrier": "Kapal Uji", "hands_to": to}
            leg |= {"departs_at": departs.isoformat(), "arrives_at": (departs + timedelta(hours=6)).isoformat()}
            legs.append(leg)
        return self.post(f"/cases/{case}/legs", {"legs": legs})

    def approve_twice(self, case: str) -> None:
        for role in ("pemeriksa", "penyetuju"):
            snapshot = self.case(case, role)["gate"]["snapshot"]
            self.post(f"/cases/{case}/approvals", {"decision": "approve", "snapshot": snapshot}, role)

    def step(self, case: str, answers: dict[str, str] | None = None) -> bool:
        """Does one thing that somebody can do now for this case; False when only time can."""
        view = self.case(case)
        if view["status"] == "MENUNGGU_GERBANG":
            self.approve_twice(case)
            self.settle()
            return True
        for task in view["tasks"]:
            if task["status"] == "DIJAWAB":
                self.post(
                    f"/cases/{case}/tasks/{task['code']}/verifications", {"result": "pass", "n": task["n"]}, number=1
                )
                self.settle()
                return True
        for task in view["tasks"]:
            if task["status"] in ("DIMINTA", "DIPERPANJANG") and self._act_on(case, view, task, answers or {}):
                self.settle()
                return True
        return False

    def _act_on(self, case: str, view: Any, task: Any, answers: dict[str, str]) -> bool:
        code = task["code"]
        staff = self.staff_for(task)
        if staff is None and task["asked_at"] is None:
            return False
        if code == "awal.skrining":
            unknown = {flag: "tidak" for flag in ALL_NO if view["flags"][flag] == "belum_diketahui"}
            if unknown:
                self.post(f"/cases/{case}/flags", {"flags": unknown}, "pekerja_sosial")
        if code == "pulang.rencana_perjalanan":
            self.plan_legs(case)
            return True
        if code == "jalan.cek_berangkat":
            body = {"leg": task["n"], "result": "BERANGKAT"}
            self.post(f"/cases/{case}/departures", body, "pekerja_sosial")
            return True
        answer = answers.get(code) or FIRST_PASS.get(code, "KONFIRMASI")
        if staff is None:
            self.answer_link(task["ask"], answers.get(code, "confirm"))
        else:
            self.post(f"/cases/{case}/tasks/{code}/answers", {"answer": answer, "n": task["n"]}, staff[0], staff[1])
        return True

    def play(self, case: str, answers: dict[str, str] | None = None, until: str = "SELESAI") -> None:
        """Lets everybody act and time pass until the case has reached *until*."""
        self.settle()
        for _ in range(300):
            if self.case(case)["status"] == until:
                return
            if not self.step(case, answers):
                self.go_on()
        raise AssertionError((self.case(case)["status"], self.case(case)["waits_for"]))


FIRST_PASS = {
    "awal.kesepakatan": "BERSEDIA",
    "pulang.kesediaan": "BERSEDIA",
    "asesmen.keamanan": "AMAN",
    "jalan.transit": "DITERIMA",
    "layanan.ibu_bayi": "LAYAK",
    "pasca.terminasi": "DITERMINASI",
} | dict.fromkeys(
    (
        "akses.kebutuhan_dasar",
        "awal.skrining",
        "asesmen.biopsikososial",
        "rencana.layanan",
        "layanan.rehabilitasi_sosial",
        "layanan.jaminan_sosial",
        "layanan.pemberdayaan_sosial",
        "layanan.perlindungan_sosial",
        "layanan.akomodasi_disabilitas",
        "layanan.selesai",
        "pulang.pendamping",
        "jalan.surat",
        "monev.evaluasi",
    ),
    "SELESAI",
)
