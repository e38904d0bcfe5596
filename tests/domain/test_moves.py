"""What the rules want next: asks, the journey, hand-overs, visits, and the ways a return can go wrong (PROCESS 5–7)."""

from datetime import timedelta

import pytest

from domain.cases import MAY_GO, CaseStatus
from domain.course import YES, LegState
from domain.journal import Kind
from domain.moves import due_at_once
from domain.tasks import AskState, TaskStatus
from tests.domain.moments import WIB, WITA, at
from tests.support.paper import MONDAY, Paper, a_procedure

STAY = ("RPTC-BAP", "provinsi", "kabkota", "penerima")


def approved(*flags: str, **facts: object) -> Paper:
    return Paper(*flags, **facts).play_to_status("DISETUJUI")  # type: ignore[arg-type]


def on_the_road(*route: str, **facts: object) -> Paper:
    """Just departed on the first leg, nothing handed over yet."""
    paper = Paper(route=route, **facts).play_until_open("jalan.cek_berangkat")  # type: ignore[arg-type]
    paper.go_to(paper.course.legs[0].departs_at)
    paper.answer("jalan.cek_berangkat", n=1)
    assert paper.course.status == "PERJALANAN"
    return paper


def at_the_door() -> Paper:
    """Everything handed over but the last."""
    return on_the_road().play_until_open("serah.keluarga")


# --- asks


def test_an_adult_started_on_monday_morning_is_asked_of_the_registry_and_the_shelter_only() -> None:
    paper = Paper()

    asked = {(ask.agency, ask.channel) for ask in paper.course.asks.values()}
    assert asked == {("KEMENDAGRI-DUKCAPIL", "link"), ("RPTC-TPI", "staff")}


def test_starting_is_the_answer_to_the_intake() -> None:
    paper = Paper()

    assert paper.status("akses.penerimaan") is TaskStatus.LULUS
    assert [ask for ask in paper.course.asks.values() if ask.task == "akses.penerimaan"] == []


def test_urgent_cases_and_critical_tasks_go_at_once_and_others_are_gathered() -> None:
    normal, urgent = Paper(), Paper(urgent=True)

    assert {ask.task for ask in normal.course.asks.values() if ask.rush} == {"akses.kebutuhan_dasar"}
    assert all(ask.rush for ask in urgent.course.asks.values())


def test_a_limit_counts_in_the_owners_zone_and_calendar() -> None:
    paper = Paper().play_until_open("daerah.verifikasi_provinsi")
    ask = paper.ask_of("daerah.verifikasi_provinsi")  # Kupang is in WITA; three working days

    assert ask.asked_at == MONDAY
    assert ask.due_at == at("2026-12-03 16:00", WITA)
    assert paper.ask_of("asesmen.keluarga").due_at == at("2026-12-07 16:00", WITA)


def test_an_urgent_case_has_the_urgent_limit() -> None:
    assert Paper(urgent=True).ask_of("akses.identitas").due_at == at("2026-12-01 16:00", WIB)


def test_a_limit_never_counts_a_holiday() -> None:
    before_christmas = at("2026-12-23 09:00", WIB)  # 24 and 25 December are free, then the weekend

    assert Paper(at=before_christmas).ask_of("akses.identitas").due_at == at("2026-12-29 16:00", WIB)


def test_a_shelter_that_never_closes_counts_eight_hours_from_the_notice() -> None:
    paper = Paper(at=at("2026-11-29 22:28", WIB))

    assert paper.ask_of("akses.kebutuhan_dasar").due_at == at("2026-11-30 06:28", WIB)


def test_nothing_is_asked_twice_however_often_the_rules_look() -> None:
    paper = Paper()
    before = len(paper.rows)
    for _ in range(3):
        paper.settle()

    assert len(paper.rows) == before


@pytest.mark.proves("E01")
def test_a_declined_task_stops_itself_and_not_its_neighbours() -> None:
    paper = Paper().play_until_open("daerah.verifikasi_provinsi")
    paper.answer("daerah.verifikasi_provinsi", "BUKAN_WILAYAH")

    assert paper.status("daerah.verifikasi_provinsi") is TaskStatus.GAGAL
    assert "asesmen.keluarga" in paper.open_codes()
    paper.decide("daerah.verifikasi_provinsi", choice="other_office", agency="DINSOS-52", function="dinsos_prov")
    assert paper.ask_of("daerah.verifikasi_provinsi").agency == "DINSOS-52"
    assert paper.last(Kind.ASKED).codes["why"] == "again"


