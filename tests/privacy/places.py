"""Where content could lie in clear: files of the house, mails as read, histories raw and opened, pages, metrics."""

import asyncio
import base64
import html
import json
import quopri
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

import httpx2
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import Client

from pulang import wiring
from tests.privacy.canary import Player
from tests.support.house import House
from tests.support.invariants import settings_of
from workflows.codec import SealedCodec

Haystacks = Mapping[str, bytes]
KEPT_FOR_PEOPLE = ("keys", "demo-accounts.json")
"""What the house holds on purpose: its keys, and the demonstration's own accounts."""


def forms_of(text: str) -> set[bytes]:
    """The ways in which *text* could be written: plain, UTF-16, base64, URL, hex, JSON, HTML, quoted-printable."""
    plain = text.encode()
    found = {plain, plain.hex().encode(), plain.hex().upper().encode(), quopri.encodestring(plain).strip()}
    for written in (
        quote(text),
        quote_plus(text),
        json.dumps(text)[1:-1],
        html.escape(text),
        text.upper(),
        text.lower(),
    ):
        found.add(written.encode())
    for wide in (text.encode("utf-16-le"), text.encode("utf-16-be")):
        found |= {wide, *_base64_inside(wide)}
    return found | set(_base64_inside(plain))


def _base64_inside(content: bytes) -> Iterator[bytes]:
    """What stands in base64 of anything that holds *content*, whatever stands before and behind it."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + content)
        inner = encoded[(0, 2, 3)[shift] : len(content) * 4 // 3 - 3]
        if len(inner) >= 8:
            yield inner
            yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def hits(haystacks: Haystacks, needles: Iterable[str]) -> list[tuple[str, str]]:
    """(place, needle) of everything that was found, in any form."""
    wanted = [(needle, form) for needle in needles for form in forms_of(needle)]
    return sorted(
        {(place, needle) for place, content in haystacks.items() for needle, form in wanted if form in content}
    )


def gather(player: Player) -> Haystacks:
    """Every place, by name. Files are taken as they lie on the disk, write-ahead logs included."""
    house = player.house
    found = {
        f"file {path.relative_to(house.home)}": path.read_bytes()
        for path in sorted(house.home.rglob("*"))
        if path.is_file() and path.relative_to(house.home).parts[0] not in KEPT_FOR_PEOPLE
    }
    found |= {f"mail {place}": letter.encode() for place, letter in enumerate(read_mails(house))}
    found["metrics"] = httpx2.get(f"{house.base_url}/metrics").content
    found["readyz"] = httpx2.get(f"{house.base_url}/readyz").content
    found["operator page"] = "\n".join(player.operator_pages).encode()
    return found | asyncio.run(_histories(house))


def read_mails(house: House) -> list[str]:
    """Every mail with its headers and parts decoded, on one line."""
    read = []
    for mail in house.mails():
        parts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
        headers = [f"{name}: {value}" for name, value in mail.items()]
        read.append(" ".join(" ".join([*headers, *parts]).split()))
    return read


async def _histories(house: House) -> dict[str, bytes]:
    """Every history: as Temporal keeps it, and with its payloads opened by our codec."""
    vault = wiring.build_vault(settings_of(house))
    codec = SealedCodec(vault.codec_keys, vault.codec_current)
    client = await Client.connect(f"127.0.0.1:{house.environment['PULANG_TEMPORAL_PORT']}")
    raw: list[str] = []
    opened: list[str] = []
    listed: list[str] = []
    async for found in client.list_workflows():
        listed.append(str(found.raw_info))
        history = await client.get_workflow_handle(found.id, run_id=found.run_id).fetch_history()
        raw.append(history.to_json())
        for event in history.events:
            payloads = list(_payloads(event))
            opened += [payload.data.decode() for payload in await codec.decode(payloads)]
    assert raw
    assert opened
    return {
        "list of workflows": "\n".join(listed).encode(),
        "histories": "\n".join(raw).encode(),
        "histories opened": "\n".join(opened).encode(),
    }


def _payloads(message: Message) -> Iterator[Payload]:
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for inner in _messages(value):
            yield from _payloads(inner)


def _messages(value: Any) -> Iterator[Message]:
    if isinstance(value, Message):
        yield value
    elif isinstance(value, Mapping):
        yield from (inner for inner in value.values() if isinstance(inner, Message))
    else:
        yield from (inner for inner in value if isinstance(inner, Message))
