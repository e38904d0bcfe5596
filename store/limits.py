"""Rate counters in the database (real time): they survive a restart and hold for all processes together.

Buckets are kept as keyed hashes, since their names hold addresses and logins.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlmodel import Field, SQLModel

from store.columns import UtcDateTime, table_of
from store.unit import Reading, Unit


class RateRow(SQLModel, table=True):
    """One window of one bucket. until: real time at which counting starts again."""

    __tablename__ = "rate_counters"

    bucket: str = Field(primary_key=True)
    count: int
    until: datetime = Field(sa_type=UtcDateTime, index=True)


rate_counters = table_of(RateRow)
_r = rate_counters.c


@dataclass(frozen=True, slots=True)
class Hit:
    """Whether one more is allowed. retry_after_s: seconds until it is, 0 when allowed."""

    allowed: bool
    count: int
    retry_after_s: int = 0


def hit(unit: Unit, bucket: str, limit: int, window_s: float) -> Hit:
    """Counts one more in *bucket* and says whether at most *limit* came in its window of *window_s* seconds.

    The caller lets the unit commit whatever the result, or the count is lost.
    """
    unit.without_journal("a rate counter")
    key = unit.vault.blind("bucket", bucket)
    found = unit.row(select(_r.count, _r.until).where(_r.bucket == key).with_for_update())
    if found is not None and found[1] > unit.real_now:
        count = found[0] + 1
        unit.execute(update(rate_counters).where(_r.bucket == key).values(count=count))
        return _judged(count, limit, found[1], unit.real_now)
    until = unit.real_now + timedelta(seconds=window_s)
    unit.execute(delete(rate_counters).where(_r.until <= unit.real_now, _r.bucket != key))
    unit.upsert(rate_counters, {"bucket": key, "count": 1, "until": until}, ["bucket"], {"count": 1, "until": until})
    return _judged(1, limit, until, unit.real_now)


def peek(reading: Reading, bucket: str, limit: int) -> Hit:
    """Whether one more would be allowed, without counting."""
    found = reading.row(
        select(_r.count, _r.until).where(
            _r.bucket == reading.vault.blind("bucket", bucket), _r.until > reading.real_now
        )
    )
    return Hit(True, 0) if found is None else _judged(found[0] + 1, limit, found[1], reading.real_now)


def forget(unit: Unit, bucket: str) -> None:
    """Starts counting again, as after a right password."""
    unit.without_journal("a rate counter")
    unit.execute(delete(rate_counters).where(_r.bucket == unit.vault.blind("bucket", bucket)))


def _judged(count: int, limit: int, until: datetime, real_now: datetime) -> Hit:
    if count <= limit:
        return Hit(True, count)
    return Hit(False, count, max(1, math.ceil((until - real_now).total_seconds())))