@pytest.mark.proves("E18")
def test_an_identity_that_is_not_found_is_marked_and_waits_for_the_coordinator() -> None:
    paper = Paper()
    paper.answer("akses.identitas", "TIDAK_DITEMUKAN")

    assert "no_id" in paper.course.true_flags
    assert paper.status("akses.identitas") is TaskStatus.GAGAL


def test_a_flag_that_turns_brings_its_task_and_turning_back_withdraws_the_ask() -> None:
    paper = Paper().play_until(lambda p: p.status("awal.skrining") == "LULUS")
    paper.set_flags(pmi=YES)
    ask = paper.ask_of("layanan.hak_pmi")
    assert ask.state is AskState.SENT

    paper.set_flags(pmi="tidak")

    assert paper.status("layanan.hak_pmi") is TaskStatus.TIDAK_BERLAKU
    assert ask.state is AskState.WITHDRAWN
    assert paper.last(Kind.WITHDRAWN).codes["why"] == "not_needed"
    paper.set_flags(pmi=YES)
    assert paper.ask_of("layanan.hak_pmi").id != ask.id


def test_the_owner_is_fixed_when_the_ask_opens() -> None:
    paper = Paper("from_abroad", mission="KBRI-KUL")
    paper.set_flags(already_entered=YES)

    assert paper.ask_of("akses.dokumen_perjalanan").agency == "KBRI-KUL"


def test_who_has_entered_already_is_asked_of_immigration() -> None:
    agency = Paper("from_abroad", "already_entered").ask_of("akses.dokumen_perjalanan").agency

    assert "IMIGRASI" in agency


def test_a_mail_refused_for_good_puts_the_task_before_the_coordinator() -> None:
    paper = Paper()
    old = paper.ask_of("akses.identitas")
    paper.row(Kind.DELIVERY_REFUSED, {"mail": "m", "asks": [old.id]})
    paper.settle()

    assert paper.course.tasks["akses.identitas", 1].refused
    paper.decide("akses.identitas")
    assert old.state is AskState.SUPERSEDED
    assert paper.ask_of("akses.identitas").id != old.id
    assert not paper.course.tasks["akses.identitas", 1].refused


@pytest.mark.parametrize(
    ("task", "answer", "flag", "hold"),
    [
        ("asesmen.kesehatan", "PERLU_PERAWATAN", "ill", None),
        ("asesmen.kesehatan", "TIDAK_DAPAT_DIPERIKSA", "ill", "KESEHATAN"),
        ("asesmen.keamanan", "AMAN_DENGAN_PENGAMANAN", "high_risk", None),
        ("asesmen.keamanan", "TIDAK_AMAN", "high_risk", "KEAMANAN"),
        ("awal.status_hukum", "MASIH_DIPERLUKAN", None, "PENYIDIKAN"),
        ("asesmen.keluarga", "LINGKUNGAN_TIDAK_AMAN", "high_risk", None),
        ("asesmen.keluarga", "KELUARGA_TIDAK_DITEMUKAN", "no_family", None),
        ("daerah.penerima", "KELUARGA_MENOLAK", "family_refused", None),
        ("pulang.layak_jalan", "TIDAK_LAYAK", "ill", "KESEHATAN"),
    ],
)
def test_an_answer_sets_its_flag_and_its_hold_at_once_and_once(
    task: str, answer: str, flag: str | None, hold: str | None
) -> None:
    flags = ("witness",) if task == "awal.status_hukum" else ()
    paper = Paper(*flags).play_until_open(task)
    paper.answer(task, answer)
    paper.settle()

    assert flag is None or flag in paper.course.true_flags
    assert [h.kind for h in paper.course.active_holds] == ([hold] if hold else [])
    set_rows = [row for row in paper.kinds(Kind.FLAGS) if row.codes.get("cause", "").startswith(task)]
    assert len(set_rows) == (1 if flag else 0)


@pytest.mark.proves("I08")
def test_a_restricted_flag_that_an_answer_raises_is_sealed() -> None:
    paper = Paper().play_until_open("asesmen.kesehatan")
    paper.answer("asesmen.kesehatan", "PERLU_PERAWATAN")

    row = paper.last(Kind.FLAGS)
    assert row.codes["flags"] == {}
    assert row.sealed["flags"] == {"ill": YES}


