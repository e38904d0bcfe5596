"""Takes one return through its tasks as people would: staff by API, offices by their mails, the clock by waiting."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain.roles import Actor
from store import answers
from tests.support.backstage import Backstage
from tests.support.client import Site

OPEN = ("DIMINTA", "DIPERPANJANG", "DIALIHKAN")
PLAN, DEPARTURE = "pulang.rencana_perjalanan", "jalan.cek_berangkat"
NO_FLAGS = (
    "tppo", "pmi", "witness", "high_risk", "ill", "infectious", "mental_health", "disability", "pregnant",
    "with_infant", "deceased", "from_abroad",
)  # fmt: skip


@dataclass
class Journey:
    """One case on its way. `skip`: tasks that are left alone."""

    site: Site
    backstage: Backstage
    number: str
    skip: set[str] = field(default_factory=lambda: {PLAN, DEPARTURE})
    _nonces: int = 0

    async def view(self, login: str = "koordinator1") -> dict[str, Any]:
        answer = await self.site.get(login, f"/cases/{self.number}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def post(self, login: str, path: str, body: Any, expect: int | None = None) -> dict[str, Any]:
        answer = await self.site.post(login, f"/cases/{self.number}{path}", body)
        if expect is not None:
            assert answer.status_code == expect, answer.text
        return {"http": answer.status_code, **answer.json()}

    async def task(self, code: str, n: int | None = None) -> dict[str, Any]:
        found = [t for t in (await self.view())["tasks"] if t["code"] == code and n in (None, t["n"])]
        return dict(found[0])

    def rule(self, code: str) -> Any:
        return self.site.units.rules.current.tasks[code]

    def staff_for(self, task: dict[str, Any]) -> str | None:
        """Who of the ministry answers this task, None when an office does by its link."""
        rule = self.rule(task["code"])
        if rule.owner == "kemensos_dit":
            return "koordinator1"
        if rule.owner == "kemensos_sentra":
            return "kepala1" if rule.signer == "kepala_sentra" else "peksos1"
        return None

    def answer_by_link(self, ask: str, action: str, reason: str | None = None) -> str:
        """An office answers one ask of its mail. Returns the receipt."""
        mail = next(mail for mail in reversed(self.backstage.links()) if ask in self._asks_of(mail.message))
        opaque = str(mail.message["X-Pulang-Ask"] or mail.message["X-Pulang-Digest"])
        is_single = "X-Pulang-Ask" in mail.message
        self._nonces += 1
        form = answers.LinkForm(
            name="Contoh Petugas",
            position="Staf",
            nonce=f"n{self.number}-{self._nonces}",
            action=action if is_single else None,
            reason=reason if is_single else None,
            each={} if is_single else {ask: action},
            reasons={} if is_single or reason is None else {ask: reason},
        )
        mail_id = self._mail_of(ask)
        officer = Actor("link", mail_id)
        done = self.site.units.write_sync(officer, lambda unit: answers.answer_by_link(unit, mail_id, form))
        assert opaque
        return done.receipt

    def _mail_of(self, ask: str) -> str:
        query = "SELECT mail FROM asks WHERE id = ?"
        return str(self.site.units.database.run_sync(lambda c: c.exec_driver_sql(query, (ask,)).scalar(), write=False))

    def _asks_of(self, message: Any) -> list[str]:
        single = message["X-Pulang-Ask"]
        if single:
            return [str(single)]
        query = "SELECT id FROM asks WHERE mail = ?"
        mail = str(message["X-Pulang-Digest"])
        rows = self.site.units.database.run_sync(lambda c: c.exec_driver_sql(query, (mail,)).fetchall(), write=False)
        return [str(row[0]) for row in rows]

    async def answer(self, task: dict[str, Any], action: str | None = None, **more: Any) -> None:
        """Answers one open task with its first passing code, and has it looked at a second time where that is asked."""
        rule = self.rule(task["code"])
        action = action or rule.answers.passes[0]
        login = self.staff_for(task)
        where = f"/tasks/{task['code']}"
        if login is None:
            self.answer_by_link(task["ask"], action, more.get("reason"))
        else:
            await self.post(login, f"{where}/answers", {"answer": action, "n": task["n"], **more}, expect=201)
        if rule.verify_by and (await self.task(task["code"], task["n"]))["status"] == "DIJAWAB":
            await self.post("koordinator2", f"{where}/verifications", {"result": "pass", "n": task["n"]}, expect=200)

    def answerable(self, view: dict[str, Any]) -> list[dict[str, Any]]:
        """Open tasks whose ask has gone out (or needs no mail)."""
        return [
            task
            for task in view["tasks"]
            if task["status"] in OPEN and task["code"] not in self.skip and task["ask"] and task["asked_at"]
        ]

    async def first_mails(self) -> None:
        """The desks have sent what was asked at the start."""
        self.backstage.work()
        self.site.clock.pass_by(minutes=2)
        self.backstage.work()

    async def go_on(self, until: str | None = None, passes: str | None = None) -> dict[str, Any]:
        """Answers whatever is open and lets time pass, until the case has status *until*, task *passes* has passed, or
        only skipped tasks are open."""
        for _ in range(300):
            self.backstage.work()
            view = await self.view()
            is_passed = any(task["code"] == passes and task["status"] == "LULUS" for task in view["tasks"])
            if view["status"] == until or is_passed:
                return view
            tasks = self.answerable(view)
            if tasks:
                for task in tasks:
                    await self.answer(task)
                continue
            if not await self._wait(view):
                return view
        raise AssertionError(f"never came to {until}")

    async def _wait(self, view: dict[str, Any]) -> bool:
        """Lets time pass to the next moment of a case or desk; False when nothing more will happen by itself."""
        if any(task["code"] in self.skip and task["status"] in OPEN and task["asked_at"] for task in view["tasks"]):
            return False
        told = (await self.site.get("operator1", "/demo/clock")).json()
        if told["next_due_at"] is None:
            return False
        now, moment = (datetime.fromisoformat(told[key]) for key in ("now", "next_due_at"))
        if moment - now > timedelta(days=400):
            return False
        self.site.clock.pass_by(seconds=max(0.0, (moment - now).total_seconds()) + 0.001)
        return True

    async def plan_legs(self, *hands_to: str, escort: str = "pendamping1", expect: int = 201) -> dict[str, Any]:
        """Legs of six hours from three days ahead, one after the other."""
        start = self.site.clock.now + timedelta(days=3)
        legs = []
        for n, to in enumerate(hands_to or ("provinsi", "kabkota", "penerima")):
            departs = start + timedelta(hours=8 * n)
            legs.append(
                {
                    "kind": "domestik",
                    "from": "RPTC-TPI" if n == 0 else "5371",
                    "to": "5313",
                    "departs_at": departs.isoformat(),
                    "arrives_at": (departs + timedelta(hours=6)).isoformat(),
                    "hands_to": to,
                    "escort": escort,
                }
            )
        return await self.post("koordinator1", "/legs", {"legs": legs}, expect=expect)

    async def to_the_gate(self) -> dict[str, Any]:
        """Every check holds; the two approvals are missing."""
        await self.post("peksos1", "/flags", {"flags": dict.fromkeys(NO_FLAGS, "tidak")}, expect=200)
        receiver = {"relation": "family", "name": "Contoh Keluarga"}
        await self.post("koordinator1", "/receiver", receiver, expect=200)
        view = await self.go_on("MENUNGGU_GERBANG")
        if view["status"] != "MENUNGGU_GERBANG":
            await self.plan_legs()
            view = await self.go_on("MENUNGGU_GERBANG")
        assert view["status"] == "MENUNGGU_GERBANG", [t for t in view["tasks"] if t["status"] in OPEN]
        return view

    async def approve(self, login: str, expect: int = 201, **more: Any) -> dict[str, Any]:
        """Reads the case and signs the snapshot it shows."""
        view = await self.view(login)
        body = {"decision": "approve", "snapshot": view["gate"]["snapshot"]} | more
        return await self.post(login, "/approvals", body, expect=expect)

    async def approve_twice(self) -> dict[str, Any]:
        await self.approve("pemeriksa1")
        await self.approve("penyetuju1")
        self.backstage.work()
        return await self.view()
