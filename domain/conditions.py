"""Conditions of the procedure file: names of flags joined by `and`, `or`, `not` and brackets."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from domain.errors import Invalid

_TOKEN = re.compile(r"\s*(\(|\)|[a-z_][a-z0-9_]*)")
_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed `when`. Empty holds always. A flag that is not known counts as not set (head of the procedure file)."""

    text: str
    tree: tuple[object, ...] = ()
    names: frozenset[str] = frozenset()

    def holds(self, true_flags: Collection[str]) -> bool:
        """Whether the condition holds for these flags; an empty one always does."""
        return not self.tree or _value(self.tree, true_flags)

    def also(self, other: str) -> "Condition":
        """This condition and *other*, as one."""
        return parse_condition(f"({self.text}) and ({other})" if self.text else other)


def _value(tree: tuple[object, ...], true_flags: Collection[str]) -> bool:
    match tree:
        case ("name", str(name)):
            return name in true_flags
        case ("not", tuple() as inner):
            return not _value(inner, true_flags)
        case ("and", tuple() as left, tuple() as right):
            return _value(left, true_flags) and _value(right, true_flags)
        case ("or", tuple() as left, tuple() as right):
            return _value(left, true_flags) or _value(right, true_flags)
        case _:
            raise Invalid("PROCEDURE_BAD", where="when")


def parse_condition(text: str) -> Condition:
    """Reads a `when` expression. Raises Invalid("PROCEDURE_BAD") when it is not one."""
    tokens, at = [], 0
    stripped = text.strip()
    while at < len(stripped):
        found = _TOKEN.match(stripped, at)
        if found is None:
            raise Invalid("PROCEDURE_BAD", where=text)
        tokens.append(found.group(1))
        at = found.end()
    if not tokens:
        return Condition("")
    tree, rest = _either(tokens, 0)
    if rest:
        raise Invalid("PROCEDURE_BAD", where=text)
    names = frozenset(token for token in tokens if token not in ("and", "or", "not", "(", ")"))
    return Condition(stripped, tree, names)


def _either(tokens: list[str], depth: int) -> tuple[tuple[object, ...], list[str]]:
    left, rest = _both(tokens, depth)
    while rest and rest[0] == "or":
        right, rest = _both(rest[1:], depth)
        left = ("or", left, right)
    return left, rest


def _both(tokens: list[str], depth: int) -> tuple[tuple[object, ...], list[str]]:
    left, rest = _one(tokens, depth)
    while rest and rest[0] == "and":
        right, rest = _one(rest[1:], depth)
        left = ("and", left, right)
    return left, rest


def _one(tokens: list[str], depth: int) -> tuple[tuple[object, ...], list[str]]:
    if not tokens or depth > _DEPTH:
        raise Invalid("PROCEDURE_BAD", where="when")
    head, rest = tokens[0], tokens[1:]
    if head == "not":
        inner, rest = _one(rest, depth + 1)
        return ("not", inner), rest
    if head == "(":
        inner, rest = _either(rest, depth + 1)
        if not rest or rest[0] != ")":
            raise Invalid("PROCEDURE_BAD", where="when")
        return inner, rest[1:]
    if head in ("and", "or", ")"):
        raise Invalid("PROCEDURE_BAD", where="when")
    return ("name", head), rest
