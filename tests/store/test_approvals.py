"""The two signatures at the gate: whose, in which order, of which snapshot."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from store.case_acts import set_destination, set_flags
from store.casefile import open_case_file
from store.gatekeeping import approve
from store.journal import journal
from store.reads import record_view
from store.reviews import mark_not_required
from store.tables_case import approvals
from store.unit import Unit
from tests.store.scenes import holds, refused
from tests.support.cases import AtPoint, Ministry, Return


def signs(case: Return, login: str, decision: str = "approve", snapshot: str | None = None, note: str = "") -> None:
    wanted = snapshot or case.ministry.snapshot(case.number)
    case.ministry.act(login, lambda unit: approve(unit, case.number, decision, wanted, note))


def test_two_people_open_the_gate_in_their_order(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    case.ministry.approve(case.number, "a1")
    assert case.ministry.status(case.number) == "MENUNGGU_GERBANG"
    case.ministry.approve(case.number, "b1")
    case.ministry.run()

    assert case.ministry.status(case.number) == "DISETUJUI"
    assert [a.role for a in case.ministry.course(case.number).live_approvals] == ["pemeriksa", "penyetuju"]


@pytest.mark.parametrize("login", ["k1", "p1", "h1", "top", "op", "au", "e1"])
def test_only_the_two_approving_roles_approve(at_point: AtPoint, login: str) -> None:
    assert refused(lambda: signs(at_point("at the gate"), login)) == "ROLE_LACKS_ACTION"


def test_the_second_role_does_not_sign_first_and_the_first_does_not_sign_twice(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    case.ministry.reads(case.number, "b1")
    assert refused(lambda: signs(case, "b1")) == "STATE_FORBIDS"
    case.ministry.approve(case.number, "a1")
    case.ministry.reads(case.number, "a2")
    assert refused(lambda: signs(case, "a2")) == "STATE_FORBIDS"


@pytest.mark.proves("I10", "T13")
@pytest.mark.parametrize("second", ["b2", "b2b"])
def test_who_signed_first_under_one_role_or_account_does_not_sign_second_under_another(
    at_point: AtPoint, second: str
) -> None:
    case = at_point("at the gate")
    case.ministry.approve(case.number, "b2")
    case.ministry.reads(case.number, second)

    assert refused(lambda: signs(case, second)) == "SAME_PERSON_APPROVES"


@pytest.mark.proves("I10", "T12")
def test_who_entered_the_data_does_not_approve(ministry: Ministry) -> None:
    number = ministry.start("kb")
    ministry.play_to_status(number, "MENUNGGU_GERBANG")
    ministry.reads(number, "kb")

    assert refused(lambda: signs(Return(ministry, number), "kb")) == "ENTERED_BY_SELF"


@pytest.mark.proves("I10")
@pytest.mark.parametrize("what", ["flags", "destination"])
def test_who_changed_the_data_last_does_not_approve(at_point: AtPoint, what: str) -> None:
    case = at_point("at the gate")
    change: dict[str, Callable[[Unit], object]] = {
        "flags": lambda unit: set_flags(unit, case.number, {"deported": "ya"}),
        "destination": lambda unit: set_destination(unit, case.number, "5313", "dipastikan"),
    }
    case.ministry.act("kb", change[what])
    case.ministry.run()
    case.ministry.reads(case.number, "kb")

    assert refused(lambda: signs(case, "kb")) == "ENTERED_BY_SELF"


@pytest.mark.proves("I10")
def test_who_signed_that_a_gate_task_is_not_required_does_not_approve(ministry: Ministry) -> None:
    number = ministry.start(flags={"witness": "ya"})
    ministry.play_until_open(number, "awal.status_hukum")
    ministry.act("b1", lambda unit: mark_not_required(unit, number, "awal.status_hukum", None, "TIDAK_RELEVAN"))
    ministry.play_until(number, lambda course: course.status == "MENUNGGU_GERBANG")
    ministry.approve(number, "a1")
    ministry.reads(number, "b1")

    assert refused(lambda: signs(Return(ministry, number), "b1")) == "ENTERED_BY_SELF"
    ministry.approve(number, "b2")


@pytest.mark.proves("I10")
def test_the_escort_does_not_approve(ministry: Ministry) -> None:
    ministry.escort = "eb"
    number = ministry.start()
    ministry.play_to_status(number, "MENUNGGU_GERBANG")
    ministry.approve(number, "a1")
    ministry.reads(number, "eb")

    assert refused(lambda: signs(Return(ministry, number), "eb")) == "ENTERED_BY_SELF"


def test_who_has_not_opened_the_items_does_not_approve(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    assert refused(lambda: signs(case, "a1")) == "ITEMS_UNREAD"

    case.ministry.reads(case.number, "a2")  # another's reading does not count
    assert refused(lambda: signs(case, "a1")) == "ITEMS_UNREAD"
    case.ministry.reads(case.number, "a1")
    signs(case, "a1")


def test_a_reading_before_the_snapshot_does_not_count(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.play_until_open(number, "pulang.layak_jalan")
    ministry.reads(number, "a1")
    ministry.answer(number, "pulang.layak_jalan")
    ministry.play_until(number, lambda course: course.status == "MENUNGGU_GERBANG")

    assert refused(lambda: signs(Return(ministry, number), "a1")) == "ITEMS_UNREAD"


@pytest.mark.proves("I18")
def test_every_reading_leaves_one_row_and_a_repeat_within_the_minute_none(at_point: AtPoint) -> None:
    case = at_point("at the gate")

    def look() -> int:
        def seen(unit: Unit) -> int:
            file = open_case_file(unit, case.number)
            record_view(unit, file, "api", ("identity", "origin"))
            query = select(journal.c.n).where(journal.c.subject == f"reads-{file.id}")
            return len(unit.rows(query))

        return case.ministry.act("a1", seen)

    first = look()
    assert look() == first
    case.ministry.clock.passes(minutes=2)
    assert look() == first + 1


def test_an_approval_of_another_snapshot_is_refused(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    case.ministry.reads(case.number, "a1")

    assert refused(lambda: signs(case, "a1", snapshot="0" * 24)) == "SNAPSHOT_OLD"


def test_between_two_signatures_a_change_makes_the_first_ones_snapshot_old(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    old = case.ministry.snapshot(case.number)
    case.ministry.approve(case.number, "a1")
    case.ministry.act("p1", lambda unit: set_flags(unit, case.number, {"accompanied": "ya"}))
    case.ministry.reads(case.number, "b1")

    assert refused(lambda: signs(case, "b1", snapshot=old)) == "SNAPSHOT_OLD"
    case.ministry.run()
    assert case.ministry.course(case.number).live_approvals == []


def test_a_gate_with_an_open_check_takes_no_approval(at_point: AtPoint) -> None:
    case = at_point("started")
    assert refused(lambda: signs(case, "a1")) == "GATE_SHUT"


def test_under_a_hold_nobody_approves(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    holds(case)
    case.ministry.reads(case.number, "a1")

    assert refused(lambda: signs(case, "a1")) == "HOLD_ACTIVE"


def test_sending_back_needs_words_and_takes_the_first_signature_away(at_point: AtPoint) -> None:
    case = at_point("at the gate")
    case.ministry.approve(case.number, "a1")
    case.ministry.reads(case.number, "b1")
    assert refused(lambda: signs(case, "b1", "back")) == "REASON_INVALID"
    assert refused(lambda: signs(case, "b1", "maybe")) == "FIELD_INVALID"

    signs(case, "b1", "back", note="surat tidak terbaca")

    assert case.ministry.course(case.number).live_approvals == []
    case.ministry.approve_twice(case.number)
    assert case.ministry.status(case.number) == "DISETUJUI"


@pytest.mark.proves("I10")
def test_the_database_refuses_two_live_signatures_of_one_person_on_one_snapshot(at_point: AtPoint) -> None:
    case = at_point("approved")

    def forge(unit: Unit) -> None:
        unit.without_journal("a forgery")
        row = unit.execute(select(approvals).limit(1)).mappings().one()
        unit.execute(insert(approvals), dict(row) | {"n": 999_999, "account": "account:other"})

    with pytest.raises(IntegrityError):
        case.ministry.act("k1", forge)
