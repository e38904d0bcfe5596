"""J5: the gate explains what is missing, is cleared, signed by two, printed, held and let go; page and API agree."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.journeys.scenes import one_ask_by_mail, rows_of, task_of
from tests.support.browser import IN_BROWSER, Windows, check, until
from tests.support.outsider import Outsider

pytestmark = IN_BROWSER
READINESS, ENTRY_CHECK, FITNESS = "daerah.kesiapan_kabkota", "akses.kesehatan_pintu_masuk", "pulang.layak_jalan"
OPEN_CHECKS = {"U10": READINESS, "K04": ENTRY_CHECK, "U04": FITNESS}
VANISHES_WITHIN_S = 10.0
A4_PAGES = 3
FIRST_A, SECOND_B = ("penyetuju", 1), ("penyetuju", 0)  # the first is also pemeriksa
SIGN = "Setujui pemulangan"


@dataclass
class Leaving(Outsider):
    """People who do everything but these tasks."""

    left: tuple[str, ...] = ()

    def case(self, case: str, role: str = "koordinator", number: int = 0) -> Any:
        view = super().case(case, role, number)
        return view | {"tasks": [task for task in view["tasks"] if task["code"] not in self.left]}


def nearly_ready(outsider: Outsider) -> str:
    """A return from abroad whose gate waits for three answers, each of them asked."""
    person = {"name": "Contoh Gerbang Tokan", "sex": "P", "birth_date": "1999-01-02", "birth_date_quality": "pasti"}
    case = outsider.start(person=person, mission="KRI-TWU", flags={"from_abroad": "ya"})
    others = Leaving(outsider.house, outsider.http, tuple(OPEN_CHECKS.values()))
    outsider.settle()
    for _ in range(200):
        gate = outsider.case(case)["gate"]
        still = {check["code"]: {wait["task"] for wait in check["waits"]} for check in gate["checks"]}
        if {code: tasks for code, tasks in still.items() if tasks} == {k: {task} for k, task in OPEN_CHECKS.items()}:
            break
        if not others.step(case):
            outsider.go_on()
    for code in OPEN_CHECKS.values():
        one_ask_by_mail(outsider, case, code)
    return case


class Gate:
    """The gate of one case as the API tells it, and the departure that must not get past it."""

    def __init__(self, outsider: Outsider, case: str) -> None:
        self.outsider, self.case = outsider, case

    def told(self) -> Any:
        return self.outsider.case(self.case)["gate"]

    def open_codes(self) -> set[str]:
        return {check["code"] for check in self.told()["checks"] if check["state"] == "open"}

    def sentence(self, code: str) -> str:
        return str(next(check["sentence"]["id"] for check in self.told()["checks"] if check["code"] == code))

    def departure(self) -> Any:
        body = {"leg": 1, "result": "BERANGKAT"}
        return self.outsider.try_post(f"/cases/{self.case}/departures", body, "pekerja_sosial")

    async def agrees(self, page: Page, *, is_open: bool) -> None:
        """Page and API name the same open checks; while the page says closed, a departure by API is refused."""
        await page.goto(f"/kasus/{self.case}/gerbang")
        told = self.told()
        shown = page.locator(".checks > li")
        for each in told["checks"]:
            line = shown.filter(has_text=each["sentence"]["id"])
            if each["state"] == "not_applicable" and await line.count() == 0:
                continue  # remains have a track of their own
            word = {"holds": "Terpenuhi", "open": "Belum", "not_applicable": "Tidak berlaku"}[each["state"]]
            await expect(line).to_contain_text(re.compile(f"{word}|Tugas Anda|Terlambat" if word == "Belum" else word))
        assert told["open"] is is_open
        says_open = await page.locator(".panel").get_by_text("Gerbang terbuka").count() > 0
        assert says_open is is_open
        if not is_open:
            answer = self.departure()
            assert answer.status_code == 409, answer.text
            assert answer.json()["code"] in ("STATE_FORBIDS", "GATE_SHUT", "HOLD_ACTIVE")


def open_check(page: Page, sentence: str) -> Locator:
    return page.get_by_role("region", name="Gerbang pemulangan").locator(".checks > li").filter(has_text=sentence)


@pytest.mark.proves("I01", "I05", "I06", "I07")
async def test_the_gate_explains_is_cleared_signed_printed_held_and_passed(
    outsider: Outsider, windows: Windows
) -> None:
    case = nearly_ready(outsider)
    gate = Gate(outsider, case)
    coordinator = await windows.sign_in("koordinator")

    # 1. three open checks, three sentences: what, who, since when, what next
    await coordinator.goto(f"/kasus/{case}")
    panel = coordinator.get_by_role("region", name="Gerbang pemulangan")
    await expect(panel.locator(".checks > li")).to_have_count(3)
    for code, office in (("U10", "Dinsos Kab. Lembata"), ("K04", "Balai Kekarantinaan"), ("U04", "Faskes RPTC")):
        line = open_check(coordinator, gate.sentence(code))
        await expect(line).to_contain_text(office)
        await expect(line).to_contain_text(re.compile(r"sejak \w+,\s\d+\s\w+\s20\d\d,\s\d\d\.\d\d\s(WIB|WITA|WIT)"))
        await expect(line).to_contain_text("Hilang bila")
    await check(coordinator)
    await gate.agrees(coordinator, is_open=False)

    # 3. the officer answers: the sentence vanishes
    said = gate.sentence("U10")
    outsider.answer_link(task_of(outsider, case, READINESS)["ask"], "confirm")

    async def vanished() -> bool:
        await coordinator.goto(f"/kasus/{case}")
        return await open_check(coordinator, said).count() == 0

    await until(vanished, VANISHES_WITHIN_S, "the sentence vanishes")
    assert gate.open_codes() == {"K04", "U04"}
    await gate.agrees(coordinator, is_open=False)

    # 4. not required: only with a reason and a signer, and shown as such
    refused = outsider.try_post(f"/cases/{case}/tasks/{ENTRY_CHECK}/not-required", {"reason": ""})
    assert (refused.status_code, refused.json()["code"]) == (422, "REASON_INVALID")
    await mark_not_required(coordinator, case)
    await gate.agrees(coordinator, is_open=False)
    assert gate.open_codes() == {"U04"}
    k04 = coordinator.locator(".checks > li").filter(has_text=gate.sentence("K04"))
    await expect(k04).to_contain_text("ditandatangani Contoh Koordinator Satu")
    await expect(k04).to_contain_text("Dipenuhi")
    assert task_of(outsider, case, ENTRY_CHECK)["status"] == "TIDAK_DIPERLUKAN"

    # the last check, by its office
    outsider.answer_link(task_of(outsider, case, FITNESS)["ask"], "confirm")
    outsider.settle()
    await gate.agrees(coordinator, is_open=False)
    assert gate.open_codes() == set()

    # 6. A signs first; under her other role she may not sign again
    first = await windows.sign_in(*FIRST_A)
    await sign(first, case)
    await expect(first.get_by_role("button", name=SIGN)).to_have_count(0)
    await expect(first.locator("main")).to_contain_text("Dua persetujuan harus dari dua orang yang berbeda")
    body = {"decision": "approve", "snapshot": outsider.case(case, *FIRST_A)["gate"]["snapshot"]}
    again = outsider.try_post(f"/cases/{case}/approvals", body, *FIRST_A)
    assert (again.status_code, again.json()["code"]) == (403, "SAME_PERSON_APPROVES")
    await gate.agrees(coordinator, is_open=False)

    # 7. B signs; the printed gate page is the decision document
    second = await windows.sign_in(*SECOND_B)
    await sign(second, case)
    await gate.agrees(coordinator, is_open=True)
    await is_the_decision(second, case, gate)

    # 8. held: no departure, approvals frozen; lifted by the leadership: one fresh look, then as before
    time_to_depart(outsider, case)
    await hold(coordinator, case)
    await gate.agrees(coordinator, is_open=False)
    await expect(coordinator.locator(".panel")).to_contain_text("penyidikan atau peradilan")
    assert gate.departure().json()["code"] == "HOLD_ACTIVE"
    approvals = gate.told()["approvals"]
    assert [approval["void"] for approval in approvals] == [False, False]
    await is_not_theirs_to_lift(coordinator, case)
    looked = len(rows_of(outsider, case, "GATE_JUDGED"))
    leader = await windows.sign_in("pimpinan")
    await lift(leader, case)
    outsider.settle()
    assert len(rows_of(outsider, case, "GATE_JUDGED")) == looked + 1
    await gate.agrees(coordinator, is_open=True)
    assert gate.told()["approvals"] == approvals
    await depart(await windows.sign_in("pekerja_sosial"), case)
    outsider.settle()
    assert outsider.case(case)["status"] == "PERJALANAN"


async def mark_not_required(page: Page, case: str) -> None:
    await page.goto(f"/kasus/{case}")
    row = page.get_by_role("row").filter(has_text="Pemeriksaan kesehatan di pintu masuk")
    await row.get_by_role("link", name="Tandai tidak diperlukan").click()
    reason = page.get_by_label("Alasan", exact=True)
    await page.get_by_role("button", name="Tandai tidak diperlukan").click()
    assert await reason.evaluate("field => field.validity.valueMissing")
    await reason.select_option("DIPENUHI_INSTANSI_LAIN")
    await page.get_by_role("button", name="Tandai tidak diperlukan").click()
    await expect(page.get_by_role("status").first).to_be_visible()


async def sign(page: Page, case: str) -> None:
    await page.goto(f"/kasus/{case}/gerbang")
    await page.get_by_role("button", name=SIGN).click()
    await expect(page.get_by_role("status").first).to_be_visible()


async def is_the_decision(page: Page, case: str, gate: Gate) -> None:
    """On paper: number, basis, every check with its evidence and how it came, two names; no buttons."""
    await page.goto(f"/kasus/{case}/gerbang")
    await check(page)
    await page.emulate_media(media="print")
    paper = await page.locator("main").inner_text()
    for needed in (
        case,
        "Telah mendapatkan penanganan",
        "Permensos",
        "tautan dan kode",
        "akun kementerian",
        "bukti menyusul",
        "Contoh Penyetuju Satu",
        "Contoh Penyetuju Dua",
        "Tanda tangan, bila dicetak",
    ):
        assert needed in paper, needed
    for each in gate.told()["checks"]:
        if each["state"] == "holds":
            assert each["sentence"]["id"] in paper
    assert await page.get_by_role("button").filter(visible=True).count() == 0
    pdf = await page.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= A4_PAGES
    await page.emulate_media(media="screen")


def time_to_depart(outsider: Outsider, case: str) -> None:
    """The travel letters are out, and the first leg leaves within hours."""
    letters = {"answer": "SELESAI"}
    outsider.settle()
    outsider.post(f"/cases/{case}/tasks/jalan.surat/answers", letters)
    for _ in range(50):
        outsider.settle()
        if task_of(outsider, case, "jalan.cek_berangkat")["status"] == "DIMINTA":
            return
        outsider.go_on()
    raise AssertionError("the departure is never asked")


async def hold(page: Page, case: str) -> None:
    await page.goto(f"/kasus/{case}")
    await page.get_by_role("link", name="Tahan kasus").click()
    await page.get_by_label("Sebab penahanan").select_option(label="Penyidikan atau peradilan")
    await page.get_by_label("Alasan").fill("Contoh: penyidik meminta orang ini tetap di tempat.")
    await page.get_by_role("button", name="Tahan sekarang").click()
    await expect(page.get_by_role("status").first).to_be_visible()


async def is_not_theirs_to_lift(page: Page, case: str) -> None:
    await page.goto(f"/kasus/{case}")
    await expect(page.get_by_role("region", name="Penahanan")).to_contain_text("Penyidikan atau peradilan")
    await expect(page.get_by_role("link", name="Cabut penahanan")).to_have_count(0)


async def lift(page: Page, case: str) -> None:
    await page.goto(f"/kasus/{case}")
    await page.get_by_role("link", name="Cabut penahanan").click()
    await page.get_by_label("Alasan pencabutan").fill("Contoh: penyidik tidak berkeberatan lagi.")
    await page.get_by_role("button", name="Cabut penahanan ini").click()
    await expect(page.get_by_role("status").first).to_be_visible()


async def depart(page: Page, case: str) -> None:
    await page.goto(f"/kasus/{case}")
    await page.get_by_role("link", name="Periksa keberangkatan").first.click()
    await page.get_by_role("radio", name=re.compile("^Berangkat")).check()
    await page.get_by_role("button").filter(has_text=re.compile("^Catat")).click()
    await expect(page.get_by_role("status").first).to_be_visible()
