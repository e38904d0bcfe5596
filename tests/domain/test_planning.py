"""Which tasks a case has, whose they are, and to which leg they belong."""

import pytest

from domain.planning import (
    first_unsettled,
    function_of,
    gate_is_passed,
    leg_of,
    legs_from_ministry,
    office_of,
    planned,
    stays,
)
from tests.support.paper import Paper

STAYS = ("RPTC-BAP", "RPTC-TPI", "provinsi", "penerima")


def with_legs(*hands_to: str, flags: tuple[str, ...] = ()) -> Paper:
    paper = Paper(*flags)
    paper.plan_legs(*hands_to)
    return paper


def owner(paper: Paper, code: str, n: int = 1) -> str | None:
    office = office_of(paper.course, paper.course.rule(code), n, paper.world)
    return office.code if office else None


def test_legs_start_in_the_ministrys_care_up_to_the_first_that_hands_over() -> None:
    legs = with_legs(*STAYS).course.legs

    assert [leg.n for leg in legs_from_ministry(legs)] == [1, 2, 3]
    assert [leg.n for leg in stays(legs)] == [1, 2]


def test_departure_checks_and_hand_ins_are_repeated_once_for_each_leg_and_stay() -> None:
    wanted = planned(with_legs(*STAYS).course)

    assert [n for code, n in wanted if code == "jalan.cek_berangkat"] == [1, 2, 3]
    assert [n for code, n in wanted if code == "jalan.transit"] == [1, 2]
    assert wanted["jalan.transit", 1] is True


def test_a_repeated_task_without_an_occasion_waits_as_one() -> None:
    wanted = planned(Paper().course)

    assert wanted["monev.kunjungan", 1] is True
    assert wanted["jalan.transit", 1] is False


def test_without_a_stay_there_is_one_departure_check() -> None:
    wanted = planned(with_legs("provinsi", "kabkota", "penerima").course)

    assert [n for code, n in wanted if code == "jalan.cek_berangkat"] == [1]


@pytest.mark.parametrize(
    ("route", "task", "leg", "binds"),
    [
        (("provinsi", "kabkota", "penerima"), "serah.provinsi", 1, True),
        (("provinsi", "kabkota", "penerima"), "serah.keluarga", 3, True),
        (("provinsi", "penerima"), "serah.kabkota", 2, True),  # goes with the first leg that ends further on
        (("penerima",), "serah.provinsi", 1, True),
        (("provinsi",), "serah.kabkota", 1, False),  # with the last leg, and waits for its predecessor only
        (("RPTC-BAP", "provinsi"), "serah.provinsi", 2, True),
        (("RPTC-BAP", "kabkota"), "serah.provinsi", 2, True),
        (("kabkota", "provinsi"), "serah.provinsi", 2, True),  # a leg that ends at the receiver comes first
    ],
)
def test_a_hand_over_belongs_to_the_leg_that_ends_at_its_receiver(
    route: tuple[str, ...], task: str, leg: int, binds: bool
) -> None:
    course = with_legs(*route).course
    found, bound = leg_of(course, course.rule(task), 1)

    assert found is not None
    assert (found.n, bound) == (leg, binds)


def test_a_task_between_legs_waits_for_its_own_leg_and_others_for_all() -> None:
    paper = Paper(route=("RPTC-BAP", "provinsi")).play_until_open("jalan.cek_berangkat")
    paper.go_to(paper.course.legs[0].departs_at)
    paper.answer("jalan.cek_berangkat", n=1)
    course = paper.course

    assert first_unsettled(course, course.rule("jalan.transit"), 1) is None
    assert first_unsettled(course, course.rule("serah.provinsi"), 1) == "jalan.cek_berangkat"


def test_a_task_that_does_not_apply_counts_as_settled() -> None:
    course = Paper().play_until(lambda p: p.status("asesmen.kesehatan") == "LULUS").course

    assert first_unsettled(course, course.rule("pulang.layak_jalan"), 1) == "pulang.rencana_perjalanan"


@pytest.mark.parametrize(
    ("task", "office"),
    [
        ("akses.penerimaan", "KEMENSOS-RSKBK"),
        ("akses.identitas", "KEMENDAGRI-DUKCAPIL"),
        ("asesmen.kesehatan", "FASKES-RPTC-TPI"),
        ("daerah.verifikasi_provinsi", "DINSOS-53"),
        ("daerah.kesiapan_kabkota", "DINSOS-5313"),
        ("akses.kebutuhan_dasar", "RPTC-TPI"),
        ("serah.pengganti", "PALANG-MERAH"),
    ],
)
def test_each_task_goes_to_the_office_near_its_place(task: str, office: str) -> None:
    assert owner(Paper(), task) == office


def test_an_office_that_the_coordinator_named_wins() -> None:
    assert owner(Paper(offices={"dinsos_prov": "DINSOS-52"}), "daerah.verifikasi_provinsi") == "DINSOS-52"


def test_offices_that_are_not_known_are_none() -> None:
    paper = Paper(destination=None, offices={})

    for task in ("daerah.verifikasi_provinsi", "serah.pengganti", "akses.dokumen_perjalanan"):
        assert owner(paper, task) is None


def test_a_flag_may_change_the_function_that_answers() -> None:
    paper = Paper("from_abroad", "already_entered")

    assert function_of(paper.course, paper.course.rule("akses.dokumen_perjalanan")) == "imigrasi"


def test_a_stay_and_the_departure_after_it_belong_to_the_shelter_of_the_stay() -> None:
    paper = with_legs("RPTC-BAP", "provinsi")

    assert owner(paper, "jalan.transit", 1) == "RPTC-BAP"
    assert owner(paper, "jalan.cek_berangkat", 1) == "RPTC-TPI"
    assert owner(paper, "jalan.cek_berangkat", 2) == "RPTC-BAP"


def test_the_gate_is_passed_only_when_approved_and_nothing_holds() -> None:
    paper = Paper().play_to_status("MENUNGGU_GERBANG")
    assert not gate_is_passed(paper.course)
    paper.approve_twice()
    assert gate_is_passed(paper.course)
    paper.hold()
    assert not gate_is_passed(paper.course)
