"""Tables of the house itself: its few named values, the application clock, the counters behind numbers."""

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from store.columns import table_of

SENDING_HELD = "sending_held"


class HouseRow(SQLModel, table=True):
    """A named value as JSON text."""

    __tablename__ = "house"

    key: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


class ClockRow(SQLModel, table=True):
    """The one row of the application clock: seconds that it is ahead of real UTC."""

    __tablename__ = "clock"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    offset_s: float = 0.0


class CounterRow(SQLModel, table=True):
    """The last number given out under a name."""

    __tablename__ = "counters"

    name: str = Field(primary_key=True)
    value: int


house = table_of(HouseRow)
clock = table_of(ClockRow)
counters = table_of(CounterRow)
