"""What is true of a house at rest, whatever was killed before: chain, tables, answers, mails (RELIABILITY 2 and 9)."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from pydantic import SecretStr
from sqlalchemy import select

from domain.course import DEPARTURE
from domain.journal import Kind, Row
from pulang import wiring
from pulang.settings import Settings
from store import journal, outbox
from store.casefile import _TABLES, CaseFile, case_columns, open_case_file_by_id, tables_of
from store.tables_case import answers, cases, receipts
from store.unit import Reading, Units
from tests.support.house import House

T = TypeVar("T")


def settings_of(house: House) -> Settings:
    """The house's settings, as far as its store needs them."""
    url = house.environment.get("PULANG_DATABASE_URL")
    return Settings(home=house.home, demo=True, database_url=SecretStr(url) if url else None)


@contextmanager
def inside(house: House) -> Iterator[Units]:
    """The store of a house, for looking only."""
    units = wiring.build_units(settings_of(house))
    yield units
    units.database.close_sync()


def read(house: House, look: Callable[[Reading], T]) -> T:
    """What *look* sees in one snapshot."""
    with inside(house) as units:
        return units.read_sync(look)


def has_news(reading: Reading, number: str) -> bool:
    """Whether the case has a row that its workflow has not taken in."""
    subject = f"case-{reading.scalar(select(cases.c.id).where(cases.c.number == number))}"
    found = journal.find_subject(reading, subject)
    assert found is not None
    return found.head > found.applied


def assert_invariants(house: House) -> None:
    """Everything that can be checked of a house that has come to rest (`Outsider.settle`)."""
    with inside(house) as units:
        units.read_sync(_check_rows)
        mails = units.read_sync(_mails)
    _check_postbox(house, mails)


def _check_rows(reading: Reading) -> None:
    assert journal.verify_chain(reading) == []
    for (case_id,) in reading.rows(select(cases.c.id)):
        file = open_case_file_by_id(reading, case_id)
        _check_tables(reading, file)
        _check_answers(reading, file)
        _check_departures(file.rows)
        _check_mailed(reading, file)


def _check_tables(reading: Reading, file: CaseFile) -> None:
    """The tables are what a fresh fold of the journal says."""
    said = tables_of(file)
    for name, table, keys in _TABLES:
        rows = reading.execute(select(table).where(table.c.case_id == file.id)).mappings()
        stored = {tuple(row[key] for key in keys): row for row in rows}
        assert stored.keys() == said[name].keys(), (file.number, name)
        for key, columns in said[name].items():
            assert {column: stored[key][column] for column in columns} == columns, (file.number, name, key)
    row = reading.execute(select(cases).where(cases.c.id == file.id)).mappings().one()
    wanted = case_columns(file, reading.now)
    del wanted["updated_at"]
    assert {column: row[column] for column in wanted} == wanted, file.number


def _check_answers(reading: Reading, file: CaseFile) -> None:
    """One row, one answer and one receipt for each thing that was said; no ask was answered twice."""
    said = [row for row in file.rows if row.kind in (Kind.ANSWERED, Kind.EXTENDED)]
    stored = reading.rows(select(answers.c.row, answers.c.ask, answers.c.receipt).where(answers.c.case_id == file.id))
    assert sorted(row.row for row in stored) == sorted(row.n for row in said), file.number
    closing = Counter(row.codes["ask"] for row in said if row.kind is Kind.ANSWERED)
    assert [ask for ask, count in closing.items() if count > 1] == [], file.number
    for row in stored:
        assert reading.scalar(select(receipts.c.receipt).where(receipts.c.receipt == row.receipt)) is not None


def _check_departures(rows: Sequence[Row]) -> None:
    """Nobody departed without an open gate, judged just before (I01)."""
    for place, row in enumerate(rows):
        if row.kind is Kind.ANSWERED and row.codes.get("task") == DEPARTURE and row.codes["answer"] == "BERANGKAT":
            judged = [one for one in rows[max(0, place - 2) : place] if one.kind is Kind.GATE_JUDGED]
            assert judged
            assert judged[-1].codes["open"] is True


def _check_mailed(reading: Reading, file: CaseFile) -> None:
    """Each ask stands in one mail; in another only when the office wanted a fresh copy."""
    told = Counter(ask for row in file.rows if row.kind is Kind.MAILED for ask in row.codes["due"])
    for ask, count in told.items():
        if count > 1:
            office = journal.rows_of(reading, f"desk-{file.course.asks[ask].agency}")
            assert any(row.kind is Kind.LINK_RESENT for row in office), (file.number, ask)


def _mails(reading: Reading) -> list[outbox.Mail]:
    return outbox.list_mails(reading, limit=100_000)


def _check_postbox(house: House, mails: Sequence[outbox.Mail]) -> None:
    """Every accepted mail arrived, under one Message-ID for each effect; a repeat has the same bytes (F05)."""
    assert len({mail.effect_key for mail in mails}) == len(mails) == len({mail.message_id for mail in mails})
    arrived: dict[str, set[bytes]] = {}
    for file in sorted((house.home / "postbox").glob("*.eml")):
        content = file.read_bytes()
        name = next(line for line in content.splitlines() if line.lower().startswith(b"message-id:"))
        arrived.setdefault(name.partition(b":")[2].strip().decode(), set()).add(content)
    assert [name for name, copies in arrived.items() if len(copies) > 1] == []
    assert {mail.message_id for mail in mails if mail.state == outbox.ACCEPTED} <= arrived.keys()
    assert arrived.keys() <= {mail.message_id for mail in mails}


def copies_of(house: House, message_id: str) -> int:
    """How often a mail stands in the postbox."""
    return sum(mail["Message-ID"] == message_id for mail in house.mails())
