"""Column types that behave alike on SQLite and PostgreSQL, and `table_of` for the Core tables behind SQLModel classes.

Personal content is plain bytes here: `store.vault` seals and opens it, bound to its row, where it is written and read.
"""

import json
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Dialect, String, Table, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

from domain.journal import canonical

TEXT_LENGTH = 27


def utc_text(moment: datetime) -> str:
    """Fixed-width ISO text of an aware moment in UTC, microseconds always written, so that texts sort like times.

    Raises ValueError for a moment without zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def utc_moment(text: str) -> datetime:
    """The aware UTC moment that `utc_text` wrote. Raises ValueError for any other text."""
    if len(text) != TEXT_LENGTH:
        raise ValueError("not a moment as it is stored")
    return datetime.fromisoformat(text)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in, aware UTC out. SQLite: text of fixed width; PostgreSQL: timestamptz."""

    impl = String(TEXT_LENGTH)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(TEXT_LENGTH))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        text = utc_text(value)
        return value.astimezone(UTC) if dialect.name == "postgresql" else text

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if isinstance(value, datetime) else utc_moment(value)


class Json(TypeDecorator[Any]):
    """A list or object kept as its canonical JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def table_of(model: type[SQLModel]) -> Table:
    """The Core table of a SQLModel class; hot paths select its columns, never the objects."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]  # SQLModel sets it on table classes only