def test_acts_of_an_answer_belong_in_its_own_transaction_and_asks_do_not() -> None:
    paper = Paper().play_until_open("asesmen.keamanan")
    task = paper.course.tasks["asesmen.keamanan", 1]
    paper.row(Kind.ANSWERED, {"task": task.code, "n": 1, "answer": "TIDAK_AMAN", "ask": task.ask})

    assert [act.kind for act in due_at_once(paper.course)] == [Kind.FLAGS, Kind.HOLD_SET]
    assert due_at_once(Paper(draft=True).course) == ()


@pytest.mark.proves("E09")
def test_who_refuses_to_return_is_not_asked_again_by_the_machine() -> None:
    paper = Paper().play_until_open("pulang.kesediaan")
    paper.answer("pulang.kesediaan", "TIDAK_BERSEDIA")
    while (next_at := paper.settle()) is not None:
        paper.go_to(next_at)

    assert paper.status("pulang.kesediaan") is TaskStatus.GAGAL
    assert paper.status("pulang.rencana_perjalanan") is TaskStatus.BELUM_SIAP
    assert paper.check("U08") == "open"


def test_who_is_unfit_is_asked_for_a_letter_again_only_after_the_treatment() -> None:
    paper = Paper().play_until_open("pulang.layak_jalan")
    paper.answer("pulang.layak_jalan", "TIDAK_LAYAK")
    paper.decide("pulang.layak_jalan")

    assert "layanan.perawatan" in paper.open_codes()
    assert paper.course.ask_of(paper.course.tasks["pulang.layak_jalan", 1]) is None
    paper.answer("layanan.perawatan")
    assert "pulang.layak_jalan" in paper.open_codes()
    assert paper.course.ask_of(paper.course.tasks["pulang.layak_jalan", 1]) is not None


# --- places not known yet


def test_without_a_destination_the_region_is_not_asked_and_naming_it_opens_its_tasks() -> None:
    paper = Paper(destination=None).play_until(lambda p: p.status("pulang.kesediaan") == "LULUS")

    waiting = ("daerah.verifikasi_provinsi", "asesmen.keluarga")
    assert [paper.status(code).value for code in waiting] == ["BELUM_SIAP", "BELUM_SIAP"]
    paper.row(Kind.DESTINATION_SET, {"region": "5313"})
    paper.settle()
    assert [paper.status(code).value for code in waiting] == ["DIMINTA", "DIMINTA"]
    assert paper.ask_of("daerah.verifikasi_provinsi").agency == "DINSOS-53"


def test_without_a_destination_the_registry_is_asked_at_the_nations_office() -> None:
    assert Paper(destination=None).ask_of("akses.identitas").agency == "KEMENDAGRI-DUKCAPIL"


def test_a_mission_that_was_not_named_waits_and_naming_it_asks() -> None:
    paper = Paper("from_abroad")
    assert paper.status("akses.dokumen_perjalanan") is TaskStatus.BELUM_SIAP

    paper.row(Kind.OFFICES_NAMED, {"offices": {}, "mission": "KBRI-KUL", "debarkation": None})
    paper.settle()

    assert paper.ask_of("akses.dokumen_perjalanan").agency == "KBRI-KUL"


@pytest.mark.proves("E16")
def test_another_destination_withdraws_the_old_regions_asks() -> None:
    paper = Paper().play_until_open("daerah.verifikasi_provinsi")
    old = paper.ask_of("daerah.verifikasi_provinsi")
    paper.row(Kind.DESTINATION_SET, {"region": "5201"})
    paper.settle()

    assert old.state is AskState.WITHDRAWN
    assert paper.ask_of("daerah.verifikasi_provinsi").agency == "DINSOS-52"


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


# --- after-care


def visits_of(paper: Paper) -> list[int]:
    return [task.n for task in paper.course.instances("monev.kunjungan") if task.status != "TIDAK_BERLAKU"]


def test_visits_are_planned_after_one_three_and_six_months() -> None:
    paper = Paper().play_to_status("PEMANTAUAN")

    assert visits_of(paper) == [1, 2, 3]


