"""A link answers only with its own code; guessing puts it to sleep, then ends it."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.ids import ALPHABET
from domain.journal import Kind
from domain.roles import SYSTEM
from store import house, journal, links
from store.links import CodeResult
from store.unit import Unit, Units
from tests.store.test_outbox import DESK, put
from tests.support.database import MORNING, RealClock

EXPIRES = MORNING + timedelta(days=14)


def make(units: Units, mail: str = "m1", instead_of: str | None = None) -> tuple[str, str]:
    def write(unit: Unit) -> tuple[str, str]:
        made = links.make_link(unit, mail, EXPIRES, instead_of)
        put(unit, mail, agency=None)
        return made

    return units.write_sync(SYSTEM, write)


def type_code(units: Units, code: str, mail: str = "m1") -> CodeResult:
    return units.write_sync(SYSTEM, lambda unit: links.check_code(unit, mail, code))


def find(units: Units, token: str) -> links.Link | None:
    return units.read_sync(lambda reading: links.find_link(reading, token))


def test_a_link_has_256_bits_and_a_code_of_unmistakable_letters(units: Units) -> None:
    token, code = make(units)

    assert len(token) == 43
    assert len(code.replace("-", "")) == 8
    assert set(code.replace("-", "")) <= set(ALPHABET)


@pytest.mark.parametrize("behind", ["", ".", ">", ").", ",", ";", "%20", " ", "\n", ">.%20"])
def test_a_link_is_found_whatever_a_mail_reader_left_behind_it(units: Units, behind: str) -> None:
    token, _ = make(units)

    found = find(units, token + behind)

    assert found is not None
    assert (found.mail, found.expires_at) == ("m1", EXPIRES)


@pytest.mark.parametrize("token", ["", "short", "x" * 43, "x" * 5000, "a/../b" * 5, "\x00" * 43])
def test_another_token_is_not_found(units: Units, token: str) -> None:
    make(units)

    assert find(units, token) is None


@pytest.mark.proves("I09")
def test_neither_token_nor_code_is_at_rest_in_clear(units: Units) -> None:
    token, code = make(units)

    rows = str(units.read_sync(lambda reading: reading.rows(text("SELECT * FROM links"))))
    assert token not in rows
    assert code not in rows
    assert code.replace("-", "") not in rows


def test_the_right_code_is_right_however_it_is_typed(units: Units) -> None:
    _, code = make(units)
    spellings = [code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "]

    assert [type_code(units, spelling) for spelling in spellings] == [CodeResult.RIGHT] * 4


def test_the_code_of_another_mail_is_wrong(units: Units) -> None:
    make(units)
    _, other = make(units, "m2")

    assert type_code(units, other) is CodeResult.WRONG


@pytest.mark.proves("I05")
def test_five_wrong_codes_put_the_link_to_sleep_and_ten_end_it(units: Units, real_clock: RealClock) -> None:
    token, code = make(units)

    assert [type_code(units, "wrong") for _ in range(5)] == [CodeResult.WRONG] * 4 + [CodeResult.ASLEEP]
    assert type_code(units, code) is CodeResult.ASLEEP
    found = find(units, token)
    assert found is not None
    assert (found.wrong, found.is_asleep(real_clock.now)) == (5, True)

    real_clock.passes(minutes=15)
    assert type_code(units, code) is CodeResult.RIGHT
    assert [type_code(units, "wrong") for _ in range(5)] == [CodeResult.WRONG] * 4 + [CodeResult.REVOKED]
    assert type_code(units, code) is CodeResult.REVOKED

    rows = units.read_sync(lambda reading: journal.rows_of(reading, DESK))
    counted = [row.codes for row in rows if row.kind is Kind.LINK_WRONG_CODE]
    assert [codes["wrong"] for codes in counted] == list(range(1, 11))
    assert [codes["wrong"] for codes in counted if codes["asleep"]] == [5]
    assert [codes["wrong"] for codes in counted if codes["revoked"]] == [10]


def test_sleep_follows_the_wall_clock_and_not_the_application_clock(units: Units, real_clock: RealClock) -> None:
    _, code = make(units)
    for _ in range(5):
        type_code(units, "wrong")
    units.write_sync(SYSTEM, lambda unit: house.move_clock(unit, 86_400.0))

    assert type_code(units, code) is CodeResult.ASLEEP


def test_a_fresh_link_ends_the_one_before_and_goes_on_with_its_count(units: Units) -> None:
    first, _ = make(units)
    assert units.write_sync(SYSTEM, lambda unit: _counted(unit, "m1"))

    second, _ = make(units, "m2", instead_of="m1")

    old, new = find(units, first), find(units, second)
    assert old is not None
    assert new is not None
    assert (old.superseded, new.superseded, new.resends) == (True, False, 1)


def _counted(unit: Unit, mail: str) -> bool:
    unit.without_journal("a test")
    return links.count_resend(unit, mail)


def test_a_link_is_sent_afresh_three_times_a_day_at_most(units: Units) -> None:
    make(units)

    def resend(moment_hours: float) -> bool:
        return units.at(MORNING + timedelta(hours=moment_hours)).write_sync(SYSTEM, lambda unit: _counted(unit, "m1"))

    assert [resend(hour) for hour in (0, 1, 2, 3, 14.9)] == [True, True, True, False, False]
    assert resend(15) is True  # midnight in Jakarta


@pytest.mark.proves("I04")
def test_rendering_moves_nothing_but_the_note_that_it_was_shown(units: Units, real_clock: RealClock) -> None:
    token, _ = make(units)
    for _ in range(2):
        units.write_sync(SYSTEM, lambda unit: links.mark_shown(unit, "m1"))
        real_clock.passes(minutes=1)

    found = find(units, token)
    assert found is not None
    assert found.shown_at == MORNING


def test_a_link_expires_by_the_application_clock_and_may_be_given_longer(units: Units) -> None:
    token, _ = make(units)

    def longer(unit: Unit) -> None:
        unit.without_journal("a test")
        links.extend(unit, "m1", EXPIRES + timedelta(days=1))
        links.extend(unit, "m1", EXPIRES)

    units.write_sync(SYSTEM, longer)

    found = find(units, token)
    assert found is not None
    assert (found.is_expired(EXPIRES), found.is_expired(EXPIRES + timedelta(days=1))) == (False, True)


async def test_codes_are_counted_on_either_database(any_units: Units) -> None:
    def write(unit: Unit) -> str:
        put(unit, agency=None)
        return links.make_link(unit, "m1", EXPIRES)[1]

    code = await any_units.write(SYSTEM, write)

    results = [await any_units.write(SYSTEM, lambda unit: links.check_code(unit, "m1", "x")) for _ in range(5)]
    assert results[-1] is CodeResult.ASLEEP
    assert await any_units.write(SYSTEM, lambda unit: links.check_code(unit, "m1", code)) is CodeResult.ASLEEP
