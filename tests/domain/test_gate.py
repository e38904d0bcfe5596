"""The gate: one basis, every check that applies, two approvals, no hold; what voids an approval (PROCESS 4)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.course import NO, UNKNOWN, YES
from domain.gate import CheckState
from domain.journal import Kind
from domain.tasks import TaskStatus
from tests.support.paper import Paper, a_procedure

ALL_KINDS = ("child", "ill", "witness", "from_abroad", "disability", "pregnant")
WIB = ZoneInfo("Asia/Jakarta")


def at_the_gate(*flags: str, **facts: Any) -> Paper:
    return Paper(*flags, mission="KBRI-KUL", **facts).play_to_status("MENUNGGU_GERBANG")


def approved(*flags: str, **facts: Any) -> Paper:
    paper = at_the_gate(*flags, **facts)
    paper.approve_twice()
    assert paper.course.status == "DISETUJUI"
    return paper


def fell(paper: Paper) -> str | None:
    """The event that voided the approvals, None while they stand."""
    if paper.course.live_approvals:
        return None
    return str(paper.last(Kind.APPROVAL_VOID).codes["event"])


# --- checks


def test_at_the_start_no_check_holds_and_each_says_what_it_waits_for() -> None:
    verdict = Paper(*ALL_KINDS, mission="KBRI-KUL").verdict()
    shut = [check for check in verdict.checks if check.group != "jenazah"]

    assert len(shut) == 18
    assert all(check.state is CheckState.OPEN and check.waits for check in shut)
    assert all(check.sentence.id and check.sentence.en for check in verdict.checks)


def test_once_everything_is_answered_every_check_holds() -> None:
    paper = at_the_gate(*ALL_KINDS)
    states = {check.code: check.state.value for check in paper.verdict().checks}

    assert {code: state for code, state in states.items() if state != "holds"} == {
        "J01": "not_applicable",
        "J02": "not_applicable",
    }


def test_an_adult_without_flags_needs_the_twelve_common_checks_only() -> None:
    states = [(check.group, check.state.value) for check in at_the_gate().verdict().checks]

    assert states.count(("umum", "holds")) == 12
    assert states.count(("bersyarat", "not_applicable")) == 6


def test_remains_need_their_two_checks_and_nothing_else() -> None:
    paper = Paper("deceased", "already_entered").play_to_status("MENUNGGU_GERBANG")

    assert {c.code for c in paper.verdict().checks if c.state is not CheckState.NOT_APPLICABLE} == {"J01", "J02"}
    assert paper.verdict().checks_hold


@pytest.mark.parametrize("check", [check.code for check in Paper().course.procedure.checks if check.group != "jenazah"])
def test_every_check_opens_again_with_any_of_its_tasks(check: str) -> None:
    paper = at_the_gate(*ALL_KINDS)
    rule = next(rule for rule in paper.course.procedure.checks if rule.code == check)
    for code in rule.tasks:
        if paper.status(code) is not TaskStatus.LULUS:
            continue
        again = at_the_gate(*ALL_KINDS)
        again.row(Kind.REOPENED, {"task": code, "n": 1, "why": "corrected"})

        assert again.check(check) == "open", code
        assert again.verdict().checks_hold is False


def test_a_mandatory_flag_left_unknown_keeps_the_assessment_check_open_and_is_named() -> None:
    paper = at_the_gate()
    paper.row(Kind.FLAGS, {"flags": {"pregnant": UNKNOWN}})

    waits = [wait for check in paper.verdict().checks if check.code == "U03" for wait in check.waits]
    assert [(wait.remedy, wait.facts["flags"]) for wait in waits] == [("ANSWER_FLAGS", ("pregnant",))]


def test_a_flag_that_is_not_mandatory_may_stay_unknown() -> None:
    paper = at_the_gate()

    assert paper.course.flags["deported"] == UNKNOWN
    assert paper.check("U03") == "holds"


@pytest.mark.parametrize(
    ("state", "remedy"),
    [
        ("queued", "MAIL_QUEUED"),
        ("sent", "ANSWER_BY_LINK"),
        ("answered", "VERIFY_OTHER"),
        ("failed", "DECIDE"),
        ("refused", "DECIDE"),
    ],
)
def test_an_open_check_says_who_must_do_what(state: str, remedy: str) -> None:
    paper = Paper()
    if state == "queued":
        paper.row(Kind.FLAGS, {"flags": {"tppo": YES}})
        paper.row(Kind.REOPENED, {"task": "akses.identitas", "n": 1, "why": "x"})
    elif state == "answered":
        code = {"task": "akses.identitas", "n": 1, "answer": "SESUAI", "ask": paper.ask_of("akses.identitas").id}
        paper.row(Kind.ANSWERED, code)
    elif state == "failed":
        paper.answer("akses.identitas", "BUKAN_WILAYAH")
    elif state == "refused":
        paper.row(Kind.DELIVERY_REFUSED, {"mail": "m", "asks": [paper.ask_of("akses.identitas").id]})

    assert paper.remedies("U01") == [remedy]


def test_a_check_before_its_turn_names_the_task_it_comes_after() -> None:
    waits = [wait for check in Paper().verdict().checks if check.code == "U09" for wait in check.waits]

    assert [(wait.remedy, wait.facts["task"]) for wait in waits] == [("AFTER", "akses.identitas")]


def test_an_unknown_destination_is_named_as_what_a_region_check_waits_for() -> None:
    paper = Paper(destination=None).play_until(lambda p: p.status("pulang.kesediaan") == "LULUS")

    assert paper.remedies("U09") == ["SET_DESTINATION"]


def test_a_letter_that_opens_later_says_when() -> None:
    paper = Paper().play_until_open("pulang.rencana_perjalanan")
    paper.plan_legs(starts=timedelta(days=30))
    paper.answer("pulang.rencana_perjalanan")

    waits = [wait for check in paper.verdict().checks if check.code == "U04" for wait in check.waits]
    assert [(wait.remedy, wait.facts["at"]) for wait in waits] == [
        ("OPENS_AT", paper.course.legs[0].departs_at - timedelta(days=5))
    ]


def test_a_service_not_required_counts_as_answered() -> None:
    paper = Paper().play_until_open("layanan.jaminan_sosial")
    codes = {"task": "layanan.jaminan_sosial", "n": 1, "reason": "TIDAK_RELEVAN", "signer_role": "kepala_sentra"}
    paper.row(Kind.NOT_REQUIRED, codes, actor="account:kepala")
    paper.settle()
    paper.play_to_status("MENUNGGU_GERBANG")

    assert paper.check("U06") == "holds"
    assert "account:kepala" in paper.course.signers


def test_worker_claims_do_not_hold_the_gate() -> None:
    paper = Paper("pmi").play_until_open("layanan.hak_pmi")
    paper.answer("layanan.hak_pmi", "TOLAK")
    paper.play_to_status("MENUNGGU_GERBANG")

    assert paper.status("layanan.hak_pmi") is TaskStatus.GAGAL


# --- the basis


@pytest.mark.proves("I01")
def test_there_is_exactly_one_basis() -> None:
    assert Paper().verdict().basis == "TELAH_DITANGANI"
    assert Paper("deceased").verdict().basis is None


@pytest.mark.proves("I01")
def test_a_basis_that_is_switched_off_opens_no_gate() -> None:
    paper = Paper("basis_lanjut")

    assert paper.verdict().basis is None
    assert paper.verdict().checks_hold is False


@pytest.mark.proves("I01")
def test_with_two_bases_at_once_the_gate_stays_shut() -> None:
    both = a_procedure(
        ("enabled = false", "enabled = true"), ('when = "basis_lanjut"\nrequires', 'when = ""\nrequires')
    )
    paper = Paper(procedure=both).play_until(lambda p: all(c.state != "open" for c in p.verdict().checks))

    assert paper.verdict().basis is None
    assert paper.verdict().checks_hold is False


@pytest.mark.proves("I01")
def test_switched_on_the_regions_acceptance_proves_the_basis() -> None:
    paper = Paper("basis_lanjut", procedure=a_procedure(("enabled = false", "enabled = true")))
    paper.play_to_status("MENUNGGU_GERBANG")

    assert paper.verdict().basis == "LANJUT_DI_DAERAH"
    assert paper.status("layanan.selesai") is TaskStatus.TIDAK_BERLAKU
    assert paper.status("daerah.lanjut_penanganan") is TaskStatus.LULUS


# --- two approvals


@pytest.mark.proves("I01")
def test_the_gate_needs_both_signatures() -> None:
    paper = at_the_gate()
    snapshot = paper.verdict().snapshot
    codes = {"role": "pemeriksa", "account": "account:a", "decision": "approve", "snapshot": snapshot}
    paper.row(Kind.APPROVED, codes)
    paper.settle()

    assert paper.course.status == "MENUNGGU_GERBANG"
    assert not paper.verdict().is_open
    paper.row(Kind.APPROVED, codes | {"role": "penyetuju", "account": "account:b"})
    paper.settle()
    assert paper.course.status == "DISETUJUI"
    assert paper.verdict().is_open


@pytest.mark.proves("I10")
def test_two_signatures_of_one_account_open_nothing() -> None:
    paper = at_the_gate()
    for role in ("pemeriksa", "penyetuju"):
        codes = {"role": role, "account": "account:a", "decision": "approve", "snapshot": paper.verdict().snapshot}
        paper.row(Kind.APPROVED, codes)
    paper.settle()

    assert paper.course.status == "MENUNGGU_GERBANG"


def test_sending_back_takes_the_first_signature_away() -> None:
    paper = at_the_gate()
    codes = {"role": "pemeriksa", "account": "account:a", "snapshot": paper.verdict().snapshot}
    paper.row(Kind.APPROVED, codes | {"decision": "approve"})
    paper.row(Kind.APPROVED, codes | {"role": "penyetuju", "account": "account:b", "decision": "back"})
    paper.settle()

    assert paper.course.live_approvals == []
    assert paper.course.status == "MENUNGGU_GERBANG"


# --- 4.6: what voids an approval


def test_a_gate_task_reopened_voids_the_approvals() -> None:
    paper = approved()
    paper.row(Kind.REOPENED, {"task": "asesmen.keamanan", "n": 1, "why": "forged"})
    paper.settle()

    assert fell(paper) == "task_reopened"
    assert paper.course.status == "PENANGANAN"


def test_an_answer_given_anew_is_another_snapshot_even_when_it_says_the_same() -> None:
    paper = approved()
    before = paper.verdict().snapshot
    paper.row(Kind.REOPENED, {"task": "asesmen.keamanan", "n": 1, "why": "forged"})
    paper.settle()
    paper.play_to_status("MENUNGGU_GERBANG")

    assert paper.verdict().snapshot != before


def letter_time(paper: Paper) -> datetime:
    answered_at = paper.course.tasks["pulang.layak_jalan", 1].answered_at
    assert answered_at is not None
    return answered_at


def last_valid_second(paper: Paper) -> datetime:
    day = letter_time(paper).astimezone(WIB).date() + timedelta(days=7)
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=WIB)


def moved_out(paper: Paper, days: int) -> None:
    """The departure is put off: the letter may run out before it."""
    paper.plan_legs(starts=timedelta(days=days))
    paper.settle()


def test_the_travel_letter_counts_through_its_seventh_day_in_the_offices_zone() -> None:
    paper = approved()
    moved_out(paper, 11)
    paper.go_to(last_valid_second(paper))

    assert paper.check("U04") == "holds"
    assert paper.course.status == "DISETUJUI"


@pytest.mark.proves("I01")
def test_an_expired_letter_shuts_the_gate_before_anything_was_advanced() -> None:
    paper = approved()
    moved_out(paper, 11)
    paper.now = last_valid_second(paper) + timedelta(seconds=1)

    assert paper.check("U04") == "open"
    assert not paper.verdict().is_open


def test_when_the_letter_runs_out_only_the_letter_is_asked_again_and_the_approvals_fall() -> None:
    paper = approved()
    moved_out(paper, 11)
    asks = set(paper.course.asks)
    next_at = paper.settle()
    while next_at is not None and next_at <= last_valid_second(paper):
        paper.go_to(next_at)
        next_at = paper.settle()

    assert next_at == last_valid_second(paper) + timedelta(seconds=1)
    paper.go_to(next_at)
    assert {paper.course.asks[ask].task for ask in set(paper.course.asks) - asks} == {"pulang.layak_jalan"}
    assert len(paper.kinds(Kind.EXPIRED)) == 1
    assert fell(paper) == "task_expired"
    assert paper.course.status == "PENANGANAN"
    assert [check.code for check in paper.verdict().checks if check.state == "open"] == ["U04"]


def test_a_letter_of_a_journey_put_far_off_waits_expired_until_it_may_be_asked_again() -> None:
    paper = approved()
    moved_out(paper, 40)
    paper.go_to(last_valid_second(paper) + timedelta(seconds=1))

    assert paper.status("pulang.layak_jalan") is TaskStatus.KEDALUWARSA
    assert fell(paper) == "task_expired"
    paper.go_to(paper.course.legs[0].departs_at - timedelta(days=5))
    assert paper.status("pulang.layak_jalan") is TaskStatus.DIMINTA


@pytest.mark.proves("E12")
def test_who_turns_out_to_be_a_child_needs_the_childs_check_and_fresh_approvals() -> None:
    paper = approved()
    paper.set_flags(child=YES)

    assert fell(paper) == "flag_raised"
    assert paper.check("K01") == "open"
    assert paper.course.status == "PENANGANAN"
    paper.set_flags(child=NO)
    assert paper.check("K01") == "not_applicable"
    assert paper.course.status == "MENUNGGU_GERBANG"


def test_a_flag_that_no_check_reads_voids_nothing() -> None:
    paper = approved()
    paper.set_flags(deported=YES, language_need=YES)

    assert fell(paper) is None
    assert paper.course.status == "DISETUJUI"


@pytest.mark.proves("E16")
def test_another_destination_voids_the_approvals_and_asks_the_new_region() -> None:
    paper = approved()
    paper.row(Kind.DESTINATION_SET, {"region": "5201"})
    paper.settle()

    assert fell(paper) == "destination_changed"
    assert paper.ask_of("daerah.verifikasi_provinsi").agency == "DINSOS-52"
    assert paper.ask_of("asesmen.keluarga").agency == "DINSOS-5201"
    assert paper.status("daerah.penerima") is TaskStatus.BELUM_SIAP
    assert paper.course.receiver is None


@pytest.mark.parametrize("relation", ["substitute", "institution"])
def test_another_kind_of_receiver_voids_the_approvals(relation: str) -> None:
    paper = approved()
    paper.row(Kind.RECEIVER_NAMED, {"relation": relation, "agency": None})
    paper.settle()

    assert fell(paper) == "destination_changed"


def test_another_agency_that_takes_the_person_in_voids_the_approvals() -> None:
    paper = approved()
    paper.row(Kind.RECEIVER_NAMED, {"relation": "family", "agency": "PALANG-MERAH"})
    paper.settle()

    assert fell(paper) == "destination_changed"


def test_naming_the_family_that_already_is_the_receiver_voids_nothing() -> None:
    paper = approved()
    paper.row(Kind.RECEIVER_NAMED, {"relation": "family", "agency": None}, sealed={"name": "Bapak Contoh"})
    paper.settle()

    assert fell(paper) is None


@pytest.mark.proves("I12")
def test_a_hold_freezes_the_approvals_and_lifting_it_gives_one_fresh_look() -> None:
    paper = approved()
    looks = len(paper.kinds(Kind.GATE_JUDGED))
    hold = paper.hold("PENYIDIKAN")

    assert not paper.verdict().is_open
    assert paper.course.status == "DISETUJUI"
    assert len(paper.course.live_approvals) == 2
    held_looks = len(paper.kinds(Kind.GATE_JUDGED))
    paper.lift(hold)
    assert paper.verdict().is_open
    assert len(paper.kinds(Kind.GATE_JUDGED)) == held_looks + 1
    assert held_looks <= looks + 1
    assert paper.last(Kind.GATE_JUDGED).codes["open"] is True


def test_a_check_that_fell_under_a_hold_voids_the_approvals() -> None:
    paper = approved()
    hold = paper.hold()
    paper.row(Kind.REOPENED, {"task": "asesmen.keamanan", "n": 1, "why": "corrected"})
    paper.settle()
    paper.lift(hold)

    assert fell(paper) == "task_reopened"


@pytest.mark.proves("E13")
def test_another_route_or_date_or_escort_keeps_the_approvals() -> None:
    paper = approved()
    paper.plan_legs("penerima", starts=timedelta(days=4))
    paper.settle()

    assert fell(paper) is None
    assert paper.course.status == "DISETUJUI"


def test_another_escort_keeps_the_approvals_but_shuts_the_gate_while_none_is_named() -> None:
    paper = approved("child")
    paper.row(Kind.REOPENED, {"task": "pulang.pendamping", "n": 1, "why": "escort_changed"})
    paper.settle()

    assert paper.check("U12") == "open"
    assert not paper.verdict().is_open


def test_approvals_are_too_old_after_fourteen_days() -> None:
    long_letter = a_procedure(("valid_days = 7", "valid_days = 60"))
    paper = approved(procedure=long_letter)
    paper.plan_legs(starts=timedelta(days=30))
    paper.settle()
    at = paper.course.live_approvals[0].at

    paper.go_to(at + timedelta(days=14) - timedelta(seconds=1))
    assert paper.course.status == "DISETUJUI"
    next_at = paper.settle()
    assert next_at == at + timedelta(days=14)
    paper.go_to(next_at)
    assert fell(paper) == "approval_aged"
    assert paper.course.status == "MENUNGGU_GERBANG"


@pytest.mark.proves("I01")
def test_old_approvals_shut_the_gate_before_anything_was_advanced() -> None:
    paper = approved(procedure=a_procedure(("valid_days = 7", "valid_days = 60")))
    paper.now = paper.course.live_approvals[0].at + timedelta(days=14)

    assert not paper.verdict().is_open


@pytest.mark.parametrize(
    ("result", "event"),
    [("TIDAK_HADIR", "off_the_manifest"), ("TIDAK_LAYAK", "off_the_manifest"), ("MENOLAK", "consent_withdrawn")],
)
def test_who_does_not_leave_needs_fresh_approvals(result: str, event: str) -> None:
    paper = approved().play_until_open("jalan.cek_berangkat")
    paper.answer("jalan.cek_berangkat", result)

    assert paper.course.live_approvals == []
    assert paper.kinds(Kind.APPROVAL_VOID)[0].codes["event"] in (event, "flag_raised", "task_reopened")
    assert paper.course.status in ("MENUNGGU_GERBANG", "PENANGANAN")


def test_a_snapshot_cannot_be_guessed_from_its_facts_and_differs_between_cases() -> None:
    one, other = at_the_gate(), at_the_gate("from_abroad")

    assert one.verdict().snapshot != other.verdict().snapshot
    assert all(len(part) == 24 for part in one.verdict().parts.values())


@pytest.mark.proves("I08")
def test_the_stored_judgement_names_no_flag() -> None:
    paper = approved("witness", "ill")
    text = str([dict(row.codes) for row in paper.kinds(Kind.GATE_JUDGED)])

    assert "witness" not in text
    assert "ill'" not in text


def test_a_second_look_at_an_offices_answer_may_be_any_coordinators() -> None:
    paper = Paper()
    code = {"task": "akses.identitas", "n": 1, "answer": "SESUAI", "ask": paper.ask_of("akses.identitas").id}
    paper.row(Kind.ANSWERED, code, actor="link:m1")

    assert paper.remedies("U01") == ["VERIFY"]
