"""Register of patch ids: each change to running workflow code, why, since when, and when it may go.

A new entry comes with a history recorded *before* the change in `tests/histories/`, and the changed code stands behind
`workflow.patched(versions.NAME)`. `PATCHES` is empty while no release changed the order of commands.
"""

from dataclasses import dataclass
from typing import Final

CURRENT: Final = "0.1"
"""Version written into the names of newly recorded histories."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One change of command order. `removable`: the release from which no running workflow can hold the old path."""

    id: str
    why: str
    since: str
    removable: str


PATCHES: Final[tuple[Patch, ...]] = ()
