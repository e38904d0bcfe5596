"""GET and HEAD of a link: they only render (I04). Unknown tokens are counted for each address (T07)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

import templates
from api.caller import address_of
from api.errors import asked_by
from api.language import LanguageDep, language_of
from api.link import nonces
from api.link.blocks import blocks_of, part_of, slip_lines
from api.link.facts import facts_in_words
from api.sessions import see_other
from api.tools import Tools, ToolsDep, tools_of
from domain.errors import NotFound, TooMany
from domain.roles import SYSTEM
from store import limits, links
from store.casefile import register_of
from store.linkfacts import facts_of
from store.linkslips import AnsweredAsk, Slip, answered_asks, find_slip, newest_slip
from store.linkwork import Linked, LinkedAsk, LinkState, find_linked, mail_to_copy
from store.unit import Reading
from templates.views import ClosedLink, Fact, Fault, LinkPage, Receipt

router = APIRouter()

UNKNOWN_A_MINUTE = 30
_CODE_OF = {
    LinkState.ANSWERED: "ALREADY_ANSWERED",
    LinkState.WITHDRAWN: "ASK_WITHDRAWN",
    LinkState.GONE: "LINK_GONE",
    LinkState.REVOKED: "LINK_GONE",
    LinkState.ASLEEP: "LINK_ASLEEP",
}
_POST_STATUS = {
    LinkState.ANSWERED: HTTPStatus.CONFLICT,
    LinkState.WITHDRAWN: HTTPStatus.GONE,
    LinkState.GONE: HTTPStatus.GONE,
    LinkState.REVOKED: HTTPStatus.GONE,
    LinkState.ASLEEP: HTTPStatus.LOCKED,
}


@dataclass(frozen=True)
class Looked:
    """A link with all that its page shows. shown: the open asks of this part of a long list.

    facts: by ask id, only where the code was typed in this browser.
    """

    linked: Linked
    path: str
    is_opened: bool
    shown: tuple[LinkedAsk, ...] = ()
    part: int = 1
    parts: int = 1
    facts: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)
    slip: Slip | None = None
    lines: tuple[AnsweredAsk, ...] = ()
    can_resend: bool = False


def path_of(token: str) -> str:
    """The clean address of a link, whatever a mail reader hung behind it."""
    return f"/t/{links.clean_token(token)}"


async def look(request: Request, token: str, *, opened_now: bool = False, part: int = 1) -> Looked:
    """The link behind *token*. opened_now: the right code came with this very request. part: of a long list.

    Raises NotFound("LINK_UNKNOWN"), TooMany("SLOW_DOWN") for an address that asked for too many unknown ones.
    """
    tools = tools_of(request)
    language = language_of(request)

    def read(reading: Reading) -> Looked | None:
        linked = find_linked(reading, token)
        if linked is None:
            return None
        is_opened = opened_now or nonces.is_opened(request, tools.config, linked.mail, reading.real_now)
        if linked.state is LinkState.OPEN:
            shown, place, parts = part_of(linked, part)
            facts: dict[str, tuple[Fact, ...]] = {}
            if is_opened:
                register = register_of(reading)
                for ask, opened in facts_of(reading, shown).items():
                    facts[ask] = facts_in_words(opened, language, linked.office.zone, register)
            lines = answered_asks(reading, linked) if len(linked.open_asks) < len(linked.asks) else ()
            return Looked(linked, path_of(token), is_opened, shown, place, parts, facts, lines=lines)
        if linked.state is LinkState.ANSWERED:
            slip, lines = newest_slip(reading, linked), answered_asks(reading, linked)
            return Looked(linked, path_of(token), is_opened, slip=slip, lines=lines)
        may = linked.state is not LinkState.WITHDRAWN and mail_to_copy(reading, linked) is not None
        return Looked(linked, path_of(token), is_opened, can_resend=may)

    # The facts are folded from each case's journal: not for the thread that serves everybody.
    needs_facts = opened_now or nonces.OPENED in request.cookies
    looked = await (tools.units.read(read) if needs_facts else tools.units.glance(read))
    if looked is None:
        await refuse_unknown(request, tools)
        raise NotFound("LINK_UNKNOWN")
    return looked


async def refuse_unknown(request: Request, tools: Tools) -> None:
    """Counts one more unknown token of this address. Raises TooMany("SLOW_DOWN") beyond thirty a minute.

    What comes beyond is not even counted: a flood of guesses must not keep officers' answers from being written.
    """
    bucket = f"link-unknown/{address_of(request)}"
    hit = await tools.units.glance(lambda reading: limits.peek(reading, bucket, UNKNOWN_A_MINUTE))
    if hit.allowed:
        hit = await tools.units.write(SYSTEM, lambda unit: limits.hit(unit, bucket, UNKNOWN_A_MINUTE, 60))
    if not hit.allowed:
        raise TooMany("SLOW_DOWN", retry_after_s=hit.retry_after_s)


@router.get("/t/{token}")
async def show(request: Request, token: str, tools: ToolsDep) -> Response:
    """The letter with its form, or why there is none. Renders only: mail scanners open it (I04). Raises as `look`."""
    looked = await look(request, token, part=_asked_part(request))
    if looked.linked.link.shown_at is None:
        await tools.units.write(SYSTEM, lambda unit: links.mark_shown(unit, looked.linked.mail))
    if looked.linked.state is LinkState.OPEN:
        return form_page(request, looked)
    return closed_page(request, looked)


def _asked_part(request: Request) -> int:
    asked = request.query_params.get("part", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1


@router.get("/t/{token}/tanda-terima/{number}")
async def show_receipt(
    request: Request, token: str, number: str, tools: ToolsDep, language: LanguageDep, left: str = Query("")
) -> Response:
    """A receipt of this link; of another link it is as unknown as any."""
    looked = await look(request, token)
    linked = looked.linked
    slip = await tools.units.glance(lambda reading: find_slip(reading, linked.mail, number))
    if slip is None:
        await refuse_unknown(request, tools)
        raise NotFound("LINK_UNKNOWN")
    answered = {line.ask for line in slip.lines}
    closed = [ask for ask in linked.asks if ask.id in left.split(",") and not ask.is_open and ask.id not in answered]
    is_theirs = nonces.has_slip(request, tools.config, number, linked.real_now)
    page = Receipt(
        path=looked.path,
        office=linked.office.name,
        zone=linked.office.zone,
        asked_by=asked_by(tools),
        receipt=slip.receipt,
        at=slip.at,
        lines=slip_lines(slip.lines, language, sealed=not (looked.is_opened or is_theirs)),
        name=slip.name if is_theirs else "",
        position=slip.position if is_theirs else "",
        left_out=tuple(dict.fromkeys(ask.number for ask in closed)),
        still_open=len(linked.open_asks) if linked.state is LinkState.OPEN else 0,
        recovering=slip.is_late_taken,
    )
    return HTMLResponse(templates.render("pages/link/receipt.html", language, page=page))


@router.get("/t/{token}/surel-baru")
async def show_sent_again(request: Request, token: str) -> Response:
    """Where the form for a fresh mail leads: it is on its way."""
    looked = await look(request, token)
    if not looked.linked.is_replaced or not looked.can_resend:
        return see_other(looked.path)
    return closed_page(request, looked, status=HTTPStatus.OK, resent=True)


@router.get("/t/{token:path}")
async def show_anything_else(request: Request, token: str, tools: ToolsDep) -> Response:
    """A link with a slash behind it, or no link of ours."""
    return await show(request, token.rstrip("/"), tools)


def form_page(
    request: Request,
    looked: Looked,
    status: int = HTTPStatus.OK,
    faults: tuple[Fault, ...] = (),
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The form, with what was typed and a fresh number. The first fault's code is the page's."""
    tools, language = tools_of(request), language_of(request)
    linked, typed = looked.linked, typed or {}
    places = nonces.places_of([ask.id for ask in linked.asks], [ask.id for ask in looked.shown])
    page = LinkPage(
        path=looked.path,
        office=linked.office.name,
        zone=linked.office.zone,
        asked_by=asked_by(tools),
        blocks=blocks_of(linked, looked.shown, looked.facts, typed, language, is_opened=looked.is_opened),
        due_at=min((ask.due_at for ask in linked.open_asks if ask.due_at), default=None),
        nonce=nonces.make_nonce(tools.config, linked.mail, places, linked.real_now),
        single=linked.is_single,
        opened=looked.is_opened,
        faults=faults,
        typed_code=typed.get("code", ""),
        typed_name=typed.get("name", ""),
        typed_position=typed.get("position", ""),
        answered=slip_lines(looked.lines, language, sealed=not looked.is_opened),
        part=looked.part,
        parts=looked.parts,
    )
    name = "pages/link/one.html" if linked.is_single else "pages/link/digest.html"
    return _with_code(HTMLResponse(templates.render(name, language, page=page), int(status)), page.code)


