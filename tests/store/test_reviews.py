"""Second looks, what is not required, and what a coordinator does with a failing answer."""

from typing import Any

import pytest

from domain.journal import Kind
from store.reviews import decide, mark_not_required, verify
from tests.store.scenes import mail_of, refused
from tests.support.cases import Ministry, a_form, a_person

# --- second looks


def test_a_passing_answer_with_a_second_look_counts_only_after_it(ministry: Ministry, number: str) -> None:
    mail, ask = mail_of(ministry, number, "akses.identitas")
    ministry.by_link(mail, a_form("SESUAI", "n-1"))
    assert ministry.status(number, "akses.identitas") == "DIJAWAB"

    ministry.act("k1", lambda unit: verify(unit, number, "akses.identitas", None, "pass"))

    assert ministry.status(number, "akses.identitas") == "LULUS"
    assert ask in ministry.course(number).asks


def test_sending_back_needs_a_sentence_and_asks_anew(ministry: Ministry, number: str) -> None:
    mail, _ = mail_of(ministry, number, "akses.identitas")
    ministry.by_link(mail, a_form("SESUAI", "n-1"))
    back = lambda note: ministry.act("k1", lambda u: verify(u, number, "akses.identitas", None, "back", note))  # noqa: E731
    assert refused(lambda: back("")) == "REASON_INVALID"

    back("nama tidak cocok")
    ministry.play_until_open(number, "akses.identitas")

    assert mail_of(ministry, number, "akses.identitas")[0] != mail


@pytest.mark.parametrize("login", ["p1", "a1", "top", "au"])
def test_only_a_coordinator_verifies(ministry: Ministry, number: str, login: str) -> None:
    mail, _ = mail_of(ministry, number, "akses.identitas")
    ministry.by_link(mail, a_form("SESUAI", "n-1"))

    act = lambda: ministry.act(login, lambda unit: verify(unit, number, "akses.identitas", None, "pass"))  # noqa: E731
    assert refused(act) == "ROLE_LACKS_ACTION"


def test_what_nobody_answered_cannot_be_verified(ministry: Ministry, number: str) -> None:
    act = lambda: ministry.act("k1", lambda unit: verify(unit, number, "akses.identitas", None, "pass"))  # noqa: E731

    assert refused(act) == "STATE_FORBIDS"


@pytest.mark.proves("I10")
def test_who_answered_does_not_verify_nor_does_their_second_account(ministry: Ministry) -> None:
    """A coordinator never answers a task with a second look today, so the row is written as if one had."""
    number = ministry.start()
    ministry.play_until_open(number, "asesmen.keamanan")

    def as_coordinator(unit: Any) -> None:
        from store.casefile import open_case_file

        file = open_case_file(unit, number)
        ask = file.course.tasks["asesmen.keamanan", 1].ask
        file.write(unit, Kind.ANSWERED, {"task": "asesmen.keamanan", "n": 1, "answer": "AMAN", "ask": ask})
        file.finish(unit)

    ministry.act("k1", as_coordinator)
    for login in ("k1", "k1b"):
        act = refused(
            lambda login=login: ministry.act(login, lambda u: verify(u, number, "asesmen.keamanan", None, "pass"))
        )  # type: ignore[misc]
        assert act == "SAME_PERSON_VERIFIES"
    ministry.act("k2", lambda unit: verify(unit, number, "asesmen.keamanan", None, "pass"))
    assert ministry.status(number, "asesmen.keamanan") == "LULUS"


# --- not required


@pytest.mark.parametrize(
    ("task", "login", "reason", "code"),
    [
        ("layanan.jaminan_sosial", "h1", "TIDAK_RELEVAN", None),
        ("layanan.jaminan_sosial", "p1", "TIDAK_RELEVAN", "ROLE_LACKS_ACTION"),
        ("layanan.jaminan_sosial", "k1", "TIDAK_RELEVAN", "ROLE_LACKS_ACTION"),
        ("layanan.jaminan_sosial", "h3", "TIDAK_RELEVAN", "NO_SUCH_CASE"),
        ("layanan.jaminan_sosial", "h1", "", "REASON_INVALID"),
        ("layanan.jaminan_sosial", "h1", "SEBAB_LAIN", "REASON_INVALID"),
        ("akses.identitas", "k1", "TIDAK_RELEVAN", "ACTION_NOT_ALLOWED"),
        ("serah.kabkota", "b1", "DIPENUHI_INSTANSI_LAIN", None),
        ("serah.kabkota", "a1", "DIPENUHI_INSTANSI_LAIN", "ROLE_LACKS_ACTION"),
    ],
)
def test_not_required_is_signed_by_whom_the_task_names(
    ministry: Ministry, number: str, task: str, login: str, reason: str, code: str | None
) -> None:
    def sign() -> None:
        ministry.act(login, lambda unit: mark_not_required(unit, number, task, None, reason))

    if code is not None:
        assert refused(sign) == code
        return
    sign()
    assert ministry.status(number, task) == "TIDAK_DIPERLUKAN"
    assert refused(sign) == "STATE_FORBIDS"


