"""Tables of accounts, API tokens and sign-in sessions."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.columns import Json, UtcDateTime, table_of


class AccountRow(SQLModel, table=True):
    """One signed-in user. epoch: raised to end all sessions; staff_number: the person behind the account."""

    __tablename__ = "accounts"

    id: str = Field(primary_key=True)
    login: str = Field(unique=True)
    name: str
    roles: list[str] = Field(sa_type=Json)
    agency: str | None = None
    phone: str = ""
    password_hash: str
    staff_number: str
    epoch: int = 1
    active: bool = True


class TokenRow(SQLModel, table=True):
    """One bearer token of the API, by its keyed hash."""

    __tablename__ = "tokens"

    hash: str = Field(primary_key=True)
    account: str = Field(foreign_key="accounts.id", index=True)
    scope: str
    revoked: bool = False


class SessionRow(SQLModel, table=True):
    """One sign-in, by its keyed hash. made_at, seen_at: real time."""

    __tablename__ = "sessions"

    hash: str = Field(primary_key=True)
    account: str = Field(foreign_key="accounts.id", index=True)
    epoch: int
    made_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)


accounts = table_of(AccountRow)
tokens = table_of(TokenRow)
sessions = table_of(SessionRow)
