"""Answers by people of the ministry to their own tasks: who may, what is refused, what the receipt tells."""

from typing import Any

import pytest

from store.answers import answer_as_staff
from store.case_acts import set_flags
from store.receipts import answer_state
from tests.store.scenes import refused
from tests.support.cases import AtPoint, Ministry, actor


def staff(ministry: Ministry, number: str, login: str, task: str, answer: str = "SELESAI", **more: Any) -> Any:
    return ministry.act(login, lambda unit: answer_as_staff(unit, number, task, None, answer, **more))


@pytest.mark.proves("I02")
def test_an_answer_is_a_row_and_a_receipt_before_the_workflow_hears_of_it(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.run()
    receipt = staff(ministry, number, "p1", "awal.skrining")

    assert receipt.receipt.startswith("R-")
    assert len(receipt.receipt) == 12
    assert (receipt.state, receipt.task["status"]) == ("stored", "LULUS")
    state = ministry.read(lambda reading: answer_state(reading, actor("k1"), receipt.receipt))
    assert (state["state"], state["applied_at"]) == ("stored", None)
    ministry.run()
    state = ministry.read(lambda reading: answer_state(reading, actor("k1"), receipt.receipt))
    assert state["state"] == "applied"
    assert state["asks"][0]["answer"] == "SELESAI"
    assert state["ask"] == state["asks"][0]["ask"]


@pytest.mark.parametrize(
    ("login", "code"),
    [
        ("p1", None),
        ("h1", None),
        ("k1", "ROLE_LACKS_ACTION"),
        ("a1", "ROLE_LACKS_ACTION"),
        ("top", "ROLE_LACKS_ACTION"),
        ("op", "ROLE_LACKS_ACTION"),
        ("p3", "NO_SUCH_CASE"),
        ("e1", "ROLE_LACKS_ACTION"),
    ],
)
def test_a_shelters_task_is_answered_by_that_shelters_people(
    ministry: Ministry, number: str, login: str, code: str | None
) -> None:
    if code is None:
        staff(ministry, number, login, "awal.skrining")
    else:
        assert refused(lambda: staff(ministry, number, login, "awal.skrining")) == code


def test_a_task_of_the_directorate_is_answered_by_a_coordinator(at_point: AtPoint) -> None:
    ministry, number = at_point("approved").parts

    assert refused(lambda: staff(ministry, number, "p1", "jalan.surat")) == "ROLE_LACKS_ACTION"
    assert staff(ministry, number, "k2", "jalan.surat").task["status"] == "LULUS"


def test_a_signed_task_is_answered_by_its_signer_only(ministry: Ministry, number: str) -> None:
    ministry.play_until_open(number, "layanan.selesai")

    assert refused(lambda: staff(ministry, number, "p1", "layanan.selesai")) == "ROLE_LACKS_ACTION"
    assert staff(ministry, number, "h1", "layanan.selesai").task["status"] == "DIJAWAB"


def test_an_offices_task_is_not_answered_by_staff(ministry: Ministry, number: str) -> None:
    for login in ("k1", "p1"):
        assert refused(lambda login=login: staff(ministry, number, login, "akses.identitas", "SESUAI")) == (  # type: ignore[misc]
            "ROLE_LACKS_ACTION"
        )


def test_the_plan_of_the_journey_is_answered_by_its_legs_only(ministry: Ministry, number: str) -> None:
    ministry.play_until_open(number, "pulang.rencana_perjalanan")

    assert refused(lambda: staff(ministry, number, "k1", "pulang.rencana_perjalanan")) == "STATE_FORBIDS"


@pytest.mark.parametrize(
    ("task", "answer", "more", "code"),
    [
        ("awal.skrining", "LAYAK", {}, "ACTION_NOT_ALLOWED"),
        ("awal.skrining", "GAGAL", {}, "REASON_INVALID"),
        ("awal.skrining", "GAGAL", {"reason": "HUKUM"}, "REASON_INVALID"),
        ("awal.skrining", "MINTA_WAKTU", {}, "FIELD_MISSING"),
        ("awal.skrining", "SELESAI", {"note": "x" * 2_001}, "REASON_INVALID"),
        ("rencana.layanan", "SELESAI", {}, "STATE_FORBIDS"),
        ("tidak.ada", "SELESAI", {}, "NO_SUCH_TASK"),
    ],
)
@pytest.mark.proves("I14", "I19", "B21", "B24")
def test_an_answer_that_cannot_be_taken_stores_nothing(
    ministry: Ministry, number: str, task: str, answer: str, more: dict[str, Any], code: str
) -> None:
    before = ministry.kinds(number)

    assert refused(lambda: staff(ministry, number, "p1", task, answer, **more)) == code
    assert ministry.kinds(number) == before


@pytest.mark.proves("I03")
def test_a_second_answer_is_refused_and_the_first_stays(ministry: Ministry, number: str) -> None:
    staff(ministry, number, "p1", "awal.skrining")

    assert refused(lambda: staff(ministry, number, "h1", "awal.skrining", "GAGAL", reason="KAPASITAS")) == (
        "ALREADY_ANSWERED"
    )
    assert ministry.course(number).tasks["awal.skrining", 1].answer == "SELESAI"


def test_a_note_is_sealed(ministry: Ministry, number: str) -> None:
    staff(ministry, number, "p1", "awal.skrining", note="Ibu Rahasia datang")

    assert "Rahasia" not in str([row.codes for row in ministry.file(number).rows])


def test_an_unknown_receipt_is_not_found(ministry: Ministry) -> None:
    assert (
        refused(lambda: ministry.read(lambda reading: answer_state(reading, actor("k1"), "R-2222222222")))
        == "NO_SUCH_RECEIPT"
    )


# --- the end of care


def test_a_case_is_not_terminated_with_a_visit_open(at_point: AtPoint) -> None:
    ministry, number = at_point("ending").parts
    ministry.act("p1", lambda unit: set_flags(unit, number, {"high_risk": "ya"}))
    ministry.run()  # a fourth visit is planned

    assert refused(lambda: staff(ministry, number, "h1", "pasca.terminasi", "DITERMINASI")) == "STATE_FORBIDS"
    while not ministry.course(number).tasks["monev.kunjungan", 4].is_open:
        ministry.to_next_moment()
    ministry.passes(minutes=1)
    ministry.answer(number, "monev.kunjungan", n=4)
    ministry.run()
    ministry.answer(number, "pasca.terminasi")
    ministry.run()
    assert ministry.status(number) == "SELESAI"
