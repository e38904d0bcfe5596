"""The main job, whole: one return from the first report to after-care, played through CONTRACT alone."""

import re
import time

import pytest

from tests.support.house import House, eventually
from tests.support.outsider import Outsider
from tests.support.probe import journal_of


def test_a_start_mails_the_registry_and_the_shelter_and_nobody_else(outsider: Outsider) -> None:
    outsider.begin_week()
    before = len(outsider.letters())
    started = time.monotonic()
    outsider.start("Contoh Pertama")

    eventually(lambda: len(outsider.letters()) >= before + 2, within_s=60, what="two mails")
    outsider.settle()

    fresh = outsider.letters()[before:]
    assert time.monotonic() - started < 60
    assert len(fresh) == 2
    by_kind = {letter.header("X-Pulang-Ask") is not None: letter for letter in fresh}
    assert by_kind[True].to == "kemendagri-dukcapil@example.invalid"
    assert by_kind[False].to == "rptc-tpi@example.invalid"
    assert by_kind[False].header("X-Pulang-Notice")
    assert "/t/" not in by_kind[False].text
    assert "Kode:" not in by_kind[False].text


@pytest.mark.proves("I01", "I02", "I03", "I13")
def test_one_return_goes_from_the_first_report_to_termination(outsider: Outsider) -> None:
    case = outsider.start("Contoh Kedua")

    outsider.play(case)

    view = outsider.case(case)
    assert view["status"] == "SELESAI"
    assert [handover["result"] for handover in view["handovers"]] == ["DITERIMA"] * 3
    assert all(re.fullmatch(r"BAST-\d{4}-\d{6}-\d", handover["number"]) for handover in view["handovers"])
    visits = [task for task in view["tasks"] if task["code"] == "monev.kunjungan"]
    assert [task["n"] for task in visits] == [1, 2, 3]
    assert {task["status"] for task in view["tasks"]} <= {"LULUS", "TIDAK_BERLAKU"}
    rows = journal_of(outsider, case)
    judged = [row for row in rows if row["kind"] == "GATE_JUDGED" and row["codes"]["occasion"] == "departure"]
    departed = [row for row in rows if row["codes"].get("answer") == "BERANGKAT"]
    assert len(departed) == 1
    assert judged[-1]["n"] < departed[0]["n"]
    assert judged[-1]["codes"]["open"] is True


def test_remains_take_the_short_track_to_the_end(outsider: Outsider) -> None:
    case = outsider.start("Contoh Ketiga", entry_route="JENAZAH", mission="KJRI-JHB")
    outsider.settle()
    assert outsider.case(case)["status"] == "MENINGGAL"

    for _ in range(40):
        view = outsider.case(case)
        if view["status"] == "SELESAI":
            break
        if view["status"] in ("MENUNGGU_GERBANG", "DISETUJUI") and not view["legs"]:
            outsider.plan_legs(case, "kabkota", "penerima")
        elif view["status"] == "DISETUJUI":
            answer = outsider.try_post(f"/cases/{case}/departures", {"leg": 1, "result": "BERANGKAT"})
            assert answer.status_code in (200, 201), answer.text
        elif outsider.step(case):
            continue
        else:
            outsider.go_on()
        outsider.settle()
    assert outsider.case(case)["status"] == "SELESAI"


@pytest.mark.proves("I02", "I03", "F08", "F20")
def test_ten_answers_given_while_the_engine_is_down_are_kept_and_take_effect_once(
    outsider: Outsider, house: House
) -> None:
    cases = [outsider.start(f"Contoh Sepuluh {letter}") for letter in "ABCDEFGHIJ"]
    asks = [mailed_ask(outsider, case, "akses.identitas") for case in cases]

    with house.without("temporal"):
        receipts = [outsider.answer_link(ask, "confirm") for ask in asks]
        assert len(set(receipts)) == 10
        states = [outsider.get(f"/answers/{receipt}")["state"] for receipt in receipts]
        assert states == ["stored"] * 10

    outsider.settle(within_s=90)
    for case, receipt in zip(cases, receipts, strict=True):
        eventually(lambda receipt=receipt: outsider.get(f"/answers/{receipt}")["state"] == "applied", 60)  # type: ignore[misc]
        answered = [row for row in journal_of(outsider, case) if row["kind"] == "ANSWERED"]
        assert [row["codes"]["receipt"] for row in answered].count(receipt) == 1
        assert task_of(outsider, case, "akses.identitas")["status"] == "DIJAWAB"


def task_of(outsider: Outsider, case: str, code: str) -> dict[str, object]:
    found: dict[str, object] = next(task for task in outsider.case(case)["tasks"] if task["code"] == code)
    return found


def mailed_ask(outsider: Outsider, case: str, code: str) -> str:
    """The ask of a task, once its mail has gone out in the office's hours."""
    outsider.settle()
    for _ in range(20):
        task = task_of(outsider, case, code)
        if task["asked_at"] is not None:
            return str(task["ask"])
        outsider.go_on()
    raise AssertionError(f"no mail for {code}")


@pytest.mark.proves("F07")
def test_after_a_killed_worker_an_answer_is_applied_within_seconds(outsider: Outsider, house: House) -> None:
    case = outsider.start("Contoh Pekerja Mati")
    ask = mailed_ask(outsider, case, "akses.identitas")

    house.kill("worker")
    receipt = outsider.answer_link(ask, "confirm")

    eventually(lambda: outsider.get(f"/answers/{receipt}")["state"] == "applied", within_s=30)
