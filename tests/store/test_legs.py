"""The legs of a journey: planned, under way, through a stay, and handed over."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.journal import Kind
from store.case_acts import close_case, lift_hold
from store.journey import LegEntry, plan_legs
from store.tables_case import handovers
from tests.store.scenes import holds, refused, rows_of
from tests.support.cases import AtPoint, Ministry, Return


def a_leg(ministry: Ministry, to: str = "penerima", starts: int = 72, lasts: int = 6, **facts: Any) -> LegEntry:
    departs = ministry.now + timedelta(hours=starts)
    known: dict[str, Any] = {"kind": "domestik", "origin": "A", "target": "B", "hands_to": to}
    known |= {"departs_at": departs, "arrives_at": departs + timedelta(hours=lasts)}
    return LegEntry(**(known | facts))


# --- planned


def test_the_journey_cannot_be_planned_before_its_task_is_open(ministry: Ministry) -> None:
    number = ministry.start()

    assert refused(lambda: ministry.plan(number)) == "STATE_FORBIDS"


def test_planning_the_journey_is_the_answer_and_planning_again_is_not(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.play_until_open(number, "pulang.rencana_perjalanan")

    receipt = ministry.plan(number)
    assert receipt is not None
    assert receipt.startswith("R-")
    assert ministry.status(number, "pulang.rencana_perjalanan") == "LULUS"
    assert ministry.plan(number, "penerima") is None
    assert [leg.hands_to for leg in ministry.course(number).legs] == ["penerima"]


@pytest.mark.parametrize("login", ["p1", "a1", "top", "e1"])
def test_only_a_coordinator_plans_the_journey(ministry: Ministry, login: str) -> None:
    assert refused(lambda: ministry.plan(ministry.start(), login=login)) == "ROLE_LACKS_ACTION"


def test_legs_that_cannot_be_travelled_are_refused(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.play_until_open(number, "pulang.rencana_perjalanan")
    leg = lambda *a, **f: a_leg(ministry, *a, **f)  # noqa: E731
    bad = {
        "none": [],
        "arrives before it departs": [leg(lasts=-1)],
        "arrives as it departs": [leg(lasts=0)],
        "departs before the one before it arrives": [leg("provinsi"), leg(starts=74)],
        "none to a receiver": [leg("RPTC-BAP")],
        "to nobody known": [leg("stasiun")],
        "to an office that is no shelter": [leg("DINSOS-53")],
        "from nowhere": [leg(origin=" ")],
        "of an unknown kind": [leg(kind="antariksa")],
    }
    for fault, legs in bad.items():
        code = refused(lambda legs=legs: ministry.act("k1", lambda unit: plan_legs(unit, number, legs)))  # type: ignore[misc]
        assert code == "LEGS_INVALID", fault
    assert ministry.course(number).legs == []


def test_an_escort_with_an_account_is_known_by_it_and_another_is_only_named(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.play_until_open(number, "pulang.rencana_perjalanan")
    legs = [a_leg(ministry, "provinsi", escort="e1"), a_leg(ministry, starts=90, escort="Ibu Contoh")]
    ministry.act("k1", lambda unit: plan_legs(unit, number, legs))

    assert [leg.escort_account for leg in ministry.course(number).legs] == ["id-e1", None]
    assert "Ibu Contoh" not in str([row.codes for row in ministry.file(number).rows])


def test_a_new_plan_replaces_only_legs_that_have_not_departed(at_point: AtPoint) -> None:
    ministry, number = at_point("on the road").parts
    ministry.plan(number, "penerima", starts=timedelta(days=2))

    legs = ministry.course(number).legs
    assert [(leg.n, leg.hands_to) for leg in legs] == [(1, "RPTC-BAP"), (2, "penerima")]


def test_a_new_plan_never_uses_the_number_of_a_leg_that_was_travelled(at_point: AtPoint) -> None:
    ministry, number = at_point("in a stay").parts
    ministry.play_until_open(number, "serah.kabkota")
    ministry.not_required(number, "serah.kabkota", "b1", "DIPENUHI_INSTANSI_LAIN")
    ministry.play_until_open(number, "serah.keluarga")
    ministry.answer(number, "serah.keluarga", "DITERIMA")  # leg 4 is done, leg 3 was never travelled
    course = ministry.course(number)
    assert [(leg.n, leg.state.value) for leg in course.legs][2:] == [(3, "PLANNED"), (4, "HANDED_OVER")]

    ministry.plan(number, "penerima", starts=timedelta(days=20))

    assert [leg.n for leg in ministry.course(number).legs] == [1, 2, 4, 5]


# --- under way


@pytest.mark.proves("I01")
def test_after_a_stay_the_gate_is_judged_once_more(at_point: AtPoint) -> None:
    case = at_point("in a stay")
    ministry, number = case.ministry, case.number
    ministry.play_until_open(number, "jalan.cek_berangkat")
    hold = holds(case)
    assert refused(lambda: ministry.depart(number, 2, login="p3")) == "HOLD_ACTIVE"
    ministry.act("k1", lambda unit: lift_hold(unit, number, hold, "selesai"))

    ministry.depart(number, 2, login="p3")

    departures = [row for row in rows_of(case, Kind.GATE_JUDGED) if row.codes["occasion"] == "departure"]
    assert len(departures) == 2
    assert ministry.status(number) == "PERJALANAN"


def test_a_stay_handed_in_late_does_not_bring_the_person_back_to_the_shelter(at_point: AtPoint) -> None:
    case = at_point("on the road")
    ministry, number = case.ministry, case.number
    ministry.leg_event(number, 1, "ARRIVED")
    ministry.go_to(ministry.course(number).legs[1].departs_at)
    ministry.depart(number, 2, login="p3")
    ministry.answer(number, "jalan.transit", n=1)

    assert ministry.status(number) == "PERJALANAN"


@pytest.mark.parametrize(
    ("leg", "event", "login", "code"),
    [
        (1, "DEPARTED", "k1", "STATE_FORBIDS"),  # BERANGKAT is the departure
        (2, "DEPARTED", "k1", "STATE_FORBIDS"),
        (3, "ARRIVED", "k1", "STATE_FORBIDS"),  # it has not departed
        (9, "ARRIVED", "k1", "NO_SUCH_LEG"),
        (1, "LANDED", "k1", "FIELD_INVALID"),
        (1, "ARRIVED", "p1", "ROLE_LACKS_ACTION"),
        (1, "ARRIVED", "e2", "NO_SUCH_CASE"),
        (3, "DEPARTED", "e1", "ROLE_LACKS_ACTION"),  # escort of the first leg only
    ],
)
def test_a_leg_event_that_cannot_be_is_refused(at_point: AtPoint, leg: int, event: str, login: str, code: str) -> None:
    case = at_point("on the road")

    assert refused(lambda: case.ministry.leg_event(case.number, leg, event, login)) == code


def test_the_escort_records_the_arrival_of_the_own_leg(at_point: AtPoint) -> None:
    case = at_point("on the road")
    case.ministry.clock.passes(hours=5)
    case.ministry.leg_event(case.number, 1, "ARRIVED", "e1")

    leg = case.ministry.course(case.number).legs[0]
    assert (leg.state.value, leg.arrived_at) == ("ARRIVED", case.ministry.now)
    assert refused(lambda: case.ministry.leg_event(case.number, 1, "ARRIVED", "e1")) == "STATE_FORBIDS"


@pytest.mark.proves("E44")
def test_an_arrival_before_the_departure_is_refused(at_point: AtPoint) -> None:
    case = at_point("on the road")
    early = case.ministry.now - timedelta(hours=1)

    assert refused(lambda: case.ministry.leg_event(case.number, 1, "ARRIVED", at=early)) == "DATE_INVALID"


def at_the_provinces_door(case: Return) -> None:
    """Past the stay and on the leg to the province."""
    case.ministry.play_until_open(case.number, "serah.provinsi")


@pytest.mark.proves("I12", "E21")
def test_a_hold_on_the_way_stops_the_next_leg_and_not_the_hand_over(at_point: AtPoint) -> None:
    case = at_point("in a stay")
    at_the_provinces_door(case)
    ministry, number = case.ministry, case.number
    holds(case, "PENYIDIKAN")
    ministry.answer(number, "serah.provinsi")

    assert [(h.task, h.result) for h in ministry.course(number).handovers][-1] == ("serah.provinsi", "DITERIMA")
    assert refused(lambda: ministry.leg_event(number, 3, "DEPARTED")) == "HOLD_ACTIVE"


def test_every_hand_over_has_a_record_with_a_number_of_its_own_a_refused_one_too(at_point: AtPoint) -> None:
    case = at_point("in a stay")
    at_the_provinces_door(case)
    ministry, number = case.ministry, case.number
    ministry.answer(number, "serah.provinsi", "DITOLAK")
    ministry.decides(number, "serah.provinsi")
    ministry.play_to_status(number, "PEMANTAUAN")
    table = ministry.read(lambda r: r.rows(select(handovers).order_by(handovers.c.number)))

    assert [(row.task, row.result) for row in table] == [
        ("jalan.transit", "DITERIMA"),
        ("serah.provinsi", "DITOLAK"),
        ("serah.provinsi", "DITERIMA"),
        ("serah.kabkota", "DITERIMA"),
        ("serah.keluarga", "DITERIMA"),
    ]
    assert all(row.number.startswith("BAST-2026-") for row in table)
    assert {row.task: row.receiver_party for row in table}["serah.kabkota"] == "DINSOS-5313"


def test_a_broken_journey_is_planned_and_approved_anew(at_point: AtPoint) -> None:
    case = at_point("on the road")
    ministry, number = case.ministry, case.number
    ministry.act("k1", lambda unit: close_case(unit, number, "KEMBALI", "kapal kembali"))
    ministry.run()

    assert ministry.status(number) == "PENANGANAN"
    assert ministry.course(number).legs == []
    ministry.play_to_status(number, "PEMANTAUAN")
