"""Whom the rules ask, when and until when, what an answer brings about, and what waits for a place (PROCESS 5–7)."""

import pytest

from domain.course import YES
from domain.journal import Kind
from domain.moves import due_at_once
from domain.tasks import AskState, TaskStatus
from tests.domain.moments import WIB, WITA, at
from tests.support.paper import MONDAY, Paper

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


def test_a_draft_wants_nothing() -> None:
    paper = Paper(draft=True)

    assert paper.course.status == "DRAF"
    assert paper.course.asks == {}
    assert paper.settle() is None


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
