"""Idempotency-Key of the API: the same key with the same body gets the same answer, without acting again.

The stored answer is sealed: it may repeat what a person typed.
"""

from sqlalchemy import LargeBinary, func, insert, select
from sqlmodel import Field, SQLModel

from domain.errors import Conflict
from store.columns import table_of
from store.unit import Reading, Unit


class IdempotencyRow(SQLModel, table=True):
    """One answered POST. body_hash: the caller's hash of method, path and body."""

    __tablename__ = "idempotency"

    account: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    body_hash: str
    status: int
    answer: bytes = Field(sa_type=LargeBinary)


idempotency = table_of(IdempotencyRow)
_i = idempotency.c


def _row_id(account: str, key: str) -> str:
    return f"{account}/{key}"


def recall(reading: Reading, account: str, key: str, body_hash: str) -> tuple[int, str] | None:
    """Status and answer given to this account before under *key*, or None.

    In a unit, whoever comes with the same key at the same moment waits here until the first is done.
    Raises Conflict("KEY_REUSED") when the key came with another body.
    """
    if isinstance(reading, Unit):
        _wait_for_turn(reading, _row_id(account, key))
    found = reading.row(select(_i.body_hash, _i.status, _i.answer).where(_i.account == account, _i.key == key))
    if found is None:
        return None
    if found.body_hash != body_hash:
        raise Conflict("KEY_REUSED")
    answer = reading.vault.open("idempotency", "answer", _row_id(account, key), found.answer)
    return found.status, answer.decode()


def _wait_for_turn(unit: Unit, row: str) -> None:
    """SQLite has one writer anyway; PostgreSQL would let both act and only then find the key taken."""
    if unit.connection.dialect.name == "postgresql":
        unit.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(row, 0))))


def find_answer(reading: Reading, account: str, key: str) -> str | None:
    """What was answered to this account under *key*, whatever the body was; None when nothing was."""
    found = reading.row(select(_i.answer).where(_i.account == account, _i.key == key))
    if found is None:
        return None
    return str(reading.vault.open("idempotency", "answer", _row_id(account, key), found.answer).decode())


def remember(unit: Unit, account: str, key: str, body_hash: str, status: int, answer: str) -> None:
    """Keeps the answer, in the same unit as the act it answers."""
    unit.without_journal("the answer to an Idempotency-Key")
    sealed = unit.vault.seal("idempotency", "answer", _row_id(account, key), answer.encode())
    values = {"account": account, "key": key, "body_hash": body_hash, "status": status, "answer": sealed}
    unit.execute(insert(idempotency), values)
