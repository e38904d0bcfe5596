"""What the rules want of a journey: departure, the chain of hand-overs, stays (PROCESS 5–7)."""

from datetime import timedelta

import pytest

from domain.course import YES, LegState
from domain.journal import Kind
from domain.tasks import TaskStatus
from tests.support.paper import STAY, Paper, approved, at_the_door, on_the_road

# --- departure


def test_the_travel_letter_is_asked_once_the_gate_is_open_and_not_before() -> None:
    paper = Paper().play_to_status("MENUNGGU_GERBANG")
    assert paper.status("jalan.surat") is TaskStatus.BELUM_SIAP

    paper.approve_twice()

    assert paper.status("jalan.surat") is TaskStatus.DIMINTA


@pytest.mark.proves("I12")
def test_under_a_hold_the_travel_letter_is_not_asked() -> None:
    paper = Paper().play_to_status("MENUNGGU_GERBANG")
    hold = paper.hold()
    paper.approve_twice()
    assert paper.status("jalan.surat") is TaskStatus.BELUM_SIAP

    paper.lift(hold)

    assert paper.status("jalan.surat") is TaskStatus.DIMINTA


def test_the_departure_check_opens_twelve_hours_before_the_leg_and_counts_from_its_departure() -> None:
    paper = approved()
    departs = paper.course.legs[0].departs_at
    paper.answer("jalan.surat")
    next_at = paper.settle()
    assert next_at == departs - timedelta(hours=12)
    assert paper.status("jalan.cek_berangkat") is TaskStatus.BELUM_SIAP

    paper.go_to(next_at)

    ask = paper.ask_of("jalan.cek_berangkat")
    assert ask.asked_at == next_at
    assert ask.due_at == departs + timedelta(hours=2)


@pytest.mark.proves("E13")
def test_a_departure_put_off_moves_the_due_moment_of_its_check() -> None:
    paper = approved().play_until_open("jalan.cek_berangkat")
    paper.plan_legs(starts=timedelta(hours=20))
    paper.settle()

    assert paper.ask_of("jalan.cek_berangkat").due_at == paper.course.legs[0].departs_at + timedelta(hours=2)


def test_the_travel_letter_of_health_opens_five_days_before_the_first_leg() -> None:
    paper = Paper().play_until_open("pulang.rencana_perjalanan")
    paper.plan_legs(starts=timedelta(days=30))
    paper.answer("pulang.rencana_perjalanan")
    departs = paper.course.legs[0].departs_at

    assert paper.status("pulang.layak_jalan") is TaskStatus.BELUM_SIAP
    paper.go_to(departs - timedelta(days=5))
    assert paper.status("pulang.layak_jalan") is TaskStatus.DIMINTA


def test_berangkat_is_the_departure() -> None:
    paper = on_the_road()

    assert paper.course.legs[0].state is LegState.DEPARTED
    assert paper.course.legs[0].departed_at == paper.now


@pytest.mark.parametrize(
    ("result", "hold", "status"),
    [
        ("TIDAK_HADIR", [], "MENUNGGU_GERBANG"),
        ("TIDAK_LAYAK", ["KESEHATAN"], "PENANGANAN"),
        ("MENOLAK", ["KESEDIAAN_DICABUT"], "MENUNGGU_GERBANG"),
    ],
)
@pytest.mark.proves("E10", "E11")
def test_who_cannot_or_will_not_leave_stays_and_needs_the_gate_again(result: str, hold: list[str], status: str) -> None:
    paper = approved().play_until_open("jalan.cek_berangkat")
    paper.answer("jalan.cek_berangkat", result)

    assert paper.course.status == status
    assert [h.kind for h in paper.course.active_holds] == hold
    assert paper.course.live_approvals == []
    assert not paper.course.has_departed
    assert ("ill" in paper.course.true_flags) is (result == "TIDAK_LAYAK")


@pytest.mark.proves("E11")
def test_who_was_treated_and_is_found_unfit_at_departure_is_treated_again() -> None:
    paper = Paper("ill").play_until_open("jalan.cek_berangkat")
    paper.answer("jalan.cek_berangkat", "TIDAK_LAYAK")

    assert "layanan.perawatan" in paper.open_codes()
    assert paper.check("U04") == "open"


def test_who_did_not_come_may_leave_later_with_fresh_approvals() -> None:
    paper = approved().play_until_open("jalan.cek_berangkat")
    paper.answer("jalan.cek_berangkat", "TIDAK_HADIR")
    paper.decide("jalan.cek_berangkat")
    paper.approve_twice()

    assert paper.course.status == "DISETUJUI"
    paper.answer("jalan.cek_berangkat", n=1)
    assert paper.course.status == "PERJALANAN"


# --- the chain of hand-overs


def test_no_hand_over_opens_before_the_person_has_left() -> None:
    paper = approved().play_until_open("jalan.cek_berangkat")
    paper.now = paper.course.legs[0].departs_at + timedelta(hours=1)
    paper.settle()

    assert paper.status("serah.provinsi") is TaskStatus.BELUM_SIAP


def test_a_hand_over_opens_when_its_leg_departs_and_counts_from_its_arrival() -> None:
    paper = on_the_road()
    first, second, _ = paper.course.legs

    assert paper.ask_of("serah.provinsi").due_at == first.arrives_at + timedelta(hours=4)
    paper.answer("serah.provinsi")
    assert paper.status("serah.kabkota") is TaskStatus.BELUM_SIAP
    assert paper.settle() == second.departs_at
    paper.go_to(second.departs_at)
    assert paper.status("serah.kabkota") is TaskStatus.DIMINTA