@pytest.mark.parametrize("flag", ["tppo", "child", "high_risk"])
def test_who_is_at_greater_risk_is_visited_after_twelve_months_too(flag: str) -> None:
    assert visits_of(Paper(flag).play_to_status("PEMANTAUAN")) == [1, 2, 3, 4]


def test_a_visit_opens_fourteen_days_before_its_day_and_counts_from_it() -> None:
    paper = Paper().play_to_status("PEMANTAUAN")
    handed_over = paper.course.handed_over_at
    assert handed_over is not None
    paper.play_until_open("monev.kunjungan")

    ask = paper.ask_of("monev.kunjungan")
    assert ask.asked_at is not None
    assert timedelta(days=14) < ask.asked_at - handed_over < timedelta(days=21)
    assert ask.due_at is not None
    assert ask.due_at > handed_over + timedelta(days=30)


def test_a_termination_that_is_not_given_adds_one_visit() -> None:
    paper = Paper().play_until_open("pasca.terminasi")
    paper.answer("pasca.terminasi", "DIBUKA_KEMBALI")

    assert len(visits_of(paper)) == 4
    assert paper.course.status == "PEMANTAUAN"


def test_termination_ends_the_case_after_the_second_look() -> None:
    paper = Paper().play_until_open("pasca.terminasi")
    task = paper.course.tasks["pasca.terminasi", 1]
    paper.row(Kind.ANSWERED, {"task": task.code, "n": 1, "answer": "DITERMINASI", "ask": task.ask})
    paper.settle()
    assert paper.course.status == "PEMANTAUAN"

    paper.row(Kind.VERIFIED, {"task": task.code, "n": 1, "result": "pass"})
    paper.settle()

    assert paper.course.status == "SELESAI"
    assert paper.settle() is None


# --- what can go wrong


def test_a_family_that_refuses_at_the_door_has_the_receiver_asked_again_and_a_substitute_takes_over() -> None:
    paper = at_the_door()
    paper.answer("serah.keluarga", "DITOLAK")

    assert "family_refused" in paper.course.true_flags
    assert paper.status("daerah.penerima") is TaskStatus.DIMINTA
    paper.answer("daerah.penerima", "SIAP_DENGAN_PENGGANTI")
    assert paper.status("serah.keluarga") is TaskStatus.TIDAK_BERLAKU
    assert paper.ask_of("serah.pengganti").agency == "PALANG-MERAH"
    paper.answer("serah.pengganti")
    assert paper.course.status == "PEMANTAUAN"


def test_another_relative_may_take_in_who_the_family_refused() -> None:
    paper = at_the_door()
    paper.answer("serah.keluarga", "DITOLAK")
    paper.answer("daerah.penerima", "SIAP_MENERIMA")
    paper.decide("serah.keluarga")

    assert "serah.keluarga" in paper.open_codes()


def test_the_named_substitute_owns_the_hand_over() -> None:
    paper = Paper(offices={}).play_until(lambda p: bool(p.course.receiver))
    paper.row(Kind.RECEIVER_NAMED, {"relation": "substitute", "agency": "PALANG-MERAH"})
    paper.settle()
    paper.play_until_open("serah.pengganti")

    assert paper.ask_of("serah.pengganti").agency == "PALANG-MERAH"


def test_a_broken_journey_goes_back_into_care_and_is_planned_again() -> None:
    paper = on_the_road()
    paper.close("KEMBALI")

    assert [to for _, to in paper.moves_of_the_case()][-2:] == ["KEMBALI", "PENANGANAN"]
    assert paper.course.legs == []
    assert paper.course.live_approvals == []
    assert paper.status("pulang.rencana_perjalanan") is TaskStatus.DIMINTA
    assert paper.status("jalan.surat") is TaskStatus.BELUM_SIAP
    assert [ask.task for ask in paper.course.open_asks] == ["pulang.rencana_perjalanan"]
    paper.play_to_the_end()
    assert paper.course.status == "SELESAI"


@pytest.mark.proves("E30")
def test_nobody_is_asked_while_a_person_is_lost_and_the_journey_goes_on_when_found() -> None:
    paper = on_the_road()
    paper.close("HILANG_KONTAK")
    asked = len(paper.course.asks)
    paper.now = paper.course.legs[1].departs_at
    paper.settle()
    assert len(paper.course.asks) == asked
    assert paper.course.before_lost == "PERJALANAN"

    paper.close("PERJALANAN")
    paper.play_to_the_end()

    assert paper.course.status == "SELESAI"


