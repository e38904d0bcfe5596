"""The procedure file: what it holds, and what is refused."""

import re
from collections import Counter

import pytest

from domain.conditions import parse_condition
from domain.data import procedure_texts
from domain.deadlines import Limit
from domain.errors import Invalid
from domain.procedure import parse_procedure
from domain.rulebook import default_rulebook
from tests.support.paper import a_procedure

PROCEDURE = default_rulebook().current
TEXT = procedure_texts()[PROCEDURE.code, PROCEDURE.version]


def test_the_procedure_has_47_tasks_of_which_35_come_before_the_gate_8_on_the_journey_and_4_after() -> None:
    phases = Counter(task.phase for task in PROCEDURE.tasks.values())

    assert phases == {"sebelum_gerbang": 35, "perjalanan": 8, "pascapulang": 4}


def test_28_tasks_always_apply_19_follow_flags_and_32_count_for_the_gate() -> None:
    raw = re.findall(
        r'^when = "(.*)"$',
        TEXT.split("# ---------------------------------------------------------------- what")[0],
        re.M,
    )

    assert (raw.count(""), len(raw) - raw.count("")) == (28, 19)
    assert sum(task.gate for task in PROCEDURE.tasks.values()) == 32


def test_the_gate_has_12_common_6_conditional_and_2_checks_for_remains() -> None:
    groups = Counter(check.group for check in PROCEDURE.checks)

    assert groups == {"umum": 12, "bersyarat": 6, "jenazah": 2}


def test_every_task_that_counts_for_the_gate_stands_behind_a_check_and_no_other_does() -> None:
    behind = {code for check in PROCEDURE.checks for code in check.tasks}

    assert behind == {task.code for task in PROCEDURE.tasks.values() if task.gate}


def test_the_living_track_ends_where_a_person_has_died_and_the_remains_track_begins_there() -> None:
    living, remains = PROCEDURE.get_task("akses.identitas"), PROCEDURE.get_task("jenazah.serah")

    assert living.when.holds(())
    assert not living.when.holds({"deceased"})
    assert remains.when.holds({"deceased"})
    assert not remains.when.holds(())
    assert PROCEDURE.get_task("akses.penerimaan").when.holds({"deceased"})


@pytest.mark.proves("I08")
def test_tasks_that_a_restricted_flag_calls_are_named_restricted_and_no_others() -> None:
    restricted = {task.code for task in PROCEDURE.tasks.values() if task.restricted}

    assert restricted == {
        "awal.status_hukum",
        "layanan.perawatan",
        "layanan.pelindungan_saksi",
        "layanan.akomodasi_disabilitas",
        "layanan.ibu_bayi",
        "pulang.pendamping",
    }


def test_restricted_flags_are_those_of_the_table() -> None:
    assert PROCEDURE.restricted_flags == {
        *("tppo", "witness", "high_risk", "ill", "infectious", "mental_health", "disability", "pregnant"),
        *("detained", "family_refused", "recidive"),
    }


def test_the_lanjut_di_daerah_basis_is_off_as_it_comes() -> None:
    assert {basis.code: basis.enabled for basis in PROCEDURE.bases} == {
        "TELAH_DITANGANI": True,
        "LANJUT_DI_DAERAH": False,
    }


def test_only_two_tasks_are_signed_by_the_head_of_the_centre() -> None:
    signed = {task.code: task.signer for task in PROCEDURE.tasks.values() if task.signer}

    assert signed == {"layanan.selesai": "kepala_sentra", "pasca.terminasi": "kepala_sentra"}


def test_limits_are_read_with_their_unit() -> None:
    task = PROCEDURE.get_task("akses.identitas")

    assert (task.limit, task.limit_urgent) == (Limit(2, "wd"), Limit(1, "wd"))
    assert PROCEDURE.approval_valid == Limit(14, "cd")


def test_an_unknown_task_is_refused_by_its_code() -> None:
    with pytest.raises(Invalid) as refused:
        PROCEDURE.get_task("akses.makan")

    assert refused.value.code == "TASK_UNKNOWN"


BAD = {
    "a check that names an unknown task": ('tasks = ["pulang.kesediaan"]', 'tasks = ["pulang.kesedian"]'),
    "a check that reads an unknown flag": ('when = "child"\ntext_id', 'when = "kid"\ntext_id'),
    "a task that reads an unknown flag": ('when = "child and not accompanied"', 'when = "child and not alone"'),
    "a task after an unknown one": ('after = ["asesmen.anak"]', 'after = ["asesmen.bayi"]'),
    "a task that comes after itself": ('after = ["asesmen.anak"]', 'after = ["layanan.wali_anak"]'),
    "a cycle of two": ('after = ["awal.kesepakatan", "awal.skrining"]', 'after = ["rencana.layanan"]'),
    "a limit of nothing": ('limit = "8wh"', 'limit = "0wh"'),
    "a negative limit": ('limit = "8wh"', 'limit = "-8wh"'),
    "a limit without a unit": ('limit = "8wh"', 'limit = "8"'),
    "an owner that is no kind of agency": ('owner = "dukcapil"', 'owner = "dukcapill"'),
    "an answer set that is not there": ('answers = "terminasi"', 'answers = "akhir"'),
    "a consequence that is not there": ('on_fail = "identitas_sementara"', 'on_fail = "identitas"'),
    "a limit that is a number": ('limit = "8wh"\n', "limit = 8\n"),
    "a condition that is none": ('when = "child and not accompanied"', 'when = "child and and accompanied"'),
    "a file that is no TOML": ("[defaults]", "[defaults"),
    "a file without a gate": ("[gate]\n", "[gerbang]\n"),
    "a validity of no days": ("valid_days = 7", "valid_days = 0"),
    "an anchor that nobody knows": ('opens = "last_leg.departs_at"', 'opens = "next_leg.departs_at"'),
    "a flag set that is no flag": (
        'sets_flag = { PERLU_PERAWATAN = "ill" }',
        'sets_flag = { PERLU_PERAWATAN = "sick" }',
    ),
    "a basis that rests on an unknown task": ('requires = ["layanan.selesai"]', 'requires = ["layanan.tuntas"]'),
    "a repeat that nobody knows": ('repeat = "transit"', 'repeat = "stay"'),
    "a task without end: nothing passes it": ('pass = ["DITERMINASI"]', "pass = []"),
}


@pytest.mark.proves("B52")
@pytest.mark.parametrize("fault", BAD)
def test_a_bad_procedure_file_is_refused_and_says_where(fault: str) -> None:
    old, new = BAD[fault]
    assert TEXT.count(old) >= 1, old

    with pytest.raises(Invalid) as refused:
        parse_procedure(TEXT.replace(old, new, 1))

    assert refused.value.code in ("PROCEDURE_BAD", "LIMIT_TOO_SHORT", "LIMIT_INVALID", "ANCHOR_INVALID")


@pytest.mark.proves("B52")
def test_two_tasks_of_one_code_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        a_procedure(('code = "monev.evaluasi"', 'code = "monev.kunjungan"'))

    assert refused.value.facts["where"] == "monev.kunjungan"


def test_every_condition_of_the_file_reads_known_flags_only() -> None:
    for check in PROCEDURE.checks:
        assert parse_condition(check.when.text).names <= PROCEDURE.flags.keys()


@pytest.mark.proves("I13")
def test_a_version_that_nobody_loaded_is_not_replaced_by_another() -> None:
    with pytest.raises(Invalid) as refused:
        default_rulebook().procedure("pemulangan", "1999.1")

    assert refused.value.code == "PROCEDURE_UNKNOWN"
