"""/kotak-surel: the demonstration's postbox. Only here, and only in demonstration, is a live link ever shown."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.language import LanguageDep
from api.pages.desk import draw
from api.sessions import SignedIn
from api.tools import ToolsDep
from domain.agencies import Register
from domain.errors import NotFound
from domain.regions import WIB
from domain.roles import Action
from store import agencies
from templates import filters
from templates.staff_views import PostedMail, PostRow

router = APIRouter()
PAGE: Final = 40
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,120}")
_LINK: Final = re.compile(r"https?://\S+/t/[A-Za-z0-9_-]+")
_CODE: Final = re.compile(r"^Kode: (\S+)\s*$", re.MULTILINE)
_SHOWN: Final = ("From", "To", "Date", "Message-ID", "X-Pulang-Ask", "X-Pulang-Digest", "X-Pulang-Notice")


@router.get("/kotak-surel")
async def show(
    request: Request,
    me: SignedIn,
    tools: ToolsDep,
    language: LanguageDep,
    surat: Annotated[str, Query(max_length=140)] = "",
    cursor: Annotated[str, Query(max_length=140)] = "",
) -> Response:
    """The demonstration's mails as they were sent. Raises NotFound("NOT_FOUND") outside the demonstration."""
    folder = tools.config.postbox_dir
    if not tools.config.demo or folder is None:
        raise NotFound("NOT_FOUND")
    me.must(Action.READ_REGISTER)
    files = await run_in_threadpool(_files, folder)
    start = next((n + 1 for n, file in enumerate(files) if file.stem == cursor), 0)
    page = files[start : start + PAGE]
    mails = await run_in_threadpool(lambda: [_read(file) for file in page])
    register = await tools.units.read(agencies.register)
    chosen = surat or (mails[0].id if mails else "")
    letter = await run_in_threadpool(_find, folder, chosen) if chosen else None
    return draw(
        request,
        me,
        "postbox",
        "kotak-surel",
        rows=tuple(_row(mail, register, language) for mail in mails),
        total=len(files),
        letter=letter,
        letter_to=_office(letter, register) if letter else "",
        letter_zone=_zone(letter, register) if letter else WIB,
        next=f"/kotak-surel?cursor={page[-1].stem}" if start + PAGE < len(files) else "",
        first="/kotak-surel" if start else "",
    )


def _files(folder: Path) -> list[Path]:
    """The letters, newest first by the moment that each says of itself."""
    if not folder.is_dir():
        return []
    return sorted(folder.glob("*.eml"), key=lambda file: (_sent_at(file), file.name), reverse=True)


@lru_cache(maxsize=20_000)
def _sent_at(file: Path) -> datetime:
    with file.open("rb") as letter:
        return _when(email.message_from_binary_file(letter, policy=email.policy.default), file)


def _find(folder: Path, name: str) -> PostedMail:
    if _NAME.fullmatch(name) is None or name.startswith("."):
        raise NotFound("NO_SUCH_MAIL")
    file = folder / f"{name}.eml"
    if not file.is_file():
        raise NotFound("NO_SUCH_MAIL")
    return _read(file)


def _read(file: Path) -> PostedMail:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    part = message.get_body(("plain",))
    text = str(part.get_content()) if part is not None else ""
    link, code = _LINK.search(text), _CODE.search(text)
    return PostedMail(
        id=file.stem,
        at=_when(message, file),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        notice="X-Pulang-Notice" in message,
        text=text,
        link=link[0] if link else "",
        code=code[1] if code else "",
        headers=tuple((name, str(message[name])) for name in _SHOWN if message[name]),
    )


def _when(message: EmailMessage, file: Path) -> datetime:
    try:
        at = parsedate_to_datetime(str(message["Date"]))
    except (TypeError, ValueError):
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _by_address(mail: PostedMail, register: Register) -> tuple[str, str] | None:
    """Short name and zone of the office with this mailbox."""
    addresses = {address.lower() for _, address in getaddresses([mail.to])}
    for agency in register:
        if agency.mailbox in addresses:
            return agency.name, agency.zone
    return None


def _office(mail: PostedMail, register: Register) -> str:
    found = _by_address(mail, register)
    return found[0] if found else mail.to


def _zone(mail: PostedMail, register: Register) -> str:
    found = _by_address(mail, register)
    return found[1] if found else WIB


def _row(mail: PostedMail, register: Register, language: str) -> PostRow:
    return PostRow(
        mail.id,
        filters.short(mail.at, _zone(mail, register), language),
        _office(mail, register),
        mail.subject,
        mail.notice,
    )
