"""What a sheet is before and after it is judged. Codes have their words in `templates/words_sheets.py`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

MOST_BYTES = 10 * 1024 * 1024
MOST_PEOPLE = 5_000
MOST_RECORDS = 4 * MOST_PEOPLE  # blank lines and titles included
MOST_COLUMNS = 100
LONGEST_CELL = 32_767  # what a cell of a workbook can hold

Cell = str | int | float | date


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in the file. line: from 1; line_end: its last line, when a cell holds line breaks."""

    line: int
    cells: tuple[Cell, ...]
    line_end: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The records of one file, blank ones included, and what reading found out about the file (codes)."""

    records: tuple[Record, ...]
    codes: tuple[str, ...] = ()


class Status(StrEnum):
    """accepted: no question; warned: a person decides; refused: not taken as it stands; skipped: nobody in it."""

    ACCEPTED = "accepted"
    WARNED = "warned"
    REFUSED = "refused"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one cell says. codes ask a person; notes tell of a repair; offer: a value that only a person may choose."""

    value: str | None = None
    codes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    offer: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The judgement of one record. no: the number written in the sheet. values: by column, None where not known.

    offers: values that only a person may choose. candidates: region codes to choose from.
    """

    line: int
    status: Status
    codes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    line_end: int | None = None
    no: str | None = None
    values: Mapping[str, str | None] = field(default_factory=dict)
    offers: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
    duplicate_of_line: int | None = None
    similar_to_line: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """One row for each record of the sheet, in its order; file_codes are about the file as a whole."""

    rows: tuple[Row, ...]
    file_codes: tuple[str, ...] = ()
    counts: Mapping[Status, int] = field(init=False)

    def __post_init__(self) -> None:
        found = Counter(row.status for row in self.rows)
        object.__setattr__(self, "counts", MappingProxyType({status: found[status] for status in Status}))