def closed_page(
    request: Request,
    looked: Looked,
    *,
    status: int | None = None,
    is_post: bool = False,
    resent: bool = False,
    faults: tuple[Fault, ...] = (),
) -> Response:
    """Why there are no buttons. An answered or sleeping link that is only looked at is no refusal."""
    tools, language = tools_of(request), language_of(request)
    linked, slip = looked.linked, looked.slip
    state = linked.state
    code = faults[0].code if faults else _CODE_OF[state]
    is_quiet = (state is LinkState.ANSWERED and not is_post and not faults) or resent
    is_theirs = slip is not None and nonces.has_slip(request, tools.config, slip.receipt, linked.real_now)
    page = ClosedLink(
        path=looked.path,
        state=state.value,
        office=linked.office.name,
        zone=linked.office.zone,
        asked_by=asked_by(tools),
        code="" if is_quiet else code,
        lines=slip_lines(looked.lines, language, sealed=not (looked.is_opened or is_theirs)),
        by_name=slip.name if slip and (looked.is_opened or is_theirs) else "",
        by_position=slip.position if slip else "",
        at=slip.at if slip else None,
        receipt=slip.receipt if slip else "",
        until=_until(linked),
        can_resend=looked.can_resend,
        resent=resent,
        replaced=linked.is_replaced,
        faults=faults,
    )
    if status is None:
        quiet_look = state in (LinkState.ANSWERED, LinkState.ASLEEP) and not is_post
        status = HTTPStatus.OK if quiet_look else _POST_STATUS[state]
    response = HTMLResponse(templates.render("pages/link/closed.html", language, page=page), int(status))
    return _with_code(response, page.code)


def _until(linked: Linked) -> datetime | None:
    """Application time: when a sleeping link wakes, or the end of one that ran out."""
    if linked.state is LinkState.ASLEEP and linked.link.asleep_until is not None:
        return linked.link.asleep_until + timedelta(seconds=linked.offset_s)
    if linked.state is LinkState.GONE and not linked.is_replaced:
        return linked.link.expires_at
    return None


def _with_code(response: Response, code: str) -> Response:
    if code:
        response.headers["X-Pulang-Code"] = code
    return response
