"""What a link page hands to a browser and takes back signed: the form's number, and that the code was typed there.

All of it follows real time. A form number belongs to one mail and goes stale after 24 hours; it also says which asks
were open when the page was made, so that one closed meanwhile can be named. Cookies are scoped to the link's address.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from fastapi import Request
from itsdangerous import BadData, URLSafeSerializer
from starlette.responses import Response

from api.tools import ApiConfig
from domain.errors import Conflict
from domain.journal import canonical

STALE_AFTER_S = 24 * 3600
OPENED_FOR_S = 30 * 60
OPENED, SLIP = "pulang_opened", "pulang_slip"


def _signer(config: ApiConfig, what: str) -> URLSafeSerializer:
    return _signer_of(config.secret_key, what)


@cache
def _signer_of(secret_key: str, what: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=f"pulang.link.{what}")


def make_nonce(config: ApiConfig, mail: str, places: Sequence[int], real_now: datetime) -> str:
    """A fresh form number. places: of the asks shown as open, among all asks of the mail in order of their ids."""
    mask = sum(1 << place for place in places)
    return str(_signer(config, "nonce").dumps([mail, secrets.token_urlsafe(6), int(real_now.timestamp()), f"{mask:x}"]))


def read_nonce(config: ApiConfig, mail: str, nonce: str, real_now: datetime) -> frozenset[int]:
    """The places that were open on the page. Raises Conflict("STALE_PAGE") for an old number or another link's."""
    try:
        known = _signer(config, "nonce").loads(nonce)
    except BadData:
        raise Conflict("STALE_PAGE") from None
    if known[0] != mail or real_now.timestamp() - known[2] > STALE_AFTER_S:
        raise Conflict("STALE_PAGE")
    mask = int(known[3], 16)
    return frozenset(place for place in range(mask.bit_length()) if mask >> place & 1)


def sending_key(nonce: str, entries: Mapping[str, str]) -> str:
    """What a receipt is found again by: the same form with the same answers. Other answers are another sending."""
    return hashlib.sha256(canonical([nonce, sorted(entries.items())]).encode()).hexdigest()


def keep_opened(response: Response, config: ApiConfig, path: str, mail: str, real_now: datetime) -> None:
    """Lets this browser see the link's facts for 30 minutes."""
    _keep(response, config, OPENED, path, _signer(config, OPENED).dumps([mail, int(real_now.timestamp())]))


def is_opened(request: Request, config: ApiConfig, mail: str, real_now: datetime) -> bool:
    """Whether the mail's code was typed in this browser within the last 30 minutes."""
    return _said(request, config, OPENED, real_now) == [mail]


def keep_slip(response: Response, config: ApiConfig, path: str, number: str, real_now: datetime) -> None:
    """Remembers that this browser sent the answer with this receipt: there the officer's own words are shown."""
    _keep(response, config, SLIP, path, _signer(config, SLIP).dumps([number, int(real_now.timestamp())]))


def has_slip(request: Request, config: ApiConfig, number: str, real_now: datetime) -> bool:
    """Whether this browser is the one that sent the answer of this receipt, within the cookie's life (real time)."""
    return _said(request, config, SLIP, real_now) == [number]


def _keep(response: Response, config: ApiConfig, name: str, path: str, value: Any) -> None:
    response.set_cookie(
        name,
        str(value),
        max_age=OPENED_FOR_S,
        path=path,
        httponly=True,
        samesite="lax",
        secure=not config.is_loopback_http,
    )


def _said(request: Request, config: ApiConfig, name: str, real_now: datetime) -> list[str] | None:
    """What the cookie says without its time, None when it is missing, forged, or older than 30 minutes."""
    try:
        *said, at = _signer(config, name).loads(request.cookies.get(name, ""))
    except BadData:
        return None
    return said if 0 <= real_now.timestamp() - at <= OPENED_FOR_S else None


def places_of(ids: Iterable[str], wanted: Iterable[str]) -> list[int]:
    """Places of the *wanted* ask ids in the sorted list of all *ids* of a mail."""
    place = {ask: index for index, ask in enumerate(sorted(ids))}
    return [place[ask] for ask in wanted]
