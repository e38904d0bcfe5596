"""Conditions of the procedure file: names, and, or, not, brackets."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conditions import parse_condition
from domain.errors import Invalid


def test_an_empty_condition_always_holds() -> None:
    assert parse_condition("").holds(())
    assert parse_condition("  ").names == frozenset()


@pytest.mark.parametrize(
    ("text", "flags", "holds"),
    [
        ("child", {"child"}, True),
        ("child", set(), False),  # a flag that nobody answered counts as not set
        ("child and not accompanied", {"child"}, True),
        ("child and not accompanied", {"child", "accompanied"}, False),
        ("witness or (tppo and high_risk)", {"tppo"}, False),
        ("witness or (tppo and high_risk)", {"tppo", "high_risk"}, True),
        ("witness or tppo and high_risk", {"witness"}, True),  # "and" binds closer than "or"
        ("(witness or tppo) and high_risk", {"witness"}, False),
        ("not not child", {"child"}, True),
        ("not child or child", set(), True),
    ],
)
def test_a_condition_follows_the_flags(text: str, flags: set[str], holds: bool) -> None:
    assert parse_condition(text).holds(flags) is holds


def test_a_condition_names_the_flags_it_reads() -> None:
    assert parse_condition("witness or (tppo and not high_risk)").names == {"witness", "tppo", "high_risk"}


def test_a_track_is_added_to_the_whole_condition_and_not_to_its_last_part() -> None:
    living = parse_condition("tppo or child").also("not deceased")

    assert not living.holds({"tppo", "deceased"})
    assert living.holds({"tppo"})


@pytest.mark.parametrize(
    "text",
    [
        "and",
        "child and",
        "or child",
        "child accompanied",
        "(child",
        "child)",
        "()",
        "not",
        "child & tppo",
        "Child",
        "1",
        "not " * 30 + "child",
        "(" * 30 + "child" + ")" * 30,
    ],
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_condition(text)

    assert refused.value.code == "PROCEDURE_BAD"


NAMES = ("a", "b", "c")
EXPRESSIONS = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.one_of(
        inner.map(lambda x: f"not ({x})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
    ),
    max_leaves=6,
)


@given(EXPRESSIONS)
def test_a_condition_means_what_the_same_words_mean_elsewhere(text: str) -> None:
    condition = parse_condition(text)

    for values in product((True, False), repeat=len(NAMES)):
        known = dict(zip(NAMES, values, strict=True))
        expected = eval(text, {}, known)  # noqa: S307 - the very words of a condition are Python's
        assert condition.holds({name for name, value in known.items() if value}) is expected
