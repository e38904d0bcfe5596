"""A state machine is a table {(state, event): state}; a pair that is missing is refused."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from domain.errors import Conflict

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


def advance(table: Mapping[tuple[S, E], S], state: S, event: E) -> S:
    """The state after *event*. Raises Conflict("STATE_FORBIDS") naming both when the table has no such move."""
    try:
        return table[state, event]
    except KeyError:
        raise Conflict("STATE_FORBIDS", state=state.value, event=event.value) from None