@pytest.mark.proves("E19")
def test_a_death_before_departure_ends_the_living_track_and_opens_that_of_remains() -> None:
    paper = Paper().play_until_open("pulang.kesediaan")
    living = list(paper.course.open_asks)
    paper.set_flags(deceased=YES, already_entered=YES)

    assert paper.course.status == "MENINGGAL"
    assert all(ask.state is AskState.WITHDRAWN for ask in living)
    assert set(paper.open_codes()) == {"jenazah.dokumen", "jenazah.kesiapan_daerah"}
    paper.play_to_the_end()
    assert paper.course.status == "SELESAI"


@pytest.mark.proves("E19")
def test_a_death_after_the_approvals_voids_them() -> None:
    paper = approved()
    paper.set_flags(deceased=YES, already_entered=YES)

    assert paper.course.live_approvals == []
    assert paper.course.status == "MENINGGAL"


@pytest.mark.proves("E20")
def test_a_death_on_the_way_starts_the_remains_track_from_that_place() -> None:
    paper = on_the_road()
    paper.set_flags(deceased=YES, already_entered=YES)

    assert paper.course.status == "MENINGGAL"
    assert paper.course.legs == []
    assert set(paper.open_codes()) == {"jenazah.dokumen", "jenazah.kesiapan_daerah"}
    paper.play_to_the_end()
    assert [to for _, to in paper.moves_of_the_case()][-6:] == [
        *("MENINGGAL", "MENUNGGU_GERBANG", "DISETUJUI", "PERJALANAN", "DISERAHKAN", "SELESAI"),
    ]


def test_a_death_in_after_care_ends_the_visits() -> None:
    paper = Paper().play_to_status("PEMANTAUAN")
    paper.set_flags(deceased=YES, already_entered=YES)

    assert paper.course.status == "MENINGGAL"
    assert "monev.kunjungan" not in paper.open_codes()
    paper.close("SELESAI")
    assert paper.course.is_over


@pytest.mark.parametrize("status", ["DITUTUP", "DIRUJUK", "DIBATALKAN"])
def test_an_end_withdraws_every_ask_and_wakes_never_again(status: str) -> None:
    paper = Paper()
    asks = list(paper.course.open_asks)
    paper.close(status)

    assert all(ask.state is AskState.WITHDRAWN for ask in asks)
    assert paper.settle() is None
    assert not paper.open_codes()


def test_a_case_taken_up_again_goes_on_under_its_number_to_its_end() -> None:
    paper = Paper().play_until_open("rencana.layanan")
    paper.close("DITUTUP")
    paper.now += timedelta(days=40)
    paper.close("PENANGANAN")

    assert paper.status("rencana.layanan") is TaskStatus.DIMINTA
    assert paper.status("akses.identitas") is TaskStatus.LULUS
    paper.play_to_the_end()
    assert paper.course.status == "SELESAI"


def test_a_terminated_case_taken_up_again_is_planned_and_approved_anew() -> None:
    paper = Paper()
    paper.play_to_the_end()
    paper.close("PENANGANAN")

    assert paper.course.legs == []
    assert paper.course.live_approvals == []
    paper.play_to_the_end()
    assert paper.course.status == "SELESAI"


@pytest.mark.proves("I14")
def test_every_move_on_these_ways_is_in_the_table() -> None:
    ways = [on_the_road(*STAY), on_the_road(), approved()]
    ways[0].play_to_the_end()
    ways[1].close("KEMBALI")
    ways[2].set_flags(deceased=YES)
    for paper in ways:
        for before, after in paper.moves_of_the_case():
            assert CaseStatus(after) in MAY_GO[CaseStatus(before)], (before, after)


def test_a_draft_wants_nothing() -> None:
    paper = Paper(draft=True)

    assert paper.course.status == "DRAF"
    assert paper.course.asks == {}
    assert paper.settle() is None


def test_the_region_that_carries_on_is_visited_after_twelve_months() -> None:
    paper = Paper("basis_lanjut", procedure=a_procedure(("enabled = false", "enabled = true")))

    assert visits_of(paper.play_to_status("PEMANTAUAN")) == [1, 2, 3, 4]
