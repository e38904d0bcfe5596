"""The nine kinds of people of PROCESS 3.1: each is carried to its last task, and nothing stands still on the way."""

from typing import Any

import pytest

from domain.course import plain
from domain.folding import fold as fold_rows
from domain.tasks import TaskStatus
from tests.support.paper import STAY, Paper, a_procedure

CHILD = ("child", "tppo", "from_abroad")
LANJUT = a_procedure(
    ("enabled = false", "enabled = true"),
)
EVERYTHING = (
    *("child", "tppo", "pmi", "witness", "high_risk", "ill", "infectious", "mental_health", "disability", "pregnant"),
    *("with_infant", "from_abroad"),
)

PROFILES: dict[str, tuple[tuple[str, ...], dict[str, Any], dict[str, str]]] = {
    "an adult": ((), {}, {}),
    "a child": (CHILD, {"mission": "KBRI-KUL"}, {}),
    "a person who needs care": ((), {}, {"asesmen.kesehatan": "PERLU_PERAWATAN"}),
    "a person whose family refuses": (
        (),
        {},
        {"asesmen.keluarga": "KELUARGA_MENOLAK", "daerah.penerima": "SIAP_DENGAN_PENGGANTI"},
    ),
    "a person whom another relative takes in": (
        (),
        {},
        {"asesmen.keluarga": "KELUARGA_MENOLAK", "daerah.penerima": "SIAP_MENERIMA"},
    ),
    "a person whose region carries on": (("basis_lanjut",), {"procedure": LANJUT}, {}),
    "a witness": (("witness",), {}, {}),
    "everything at once": (
        EVERYTHING,
        {"mission": "KBRI-KUL", "route": STAY},
        {"daerah.penerima": "SIAP_DENGAN_PENGGANTI"},
    ),
    "remains": (("deceased", "already_entered"), {}, {}),
}

LAST_TASK = dict.fromkeys(PROFILES, "pasca.terminasi") | {"remains": "jenazah.serah"}


def played(profile: str) -> Paper:
    flags, facts, answers = PROFILES[profile]
    paper = Paper(*flags, **facts)
    paper.play_to_the_end(answers)
    return paper


@pytest.mark.parametrize("profile", PROFILES)
def test_every_kind_of_person_reaches_the_last_task(profile: str) -> None:
    paper = played(profile)

    assert paper.course.status == "SELESAI"
    assert paper.status(LAST_TASK[profile]) is TaskStatus.LULUS
    assert {task.status.value for task in paper.course.tasks.values()} <= {"LULUS", "TIDAK_BERLAKU"}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_rows_alone_give_the_same_case_again(profile: str) -> None:
    paper = played(profile)

    assert plain(fold_rows(paper.course.procedure, paper.rows)) == plain(paper.course)


def applying(profile: str) -> int:
    """Tasks (not their repeats) that apply once everything that can switch one on is known: after the plan."""
    flags, facts, answers = PROFILES[profile]
    paper = Paper(*flags, **facts)
    if profile != "remains":
        paper.play_until(lambda p: bool(p.course.legs) and p.course.receiver is not None, answers)
    return len({t.code for t in paper.course.tasks.values() if t.status is not TaskStatus.TIDAK_BERLAKU})


@pytest.mark.parametrize(
    ("profile", "tasks"), [("an adult", 30), ("a child", 36), ("everything at once", 42), ("remains", 4)]
)
def test_the_number_of_tasks_follows_the_flags(profile: str, tasks: int) -> None:
    assert applying(profile) == tasks


def test_a_child_needs_its_best_interests_and_a_companion_before_the_gate() -> None:
    paper = Paper(*CHILD, mission="KBRI-KUL").play_to_status("MENUNGGU_GERBANG")

    assert paper.status("asesmen.anak") is TaskStatus.LULUS
    assert paper.status("layanan.wali_anak") is TaskStatus.LULUS
    assert paper.check("K01") == "holds"


def test_who_needs_care_is_treated_before_the_gate() -> None:
    paper = Paper().play_until_open("layanan.perawatan", {"asesmen.kesehatan": "PERLU_PERAWATAN"})

    assert "ill" in paper.course.true_flags
    assert paper.check("K02") == "open"


def test_a_family_that_refuses_switches_to_the_substitute_only_when_one_is_chosen() -> None:
    refused = Paper().play_until_open("daerah.penerima", {"asesmen.keluarga": "KELUARGA_MENOLAK"})

    assert "family_refused" in refused.course.true_flags
    assert refused.status("serah.keluarga") is TaskStatus.BELUM_SIAP
    assert refused.status("serah.pengganti") is TaskStatus.TIDAK_BERLAKU
    refused.answer("daerah.penerima", "SIAP_DENGAN_PENGGANTI")
    assert refused.status("serah.keluarga") is TaskStatus.TIDAK_BERLAKU
    assert refused.status("serah.pengganti") is TaskStatus.BELUM_SIAP


def test_remains_are_not_asked_for_a_basis_and_not_visited() -> None:
    paper = played("remains")

    assert paper.verdict().basis is None
    assert not [task for task in paper.course.instances("monev.kunjungan") if task.status == "LULUS"]
    assert [move[1] for move in paper.moves_of_the_case()] == [
        *("MENINGGAL", "MENUNGGU_GERBANG", "DISETUJUI", "PERJALANAN", "DISERAHKAN", "SELESAI"),
    ]


def test_an_adult_is_led_through_the_statuses_of_the_table() -> None:
    paper = played("an adult")

    assert [move[1] for move in paper.moves_of_the_case()] == [
        *("PENANGANAN", "MENUNGGU_GERBANG", "DISETUJUI", "PERJALANAN", "DISERAHKAN", "PEMANTAUAN", "SELESAI"),
    ]


@pytest.mark.parametrize("profile", ["an adult", "everything at once"])
def test_an_urgent_case_reaches_its_last_task_too(profile: str) -> None:
    flags, facts, answers = PROFILES[profile]
    paper = Paper(*flags, urgent=True, **facts)

    paper.play_to_the_end(answers)

    assert paper.course.status == "SELESAI"
