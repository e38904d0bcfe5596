"""Acts on a case by people of the ministry: who may, what is refused, what stays."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.course import DEPARTURE
from domain.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from domain.journal import Kind
from store import journal
from store.case_acts import close_case, lift_hold, name_offices, name_receiver, set_destination, set_flags, set_hold
from store.case_view import case_json, view_case
from store.desk_asks import open_asks_of
from store.journey import LegEntry, plan_legs
from store.overview import Filters, Listed, list_asks, list_cases, my_tasks
from store.receipts import answer_state
from store.starting import decide_duplicate, find_matches
from store.tables_case import answers, cases
from store.unit import Unit
from tests.support.cases import STAFF, AtPoint, Ministry, a_person, actor, an_order

NIK = "5313045405000001"


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        act()
    return caught.value.code


def count(ministry: Ministry) -> tuple[int, int]:
    def look(reading: Any) -> tuple[int, int]:
        rows = reading.scalar(select(func.count()).select_from(journal.journal))
        return rows, reading.scalar(select(func.count()).select_from(cases))

    return ministry.read(look)


def a_leg(ministry: Ministry, to: str = "penerima", starts: int = 72, lasts: int = 6, **facts: Any) -> LegEntry:
    departs = ministry.now + timedelta(hours=starts)
    known: dict[str, Any] = {"kind": "domestik", "origin": "A", "target": "B", "hands_to": to}
    known |= {"departs_at": departs, "arrives_at": departs + timedelta(hours=lasts)}
    return LegEntry(**(known | facts))


# --- the start


def test_a_start_is_a_case_with_a_number_and_an_answered_intake(ministry: Ministry) -> None:
    opened = ministry.opened()

    assert opened.number.startswith("PLG-2026-000001-")
    assert (opened.status, opened.matches, opened.known) == ("PENANGANAN", (), False)
    assert ministry.status(opened.number, "akses.penerimaan") == "LULUS"
    assert ministry.column(opened.number, "initials") == "Y. I. C."


@pytest.mark.parametrize("login", sorted(set(STAFF) - {"k1", "k2", "k1b", "kb"}))
def test_only_a_coordinator_starts_a_case(ministry: Ministry, login: str) -> None:
    before = count(ministry)

    assert refused(lambda: ministry.opened(login)) == "ROLE_LACKS_ACTION"
    assert count(ministry) == before


def test_numbers_follow_each_other_without_gaps_also_after_a_refusal(ministry: Ministry) -> None:
    ministry.start()
    refused(lambda: ministry.opened(shelter="NOWHERE"))

    assert ministry.start(person=a_person("Lain Orang", birth_date=None)).startswith("PLG-2026-000002-")


@pytest.mark.proves("I19")
@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"shelter": "NOWHERE"}, "NO_OFFICE", "shelter"),
        ({"shelter": "DINSOS-53"}, "NO_OFFICE", "shelter"),
        ({"destination": "9999"}, "REGION_UNKNOWN", "destination"),
        ({"destination": "53"}, "REGION_UNKNOWN", "destination"),
        ({"mission": "DINSOS-53"}, "NO_OFFICE", "mission"),
        ({"debarkation": "NOWHERE"}, "FIELD_INVALID", "debarkation"),
        ({"entry_route": "JALAN_LAIN"}, "FIELD_INVALID", "entry_route"),
        ({"flags": {"substitute": "ya"}}, "FIELD_UNKNOWN", "flags.substitute"),
        ({"flags": {"child": "yes"}}, "FIELD_INVALID", "flags.child"),
        ({"offices": {"dinsos_prov": "RPTC-TPI"}}, "NO_OFFICE", "offices.dinsos_prov"),
        ({"offices": {"nobody": "RPTC-TPI"}}, "FIELD_UNKNOWN", "offices.nobody"),
        ({"person": a_person(" ")}, "NAME_INVALID", "name"),
        ({"person": a_person(sex="X")}, "FIELD_INVALID", "sex"),
        ({"person": a_person(birth_date=date(2027, 1, 1))}, "DATE_INVALID", "birth_date"),
        ({"person": a_person(birth_date=date(1900, 1, 1))}, "DATE_INVALID", "birth_date"),
    ],
)
def test_a_start_with_a_fault_names_the_field_and_stores_nothing(
    ministry: Ministry, facts: dict[str, Any], code: str, field: str
) -> None:
    before = count(ministry)
    with pytest.raises(Invalid) as caught:
        ministry.opened(**facts)

    assert (caught.value.code, caught.value.facts["field"]) == (code, field)
    assert count(ministry) == before


@pytest.mark.proves("B15")
def test_a_person_with_one_name_of_one_letter_is_taken(ministry: Ministry) -> None:
    assert ministry.opened(person=a_person("Y")).status == "PENANGANAN"


def test_the_birth_date_says_who_is_a_child_when_it_is_certain(ministry: Ministry) -> None:
    certain = ministry.start(person=a_person(birth_date=date(2010, 1, 1)))
    guessed = ministry.start(person=a_person("Lain", birth_date=date(2010, 7, 1), birth_date_quality="perkiraan"))

    assert ministry.course(certain).flags["child"] == "ya"
    assert ministry.course(guessed).flags["child"] == "belum_diketahui"


def test_remains_start_on_their_own_track(ministry: Ministry) -> None:
    assert ministry.opened(entry_route="JENAZAH").status == "MENINGGAL"


@pytest.mark.proves("I13")
def test_a_case_keeps_the_version_it_was_started_with(ministry: Ministry) -> None:
    number = ministry.start()

    assert ministry.column(number, "procedure_version") == "2026.1"
    assert ministry.file(number).rows[0].codes["procedure"] == ["pemulangan", "2026.1"]


@pytest.mark.proves("I08")
def test_restricted_flags_of_the_start_are_sealed(ministry: Ministry) -> None:
    number = ministry.start(flags={"tppo": "ya", "pmi": "ya"})
    opened = ministry.file(number).rows[0]

    assert "tppo" not in opened.codes["flags"]
    assert opened.codes["flags"]["pmi"] == "ya"
    assert ministry.course(number).flags["tppo"] == "ya"


# --- people that look alike


@pytest.mark.proves("E07", "I15")
def test_the_same_nik_stops_the_start_until_somebody_decides(ministry: Ministry) -> None:
    known = ministry.start(person=a_person(nik=NIK))
    before = count(ministry)
    with pytest.raises(Conflict) as caught:
        ministry.opened(person=a_person("Johana", nik=NIK))

    assert caught.value.code == "DUPLICATE_FOUND"
    assert [(m["number"], m["strength"]) for m in caught.value.facts["matches"]][:1] == [(known, "strong")]
    assert count(ministry) == before


def test_different_starts_another_case(ministry: Ministry) -> None:
    known = ministry.start(person=a_person(nik=NIK))
    opened = ministry.opened(person=a_person("Johana", nik=NIK), decisions=((known, "different"),))

    assert (opened.status, opened.number != known) == ("PENANGANAN", True)


def test_same_makes_no_case_and_gives_the_known_one(ministry: Ministry) -> None:
    known = ministry.start(person=a_person(nik=NIK))
    opened = ministry.opened(person=a_person("Johana", nik=NIK), decisions=((known, "same"),))

    assert (opened.number, opened.known) == (known, True)
    assert count(ministry)[1] == 1


def test_later_makes_a_draft_that_asks_nobody(ministry: Ministry) -> None:
    known = ministry.start(person=a_person(nik=NIK))
    draft = ministry.opened(person=a_person("Johana", nik=NIK), decisions=((known, "later"),))
    ministry.run()

    assert draft.status == "DRAF"
    assert ministry.course(draft.number).asks == {}
    assert ministry.column(draft.number, "is_open") is False


@pytest.mark.parametrize(("decision", "status"), [("different", "PENANGANAN"), ("same", "DIBATALKAN")])
def test_a_decision_ends_the_draft(ministry: Ministry, decision: str, status: str) -> None:
    known = ministry.start(person=a_person(nik=NIK))
    draft = ministry.opened(person=a_person("Johana", nik=NIK), decisions=((known, "later"),)).number

    assert ministry.act("k1", lambda unit: decide_duplicate(unit, draft, known, decision)) == status
    ministry.run()
    assert bool(ministry.course(draft).asks) is (decision == "different")
    again = refused(lambda: ministry.act("k1", lambda unit: decide_duplicate(unit, draft, known, "different")))
    assert again == "STATE_FORBIDS"


def test_a_weak_likeness_is_only_a_note(ministry: Ministry) -> None:
    known = ministry.start()
    matches = ministry.opened(person=a_person("Johana Ina Contoh")).matches

    assert {(m["number"], m["strength"]) for m in matches} == {(known, "weak")}


def test_searching_before_starting_changes_nothing(ministry: Ministry) -> None:
    ministry.start(person=a_person(nik=NIK))
    before = count(ministry)

    found = ministry.read(lambda reading: find_matches(reading, a_person("X Y", nik=NIK, birth_date=None), None))

    assert [match["why"] for match in found] == ["nik"]
    assert count(ministry) == before


# --- who may do what to a running case


ACTS: dict[str, tuple[set[str], Callable[[str], Callable[[Unit], object]]]] = {
    "name offices": ({"k1", "k2", "k1b", "kb"}, lambda n: lambda u: name_offices(u, n, {}, "KBRI-KUL")),
    "set flags": ({"k1", "k2", "k1b", "kb", "p1", "h1"}, lambda n: lambda u: set_flags(u, n, {"pmi": "ya"})),
    "name the receiver": ({"k1", "k2", "k1b", "kb"}, lambda n: lambda u: name_receiver(u, n, "family", "Bapak Contoh")),
    "set the destination": ({"k1", "k2", "k1b", "kb"}, lambda n: lambda u: set_destination(u, n, "5201", "pindah")),
    "close": ({"k1", "k2", "k1b", "kb"}, lambda n: lambda u: close_case(u, n, "DITUTUP", "karena")),
    "take back": ({"k1"}, lambda n: lambda u: close_case(u, n, "DIBATALKAN", "karena")),
    "hold for health": ({"k1", "k2", "k1b", "kb"}, lambda n: lambda u: set_hold(u, n, "KESEHATAN", "karena")),
    "hold for safety": (
        {"k1", "k2", "k1b", "kb", "p1"},
        lambda n: lambda u: set_hold(u, n, "KEAMANAN", "karena"),
    ),
    "hold for a complaint": (
        {"k1", "k2", "k1b", "kb", "au"},
        lambda n: lambda u: set_hold(u, n, "KEBERATAN", "karena"),
    ),
    "hold for a forgery": ({"k1", "k2", "k1b", "kb", "op"}, lambda n: lambda u: set_hold(u, n, "PEMALSUAN", "karena")),
    "hold for reconciliation": (set(), lambda n: lambda u: set_hold(u, n, "REKONSILIASI", "karena")),
}


@pytest.mark.proves("I18")
@pytest.mark.parametrize("act", ACTS)
def test_only_the_roles_of_the_table_may(ministry: Ministry, act: str) -> None:
    allowed, make = ACTS[act]
    number = ministry.start()
    may, answers = set(), {}
    for login in sorted(STAFF):
        try:
            ministry.act(login, _and_undo(make(number)))
        except _Done:
            may.add(login)
        except (NotAllowed, NotFound) as refusal:
            answers[login] = refusal.code

    assert may == allowed
    elsewhere = {login for login, code in answers.items() if code == "NO_SUCH_CASE"}
    assert elsewhere <= {"p3", "h3", "e1", "e2"}  # people of another shelter, escorts of other journeys
    assert set(answers.values()) <= {"ROLE_LACKS_ACTION", "NO_SUCH_CASE"}


class _Done(Exception):
    """The act went through; the transaction is undone."""


def _and_undo(act: Callable[[Unit], object]) -> Callable[[Unit], object]:
    def tried(unit: Unit) -> None:
        act(unit)
        raise _Done

    return tried


def test_an_unknown_case_is_not_found(ministry: Ministry) -> None:
    code = refused(lambda: ministry.act("k1", lambda unit: set_flags(unit, "PLG-2026-999999-0", {"pmi": "ya"})))

    assert code == "NO_SUCH_CASE"


# --- flags, receiver, destination


def test_flags_turn_tasks_on_at_once_and_their_asks_off_again(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.play_until_open(number, "layanan.rehabilitasi_sosial")
    ministry.act("p1", lambda unit: set_flags(unit, number, {"pmi": "ya"}))
    ministry.run()
    assert ministry.status(number, "layanan.hak_pmi") == "DIMINTA"

    ministry.act("p1", lambda unit: set_flags(unit, number, {"pmi": "tidak"}))

    assert ministry.status(number, "layanan.hak_pmi") == "TIDAK_BERLAKU"
    states = {row.task: row.state for row in ministry.asks_of("BP3MI-21")}
    assert states == {"layanan.hak_pmi": "WITHDRAWN"}


@pytest.mark.parametrize(
    ("flags", "code"),
    [({}, "FIELD_MISSING"), ({"has_transit": "ya"}, "FIELD_UNKNOWN"), ({"pmi": "mungkin"}, "FIELD_INVALID")],
)
def test_flags_that_cannot_be_set_are_refused(ministry: Ministry, flags: dict[str, str], code: str) -> None:
    number = ministry.start()

    assert refused(lambda: ministry.act("k1", lambda unit: set_flags(unit, number, flags))) == code


@pytest.mark.proves("E16")
def test_another_destination_needs_a_reason(ministry: Ministry) -> None:
    number = ministry.start()

    assert refused(lambda: ministry.act("k1", lambda u: set_destination(u, number, "5201", " "))) == "REASON_INVALID"


def test_the_destination_stays_as_it_is_on_the_road(at_point: AtPoint) -> None:
    ministry, number = at_point("on the road").parts

    code = refused(lambda: ministry.act("k1", lambda unit: set_destination(unit, number, "5201", "pindah")))
    assert code == "STATE_FORBIDS"


def test_a_receiver_needs_a_name_and_an_agency_that_may_be_one(ministry: Ministry) -> None:
    number = ministry.start()

    for name, agency, code in ((" ", None, "NAME_INVALID"), ("Ibu Contoh", "DINSOS-53", "NO_OFFICE")):
        act = refused(
            lambda n=name, a=agency: ministry.act("k1", lambda u: name_receiver(u, number, "family", n, None, a))
        )  # type: ignore[misc]
        assert act == code
    ministry.act("k1", lambda unit: name_receiver(unit, number, "institution", "Panti Contoh", None, "PALANG-MERAH"))
    assert ministry.course(number).receiver == ("institution", "PALANG-MERAH")
    assert "substitute" in ministry.course(number).true_flags


@pytest.mark.proves("I08")
def test_the_receivers_name_is_sealed(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.act("k1", lambda unit: name_receiver(unit, number, "family", "Bapak Contoh", "0812"))

    assert ministry.file(number).rows[-1].codes == {"relation": "family", "agency": None}


# --- holds


@pytest.mark.proves("I12")
def test_a_hold_is_active_at_once_and_has_a_day_of_review(ministry: Ministry) -> None:
    number = ministry.start()
    hold = ministry.act("k1", lambda unit: set_hold(unit, number, "ADMINISTRASI", "anggaran"))

    facts = ministry.course(number).holds[hold]
    assert (facts.active, facts.kind, facts.review_on) == (True, "ADMINISTRASI", "2026-03-09")
    assert ministry.column(number, "holds") == ["ADMINISTRASI"]


@pytest.mark.parametrize(
    ("kind", "reason", "review_on", "code"),
    [
        ("ADMINISTRASI", " ", None, "REASON_INVALID"),
        ("LAIN", "karena", None, "FIELD_INVALID"),
        ("ADMINISTRASI", "karena", "kemarin", "DATE_INVALID"),
        ("ADMINISTRASI", "karena", "2026-03-01", "DATE_IN_PAST"),
    ],
)
def test_a_hold_that_cannot_be_set_is_refused(
    ministry: Ministry, kind: str, reason: str, review_on: str | None, code: str
) -> None:
    number = ministry.start()

    assert refused(lambda: ministry.act("k1", lambda unit: set_hold(unit, number, kind, reason, review_on))) == code


def test_no_hold_is_set_on_a_case_that_has_ended(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.act("k1", lambda unit: close_case(unit, number, "DITUTUP", "karena"))

    assert refused(lambda: ministry.act("k1", lambda u: set_hold(u, number, "KEAMANAN", "x"))) == "STATE_FORBIDS"


@pytest.mark.parametrize(
    ("kind", "setter", "lifter", "code"),
    [
        ("KEAMANAN", "k1", "k2", "ROLE_LACKS_ACTION"),  # pimpinan only
        ("KEAMANAN", "k1", "top", None),
        ("KESEHATAN", "k1", "k1", "ROLE_LACKS_ACTION"),  # needs another person
        ("KESEHATAN", "k1", "k1b", "ROLE_LACKS_ACTION"),  # the second account of the same person
        ("KESEHATAN", "k1", "k2", None),
        ("ADMINISTRASI", "k1", "k1", None),
        ("KEBERATAN", "au", "k1", "ROLE_LACKS_ACTION"),
    ],
)
def test_lifting_a_hold_is_careful(ministry: Ministry, kind: str, setter: str, lifter: str, code: str | None) -> None:
    number = ministry.start()
    hold = ministry.act(setter, lambda unit: set_hold(unit, number, kind, "karena"))

    def lift() -> None:
        ministry.act(lifter, lambda unit: lift_hold(unit, number, hold, "selesai"))

    if code is not None:
        assert refused(lift) == code
        return
    lift()
    assert ministry.course(number).active_holds == []
    assert refused(lift) == "STATE_FORBIDS"


def test_an_unknown_hold_is_not_found(ministry: Ministry) -> None:
    number = ministry.start()

    assert refused(lambda: ministry.act("k1", lambda unit: lift_hold(unit, number, "hnone", "x"))) == "NO_SUCH_HOLD"


@pytest.mark.proves("E10")
def test_a_consent_withdrawn_voids_the_approvals_in_the_same_act(at_point: AtPoint) -> None:
    ministry, number = at_point("approved").parts
    ministry.act("p1", lambda unit: set_hold(unit, number, "KESEDIAAN_DICABUT", "tidak jadi"))

    assert ministry.course(number).live_approvals == []
    void = [row for row in ministry.file(number).rows if row.kind is Kind.APPROVAL_VOID]
    assert [(row.codes["event"], row.codes["effect"]) for row in void] == [("consent_withdrawn", "batalkan_dan_tahan")]


# --- legs


def test_the_journey_cannot_be_planned_before_its_task_is_open(ministry: Ministry) -> None:
    number = ministry.start()

    assert refused(lambda: ministry.plan(number)) == "STATE_FORBIDS"


def test_planning_the_journey_is_the_answer_and_planning_again_is_not(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.play_until_open(number, "pulang.rencana_perjalanan")

    receipt = ministry.plan(number)
    assert receipt is not None
    assert receipt.startswith("R-")
    assert ministry.status(number, "pulang.rencana_perjalanan") == "LULUS"
    assert ministry.plan(number, "penerima") is None
    assert [leg.hands_to for leg in ministry.course(number).legs] == ["penerima"]


@pytest.mark.parametrize("login", ["p1", "a1", "top", "e1"])
def test_only_a_coordinator_plans_the_journey(ministry: Ministry, login: str) -> None:
    assert refused(lambda: ministry.plan(ministry.start(), login=login)) == "ROLE_LACKS_ACTION"


def test_legs_that_cannot_be_travelled_are_refused(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.play_until_open(number, "pulang.rencana_perjalanan")
    leg = lambda *a, **f: a_leg(ministry, *a, **f)  # noqa: E731
    bad = {
        "none": [],
        "arrives before it departs": [leg(lasts=-1)],
        "arrives as it departs": [leg(lasts=0)],
        "departs before the one before it arrives": [leg("provinsi"), leg(starts=74)],
        "none to a receiver": [leg("RPTC-BAP")],
        "to nobody known": [leg("stasiun")],
        "to an office that is no shelter": [leg("DINSOS-53")],
        "from nowhere": [leg(origin=" ")],
        "of an unknown kind": [leg(kind="antariksa")],
    }
    for fault, legs in bad.items():
        code = refused(lambda legs=legs: ministry.act("k1", lambda unit: plan_legs(unit, number, legs)))  # type: ignore[misc]
        assert code == "LEGS_INVALID", fault
    assert ministry.course(number).legs == []


def test_an_escort_with_an_account_is_known_by_it_and_another_is_only_named(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.play_until_open(number, "pulang.rencana_perjalanan")
    legs = [a_leg(ministry, "provinsi", escort="e1"), a_leg(ministry, starts=90, escort="Ibu Contoh")]
    ministry.act("k1", lambda unit: plan_legs(unit, number, legs))

    assert [leg.escort_account for leg in ministry.course(number).legs] == ["id-e1", None]
    assert "Ibu Contoh" not in str([row.codes for row in ministry.file(number).rows])


def test_a_new_plan_replaces_only_legs_that_have_not_departed(at_point: AtPoint) -> None:
    ministry, number = at_point("on the road").parts
    ministry.plan(number, "penerima", starts=timedelta(days=2))

    legs = ministry.course(number).legs
    assert [(leg.n, leg.hands_to) for leg in legs] == [(1, "RPTC-BAP"), (2, "penerima")]


def test_a_new_plan_never_uses_the_number_of_a_leg_that_was_travelled(at_point: AtPoint) -> None:
    ministry, number = at_point("in a stay").parts
    ministry.play_until_open(number, "serah.kabkota")
    ministry.not_required(number, "serah.kabkota", "b1", "DIPENUHI_INSTANSI_LAIN")
    ministry.play_until_open(number, "serah.keluarga")
    ministry.answer(number, "serah.keluarga", "DITERIMA")  # leg 4 is done, leg 3 was never travelled
    course = ministry.course(number)
    assert [(leg.n, leg.state.value) for leg in course.legs][2:] == [(3, "PLANNED"), (4, "HANDED_OVER")]

    ministry.plan(number, "penerima", starts=timedelta(days=20))

    assert [leg.n for leg in ministry.course(number).legs] == [1, 2, 4, 5]


# --- the end, by a person


def test_a_start_in_error_is_taken_back_and_nobody_outside_hears_of_it(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.advance(ministry.file(number).subject)
    assert ministry.status(number, "akses.identitas") == "DIMINTA"

    status = ministry.act("k1", lambda unit: close_case(unit, number, "DIBATALKAN", "salah masuk"))
    ministry.passes(days=3)

    assert status == "DIBATALKAN"
    assert ministry.composer.orders == []
    assert ministry.column(number, "mailed") is False


def test_only_who_started_a_case_takes_it_back(ministry: Ministry) -> None:
    number = ministry.start("k2")

    code = refused(lambda: ministry.act("k1", lambda unit: close_case(unit, number, "DIBATALKAN", "salah")))
    assert code == "ROLE_LACKS_ACTION"


@pytest.mark.proves("I14")
@pytest.mark.parametrize(
    "status", ["PERJALANAN", "DISETUJUI", "SELESAI", "DRAF", "MENINGGAL", "KEMBALI", "HILANG_KONTAK", "PEMANTAUAN"]
)
def test_a_move_that_is_not_in_the_table_is_refused(ministry: Ministry, status: str) -> None:
    number = ministry.start()
    before = ministry.kinds(number)

    assert refused(lambda: ministry.act("k1", lambda u: close_case(u, number, status, "karena"))) == "STATE_FORBIDS"
    assert ministry.kinds(number) == before


def test_an_unknown_status_and_an_end_without_reason_are_refused(ministry: Ministry) -> None:
    number = ministry.start()

    assert refused(lambda: ministry.act("k1", lambda u: close_case(u, number, "HILANG", "karena"))) == "FIELD_INVALID"
    assert refused(lambda: ministry.act("k1", lambda u: close_case(u, number, "DITUTUP", ""))) == "REASON_INVALID"


def test_a_lost_person_goes_back_to_where_the_case_stood(at_point: AtPoint) -> None:
    ministry, number = at_point("on the road").parts
    ministry.act("k1", lambda unit: close_case(unit, number, "HILANG_KONTAK", "tidak ada kabar"))

    wrong = refused(lambda: ministry.act("k1", lambda unit: close_case(unit, number, "PEMANTAUAN", "x")))
    assert wrong == "STATE_FORBIDS"
    ministry.act("k1", lambda unit: close_case(unit, number, "PERJALANAN", "ditemukan"))
    assert ministry.status(number) == "PERJALANAN"


@pytest.mark.proves("I15")
def test_a_case_taken_up_again_gets_a_new_conductor_under_the_same_number(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.run()
    ministry.act("k1", lambda unit: close_case(unit, number, "DITUTUP", "karena"))
    ministry.run()
    subject = ministry.file(number).subject
    ended = ministry.read(lambda reading: journal.find_subject(reading, subject))
    assert ended is not None
    assert ended.over

    ministry.act("k1", lambda unit: close_case(unit, number, "PENANGANAN", "kembali"))

    again = ministry.read(lambda reading: journal.find_subject(reading, subject))
    assert again is not None
    assert (again.over, again.generation) == (False, ended.generation + 1)
    assert ministry.column(number, "is_open") is True


@pytest.mark.parametrize("act", ["name offices", "set flags", "name the receiver", "set the destination"])
def test_a_case_that_has_ended_takes_no_more_facts(ministry: Ministry, act: str) -> None:
    number = ministry.start()
    ministry.act("k1", lambda unit: close_case(unit, number, "DITUTUP", "karena"))

    assert refused(lambda: ministry.act("k1", ACTS[act][1](number))) == "STATE_FORBIDS"


def test_naming_an_office_moves_the_asks_that_are_not_open_yet_and_no_others(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.run()
    ministry.act("k1", lambda unit: name_offices(unit, number, {"dinsos_prov": "DINSOS-52"}))
    ministry.play_until_open(number, "daerah.verifikasi_provinsi")

    assert [row.task for row in ministry.asks_of("DINSOS-52")] == ["daerah.verifikasi_provinsi"]


def test_the_actor_of_every_row_is_who_did_it(ministry: Ministry) -> None:
    number = ministry.start("k2")

    assert {row.actor for row in ministry.file(number).rows} == {actor("k2").ref}
    assert an_order().shelter == "RPTC-TPI"


# --- who sees which case


@pytest.mark.proves("I18")
def test_an_escort_finds_own_journeys_and_a_shelter_those_who_stay_there(at_point: AtPoint) -> None:
    def listed(ministry: Ministry, login: str) -> list[str]:
        page, _ = ministry.read(lambda reading: list_cases(reading, actor(login), Filters(), None))
        return [line.number for line in page]

    ministry, number = at_point("started").parts
    assert listed(ministry, "k1") == listed(ministry, "p1") == [number]
    assert listed(ministry, "e1") == listed(ministry, "p3") == []

    ministry, number = at_point("departing").parts  # with the escort e1, through a stay at the other shelter
    assert listed(ministry, "e1") == listed(ministry, "p3") == [number]
    assert listed(ministry, "e2") == []
    assert [(own.code, own.kind) for own in ministry.read(lambda reading: my_tasks(reading, actor("e1")))] == [
        ("jalan.cek_berangkat", "answer")
    ]


@pytest.mark.proves("I18")
def test_an_escort_sees_the_short_card_and_a_receipt_only_those_who_see_its_case(at_point: AtPoint) -> None:
    ministry, number = at_point("departing").parts

    def card(login: str) -> dict[str, Any]:
        return ministry.act(login, lambda unit: case_json(view_case(unit, number, "api"), unit.by))

    assert card("k1")["flags"]
    assert card("e1")["flags"] == {}
    assert {task["code"] for task in card("e1")["tasks"]} == {"jalan.cek_berangkat"}
    assert card("e1")["gate"]["checks"] == []
    receipt = ministry.read(lambda reading: reading.scalar(select(answers.c.receipt).limit(1)))
    assert ministry.read(lambda reading: answer_state(reading, actor("k1"), receipt))["receipt"] == receipt
    for login in ("e1", "e2"):
        with pytest.raises(NotFound):
            ministry.read(lambda reading, who=login: answer_state(reading, actor(who), receipt))  # type: ignore[misc]


@pytest.mark.proves("I18")
def test_lists_tell_an_escort_no_more_than_the_short_card_does(at_point: AtPoint) -> None:
    ministry, number = at_point("approved").parts  # with the escort e1; an office is asked, many have answered

    def lines(login: str, **wanted: Any) -> list[Listed]:
        return ministry.read(lambda reading: list_cases(reading, actor(login), Filters(**wanted), None))[0]

    def told_asks(login: str) -> set[str]:
        return {item["task"] for item in ministry.read(lambda r: list_asks(r, actor(login), None, None))["items"]}

    (whole,), (short,) = lines("k1"), lines("e1")
    assert whole.waits
    assert whole.holder is not None
    assert (short.number, short.waits, short.holder, short.due_at) == (number, [], None, None)
    assert lines("k1", holder=whole.holder) == [whole]
    assert lines("e1", holder=whole.holder) == lines("e1", agency=whole.holder) == []
    assert lines("e1", due_before=ministry.clock.now + timedelta(days=365)) == []
    assert len(told_asks("k1")) > 1
    assert told_asks("e1") <= {DEPARTURE}
    held = ministry.read(lambda reading: open_asks_of(reading, actor("k1"), str(whole.holder)))
    assert [ask.number for ask in held] == [number]
    assert ministry.read(lambda reading: open_asks_of(reading, actor("e1"), str(whole.holder))) == []
    view = ministry.act("e1", lambda unit: view_case(unit, number, "page"))
    assert view.waits == []
