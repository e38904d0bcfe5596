"""The accounts of a demonstration: clearly fictitious people, random passwords and tokens (CONTRACT, first table)."""

import base64
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from domain.journal import Kind
from domain.roles import Role
from store.accounts import find_by_login, hash_password, make_token
from store.journal import HOUSE
from store.tables_account import accounts
from store.unit import Unit

MINISTRY, DIRECTORATE, TANJUNGPINANG, BAMBU_APUS = "KEMENSOS", "KEMENSOS-RSKBK", "RPTC-TPI", "RPTC-BAP"


@dataclass(frozen=True, slots=True)
class _Player:
    login: str
    name: str
    roles: tuple[Role, ...]
    agency: str


# The order is part of the contract.
_PLAYERS: Sequence[_Player] = (
    _Player("koordinator1", "Contoh Koordinator Satu", (Role.KOORDINATOR,), DIRECTORATE),
    _Player("koordinator2", "Contoh Koordinator Dua", (Role.KOORDINATOR,), DIRECTORATE),
    _Player("peksos1", "Contoh Peksos Satu", (Role.PEKERJA_SOSIAL,), TANJUNGPINANG),
    _Player("peksos2", "Contoh Peksos Dua", (Role.PEKERJA_SOSIAL,), TANJUNGPINANG),
    _Player("kepala1", "Contoh Kepala Sentra", (Role.KEPALA_SENTRA,), TANJUNGPINANG),
    _Player("pemeriksa1", "Contoh Pemeriksa Satu", (Role.PEMERIKSA,), DIRECTORATE),
    _Player("pemeriksa2", "Contoh Pemeriksa Dua", (Role.PEMERIKSA,), DIRECTORATE),
    _Player("penyetuju1", "Contoh Penyetuju Satu", (Role.PENYETUJU,), DIRECTORATE),
    _Player("penyetuju2", "Contoh Penyetuju Dua", (Role.PENYETUJU, Role.PEMERIKSA), DIRECTORATE),
    _Player("pimpinan1", "Contoh Pimpinan", (Role.PIMPINAN,), DIRECTORATE),
    _Player("pendamping1", "Contoh Pendamping", (Role.PENDAMPING,), DIRECTORATE),
    _Player("operator1", "Contoh Operator", (Role.OPERATOR,), MINISTRY),
    _Player("auditor1", "Contoh Auditor", (Role.AUDITOR,), MINISTRY),
    _Player("ppdp1", "Contoh Petugas Pelindungan Data", (Role.PPDP,), MINISTRY),
    _Player("admin1", "Contoh Administrator Satu", (Role.ADMINISTRATOR,), MINISTRY),
    _Player("admin2", "Contoh Administrator Dua", (Role.ADMINISTRATOR,), MINISTRY),
    _Player("peksos3", "Contoh Peksos Tiga", (Role.PEKERJA_SOSIAL,), BAMBU_APUS),
)


def seed_demo(unit: Unit) -> list[dict[str, Any]]:
    """Makes the demonstration's accounts with a token each and returns what `demo-accounts.json` holds, in its order.

    Passwords and tokens are in clear in the answer only. Empty when the accounts are there already.
    """
    if find_by_login(unit, _PLAYERS[0].login) is not None:
        return []
    passwords = [_password(unit) for _ in _PLAYERS]
    with ThreadPoolExecutor(2) as pool:  # Argon2 lets other threads run
        hashes = list(pool.map(hash_password, passwords))
    ids = [unit.new_id() for _ in _PLAYERS]
    unit.execute(
        insert(accounts),
        [
            {
                "id": account,
                "login": player.login,
                "name": player.name,
                "roles": list(player.roles),
                "agency": player.agency,
                "phone": _phone(number),
                "password_hash": hashed,
                "staff_number": f"CONTOH-{number:04d}",
                "epoch": 1,
                "active": True,
            }
            for number, (account, player, hashed) in enumerate(zip(ids, _PLAYERS, hashes, strict=True), 1)
        ],
    )
    listed = []
    for number, (account, player, password) in enumerate(zip(ids, _PLAYERS, passwords, strict=True), 1):
        unit.append(HOUSE, Kind.ACCOUNT_MADE, {"account": account, "roles": list(player.roles)})
        listed.append(
            {
                "name": player.name,
                "roles": [role.value for role in player.roles],
                "role": player.roles[0].value,
                "agency": player.agency,
                "phone": _phone(number),
                "login": player.login,
                "password": password,
                "token": make_token(unit, account),
            }
        )
    return listed


def _password(unit: Unit) -> str:
    """Sixteen letters and digits in groups of four, 80 bits."""
    letters = base64.b32encode(unit.random_bytes(10)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def _phone(number: int) -> str:
    return f"(021) 555-{9000 + number:04d}"
