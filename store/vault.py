"""Seals personal content: AES-256-GCM bound to table, column, row and key id; keyed hashes for look-ups and tokens.

A sealed value is: length of the key id (1 byte), key id, nonce (12 bytes), ciphertext with tag. Keys live in files of
the keys directory, never in the database: `fields-N.key` (the highest N seals, all open), `codec-N.key`, `pepper.key`.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import Unavailable
from domain.journal import canonical

KEY_BYTES = 32
NONCE_BYTES = 12
PEPPER = "pepper"
_FILE = re.compile(r"^((?:fields|codec)-[0-9]{1,6}|pepper)\.key$")


class VaultError(Unavailable):
    """A key is missing, malformed or wrong, or a sealed value does not open. Facts name the key id only."""


class Vault:
    """Holds the keys in memory. `current` names the key that seals."""

    def __init__(
        self,
        keys: Mapping[str, bytes],
        current: str,
        pepper: bytes,
        codec_keys: Mapping[str, bytes] | None = None,
    ) -> None:
        self._keys = {key_id: AESGCM(key) for key_id, key in keys.items()}
        if current not in self._keys:
            raise VaultError("KEY_MISSING", key=current)
        self.current = current
        self.codec_keys = dict(codec_keys or {})
        self._raw = {**keys, **self.codec_keys, PEPPER: pepper}
        self._blind_key = _derived(pepper, b"blind")
        self._token_key = _derived(pepper, b"token")

    @classmethod
    def load(cls, keys_dir: Path) -> "Vault":
        """Reads the key files. Raises VaultError KEY_MISSING or KEY_BAD naming the key id."""
        found: dict[str, bytes] = {}
        for path in sorted(keys_dir.glob("*.key")):
            if match := _FILE.match(path.name):
                found[match.group(1)] = _read_key(path, match.group(1))
        fields = {key_id: key for key_id, key in found.items() if key_id.startswith("fields-")}
        codec = {key_id: key for key_id, key in found.items() if key_id.startswith("codec-")}
        for needed, present in (("fields-1", fields), ("codec-1", codec), (PEPPER, PEPPER in found)):
            if not present:
                raise VaultError("KEY_MISSING", key=needed)
        return cls(fields, max(fields, key=_generation), found[PEPPER], codec)

    @classmethod
    def make(cls, keys_dir: Path) -> "Vault":
        """Makes the key files that do not exist yet (directory 0700, files 0600) and loads them all."""
        keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, prefix in (("fields-1", "fields-*"), ("codec-1", "codec-*"), (PEPPER, PEPPER)):
            if not any(keys_dir.glob(f"{prefix}.key")):
                handle = os.open(keys_dir / f"{name}.key", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
                with os.fdopen(handle, "w", encoding="ascii") as file:
                    file.write(secrets.token_hex(KEY_BYTES) + "\n")
        return cls.load(keys_dir)

    @property
    def codec_current(self) -> str:
        """Id of the newest codec key."""
        return max(self.codec_keys, key=_generation)

    def seal(self, table: str, column: str, row_id: str, content: bytes) -> bytes:
        """Encrypts *content* with the current key, bound to its table, column and row."""
        key_id = self.current
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._keys[key_id].encrypt(nonce, content, _bound(table, column, row_id, key_id))
        return bytes([len(key_id)]) + key_id.encode() + nonce + sealed

    def open(self, table: str, column: str, row_id: str, sealed: bytes) -> bytes:
        """Raises VaultError KEY_MISSING for an unknown key, KEY_WRONG when it was sealed elsewhere or changed."""
        size = sealed[0] if sealed else 0
        key_id = sealed[1 : 1 + size].decode("ascii", "replace")
        key = self._keys.get(key_id)
        if key is None:
            raise VaultError("KEY_MISSING", key=key_id)
        start = 1 + size + NONCE_BYTES
        try:
            return key.decrypt(sealed[1 + size : start], sealed[start:], _bound(table, column, row_id, key_id))
        except (InvalidTag, ValueError):
            raise VaultError("KEY_WRONG", key=key_id) from None

    def seal_json(self, table: str, column: str, row_id: str, value: Any) -> bytes:
        """As `seal`, for a JSON value."""
        return self.seal(table, column, row_id, canonical(value).encode())

    def open_json(self, table: str, column: str, row_id: str, sealed: bytes) -> Any:
        """As `open`, for a JSON value. Raises as `open`."""
        return json.loads(self.open(table, column, row_id, sealed))

    def blind(self, kind: str, value: str) -> str:
        """Keyed hash for equality search. *value* is hashed as it is: callers normalise it first."""
        return _keyed(self._blind_key, f"{kind}\0{value}")

    def token_hash(self, token: str) -> str:
        """Keyed hash under which a token, cookie or link secret is kept."""
        return _keyed(self._token_key, f"token\0{token}")

    def code_hash(self, mail: str, code: str) -> str:
        """Hash of a mail's code, bound to that mail."""
        return _keyed(self._token_key, f"code\0{mail}\0{code}")

    def fingerprints(self) -> dict[str, str]:
        """One-way check value of every key by its id; they may be stored beside the data."""
        return {key_id: _keyed(key, f"pulang key check\0{key_id}") for key_id, key in self._raw.items()}


def _keyed(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _derived(pepper: bytes, purpose: bytes) -> bytes:
    return hmac.new(pepper, b"pulang " + purpose, hashlib.sha256).digest()


def _bound(table: str, column: str, row_id: str, key_id: str) -> bytes:
    return f"{table}.{column}:{row_id}:{key_id}".encode()


def _generation(key_id: str) -> int:
    return int(key_id.rpartition("-")[2])


def _read_key(path: Path, key_id: str) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, OSError):
        raise VaultError("KEY_BAD", key=key_id) from None
    if len(key) != KEY_BYTES:
        raise VaultError("KEY_BAD", key=key_id)
    return key
