"""Acts on a running case by people of the ministry: who may, what is refused, what stays."""

from collections.abc import Callable

import pytest

from domain.errors import NotAllowed, NotFound
from domain.journal import Kind
from store import journal
from store.case_acts import close_case, lift_hold, name_offices, name_receiver, set_destination, set_flags, set_hold
from store.unit import Unit
from tests.store.scenes import refused
from tests.support.cases import STAFF, AtPoint, Ministry, actor, an_order

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
