"""The journey as CONTRACT tells it: legs, the gate and its approvals, departure, events under way, hand-overs."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.case_shape import check_case
from tests.support.outsider import Outsider
from tests.support.probe import mailed, moment, refused, task_of, walk, walk_to


def legs_of(outsider: Outsider, *hands_to: str, days: float = 2, **more: Any) -> list[dict[str, Any]]:
    now = moment(outsider.clock()["now"])
    legs = []
    for n, to in enumerate(hands_to):
        departs = now + timedelta(days=days, hours=8 * n)
        leg = {"kind": "domestik", "from": "RPTC-TPI", "to": "53", "hands_to": to}
        leg |= {"departs_at": departs.isoformat(), "arrives_at": (departs + timedelta(hours=6)).isoformat()}
        legs.append(leg | more)
    return legs


@pytest.mark.proves("I01", "I10", "I12")
def test_the_gate_opens_for_two_people_and_departs_once(outsider: Outsider) -> None:
    case = outsider.start("Contoh Gerbang")
    path = f"/cases/{case}"
    whole = ("provinsi", "kabkota", "penerima")
    refused(outsider.try_post(f"{path}/legs", {"legs": legs_of(outsider, *whole)}), 409, "STATE_FORBIDS")
    walk(outsider, case, "pulang.rencana_perjalanan")

    good = legs_of(outsider, *whole)
    swapped = [good[1], good[0], good[2]]
    backwards = [good[0] | {"arrives_at": good[0]["departs_at"]}]
    for bad in (swapped, backwards, legs_of(outsider, "RPTC-BAP"), []):
        refused(outsider.try_post(f"{path}/legs", {"legs": bad}), 422, "LEGS_INVALID")
    unknown = outsider.try_post(f"{path}/legs", {"legs": [good[0] | {"hands_to": "entah"}]})
    assert unknown.status_code == 422
    refused(outsider.try_post(f"{path}/legs", {"legs": [good[0] | {"warna": "x"}]}), 422, "FIELD_UNKNOWN")
    refused(
        outsider.try_post(f"{path}/approvals", {"decision": "approve", "snapshot": "x"}, "pemeriksa"),
        409,
        "GATE_SHUT",
    )
    planned = outsider.try_post(f"{path}/legs", {"legs": good})
    assert planned.status_code in (200, 201), planned.text
    outsider.settle()
    assert task_of(outsider.case(case), "pulang.rencana_perjalanan")["status"] == "LULUS"
    refused(
        outsider.try_post(f"{path}/departures", {"leg": 1, "result": "BERANGKAT"}, "pekerja_sosial"),
        409,
        "GATE_SHUT",
    )

    view = walk_to(outsider, case, lambda view: view["status"] == "MENUNGGU_GERBANG")
    check_case(view)
    assert {check["state"] for check in view["gate"]["checks"]} == {"holds", "not_applicable"}
    assert view["gate"]["open"] is False
    snapshot = view["gate"]["snapshot"]
    approve = {"decision": "approve", "snapshot": snapshot}
    refused(outsider.try_post(f"{path}/approvals", approve, "pemeriksa"), 409, "ITEMS_UNREAD")
    outsider.case(case, "pemeriksa")
    refused(outsider.try_post(f"{path}/approvals", approve | {"snapshot": "lama"}, "pemeriksa"), 409, "SNAPSHOT_OLD")
    outsider.case(case, "penyetuju", 1)
    early = outsider.try_post(f"{path}/approvals", {"decision": "back", "snapshot": snapshot}, "pemeriksa")
    assert early.status_code == 422, early.text
    first = outsider.try_post(f"{path}/approvals", approve, "penyetuju", 1)
    assert first.status_code == 201, first.text
    outsider.settle()
    approvals = check_case(outsider.case(case))["gate"]["approvals"]
    assert [(a["role"], a["snapshot"], a["void"]) for a in approvals] == [("pemeriksa", snapshot, False)]
    outsider.case(case, "penyetuju", 1)
    refused(outsider.try_post(f"{path}/approvals", approve, "penyetuju", 1), 403, "SAME_PERSON_APPROVES")

    hold = outsider.post(f"{path}/holds", {"kind": "ADMINISTRASI", "reason": "Anggaran"})
    outsider.settle()
    outsider.case(case, "penyetuju")
    refused(outsider.try_post(f"{path}/approvals", approve, "penyetuju"), 409, "HOLD_ACTIVE")
    outsider.post(f"{path}/holds/{hold['id']}/lift", {"reason": "Anggaran ada"})
    outsider.settle()
    outsider.case(case, "penyetuju")
    second = outsider.try_post(f"{path}/approvals", approve, "penyetuju")
    assert second.status_code == 201, second.text
    outsider.settle()
    view = check_case(outsider.case(case))
    assert (view["status"], view["gate"]["open"]) == ("DISETUJUI", True)

    outsider.post(f"{path}/flags", {"flags": {"ill": "ya"}, "reason": "Demam"}, "pekerja_sosial")
    outsider.settle()
    view = check_case(outsider.case(case))
    assert view["gate"]["open"] is False
    assert {approval["void"] for approval in view["gate"]["approvals"]} == {True}
    assert view["status"] in ("PENANGANAN", "MENUNGGU_GERBANG")


def test_who_entered_the_flags_cannot_approve_and_a_journey_is_told_leg_by_leg(outsider: Outsider) -> None:
    case = outsider.start("Contoh Berangkat")
    path = f"/cases/{case}"
    walk(outsider, case, "pulang.rencana_perjalanan")
    legs = legs_of(outsider, "provinsi", "kabkota", "penerima", escort="pendamping1")
    outsider.post(f"{path}/legs", {"legs": legs})
    walk_to(outsider, case, lambda view: view["status"] == "MENUNGGU_GERBANG")
    outsider.approve_twice(case)
    outsider.settle()
    view = walk(outsider, case, "jalan.cek_berangkat")
    assert view["gate"]["open"] is True
    refused(
        outsider.try_post(f"{path}/legs/1/events", {"event": "DEPARTED", "at": legs[0]["departs_at"]}),
        409,
        "STATE_FORBIDS",
    )
    hold = outsider.post(f"{path}/holds", {"kind": "ADMINISTRASI", "reason": "Uji"})
    going = {"leg": 1, "result": "BERANGKAT"}
    refused(outsider.try_post(f"{path}/departures", going, "pekerja_sosial"), 409, "HOLD_ACTIVE")
    outsider.post(f"{path}/holds/{hold['id']}/lift", {"reason": "Uji"})
    outsider.settle()
    gone = outsider.try_post(f"{path}/departures", going, "pendamping")
    assert gone.status_code in (200, 201), gone.text
    outsider.settle()
    view = check_case(outsider.case(case))
    assert view["status"] == "PERJALANAN"
    assert outsider.try_post(f"{path}/departures", going, "pendamping").status_code == 409

    view = walk(outsider, case, "serah.provinsi")
    arrived = {"event": "ARRIVED", "at": outsider.clock()["now"]}
    answer = outsider.try_post(f"{path}/legs/1/events", arrived, "pendamping")
    assert answer.status_code in (200, 201), answer.text
    outsider.settle()
    ask = mailed(outsider, case, "serah.provinsi")
    assert ask.letter.to == "dinsos-53@example.invalid"
    outsider.answer_link(task_of(outsider.case(case), "serah.provinsi")["ask"], "decline", reason="KAPASITAS Penuh")
    outsider.settle()
    view = check_case(outsider.case(case))
    assert task_of(view, "serah.provinsi")["status"] == "GAGAL"
    assert [handover["result"] for handover in view["handovers"]] == ["DITOLAK"]
    outsider.post(f"{path}/tasks/serah.provinsi/decisions", {"choice": "ask_again", "reason": "Sudah dibicarakan"})
    outsider.settle()
    mailed(outsider, case, "serah.provinsi")
    outsider.answer_link(task_of(outsider.case(case), "serah.provinsi")["ask"], "DITERIMA_DENGAN_CATATAN")
    outsider.settle()
    view = check_case(outsider.case(case))
    assert [handover["result"] for handover in view["handovers"]] == ["DITOLAK", "DITERIMA_DENGAN_CATATAN"]
    assert len({handover["number"] for handover in view["handovers"]}) == 2
    codes = {"RPTC-TPI", "DINSOS-53"}
    assert {handover["from"] for handover in view["handovers"]} | {h["to"] for h in view["handovers"]} == codes
