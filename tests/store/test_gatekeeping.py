"""Nothing gets a person past the gate: approvals, departures, legs, hand-overs, on tables."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from domain.errors import DomainError
from domain.journal import Kind, Row
from store.answers import answer_as_staff
from store.case_acts import close_case, lift_hold, set_destination, set_flags, set_hold
from store.casefile import open_case_file
from store.gatekeeping import approve
from store.journal import journal
from store.reads import record_view
from store.reviews import mark_not_required
from store.tables_case import approvals, handovers
from store.unit import Unit
from tests.support.cases import AtPoint, Ministry, Return


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        act()
    return caught.value.code


def rows_of(case: Return, kind: Kind) -> list[Row]:
    return [row for row in case.ministry.file(case.number).rows if row.kind is kind]


def signs(case: Return, login: str, decision: str = "approve", snapshot: str | None = None, note: str = "") -> None:
    wanted = snapshot or case.ministry.snapshot(case.number)
    case.ministry.act(login, lambda unit: approve(unit, case.number, decision, wanted, note))


def holds(case: Return, kind: str = "ADMINISTRASI", login: str = "k1") -> str:
    return case.ministry.act(login, lambda unit: set_hold(unit, case.number, kind, "karena"))


# --- approvals


def test_two_people_open_the_gate_in_their_order(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    case.ministry.approve(case.number, "a1")
    assert case.ministry.status(case.number) == "MENUNGGU_GERBANG"
    case.ministry.approve(case.number, "b1")
    case.ministry.run()

    assert case.ministry.status(case.number) == "DISETUJUI"
    assert [a.role for a in case.ministry.course(case.number).live_approvals] == ["pemeriksa", "penyetuju"]


@pytest.mark.parametrize("login", ["k1", "p1", "h1", "top", "op", "au", "e1"])
def test_only_the_two_approving_roles_approve(at_point: AtPoint, login: str) -> None:
    assert refused(lambda: signs(at_point("at the gate"), login)) == "ROLE_LACKS_ACTION"


def test_the_second_role_does_not_sign_first_and_the_first_does_not_sign_twice(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    case.ministry.reads(case.number, "b1")
    assert refused(lambda: signs(case, "b1")) == "STATE_FORBIDS"
    case.ministry.approve(case.number, "a1")
    case.ministry.reads(case.number, "a2")
    assert refused(lambda: signs(case, "a2")) == "STATE_FORBIDS"


@pytest.mark.proves("I10", "T13")
@pytest.mark.parametrize("second", ["b2", "b2b"])
def test_who_signed_first_under_one_role_or_account_does_not_sign_second_under_another(
    at_point: AtPoint, second: str
) -> None:
    case = at_point("at the gate")
    case.ministry.approve(case.number, "b2")
    case.ministry.reads(case.number, second)

    assert refused(lambda: signs(case, second)) == "SAME_PERSON_APPROVES"


@pytest.mark.proves("I10", "T12")
def test_who_entered_the_data_does_not_approve(ministry: Ministry) -> None:
    number = ministry.start("kb")
    ministry.play_to_status(number, "MENUNGGU_GERBANG")
    ministry.reads(number, "kb")

    assert refused(lambda: signs(Return(ministry, number), "kb")) == "ENTERED_BY_SELF"


@pytest.mark.proves("I10")
@pytest.mark.parametrize("what", ["flags", "destination"])
def test_who_changed_the_data_last_does_not_approve(at_point: AtPoint, what: str) -> None:
    case = at_point("at the gate")
    change: dict[str, Callable[[Unit], object]] = {
        "flags": lambda unit: set_flags(unit, case.number, {"deported": "ya"}),
        "destination": lambda unit: set_destination(unit, case.number, "5313", "dipastikan"),
    }
    case.ministry.act("kb", change[what])
    case.ministry.run()
    case.ministry.reads(case.number, "kb")

    assert refused(lambda: signs(case, "kb")) == "ENTERED_BY_SELF"


@pytest.mark.proves("I10")
def test_who_signed_that_a_gate_task_is_not_required_does_not_approve(ministry: Ministry) -> None:
    number = ministry.start(flags={"witness": "ya"})
    ministry.play_until_open(number, "awal.status_hukum")
    ministry.act("b1", lambda unit: mark_not_required(unit, number, "awal.status_hukum", None, "TIDAK_RELEVAN"))
    ministry.play_until(number, lambda course: course.status == "MENUNGGU_GERBANG")
    ministry.approve(number, "a1")
    ministry.reads(number, "b1")

    assert refused(lambda: signs(Return(ministry, number), "b1")) == "ENTERED_BY_SELF"
    ministry.approve(number, "b2")


@pytest.mark.proves("I10")
def test_the_escort_does_not_approve(ministry: Ministry) -> None:
    ministry.escort = "eb"
    number = ministry.start()
    ministry.play_to_status(number, "MENUNGGU_GERBANG")
    ministry.approve(number, "a1")
    ministry.reads(number, "eb")

    assert refused(lambda: signs(Return(ministry, number), "eb")) == "ENTERED_BY_SELF"


def test_who_has_not_opened_the_items_does_not_approve(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    assert refused(lambda: signs(case, "a1")) == "ITEMS_UNREAD"

    case.ministry.reads(case.number, "a2")  # another's reading does not count
    assert refused(lambda: signs(case, "a1")) == "ITEMS_UNREAD"
    case.ministry.reads(case.number, "a1")
    signs(case, "a1")


def test_a_reading_before_the_snapshot_does_not_count(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.play_until_open(number, "pulang.layak_jalan")
    ministry.reads(number, "a1")
    ministry.answer(number, "pulang.layak_jalan")
    ministry.play_until(number, lambda course: course.status == "MENUNGGU_GERBANG")

    assert refused(lambda: signs(Return(ministry, number), "a1")) == "ITEMS_UNREAD"


@pytest.mark.proves("I18")
def test_every_reading_leaves_one_row_and_a_repeat_within_the_minute_none(at_point: AtPoint) -> None:
    case = at_point("at the gate")

    def look() -> int:
        def seen(unit: Unit) -> int:
            file = open_case_file(unit, case.number)
            record_view(unit, file, "api", ("identity", "origin"))
            query = select(journal.c.n).where(journal.c.subject == f"reads-{file.id}")
            return len(unit.rows(query))

        return case.ministry.act("a1", seen)

    first = look()
    assert look() == first
    case.ministry.clock.passes(minutes=2)
    assert look() == first + 1


def test_an_approval_of_another_snapshot_is_refused(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    case.ministry.reads(case.number, "a1")

    assert refused(lambda: signs(case, "a1", snapshot="0" * 24)) == "SNAPSHOT_OLD"


def test_between_two_signatures_a_change_makes_the_first_ones_snapshot_old(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    old = case.ministry.snapshot(case.number)
    case.ministry.approve(case.number, "a1")
    case.ministry.act("p1", lambda unit: set_flags(unit, case.number, {"accompanied": "ya"}))
    case.ministry.reads(case.number, "b1")

    assert refused(lambda: signs(case, "b1", snapshot=old)) == "SNAPSHOT_OLD"
    case.ministry.run()
    assert case.ministry.course(case.number).live_approvals == []


def test_a_gate_with_an_open_check_takes_no_approval(at_point: AtPoint) -> None:
    case = at_point("started")
    assert refused(lambda: signs(case, "a1")) == "GATE_SHUT"


def test_under_a_hold_nobody_approves(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    holds(case)
    case.ministry.reads(case.number, "a1")

    assert refused(lambda: signs(case, "a1")) == "HOLD_ACTIVE"


def test_sending_back_needs_words_and_takes_the_first_signature_away(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    case.ministry.approve(case.number, "a1")
    case.ministry.reads(case.number, "b1")
    assert refused(lambda: signs(case, "b1", "back")) == "REASON_INVALID"
    assert refused(lambda: signs(case, "b1", "maybe")) == "FIELD_INVALID"

    signs(case, "b1", "back", note="surat tidak terbaca")

    assert case.ministry.course(case.number).live_approvals == []
    case.ministry.approve_twice(case.number)
    assert case.ministry.status(case.number) == "DISETUJUI"


@pytest.mark.proves("I10")
def test_the_database_refuses_two_live_signatures_of_one_person_on_one_snapshot(at_point: AtPoint) -> None:
    case = at_point("approved")

    def forge(unit: Unit) -> None:
        unit.without_journal("a forgery")
        row = unit.execute(select(approvals).limit(1)).mappings().one()
        unit.execute(insert(approvals), dict(row) | {"n": 999_999, "account": "account:other"})

    with pytest.raises(IntegrityError):
        case.ministry.act("k1", forge)


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


# --- stays, legs, hand-overs


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
