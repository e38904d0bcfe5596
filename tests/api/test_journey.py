"""One return by API from start to end, and what may not happen on the way."""

from datetime import timedelta

import pytest

from tests.support.backstage import Backstage
from tests.support.bodies import a_case
from tests.support.client import Site
from tests.support.journey import Journey


@pytest.fixture
async def journey(site: Site) -> Journey:
    return Journey(site, Backstage(site.units), await a_case(site))


async def test_an_adult_goes_home_and_the_case_ends(journey: Journey) -> None:
    await journey.to_the_gate()
    view = await journey.approve_twice()
    assert view["status"] == "DISETUJUI"
    await journey.go_on()  # until the check at departure is asked
    await journey.post("peksos1", "/departures", {"leg": 1, "result": "BERANGKAT"}, expect=201)
    journey.backstage.work()
    assert (await journey.view())["status"] == "PERJALANAN"
    for leg, handover in ((1, "serah.provinsi"), (2, "serah.kabkota"), (3, "serah.keluarga")):
        if leg > 1:
            await event(journey, leg, "DEPARTED")
        journey.site.clock.pass_by(hours=6)
        await event(journey, leg, "ARRIVED")
        view = await journey.go_on(passes=handover)
        assert view["legs"][leg - 1]["state"] == "HANDED_OVER"
    assert [h["result"] for h in view["handovers"]] == ["DITERIMA"] * 3
    assert all(h["number"].startswith("BAST-") for h in view["handovers"])
    view = await journey.go_on("SELESAI")
    assert view["status"] == "SELESAI"
    assert view["waits_for"] == []


async def event(journey: Journey, leg: int, kind: str) -> None:
    at = journey.site.clock.now.isoformat()
    await journey.post("pendamping1", f"/legs/{leg}/events", {"event": kind, "at": at}, expect=200)
    journey.backstage.work()


@pytest.mark.proves("I10", "T12")
async def test_two_different_people_sign_what_they_have_read(journey: Journey) -> None:
    view = await journey.to_the_gate()
    body = {"decision": "approve", "snapshot": view["gate"]["snapshot"]}
    unread = await journey.post("pemeriksa1", "/approvals", body)
    assert (unread["http"], unread["code"]) == (409, "ITEMS_UNREAD")
    early = await journey.approve("penyetuju1", expect=409)
    assert early["code"] == "STATE_FORBIDS"
    await journey.approve("penyetuju2")
    twice = await journey.approve("penyetuju2", expect=403)
    assert twice["code"] == "SAME_PERSON_APPROVES"
    old = await journey.post("penyetuju1", "/approvals", body | {"snapshot": "x" * 24})
    assert (old["http"], old["code"]) == (409, "SNAPSHOT_OLD")
    await journey.approve("penyetuju1")
    journey.backstage.work()
    view = await journey.view()
    assert view["status"] == "DISETUJUI"
    assert [(a["role"], a["void"]) for a in view["gate"]["approvals"]] == [("pemeriksa", False), ("penyetuju", False)]


@pytest.mark.proves("I12", "F37", "I01")
async def test_a_hold_after_the_approval_stops_the_departure(journey: Journey) -> None:
    await journey.to_the_gate()
    await journey.approve_twice()
    await journey.go_on()
    hold = await journey.post("koordinator2", "/holds", {"kind": "KEAMANAN", "reason": "Ancaman"}, expect=201)
    refused = await journey.post("peksos1", "/departures", {"leg": 1, "result": "BERANGKAT"})
    assert (refused["http"], refused["code"], refused["kinds"]) == (409, "HOLD_ACTIVE", ["KEAMANAN"])
    assert (await journey.view())["legs"][0]["state"] == "PLANNED"
    await journey.post("pimpinan1", f"/holds/{hold['id']}/lift", {"reason": "Aman"}, expect=200)


async def test_a_departure_needs_an_open_gate(journey: Journey) -> None:
    await journey.to_the_gate()
    refused = await journey.post("peksos1", "/departures", {"leg": 1, "result": "BERANGKAT"})
    assert refused["http"] == 409
    assert (await journey.view())["legs"][0]["state"] == "PLANNED"


async def test_a_failing_answer_comes_before_the_coordinator_who_decides(journey: Journey) -> None:
    await journey.first_mails()
    identity = await journey.task("akses.identitas")
    receipt = journey.answer_by_link(identity["ask"], "TIDAK_DITEMUKAN", "DATA_KURANG")
    stored = (await journey.site.get("koordinator1", f"/answers/{receipt}")).json()
    assert (stored["state"], stored["applied_at"]) == ("stored", None)
    assert [entry["task"] for entry in stored["asks"]] == ["akses.identitas"]
    journey.backstage.work()
    applied = (await journey.site.get("koordinator1", f"/answers/{receipt}")).json()
    assert applied["state"] == "applied"
    assert applied["ask"] == identity["ask"]
    assert (await journey.task("akses.identitas"))["status"] == "GAGAL"

    where = "/tasks/akses.identitas/decisions"
    for body, code in (
        ({"choice": "ask_again", "reason": " "}, "FIELD_MISSING"),
        ({"choice": "other_office", "reason": "x"}, "NO_OFFICE"),
        ({"choice": "other_office", "agency": "RPTC-TPI", "reason": "x"}, "NO_OFFICE"),
    ):
        refused = await journey.post("koordinator1", where, body)
        assert (refused["http"], refused["code"]) == (422, code)
    await journey.post("koordinator1", where, {"choice": "ask_again", "reason": "Data diperbaiki"}, expect=200)
    journey.backstage.work()
    again = await journey.task("akses.identitas")
    assert (again["status"], again["ask"] != identity["ask"]) == ("DIMINTA", True)


