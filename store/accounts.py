"""Accounts, their API tokens and sign-in sessions. Secrets are kept as Argon2 or keyed hashes, never in clear.

Sessions follow real time: 30 minutes idle, 8 hours at most, and they end when the account's epoch moves.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import delete, func, insert, or_, select, update

from domain.errors import Invalid, NotAllowed, NotFound
from domain.journal import Kind
from domain.roles import Actor, Role, Scope
from store.journal import HOUSE
from store.tables_account import accounts, sessions, tokens
from store.unit import Reading, Unit

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
TOUCH_AFTER = timedelta(minutes=1)
PASSWORD_SHORTEST, PASSWORD_LONGEST = 12, 128
_SECRET_BYTES = 32
# OWASP's smallest recommended Argon2id setting: 19 MiB, 2 passes, 1 lane (some 25 ms on one core).
_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))


_a, _t, _s = accounts.c, tokens.c, sessions.c
_ACTOR = (_a.id, _a.login, _a.name, _a.roles, _a.agency, _a.staff_number)


@dataclass(frozen=True, slots=True)
class Account:
    """An account with its password hash, as sign-in needs it."""

    actor: Actor
    password_hash: str
    phone: str
    epoch: int
    active: bool

    @property
    def id(self) -> str:
        return self.actor.id

    @property
    def roles(self) -> tuple[str, ...]:
        return self.actor.roles


@dataclass(frozen=True, slots=True)
class Session:
    """A living session. wants_touch: seen_at is over a minute old and should be renewed."""

    actor: Actor
    made_at: datetime
    seen_at: datetime
    wants_touch: bool


def _actor(found: Sequence[Any]) -> Actor:
    return Actor("account", found[0], found[1], found[2], tuple(found[3]), found[4], found[5])


def hash_password(password: str) -> str:
    """Argon2id hash. Raises Invalid("PASSWORD_LENGTH") below 12 or above 128 characters."""
    if not PASSWORD_SHORTEST <= len(password) <= PASSWORD_LONGEST:
        raise Invalid("PASSWORD_LENGTH", field="password")
    return _HASHER.hash(password)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody signs in with this one")


def check_password(account: Account | None, password: str) -> bool:
    """Whether *password* is the account's; the same work for an unknown account. Call it outside transactions."""
    known = account is not None and account.active and len(password) <= PASSWORD_LONGEST
    stored = account.password_hash if account is not None and known else _nobodys_hash()
    try:
        fits = _HASHER.verify(password[:PASSWORD_LONGEST], stored)
    except UnknownHashError:
        return False
    return fits and known


def make_account(
    unit: Unit,
    *,
    login: str,
    name: str,
    roles: Sequence[str],
    agency: str | None,
    phone: str,
    password: str,
    staff_number: str,
) -> str:
    """Makes an account and returns its id; two accounts with one staff number are one person for every rule.

    Raises Invalid ROLE_UNKNOWN, PASSWORD_LENGTH or LOGIN_TAKEN.
    """
    if not roles or any(role not in set(Role) for role in roles):
        raise Invalid("ROLE_UNKNOWN", field="roles")
    if find_by_login(unit, login) is not None:
        raise Invalid("LOGIN_TAKEN", field="login")
    account = unit.new_id()
    unit.execute(
        insert(accounts),
        {
            "id": account,
            "login": login.strip().lower(),
            "name": name,
            "roles": list(roles),
            "agency": agency,
            "phone": phone,
            "password_hash": hash_password(password),
            "staff_number": staff_number,
            "epoch": 1,
            "active": True,
        },
    )
    unit.append(HOUSE, Kind.ACCOUNT_MADE, {"account": account, "roles": list(roles)})
    return account


def find_by_login(reading: Reading, login: str) -> Account | None:
    """The account of a login, open or closed, whatever its case and blanks; None when there is none."""
    statement = select(*_ACTOR, _a.password_hash, _a.phone, _a.epoch, _a.active)
    found = reading.row(statement.where(_a.login == login.strip().lower()))
    return None if found is None else Account(_actor(found), found[6], found[7], found[8], found[9])


def get_actor(reading: Reading, account: str) -> Actor:
    """Raises NotFound("NO_SUCH_ACCOUNT")."""
    found = reading.row(select(*_ACTOR).where(_a.id == account))
    if found is None:
        raise NotFound("NO_SUCH_ACCOUNT")
    return _actor(found)


def list_actors(reading: Reading, role: str | None = None) -> list[Actor]:
    """Active accounts by login, of one role where given."""
    actors = (_actor(found) for found in reading.rows(select(*_ACTOR).where(_a.active).order_by(_a.login)))
    return [actor for actor in actors if role is None or role in actor.roles]


