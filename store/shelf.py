"""What a process keeps of cases between its own writing units, so that each need not be folded anew from its first row.

Only a help: whatever lies here was folded from rows that are committed, and is checked against the chain when taken.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from domain.course import Course
from domain.journal import Row

ROOM: Final = 256
"""Cases kept by one process; the one not used for longest goes first."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A case folded up to a row. digest: the hash of that row."""

    course: Course
    rows: list[Row]
    digest: str

    @property
    def head(self) -> int:
        """Number of the row that it is folded up to."""
        return self.course.head


class Shelf:
    """By case id. What is taken is gone until it is put back, so nobody else can change it meanwhile."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, case_id: str) -> Kept | None:
        """What is kept of the case, now the caller's alone; None when nothing is."""
        with self._lock:
            return self._kept.pop(case_id, None)

    def put(self, case_id: str, kept: Kept) -> None:
        """Keeps it instead of what was kept before; the one not used for longest goes when there is no room."""
        with self._lock:
            self._kept[case_id] = kept
            self._kept.move_to_end(case_id)
            if len(self._kept) > self._room:
                self._kept.popitem(last=False)
