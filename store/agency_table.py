"""The table of agencies."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.columns import Json, UtcDateTime, table_of


class AgencyRow(SQLModel, table=True):
    """One office of the register and the standing of its desk. last_mail_at: application time of its newest mail."""

    __tablename__ = "agencies"

    code: str = Field(primary_key=True)
    kind: str
    name: str
    short_name: str
    functions: list[str] = Field(sa_type=Json)
    zone: str
    calendar: str
    region: str | None = None
    superior: str | None = None
    mailbox: str
    phone: str = ""
    confirmed: bool = False
    sending_held: bool = False
    last_mail_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    mailbox_ok: bool = True
    desk_language: str = "id"


agencies = table_of(AgencyRow)
