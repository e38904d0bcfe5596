"""Tables of sheets of people: one row for each sheet, one for each record of it. What stands in cells is sealed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlmodel import Field, SQLModel

from store.columns import Json, UtcDateTime, table_of


class ManifestRow(SQLModel, table=True):
    """One sheet as it was handed in. digest: keyed hash of its bytes; columns: our names to positions; details: sealed
    title and file name. arrival: YYYY-MM-DD."""

    __tablename__ = "manifests"
    __table_args__ = (Index("manifests_at", "at"),)

    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    at: datetime = Field(sa_type=UtcDateTime)
    account: str
    arrival: str
    shelter: str
    mission: str | None = None
    debarkation: str | None = None
    urgent: bool = False
    file_codes: list[str] = Field(default_factory=list, sa_type=Json)
    columns: dict[str, int] = Field(default_factory=dict, sa_type=Json)
    details: bytes = Field(sa_type=LargeBinary)


class ManifestLineRow(SQLModel, table=True):
    """One record of a sheet. status, codes: as they stand; matches: known cases it may be; content: sealed
    cells as they were written and values as they were read."""

    __tablename__ = "manifest_lines"
    __table_args__ = (Index("manifest_lines_status", "manifest_id", "status"),)

    manifest_id: str = Field(sa_column_args=(ForeignKey("manifests.id"),), primary_key=True)
    line: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    line_end: int | None = None
    status: str
    codes: list[str] = Field(default_factory=list, sa_type=Json)
    notes: list[str] = Field(default_factory=list, sa_type=Json)
    matches: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    content: bytes = Field(sa_type=LargeBinary)
    decision: str | None = None
    case_number: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


manifests = table_of(ManifestRow)
manifest_lines = table_of(ManifestLineRow)
