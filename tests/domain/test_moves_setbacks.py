"""When a return goes wrong: refusals, loss, death, a journey broken off, an end taken back (PROCESS 5–7)."""

from datetime import timedelta

import pytest

from domain.cases import MAY_GO, CaseStatus
from domain.course import YES
from domain.journal import Kind
from domain.tasks import AskState, TaskStatus
from tests.support.paper import STAY, Paper, approved, at_the_door, on_the_road


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