def test_an_ask_that_is_not_required_any_more_is_withdrawn_in_the_same_act(ministry: Ministry, number: str) -> None:
    ministry.play_until_open(number, "layanan.rehabilitasi_sosial")
    course = ministry.course(number)
    ask = course.tasks["layanan.rehabilitasi_sosial", 1].ask
    ministry.not_required(number, "layanan.rehabilitasi_sosial", "h1")

    assert ministry.course(number).asks[str(ask)].state == "WITHDRAWN"


# --- what a coordinator does with a failing answer


@pytest.fixture
def failed(ministry: Ministry, number: str) -> str:
    """A case whose province said that the data are not its own."""
    ministry.play_until_open(number, "daerah.verifikasi_provinsi")
    ministry.answer(number, "daerah.verifikasi_provinsi", "BUKAN_WILAYAH")
    return number


def decision(ministry: Ministry, number: str, choice: str, agency: str | None = None, reason: str = "karena") -> None:
    task = "daerah.verifikasi_provinsi"
    ministry.act("k1", lambda unit: decide(unit, number, task, None, choice, agency, reason))


@pytest.mark.proves("E01", "E02")
def test_a_failing_answer_may_be_asked_of_another_office_of_that_function(ministry: Ministry, failed: str) -> None:
    decision(ministry, failed, "other_office", "DINSOS-52")
    ministry.run()

    assert [row.task for row in ministry.asks_of("DINSOS-52")] == ["daerah.verifikasi_provinsi"]


def test_a_failing_answer_may_be_asked_again(ministry: Ministry, failed: str) -> None:
    decision(ministry, failed, "ask_again")
    ministry.run()

    states = [row.state for row in ministry.asks_of("DINSOS-53")]
    assert states[0] == "ANSWERED"
    assert len(states) == 2


def test_a_failing_answer_may_end_the_case(ministry: Ministry, failed: str) -> None:
    decision(ministry, failed, "close")

    assert ministry.status(failed) == "DITUTUP"


@pytest.mark.parametrize(
    ("choice", "agency", "reason", "code"),
    [
        ("other_office", "RPTC-TPI", "karena", "NO_OFFICE"),
        ("other_office", "NOWHERE", "karena", "NO_OFFICE"),
        ("other_office", None, "karena", "NO_OFFICE"),
        ("ask_again", None, "", "REASON_INVALID"),
        ("wait", None, "karena", "FIELD_INVALID"),
    ],
)
def test_a_decision_that_cannot_be_carried_out_is_refused(
    ministry: Ministry, failed: str, choice: str, agency: str | None, reason: str, code: str
) -> None:
    assert refused(lambda: decision(ministry, failed, choice, agency, reason)) == code


def test_a_task_that_did_not_fail_is_nothing_to_decide(ministry: Ministry, number: str) -> None:
    act = lambda: ministry.act("k1", lambda u: decide(u, number, "akses.identitas", None, "ask_again", None, "x"))  # noqa: E731

    assert refused(act) == "STATE_FORBIDS"


def test_only_a_coordinator_decides(ministry: Ministry, failed: str) -> None:
    task = "daerah.verifikasi_provinsi"
    for login in ("p1", "a1", "top"):
        act = lambda login=login: ministry.act(login, lambda u: decide(u, failed, task, None, "ask_again", None, "x"))  # type: ignore[misc]  # noqa: E731
        assert refused(act) == "ROLE_LACKS_ACTION"


def test_a_child_may_be_assessed_by_the_shelter_instead_as_a_staff_task(ministry: Ministry) -> None:
    number = ministry.start(person=a_person(birth_date=None), flags={"child": "ya"})
    ministry.play_until_open(number, "asesmen.anak")
    ministry.answer(number, "asesmen.anak", "TOLAK")
    ministry.decides(number, "asesmen.anak", "other_office", "RPTC-TPI")
    ministry.run()

    ask = ministry.course(number).ask_of(ministry.course(number).tasks["asesmen.anak", 1])
    assert ask is not None
    assert (ask.agency, ask.channel) == ("RPTC-TPI", "staff")
    ministry.answer(number, "asesmen.anak")
    assert ministry.status(number, "asesmen.anak") == "LULUS"