def test_the_giver_keeps_the_person_until_the_receiver_has_taken_them_in() -> None:
    paper = on_the_road()
    paper.answer("serah.provinsi", "DITOLAK")

    assert paper.course.legs[0].state is LegState.DEPARTED
    assert paper.status("serah.kabkota") is TaskStatus.BELUM_SIAP
    assert paper.course.handovers[-1].result == "DITOLAK"
    assert paper.course.handovers[-1].number is None


def test_accepting_records_the_leg_as_departed_and_arrived_with_times_unknown() -> None:
    paper = on_the_road()
    paper.answer("serah.provinsi")
    paper.go_to(paper.course.legs[1].departs_at)
    paper.answer("serah.kabkota")

    leg = paper.course.legs[1]
    assert (leg.state, leg.departed_at, leg.arrived_at) == (LegState.HANDED_OVER, None, None)


def test_one_leg_to_the_family_makes_three_records_at_one_table() -> None:
    paper = on_the_road("penerima")
    for code in ("serah.provinsi", "serah.kabkota", "serah.keluarga"):
        assert code in paper.open_codes()
        paper.answer(code)

    assert len({handover.number for handover in paper.course.handovers}) == 3
    assert paper.course.legs[0].state is LegState.HANDED_OVER
    assert paper.course.status == "PEMANTAUAN"


def test_one_leg_to_the_province_lets_the_regions_bring_the_person_on() -> None:
    paper = on_the_road("provinsi")
    paper.answer("serah.provinsi")
    assert "serah.kabkota" in paper.open_codes()
    paper.answer("serah.kabkota")
    assert "serah.keluarga" in paper.open_codes()
    paper.answer("serah.keluarga")

    assert paper.course.status == "PEMANTAUAN"


def test_a_hand_over_that_is_not_required_lets_the_province_bring_the_person_to_the_family() -> None:
    paper = on_the_road("provinsi", "penerima")
    paper.answer("serah.provinsi")
    codes = {"task": "serah.kabkota", "n": 1, "reason": "DIPENUHI_INSTANSI_LAIN", "signer_role": "penyetuju"}
    paper.row(Kind.NOT_REQUIRED, codes)
    paper.go_to(paper.course.legs[1].departs_at)

    assert "serah.keluarga" in paper.open_codes()


@pytest.mark.proves("I12")
def test_a_hold_on_the_way_stops_the_next_leg_and_never_the_hand_over_under_way() -> None:
    paper = on_the_road()
    paper.hold("PENYIDIKAN")

    assert "serah.provinsi" in paper.open_codes()
    paper.answer("serah.provinsi")
    assert paper.course.handovers[-1].result == "DITERIMA"


def test_the_hand_over_to_the_family_counts_after_a_second_look() -> None:
    paper = at_the_door()
    ask = paper.ask_of("serah.keluarga")
    taken_in = paper.now
    paper.row(Kind.ANSWERED, {"task": "serah.keluarga", "n": 1, "answer": "DITERIMA", "ask": ask.id, "bast": "B-9"})
    paper.settle()
    assert paper.course.status == "PERJALANAN"

    paper.now += timedelta(days=3)
    paper.row(Kind.VERIFIED, {"task": "serah.keluarga", "n": 1, "result": "pass"})
    paper.settle()

    assert paper.course.status == "PEMANTAUAN"
    assert paper.course.handed_over_at == taken_in


# --- stays


def test_a_stay_has_its_own_hand_in_and_a_second_departure_check_at_the_shelter_of_the_stay() -> None:
    paper = on_the_road(*STAY)
    assert "has_transit" in paper.course.true_flags
    assert [task.n for task in paper.course.instances("jalan.cek_berangkat")] == [1, 2]
    assert paper.ask_of("jalan.transit").agency == "RPTC-BAP"

    paper.answer("jalan.transit")

    assert paper.course.status == "SINGGAH"
    paper.play_until(lambda p: p.status("jalan.cek_berangkat", 2) == "DIMINTA")
    assert paper.ask_of("jalan.cek_berangkat", 2).agency == "RPTC-BAP"
    assert paper.status("serah.provinsi") is TaskStatus.BELUM_SIAP
    paper.answer("jalan.cek_berangkat", n=2)
    assert paper.course.status == "PERJALANAN"
    assert [to for _, to in paper.moves_of_the_case()][-3:] == ["PERJALANAN", "SINGGAH", "PERJALANAN"]


@pytest.mark.proves("I01")
def test_a_flag_that_turns_during_a_stay_voids_the_approvals_before_the_second_departure() -> None:
    paper = on_the_road(*STAY)
    paper.answer("jalan.transit")
    paper.set_flags(child=YES)

    assert paper.course.live_approvals == []
    assert not paper.verdict().is_open


@pytest.mark.proves("I01")
def test_a_letter_that_runs_out_during_a_long_stay_is_asked_again_before_the_second_departure() -> None:
    paper = on_the_road(*STAY)
    paper.answer("jalan.transit")
    paper.plan_legs("provinsi", "kabkota", "penerima", starts=timedelta(days=12))
    paper.now += timedelta(days=8)
    assert not paper.verdict().is_open

    paper.settle()

    assert "pulang.layak_jalan" in paper.open_codes()


def test_a_leg_that_ends_at_a_shelter_after_the_province_is_no_stay_of_the_ministry() -> None:
    paper = on_the_road("provinsi", "RPTC-BAP", "penerima")

    assert "has_transit" not in paper.course.true_flags
    assert paper.status("jalan.transit") is TaskStatus.TIDAK_BERLAKU
    assert "serah.provinsi" in paper.open_codes()