async def test_asks_tell_their_mail_and_never_a_link(journey: Journey) -> None:
    await journey.first_mails()
    told = await journey.site.get("koordinator1", "/asks", params={"state": "sent"})
    items = told.json()["items"]
    assert {item["task"] for item in items} == {"akses.kebutuhan_dasar", "akses.identitas", "awal.skrining"}
    link = next(item for item in items if item["task"] == "akses.identitas")
    assert set(link) == {"id", "mail", "case", "task", "agency", "state", "due_at", "delivery"}
    assert (link["state"], link["delivery"]["state"], link["delivery"]["words"]) == ("sent", "accepted", "250 OK")
    token, code = journey.backstage.links()[0].token, journey.backstage.links()[0].code
    for path in ("/asks", f"/cases/{journey.number}", f"/cases/{journey.number}/journal"):
        text = (await journey.site.get("koordinator1", path)).text
        assert token not in text
        assert code not in text
    wrong = await journey.site.get("koordinator1", "/asks", params={"state": "unknown"})
    assert wrong.status_code == 422


async def test_staff_answers_follow_the_answer_set_and_the_unit(journey: Journey) -> None:
    await journey.first_mails()
    where = "/tasks/akses.kebutuhan_dasar/answers"
    for login, body, status, code in (
        ("peksos1", {"answer": "KONFIRMASI"}, 409, "ACTION_NOT_ALLOWED"),
        ("peksos1", {"answer": "GAGAL"}, 422, "REASON_INVALID"),
        ("peksos1", {"answer": "GAGAL", "reason": "HUKUM"}, 422, "REASON_INVALID"),
        ("koordinator1", {"answer": "SELESAI"}, 403, "ROLE_LACKS_ACTION"),
        ("peksos1", {"answer": "SELESAI", "n": 2}, 404, "NO_SUCH_TASK"),
        ("peksos3", {"answer": "SELESAI"}, 404, "NO_SUCH_CASE"),
    ):
        refused = await journey.post(login, where, body)
        assert (refused["http"], refused["code"]) == (status, code), (login, body)
    unknown = await journey.post("peksos1", "/tasks/tidak.ada/answers", {"answer": "SELESAI"})
    assert (unknown["http"], unknown["code"]) == (404, "NO_SUCH_TASK")
    for_office = await journey.post("koordinator1", "/tasks/akses.identitas/answers", {"answer": "SESUAI"})
    assert (for_office["http"], for_office["code"]) == (403, "ROLE_LACKS_ACTION")

    made = await journey.post("peksos1", where, {"answer": "SELESAI", "note": "Sudah makan"}, expect=201)
    assert set(made) == {"http", "receipt", "state", "task"}
    assert made["receipt"].startswith("R-")
    assert len(made["receipt"]) == 12
    twice = await journey.post("peksos1", where, {"answer": "SELESAI"})
    assert (twice["http"], twice["code"]) == (409, "ALREADY_ANSWERED")


async def test_a_task_is_declared_not_needed_by_the_role_it_names(journey: Journey) -> None:
    await journey.first_mails()
    where = "/tasks/akses.kebutuhan_dasar/not-required"
    refused = await journey.post("koordinator1", where, {"reason": "SUDAH_TERPENUHI"})
    assert (refused["http"], refused["code"]) == (403, "ROLE_LACKS_ACTION")
    refused = await journey.post("kepala1", where, {"reason": "KARENA"})
    assert (refused["http"], refused["code"]) == (422, "REASON_INVALID")
    await journey.post("kepala1", where, {"reason": "SUDAH_TERPENUHI"}, expect=200)
    assert (await journey.task("akses.kebutuhan_dasar"))["status"] == "TIDAK_DIPERLUKAN"
    never = await journey.post("kepala1", "/tasks/awal.skrining/not-required", {"reason": "SUDAH_TERPENUHI"})
    assert (never["http"], never["code"]) == (409, "ACTION_NOT_ALLOWED")


async def test_legs_must_lead_home_in_their_order(journey: Journey) -> None:
    refused = await journey.plan_legs(expect=409)
    assert refused["code"] == "STATE_FORBIDS"
    start = journey.site.clock.now
    leg = {
        "kind": "domestik",
        "from": "x",
        "to": "y",
        "departs_at": start.isoformat(),
        "arrives_at": (start + timedelta(hours=1)).isoformat(),
        "hands_to": "penerima",
    }
    for body, code in (
        ({"legs": [leg | {"kind": "udara"}]}, "FIELD_INVALID"),
        ({"legs": [leg | {"departs_at": "2026-12-01T08:00:00"}]}, "TIME_INVALID"),
        ({"legs": [leg | {"from": " "}]}, "FIELD_MISSING"),
        ({"legs": [leg | {"price": 1}]}, "FIELD_UNKNOWN"),
    ):
        told = await journey.post("koordinator1", "/legs", body)
        assert (told["http"], told["code"]) == (422, code)
