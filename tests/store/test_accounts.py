"""Accounts keep no secret in clear; sessions end by themselves, by sign-out and with their account."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.errors import Conflict, Invalid
from domain.journal import Kind
from domain.roles import SYSTEM
from store import accounts, demo_accounts, idempotency, journal, limits
from store.unit import Unit, Units
from tests.support.database import RealClock

PASSWORD = "kata sandi contoh"


def make(unit: Unit, login: str = "contoh", password: str = PASSWORD, roles: tuple[str, ...] = ("koordinator",)) -> str:
    return accounts.make_account(
        unit,
        login=login,
        name="Contoh Koordinator",
        roles=roles,
        agency="KEMENSOS-RSKBK",
        phone="(021) 555-9999",
        password=password,
        staff_number="CONTOH-9999",
    )


def find(units: Units, login: str) -> accounts.Account | None:
    return units.read_sync(lambda reading: accounts.find_by_login(reading, login))


# --- passwords


@pytest.mark.proves("T37", "S42")
def test_only_the_right_password_of_a_living_account_fits(units: Units) -> None:
    account = units.write_sync(SYSTEM, make)

    assert accounts.check_password(find(units, "contoh"), PASSWORD)
    assert accounts.check_password(find(units, " CONTOH "), PASSWORD)
    assert not accounts.check_password(find(units, "contoh"), PASSWORD + "x")
    assert not accounts.check_password(find(units, "contoh"), "x" * 100_000)
    assert not accounts.check_password(find(units, "nobody"), PASSWORD)

    units.write_sync(SYSTEM, lambda unit: accounts.close_account(unit, account))
    assert not accounts.check_password(find(units, "contoh"), PASSWORD)

    units.write_sync(SYSTEM, lambda unit: accounts.reopen_account(unit, account))
    assert accounts.check_password(find(units, "contoh"), PASSWORD)


@pytest.mark.proves("S42")
def test_an_unknown_login_costs_as_much_work_as_a_known_one(units: Units, monkeypatch: pytest.MonkeyPatch) -> None:
    units.write_sync(SYSTEM, make)
    known = find(units, "contoh")
    verified: list[str] = []
    hasher = type(accounts._HASHER)
    plain = hasher.verify

    def counted(self: object, password: str, hashed: str) -> bool:
        verified.append(hashed[:30])
        return plain(self, password, hashed)  # type: ignore[arg-type]

    monkeypatch.setattr(hasher, "verify", counted)
    accounts.check_password(known, "x" * 12)
    accounts.check_password(None, "x" * 12)

    assert verified[0] == verified[1] == "$argon2id$v=19$m=19456,t=2,p=1"


@pytest.mark.proves("S55")
def test_the_password_is_kept_as_an_argon2_hash(units: Units) -> None:
    units.write_sync(SYSTEM, make)

    rows = str(units.read_sync(lambda reading: reading.rows(text("SELECT * FROM accounts"))))
    assert PASSWORD not in rows
    assert "$argon2id$" in rows


@pytest.mark.proves("S41")
@pytest.mark.parametrize(("password", "code"), [("x" * 11, "PASSWORD_LENGTH"), ("x" * 129, "PASSWORD_LENGTH")])
def test_a_password_too_short_or_too_long_is_refused(units: Units, password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        units.write_sync(SYSTEM, lambda unit: make(unit, password=password))

    assert refused.value.code == code


def test_a_login_is_taken_once_and_a_role_must_be_known(units: Units) -> None:
    units.write_sync(SYSTEM, make)

    with pytest.raises(Invalid) as taken:
        units.write_sync(SYSTEM, lambda unit: make(unit, login="Contoh"))
    with pytest.raises(Invalid) as unknown:
        units.write_sync(SYSTEM, lambda unit: make(unit, login="lain", roles=("raja",)))

    assert (taken.value.code, unknown.value.code) == ("LOGIN_TAKEN", "ROLE_UNKNOWN")


# --- tokens


def test_a_token_names_its_account_until_it_is_revoked(units: Units) -> None:
    account = units.write_sync(SYSTEM, make)
    token = units.write_sync(SYSTEM, lambda unit: accounts.make_token(unit, account))

    actor = units.read_sync(lambda reading: accounts.actor_of_token(reading, token))
    assert actor is not None
    assert (actor.id, actor.roles, actor.staff_number) == (account, ("koordinator",), "CONTOH-9999")
    assert token not in str(units.read_sync(lambda reading: reading.rows(text("SELECT * FROM tokens"))))

    assert units.write_sync(SYSTEM, lambda unit: accounts.revoke(unit, account)) == 1
    assert units.write_sync(SYSTEM, lambda unit: accounts.revoke(unit, account)) == 0
    assert units.read_sync(lambda reading: accounts.actor_of_token(reading, token)) is None
    assert units.read_sync(lambda reading: accounts.actor_of_token(reading, "plg_x")) is None


# --- sessions


def signed_in(units: Units) -> tuple[str, str]:
    account = units.write_sync(SYSTEM, make)
    return account, units.write_sync(SYSTEM, lambda unit: accounts.open_session(unit, account))


def session(units: Units, secret: str) -> accounts.Session | None:
    return units.read_sync(lambda reading: accounts.find_session(reading, secret))


@pytest.mark.proves("T38", "S48")
def test_a_session_ends_after_half_an_hour_without_use(units: Units, real_clock: RealClock) -> None:
    _, secret = signed_in(units)

    real_clock.passes(minutes=30)
    assert session(units, secret) is not None
    real_clock.passes(seconds=1)
    assert session(units, secret) is None


@pytest.mark.proves("T38", "S48")
def test_a_session_in_use_ends_after_eight_hours(units: Units, real_clock: RealClock) -> None:
    _, secret = signed_in(units)
    ends = real_clock.now + timedelta(hours=8)

    while real_clock.now < ends:
        real_clock.passes(minutes=20)
        assert session(units, secret) is not None
        units.write_sync(SYSTEM, lambda unit: accounts.touch_session(unit, secret))
    real_clock.passes(seconds=1)

    assert session(units, secret) is None


def test_a_session_asks_to_be_renewed_once_a_minute_at_most(units: Units, real_clock: RealClock) -> None:
    _, secret = signed_in(units)
    asked = []
    for seconds in (0, 59, 1):
        real_clock.passes(seconds=seconds)
        found = session(units, secret)
        asked.append(found is not None and found.wants_touch)

    assert asked == [False, False, True]


@pytest.mark.proves("S48")
@pytest.mark.parametrize("end", ["sign-out", "everywhere", "closed account"])
def test_a_session_ends_at_once_on_the_server(units: Units, end: str) -> None:
    account, secret = signed_in(units)

    def act(unit: Unit) -> None:
        if end == "sign-out":
            accounts.close_session(unit, secret)
        elif end == "everywhere":
            accounts.revoke(unit, account)
        else:
            accounts.close_account(unit, account)

    units.write_sync(SYSTEM, act)

    assert session(units, secret) is None


@pytest.mark.proves("S47")
def test_a_session_is_kept_by_its_hash_and_signing_in_is_recorded(units: Units) -> None:
    account, secret = signed_in(units)

    assert secret not in str(units.read_sync(lambda reading: reading.rows(text("SELECT * FROM sessions"))))
    rows = units.read_sync(lambda reading: journal.rows_of(reading, "house"))
    assert [(row.kind, row.codes["account"]) for row in rows[-1:]] == [(Kind.SIGNED_IN, account)]


async def test_signing_in_works_on_either_database(any_units: Units) -> None:
    account = await any_units.write(SYSTEM, make)
    secret = await any_units.write(SYSTEM, lambda unit: accounts.open_session(unit, account))
    token = await any_units.write(SYSTEM, lambda unit: accounts.make_token(unit, account))

    found = await any_units.read(lambda reading: accounts.find_session(reading, secret))
    actor = await any_units.read(lambda reading: accounts.actor_of_token(reading, token))

    assert found is not None
    assert found.actor == actor


# --- the demonstration


def test_the_demonstration_has_its_players_in_the_order_of_the_contract(units: Units) -> None:
    listed = units.write_sync(SYSTEM, demo_accounts.seed_demo)

    assert [(one["role"], one["agency"]) for one in listed] == [
        ("koordinator", "KEMENSOS-RSKBK"),
        ("koordinator", "KEMENSOS-RSKBK"),
        ("pekerja_sosial", "RPTC-TPI"),
        ("pekerja_sosial", "RPTC-TPI"),
        ("kepala_sentra", "RPTC-TPI"),
        ("pemeriksa", "KEMENSOS-RSKBK"),
        ("pemeriksa", "KEMENSOS-RSKBK"),
        ("penyetuju", "KEMENSOS-RSKBK"),
        ("penyetuju", "KEMENSOS-RSKBK"),
        ("pimpinan", "KEMENSOS-RSKBK"),
        ("pendamping", "KEMENSOS-RSKBK"),
        ("operator", "KEMENSOS"),
        ("auditor", "KEMENSOS"),
        ("ppdp", "KEMENSOS"),
        ("administrator", "KEMENSOS"),
        ("administrator", "KEMENSOS"),
        ("pekerja_sosial", "RPTC-BAP"),
    ]
    assert listed[8]["roles"] == ["penyetuju", "pemeriksa"]
    assert {tuple(one) for one in listed} == {
        ("name", "roles", "role", "agency", "phone", "login", "password", "token"),
    }
    assert all(one["name"].startswith("Contoh ") and "555" in one["phone"] for one in listed)
    assert len({one["login"] for one in listed} | {one["password"] for one in listed}) == 2 * len(listed)


def test_every_player_can_sign_in_and_call_and_is_another_person(units: Units) -> None:
    listed = units.write_sync(SYSTEM, demo_accounts.seed_demo)

    first = listed[0]
    actors = [
        units.read_sync(lambda reading, token=one["token"]: accounts.actor_of_token(reading, token)) for one in listed
    ]

    assert accounts.check_password(find(units, first["login"]), first["password"])
    assert len({actor.staff_number for actor in actors if actor}) == len(listed)
    assert units.write_sync(SYSTEM, demo_accounts.seed_demo) == []
    assert units.read_sync(journal.verify_chain) == []


def test_demonstration_passwords_are_long_and_random(units: Units) -> None:
    listed = units.write_sync(SYSTEM, demo_accounts.seed_demo)

    assert all(re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", one["password"]) for one in listed)


# --- idempotency and rates


def test_the_same_key_gets_the_same_answer_and_another_body_is_refused(units: Units) -> None:
    units.write_sync(SYSTEM, lambda unit: idempotency.remember(unit, "7", "key", "hash", 201, '{"name":"Contoh"}'))

    assert units.read_sync(lambda r: idempotency.recall(r, "7", "key", "hash")) == (201, '{"name":"Contoh"}')
    assert units.read_sync(lambda r: idempotency.recall(r, "8", "key", "hash")) is None
    with pytest.raises(Conflict) as refused:
        units.read_sync(lambda r: idempotency.recall(r, "7", "key", "other"))
    assert refused.value.code == "KEY_REUSED"
    assert "Contoh" not in str(units.read_sync(lambda r: r.rows(text("SELECT * FROM idempotency"))))


@pytest.mark.proves("S20")
async def test_a_bucket_is_full_until_its_window_ends(any_units: Units, real_clock: RealClock) -> None:
    async def hit() -> limits.Hit:
        return await any_units.write(SYSTEM, lambda unit: limits.hit(unit, "login:contoh", 3, 60))

    hits = [await hit() for _ in range(4)]
    assert [one.allowed for one in hits] == [True, True, True, False]
    assert hits[-1].retry_after_s == 60
    assert not (await any_units.read(lambda reading: limits.peek(reading, "login:contoh", 3))).allowed

    real_clock.passes(seconds=60)
    assert (await hit()).allowed


def test_buckets_are_counted_apart_named_by_hashes_only_and_may_be_forgotten(units: Units) -> None:
    units.write_sync(SYSTEM, lambda unit: limits.hit(unit, "ip:192.0.2.1", 1, 60))

    assert units.write_sync(SYSTEM, lambda unit: limits.hit(unit, "ip:192.0.2.2", 1, 60)).allowed
    assert "192.0.2" not in str(units.read_sync(lambda r: r.rows(text("SELECT * FROM rate_counters"))))
    units.write_sync(SYSTEM, lambda unit: limits.forget(unit, "ip:192.0.2.1"))
    assert units.write_sync(SYSTEM, lambda unit: limits.hit(unit, "ip:192.0.2.1", 1, 60)).allowed


def test_counters_of_past_windows_do_not_pile_up(units: Units, real_clock: RealClock) -> None:
    for number in range(5):
        units.write_sync(SYSTEM, lambda unit, number=number: limits.hit(unit, f"ip:{number}", 1, 60))
        real_clock.passes(seconds=61)

    assert len(units.read_sync(lambda reading: reading.rows(text("SELECT * FROM rate_counters")))) == 1
