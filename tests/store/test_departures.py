"""Nothing gets a person past the gate: departures of the living and of remains."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.journal import Kind
from store.answers import answer_as_staff
from store.case_acts import close_case, lift_hold, set_flags
from store.reviews import mark_not_required
from tests.store.scenes import holds, refused, rows_of
from tests.support.cases import AtPoint

# --- departures


@pytest.mark.proves("I01")
def test_a_departure_stands_beside_the_judgement_that_allowed_it(at_point: AtPoint) -> None:
    case = at_point("departing")
    receipt = case.ministry.depart(case.number)

    rows = case.ministry.file(case.number).rows
    place = next(i for i, row in enumerate(rows) if row.codes.get("answer") == "BERANGKAT")
    judged = rows[place - 1]
    assert (judged.kind, judged.codes["open"], judged.codes["occasion"]) == (Kind.GATE_JUDGED, True, "departure")
    assert judged.codes["basis"] == "TELAH_DITANGANI"
    assert receipt.receipt.startswith("R-")
    assert case.ministry.status(case.number) == "PERJALANAN"


@pytest.mark.parametrize(
    ("login", "code"),
    [
        ("p1", None),
        ("h1", None),
        ("e1", None),  # the leg's escort
        ("e2", "NO_SUCH_CASE"),  # another journey's
        ("p3", "ROLE_LACKS_ACTION"),  # the shelter of the stay, not of this leg
        ("k1", "ROLE_LACKS_ACTION"),
        ("b1", "ROLE_LACKS_ACTION"),
        ("top", "ROLE_LACKS_ACTION"),
        ("op", "ROLE_LACKS_ACTION"),
    ],
)
def test_the_shelters_people_or_the_legs_escort_record_the_departure(
    at_point: AtPoint, login: str, code: str | None
) -> None:
    case = at_point("departing")
    if code is None:
        case.ministry.depart(case.number, login=login)
        assert case.ministry.status(case.number) == "PERJALANAN"
    else:
        assert refused(lambda: case.ministry.depart(case.number, login=login)) == code


@pytest.mark.proves("I12")
def test_a_hold_set_after_the_approvals_stops_the_departure_and_lifted_lets_it_go(at_point: AtPoint) -> None:
    case = at_point("departing")
    hold = holds(case, "PENYIDIKAN")
    before = case.ministry.kinds(case.number)
    assert refused(lambda: case.ministry.depart(case.number)) == "HOLD_ACTIVE"
    assert case.ministry.kinds(case.number) == before

    case.ministry.act("top", lambda unit: lift_hold(unit, case.number, hold, "selesai"))
    case.ministry.depart(case.number)
    assert case.ministry.status(case.number) == "PERJALANAN"


@pytest.mark.proves("I01")
def test_a_flag_that_turned_a_moment_ago_stops_the_departure_though_no_workflow_ran(at_point: AtPoint) -> None:
    case = at_point("departing")
    case.ministry.act("k1", lambda unit: set_flags(unit, case.number, {"child": "ya"}))

    assert refused(lambda: case.ministry.depart(case.number)) == "GATE_SHUT"


@pytest.mark.proves("I01")
def test_a_letter_that_ran_out_a_moment_ago_stops_the_departure_though_no_workflow_ran(at_point: AtPoint) -> None:
    case = at_point("departing")
    case.ministry.clock.passes(days=8)

    assert refused(lambda: case.ministry.depart(case.number)) == "GATE_SHUT"


@pytest.mark.proves("I01")
def test_no_other_door_leads_past_the_gate(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    ministry, number = case.ministry, case.number
    doors: list[Callable[[], object]] = [
        lambda: ministry.depart(number),
        lambda: ministry.leg_event(number, 1, "DEPARTED"),
        lambda: ministry.leg_event(number, 3, "DEPARTED"),
        lambda: ministry.leg_event(number, 1, "ARRIVED"),
        lambda: ministry.act("p1", lambda u: answer_as_staff(u, number, "jalan.cek_berangkat", 1, "BERANGKAT")),
        lambda: ministry.act("k1", lambda u: answer_as_staff(u, number, "jalan.surat", None, "SELESAI")),
        lambda: ministry.act("k1", lambda u: close_case(u, number, "PERJALANAN", "cepat")),
        lambda: ministry.act("k1", lambda u: close_case(u, number, "DISETUJUI", "cepat")),
        lambda: ministry.act("k1", lambda u: mark_not_required(u, number, "jalan.cek_berangkat", 1, "TIDAK_RELEVAN")),
    ]

    for door in doors:
        assert refused(door) in ("GATE_SHUT", "STATE_FORBIDS", "ACTION_NOT_ALLOWED")
    assert ministry.status(number) == "MENUNGGU_GERBANG"


def test_the_travel_letter_is_not_written_through_a_shut_gate(at_point: AtPoint) -> None:
    case = at_point("approved")
    letter = lambda: case.ministry.act("k1", lambda u: answer_as_staff(u, case.number, "jalan.surat", None, "SELESAI"))  # noqa: E731
    holds(case)
    assert refused(letter) == "HOLD_ACTIVE"
    hold = next(iter(case.ministry.course(case.number).holds))
    case.ministry.act("k1", lambda unit: lift_hold(unit, case.number, hold, "selesai"))
    case.ministry.act("p1", lambda unit: set_flags(unit, case.number, {"child": "ya"}))

    assert refused(letter) == "GATE_SHUT"


@pytest.mark.proves("I14")
def test_two_signatures_that_no_workflow_saw_yet_lead_by_way_of_disetujui(at_point: AtPoint) -> None:
    case = at_point("departing")
    ministry, number = case.ministry, case.number
    hold = holds(case, "KESEDIAAN_DICABUT", "p1")  # the approvals fall, the departure check stays asked
    ministry.act("k1", lambda unit: lift_hold(unit, number, hold, "bersedia lagi"))
    ministry.run()
    ministry.approve(number, "a1")
    ministry.approve(number, "b1")
    assert ministry.status(number) == "MENUNGGU_GERBANG"

    ministry.depart(number)

    moves = [row.codes["to"] for row in rows_of(case, Kind.STATUS)]
    assert moves[-1] == "DISETUJUI"
    assert ministry.status(number) == "PERJALANAN"


@pytest.mark.parametrize(
    ("result", "hold"), [("TIDAK_HADIR", []), ("TIDAK_LAYAK", ["KESEHATAN"]), ("MENOLAK", ["KESEDIAAN_DICABUT"])]
)
def test_who_does_not_leave_is_taken_off_with_or_without_a_note(
    at_point: AtPoint, result: str, hold: list[str]
) -> None:
    case = at_point("departing")
    case.ministry.depart(case.number, result=result)

    assert case.ministry.status(case.number, "jalan.cek_berangkat") == "GAGAL"
    assert [h.kind for h in case.ministry.course(case.number).active_holds] == hold
    case.ministry.run()
    assert case.ministry.course(case.number).live_approvals == []


def test_a_departure_put_off_moves_its_due_moment(at_point: AtPoint) -> None:
    case = at_point("departing")
    leg = case.ministry.course(case.number).legs[0]
    until = (leg.departs_at + timedelta(hours=3)).isoformat()
    case.ministry.depart(case.number, result="DITUNDA", until=until)

    assert case.ministry.status(case.number, "jalan.cek_berangkat") == "DIPERPANJANG"
    case.ministry.depart(case.number)
    assert case.ministry.status(case.number) == "PERJALANAN"


@pytest.mark.parametrize(
    ("leg", "result", "code"),
    [
        (9, "BERANGKAT", "NO_SUCH_LEG"),
        (2, "BERANGKAT", "STATE_FORBIDS"),  # the first leg comes first
        (1, "TERBANG", "ACTION_NOT_ALLOWED"),
    ],
)
def test_a_departure_that_cannot_be_is_refused(at_point: AtPoint, leg: int, result: str, code: str) -> None:
    case = at_point("departing")
    login = "p3" if leg == 2 else "p1"

    assert refused(lambda: case.ministry.depart(case.number, leg, result, login)) == code


@pytest.mark.proves("I03")
def test_nobody_departs_twice(at_point: AtPoint) -> None:
    case = at_point("departing")
    case.ministry.depart(case.number)

    assert refused(lambda: case.ministry.depart(case.number)) == "ALREADY_ANSWERED"


@pytest.mark.proves("E29")
def test_a_departure_keyed_in_later_keeps_its_true_time_and_never_lies_ahead(at_point: AtPoint) -> None:
    case = at_point("departing")
    now = case.ministry.now
    assert refused(lambda: case.ministry.depart(case.number, at=now + timedelta(minutes=1))) == "DATE_INVALID"
    case.ministry.depart(case.number, at=now - timedelta(hours=1))

    row = next(row for row in rows_of(case, Kind.ANSWERED) if row.codes["answer"] == "BERANGKAT")
    assert (row.at, row.learned_at) == (now - timedelta(hours=1), now)
    assert case.ministry.course(case.number).legs[0].departed_at == now - timedelta(hours=1)


@pytest.mark.proves("I14")
def test_a_lost_person_does_not_depart_before_being_found(at_point: AtPoint) -> None:
    case = at_point("in a stay")
    ministry, number = case.ministry, case.number
    ministry.play_until_open(number, "jalan.cek_berangkat")
    ministry.act("k1", lambda unit: close_case(unit, number, "HILANG_KONTAK", "tidak ada kabar"))

    assert refused(lambda: ministry.depart(number, 2, login="p3")) == "STATE_FORBIDS"
    ministry.act("k1", lambda unit: close_case(unit, number, "SINGGAH", "ditemukan"))
    ministry.depart(number, 2, login="p3")
    assert ministry.status(number) == "PERJALANAN"


# --- remains


def test_remains_leave_by_the_coordinators_word_and_are_judged_there(at_point: AtPoint) -> None:
    case = at_point("remains")
    assert refused(lambda: case.ministry.depart(case.number, 1, login="p1")) == "ROLE_LACKS_ACTION"
    assert refused(lambda: case.ministry.depart(case.number, 2, login="k1")) == "STATE_FORBIDS"
    assert refused(lambda: case.ministry.depart(case.number, 1, "MENOLAK", "k1")) == "ACTION_NOT_ALLOWED"

    case.ministry.depart(case.number, 1, login="k1")

    judged = rows_of(case, Kind.GATE_JUDGED)[-1]
    assert (judged.codes["occasion"], judged.codes["open"], judged.codes["basis"]) == ("departure", True, None)
    assert case.ministry.status(case.number) == "PERJALANAN"
    case.ministry.play_to_status(case.number, "SELESAI")


@pytest.mark.proves("I12")
def test_held_remains_stay(at_point: AtPoint) -> None:
    case = at_point("remains")
    holds(case)

    assert refused(lambda: case.ministry.depart(case.number, 1, login="k1")) == "HOLD_ACTIVE"


def test_the_hand_over_of_remains_ends_the_case(at_point: AtPoint) -> None:
    case = at_point("remains")
    case.ministry.play_to_status(case.number, "SELESAI")

    assert case.ministry.status(case.number, "jenazah.serah") == "LULUS"
    assert refused(lambda: case.ministry.leg_event(case.number, 2, "DEPARTED")) == "STATE_FORBIDS"