def close_account(unit: Unit, account: str) -> None:
    """Closes an account; its sessions and tokens end at once. Nothing is deleted: rows go on naming it."""
    unit.execute(update(accounts).where(_a.id == account).values(active=False))
    unit.append(HOUSE, Kind.ACCOUNT_CLOSED, {"account": account})
    revoke(unit, account)


def reopen_account(unit: Unit, account: str) -> None:
    """Lets a closed account sign in again with its password; its tokens stay revoked."""
    unit.execute(update(accounts).where(_a.id == account).values(active=True))
    unit.append(HOUSE, Kind.ACCOUNT_REOPENED, {"account": account})


def revoke(unit: Unit, account: str) -> int:
    """Ends every session and every token of an account at once; returns how many tokens that were."""
    unit.execute(update(accounts).where(_a.id == account).values(epoch=_a.epoch + 1))
    unit.execute(delete(sessions).where(_s.account == account))
    living = int(unit.scalar(select(func.count()).select_from(tokens).where(_t.account == account, ~_t.revoked)))
    unit.execute(update(tokens).where(_t.account == account).values(revoked=True))
    unit.append(HOUSE, Kind.TOKEN_REVOKED, {"account": account, "tokens": living})
    return living


# --- tokens ---------------------------------------------------------------------------------------------------------


def _secret(unit: Unit) -> str:
    return base64.urlsafe_b64encode(unit.random_bytes(_SECRET_BYTES)).rstrip(b"=").decode()


def make_token(unit: Unit, account: str, scope: Scope = Scope.API) -> str:
    """Makes a bearer token for all that the account may do, or for looking only; returns it in clear, this once."""
    token = f"plg_{_secret(unit)}"
    values = {"hash": unit.vault.token_hash(token), "account": account, "scope": scope.value, "revoked": False}
    unit.execute(insert(tokens), values)
    unit.append(HOUSE, Kind.TOKEN_MADE, {"account": account, "scope": scope.value})
    return token


def actor_of_token(reading: Reading, token: str, *, acts: bool = False) -> Actor | None:
    """The account behind a living token, or None. acts: the call changes something.

    Raises NotAllowed("TOKEN_READS_ONLY") when it does and the token is for looking only.
    """
    statement = select(*_ACTOR, _t.scope).join(tokens, _t.account == _a.id)
    found = reading.row(statement.where(_t.hash == reading.vault.token_hash(token), ~_t.revoked, _a.active))
    if found is None:
        return None
    if acts and found.scope != Scope.API:
        raise NotAllowed("TOKEN_READS_ONLY")
    return _actor(found)


# --- sessions -------------------------------------------------------------------------------------------------------


def open_session(unit: Unit, account: str) -> str:
    """Starts a session for the account and returns its secret in clear, this once; ended ones of the account go.

    Raises NotFound("NO_SUCH_ACCOUNT") for an unknown or closed account.
    """
    epoch = unit.scalar(select(_a.epoch).where(_a.id == account, _a.active))
    if epoch is None:
        raise NotFound("NO_SUCH_ACCOUNT")
    now = unit.real_now
    ended = or_(_s.seen_at < now - IDLE, _s.made_at < now - LONGEST)
    unit.execute(delete(sessions).where(_s.account == account, ended))
    secret = _secret(unit)
    unit.execute(
        insert(sessions),
        {"hash": unit.vault.token_hash(secret), "account": account, "epoch": epoch, "made_at": now, "seen_at": now},
    )
    unit.append(HOUSE, Kind.SIGNED_IN, {"account": account})
    return secret


def find_session(reading: Reading, secret: str) -> Session | None:
    """The living session behind a cookie's secret, or None."""
    now = reading.real_now
    statement = select(*_ACTOR, _s.made_at, _s.seen_at).join(sessions, _s.account == _a.id)
    found = reading.row(
        statement.where(
            _s.hash == reading.vault.token_hash(secret),
            _s.epoch == _a.epoch,
            _a.active,
            _s.seen_at >= now - IDLE,
            _s.made_at >= now - LONGEST,
        )
    )
    if found is None:
        return None
    return Session(_actor(found), found[6], found[7], now - found[7] >= TOUCH_AFTER)


def touch_session(unit: Unit, secret: str) -> None:
    """Notes that the session was used; call it when `wants_touch` says so."""
    unit.without_journal("a session was used")
    unit.execute(update(sessions).where(_s.hash == unit.vault.token_hash(secret)).values(seen_at=unit.real_now))


def close_session(unit: Unit, secret: str) -> None:
    """Ends the session on the server; nothing happens when there is none."""
    hashed = unit.vault.token_hash(secret)
    account = unit.scalar(select(_s.account).where(_s.hash == hashed))
    if account is not None:
        unit.execute(delete(sessions).where(_s.hash == hashed))
        unit.append(HOUSE, Kind.SIGNED_OUT, {"account": account})
