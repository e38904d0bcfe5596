"""What Temporal stores of our payloads and failures is encrypted: AES-256-GCM, with the id of its key beside it.

Never encrypted, whatever a codec does: workflow ids, type, signal and activity names, task queue, failure types.
"""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)

ENCODING: Final = b"binary/encrypted"
LARGEST_PAYLOAD: Final = 64 * 1024
"""Bytes. Far above what ids and codes need; a larger one would wedge its workflow, so it is refused here."""

_NONCE_BYTES: Final = 12


class PayloadRefused(Exception):
    """A payload is too large to be sent, or was encrypted with a key we do not hold."""


class SealedCodec(PayloadCodec):
    """Encrypts with the current key, reads with any key it holds. The key id is authenticated with the content."""

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        """keys: key id → 32 bytes; *current* is one of them. Raises KeyError when it is not."""
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._current = current
        self._cipher = self._ciphers[current]

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypts every payload of a history (AES-GCM, current key)."""
        return [self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Payloads in clear (from before encryption, or from an operator's tool) pass as they are."""
        return [self._open(p) if p.metadata.get("encoding") == ENCODING else p for p in payloads]

    def _seal(self, payload: Payload) -> Payload:
        plain = payload.SerializeToString()
        if len(plain) > LARGEST_PAYLOAD:
            raise PayloadRefused(f"payload of {len(plain)} bytes")
        nonce = os.urandom(_NONCE_BYTES)
        key = self._current.encode()
        return Payload(
            metadata={"encoding": ENCODING, "key": key}, data=nonce + self._cipher.encrypt(nonce, plain, key)
        )

    def _open(self, payload: Payload) -> Payload:
        key = payload.metadata["key"]
        cipher = self._ciphers.get(key.decode())
        if cipher is None:
            raise PayloadRefused(f"no key {key.decode()!r}")
        return Payload.FromString(cipher.decrypt(payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:], key))


def data_converter(keys: Mapping[str, bytes], current: str) -> DataConverter:
    """JSON for ids and codes, sealed; messages and stack traces of failures are sealed as well."""
    return dataclasses.replace(
        DataConverter.default,
        payload_codec=SealedCodec(keys, current),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
