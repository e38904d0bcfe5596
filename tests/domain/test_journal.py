"""The hash chain: any row that is missing, changed or moved shows."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.journal import FIRST_HASH, Kind, Outcome, Row, canonical, first_break, row_hash

Hashed = tuple[int, str, str, str, str, str, str, bytes, str]


def a_chain(count: int, subject: str = "case-1") -> list[Hashed]:
    rows: list[Hashed] = []
    before = FIRST_HASH
    for n in range(1, count + 1):
        columns = (n, "FLAGS", f"2026-01-0{n}", f"2026-01-0{n}", "account:x", "", f'{{"n":{n}}}', b"s" * n)
        before = row_hash(before, subject, *columns)
        rows.append((*columns, before))
    return rows


def test_a_whole_chain_has_no_break() -> None:
    assert first_break("case-1", a_chain(5)) is None
    assert first_break("case-1", []) is None


@pytest.mark.proves("I11")
@given(st.integers(0, 4), st.integers(0, 8))
def test_changing_any_column_of_any_row_breaks_the_chain_there(row: int, column: int) -> None:
    rows = a_chain(5)
    old = rows[row][column]
    changed: object = old + 1 if isinstance(old, int) else old + b"x" if isinstance(old, bytes) else old + "x"
    rows[row] = (*rows[row][:column], changed, *rows[row][column + 1 :])  # type: ignore[assignment]

    assert first_break("case-1", rows) == row + 1


@pytest.mark.proves("I11")
@given(st.integers(0, 3))
def test_a_missing_row_breaks_the_chain_where_it_was(row: int) -> None:
    rows = a_chain(5)
    del rows[row]

    assert first_break("case-1", rows) == row + 1


@pytest.mark.proves("I11")
def test_rows_of_another_subject_do_not_fit() -> None:
    assert first_break("case-2", a_chain(3)) == 1


@pytest.mark.proves("I11")
def test_two_rows_changed_places_show() -> None:
    rows = a_chain(4)
    rows[1], rows[2] = rows[2], rows[1]

    assert first_break("case-1", rows) == 2


def test_the_hash_covers_content_that_is_sealed() -> None:
    one = row_hash(FIRST_HASH, "case-1", 1, "FLAGS", "t", "t", "a", "", "{}", b"one")
    other = row_hash(FIRST_HASH, "case-1", 1, "FLAGS", "t", "t", "a", "", "{}", b"two")

    assert one != other
    assert len(one) == 64


def test_one_spelling_of_codes_is_hashed() -> None:
    assert canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'


def test_a_row_cannot_be_changed_in_place() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    row = Row(1, Kind.FLAGS, now, now, "system", {})

    with pytest.raises(AttributeError):
        row.n = 2  # type: ignore[misc]
    assert replace(row, n=2).n == 2


@pytest.mark.proves("I08")
def test_what_a_workflow_is_told_has_room_for_ids_codes_and_numbers_only() -> None:
    kinds = {str(kind) for kind in Outcome.__annotations__.values()}

    assert kinds <= {"<class 'int'>", "<class 'float'>", "<class 'bool'>", "<class 'str'>", "str | None", "list[str]"}
