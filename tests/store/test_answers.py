"""Answers by staff and by officers, second looks, not-required, and what a coordinator does with a failing one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.errors import DomainError, Invalid
from domain.journal import Kind
from store import journal, links
from store.answers import answer_as_staff
from store.case_acts import close_case, set_flags
from store.receipts import answer_state
from store.reviews import decide, mark_not_required, verify
from store.tables_case import answers, receipts
from tests.support.cases import AtPoint, Ministry, a_form, a_person, actor


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        act()
    return caught.value.code


@pytest.fixture
def number(ministry: Ministry) -> str:
    """A case whose first asks have been mailed."""
    started = ministry.start()
    ministry.run()
    ministry.passes(minutes=1)
    return started


def mail_of(ministry: Ministry, number: str, task: str) -> tuple[str, str]:
    """(mail, ask) of the open ask of a task."""
    course = ministry.course(number)
    ask = course.ask_of(course.tasks[task, 1])
    assert ask is not None
    assert ask.mail is not None
    return ask.mail, ask.id


def staff(ministry: Ministry, number: str, login: str, task: str, answer: str = "SELESAI", **more: Any) -> Any:
    return ministry.act(login, lambda unit: answer_as_staff(unit, number, task, None, answer, **more))


# --- staff


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


# --- officers, through a link


def test_an_officers_answer_stands_with_name_and_position_sealed(ministry: Ministry, number: str) -> None:
    mail, ask = mail_of(ministry, number, "akses.identitas")
    done = ministry.by_link(mail, a_form("confirm", "n-1"))

    row = ministry.file(number).rows[-1]
    assert (done.answered, done.left_out) == ((ask,), ())
    assert (row.kind, row.codes["answer"], row.actor) == (Kind.ANSWERED, "SESUAI", f"link:{mail}")
    opened = ministry.read(lambda r: journal.rows_of(r, ministry.file(number).subject, open_kinds="all"))[-1]
    assert opened.sealed == {"name": "Sri", "position": "Kepala Seksi"}


@pytest.mark.proves("I03", "E35")
def test_the_same_form_pressed_twice_gives_the_same_receipt_and_one_answer(ministry: Ministry, number: str) -> None:
    mail, _ = mail_of(ministry, number, "akses.identitas")
    first = ministry.by_link(mail, a_form("SESUAI", "n-1"))
    rows = len(ministry.kinds(number))
    second = ministry.by_link(mail, a_form("SESUAI", "n-1"))

    assert (second.receipt, second.answered) == (first.receipt, ())
    assert len(ministry.kinds(number)) == rows


@pytest.mark.proves("E35", "T10")
def test_another_form_after_the_answer_is_refused(ministry: Ministry, number: str) -> None:
    mail, _ = mail_of(ministry, number, "akses.identitas")
    ministry.by_link(mail, a_form("SESUAI", "n-1"))

    assert refused(lambda: ministry.by_link(mail, a_form("decline", "n-2", reason="KAPASITAS"))) == "ALREADY_ANSWERED"


@pytest.mark.parametrize(
    ("form", "code", "field"),
    [
        (a_form("KONFIRMASI", "n"), "ACTION_NOT_ALLOWED", None),
        (a_form("DISPOSISI", "n"), "ACTION_NOT_ALLOWED", None),
        (a_form("TIDAK_DITEMUKAN", "n"), "REASON_INVALID", "reason"),
        (a_form("decline", "n", reason="HUKUM"), "REASON_INVALID", "reason"),
        (a_form("more_time", "n"), "FIELD_MISSING", "until"),
        (a_form("more_time", "n", until_one="2020-01-01"), "DATE_IN_PAST", "until"),
        (a_form(None, "n"), "FIELD_MISSING", "action"),
        (a_form(None, "n", each={"aother": "SESUAI"}), "FIELD_UNKNOWN", "answer[aother]"),
        (a_form(None, "n", common={"serah.provinsi": "DITERIMA"}), "FIELD_UNKNOWN", "all[serah.provinsi]"),
        (a_form("SESUAI", "n", name=" "), "FIELD_MISSING", "name"),
        (a_form("SESUAI", "n", position=""), "FIELD_MISSING", "position"),
        (a_form("SESUAI", "n", name="x" * 5_000), "NAME_INVALID", "name"),
    ],
)
@pytest.mark.proves("I05", "I19", "B19", "B21", "B23", "B24", "B25")
def test_a_form_with_a_fault_stores_nothing(
    ministry: Ministry, number: str, form: Any, code: str, field: str | None
) -> None:
    mail, _ = mail_of(ministry, number, "akses.identitas")
    before = ministry.kinds(number)
    with pytest.raises(DomainError) as caught:
        ministry.by_link(mail, form)

    assert (caught.value.code, caught.value.facts.get("field")) == (code, field)
    assert ministry.kinds(number) == before
    assert ministry.read(lambda reading: reading.rows(select(receipts).where(receipts.c.mail == mail))) == []


def test_more_time_moves_the_due_moment_once_and_lets_the_link_live(ministry: Ministry, number: str) -> None:
    mail, ask = mail_of(ministry, number, "akses.identitas")
    before = ministry.read(lambda reading: links.find_by_mail(reading, mail))
    due = ministry.course(number).asks[ask].due_at
    assert due is not None
    done = ministry.by_link(mail, a_form("more_time", "n-1", until_one="2026-03-06"))

    facts = ministry.course(number).asks[ask]
    after = ministry.read(lambda reading: links.find_by_mail(reading, mail))
    assert ministry.status(number, "akses.identitas") == "DIPERPANJANG"
    assert facts.due_at is not None
    assert facts.due_at > due
    assert before is not None
    assert after is not None
    assert after.expires_at > before.expires_at
    assert done.receipt.startswith("R-")
    assert refused(lambda: ministry.by_link(mail, a_form("more_time", "n-2", until_one="2026-03-09"))) == (
        "EXTENSION_LIMIT"
    )
    ministry.by_link(mail, a_form("SESUAI", "n-3"))
    assert ministry.status(number, "akses.identitas") == "DIJAWAB"


def test_an_answer_after_its_due_moment_counts_while_the_ask_is_open(ministry: Ministry, number: str) -> None:
    mail, _ = mail_of(ministry, number, "akses.identitas")
    ministry.passes(days=9)
    ministry.by_link(mail, a_form("SESUAI", "n-1"))

    assert ministry.status(number, "akses.identitas") == "DIJAWAB"


def test_a_link_whose_asks_were_withdrawn_says_so(ministry: Ministry, number: str) -> None:
    mail, _ = mail_of(ministry, number, "akses.identitas")
    ministry.act("k1", lambda unit: close_case(unit, number, "DITUTUP", "karena"))

    assert refused(lambda: ministry.by_link(mail, a_form("SESUAI", "n-1"))) == "ASK_WITHDRAWN"


@pytest.fixture
def two(ministry: Ministry) -> tuple[str, str, str]:
    """Two cases whose asks to the registry went with one mail: (case, case, mail)."""
    first = ministry.start()
    second = ministry.start(person=a_person("Markus Contoh", birth_date=None))
    ministry.play_until_open(first, "akses.identitas")
    mail = mail_of(ministry, first, "akses.identitas")[0]
    assert mail == mail_of(ministry, second, "akses.identitas")[0]
    return first, second, mail


def test_one_mail_with_several_asks_is_answered_with_one_receipt(ministry: Ministry, two: tuple[str, str, str]) -> None:
    first, second, mail = two
    done = ministry.by_link(mail, a_form(None, "n-1", common={"akses.identitas": "confirm"}))

    assert len(done.answered) == 2
    assert {ministry.status(number, "akses.identitas") for number in (first, second)} == {"DIJAWAB"}
    state = ministry.read(lambda reading: answer_state(reading, actor("k1"), done.receipt))
    assert len(state["asks"]) == 2
    assert "ask" not in state


def test_an_asks_own_entry_beats_the_one_for_its_task(ministry: Ministry, two: tuple[str, str, str]) -> None:
    first, second, mail = two
    ask = mail_of(ministry, first, "akses.identitas")[1]
    form = a_form(
        None,
        "n-1",
        common={"akses.identitas": "confirm"},
        each={ask: "BUKAN_WILAYAH"},
        reasons={"akses.identitas": "KAPASITAS"},
    )
    ministry.by_link(mail, form)

    assert ministry.status(first, "akses.identitas") == "GAGAL"
    assert ministry.status(second, "akses.identitas") == "DIJAWAB"


def test_an_ask_without_an_entry_stays_open(ministry: Ministry, two: tuple[str, str, str]) -> None:
    first, second, mail = two
    ask = mail_of(ministry, first, "akses.identitas")[1]
    ministry.by_link(mail, a_form(None, "n-1", each={ask: "SESUAI"}))

    assert ministry.status(second, "akses.identitas") == "DIMINTA"


def test_an_ask_closed_meanwhile_is_left_out_and_named(ministry: Ministry, two: tuple[str, str, str]) -> None:
    first, second, mail = two
    gone = mail_of(ministry, first, "akses.identitas")[1]
    kept = mail_of(ministry, second, "akses.identitas")[1]
    ministry.act("k1", lambda unit: close_case(unit, first, "DITUTUP", "karena"))
    done = ministry.by_link(mail, a_form(None, "n-1", each={gone: "SESUAI", kept: "SESUAI"}))

    assert (done.answered, done.left_out) == ((kept,), (gone,))


@pytest.mark.proves("I19")
def test_all_faults_of_a_form_are_told_at_once_and_nothing_is_stored(
    ministry: Ministry, two: tuple[str, str, str]
) -> None:
    first, second, mail = two
    asks = [mail_of(ministry, number, "akses.identitas")[1] for number in (first, second)]
    with pytest.raises(Invalid) as caught:
        ministry.by_link(mail, a_form(None, "n-1", each=dict.fromkeys(asks, "decline")))

    assert sorted(caught.value.facts["faults"]) == sorted((f"reason[{ask}]", "REASON_INVALID") for ask in asks)
    assert ministry.read(lambda reading: reading.rows(select(answers).where(answers.c.ask.in_(asks)))) == []


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


@pytest.mark.proves("I02")
def test_ten_answers_given_while_the_engine_is_away_are_all_applied_afterwards(ministry: Ministry) -> None:
    numbers = [ministry.start(person=a_person(f"Orang {chr(65 + i)}", birth_date=None)) for i in range(10)]
    ministry.play_until_open(numbers[0], "akses.identitas")
    given = [ministry.answer(number, "akses.identitas") for number in numbers]
    states = [ministry.read(lambda r, one=one: answer_state(r, actor("k1"), one))["state"] for one in given]  # type: ignore[misc]
    assert states == ["stored"] * 10

    ministry.clock.now += timedelta(minutes=10)
    ministry.run()

    states = [ministry.read(lambda r, one=one: answer_state(r, actor("k1"), one))["state"] for one in given]  # type: ignore[misc]
    assert states == ["applied"] * 10
