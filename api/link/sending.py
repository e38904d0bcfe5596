"""One posted form on its way through a link: what was typed, the part of the list it came from, the common refusals."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.forms import MAX_FIELD_BYTES, MAX_FIELDS, Form, read_form
from api.link import nonces
from api.link.page import Looked, closed_page, form_page, look
from api.tools import Tools
from domain.errors import Conflict, DomainError, Invalid, Unparsable
from domain.roles import Actor
from store.links import CodeResult
from store.linkwork import Linked, LinkState, Tried
from templates.views import Fault

log = structlog.get_logger("api")

ALWAYS = frozenset({"code", "name", "position", "nonce", "show", "resend", "website"})
ONE = frozenset({"action", "reason", "until"})
ANSWERING = ("action", "reason", "until", "all", "answer")
_KEPT_ALTHOUGH = frozenset({"FIELD_UNKNOWN", "FIELD_REPEATED", "FIELD_CHAR"})


@dataclass(frozen=True)
class Sending:
    """One posted form, and the link it came to. typed: as it goes back into the page."""

    request: Request
    tools: Tools
    looked: Looked
    form: Form

    @property
    def linked(self) -> Linked:
        return self.looked.linked

    @property
    def by(self) -> Actor:
        return Actor("link", self.linked.mail, agency=self.linked.office.code)

    @property
    def entries(self) -> dict[str, str]:
        """The fields that answer something, blanks left out."""
        return {
            name: value.strip()
            for name, value in self.form.values.items()
            if name.partition("[")[0] in ANSWERING and value.strip()
        }

    @property
    def key(self) -> str:
        return nonces.sending_key(self.form.raw("nonce"), self.entries)

    def again(self, status: int, *faults: Fault) -> Response:
        """The form with what was typed."""
        response = form_page(self.request, self.looked, status, faults, self.form.values)
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers["Retry-After"] = "5"
        return response


async def read_sending(request: Request, linked: Linked) -> tuple[Form, DomainError | None]:
    """The form; one with a field too many or twice comes with its fault, so that what was typed can go back."""
    try:
        return await read_form(request, _known(linked)), None
    except (Invalid, Unparsable) as fault:
        if fault.code not in _KEPT_ALTHOUGH:
            raise
        sent = await request.form(max_files=0, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES)
        typed: dict[str, str] = {}
        for name, value in sent.multi_items():
            if not isinstance(value, UploadFile):
                typed.setdefault(name, value.replace("\0", ""))
        return Form(typed), fault


def _known(linked: Linked) -> Callable[[str], bool]:
    if linked.is_single:
        return (ALWAYS | ONE).__contains__
    ids, tasks = [ask.id for ask in linked.asks], {ask.rule.code for ask in linked.asks}
    names = {f"{base}[{key}]" for base in ("reason", "until") for key in (*ids, *tasks)}
    names |= {f"answer[{ask}]" for ask in ids} | {f"all[{task}]" for task in tasks}
    return (ALWAYS | names).__contains__


def part_sent(looked: Looked, tools: Tools, form: Form) -> int:
    """Which part of a long list the form was made for: the one with the first ask that it showed and that is open."""
    shown = shown_on(looked.linked, tools, form)
    for place, ask in enumerate(looked.linked.open_asks):
        if ask.id in shown:
            return place // len(looked.shown) + 1
    return 1


def shown_on(linked: Linked, tools: Tools, form: Form) -> frozenset[str]:
    """Ids of the asks that were open on the page where this form was made; none for a number that is not good."""
    try:
        places = nonces.read_nonce(tools.config, linked.mail, form.raw("nonce"), linked.real_now)
    except Conflict:
        return frozenset()
    ids = sorted(ask.id for ask in linked.asks)
    return frozenset(ids[place] for place in places if place < len(ids))


async def wrong_code(sending: Sending, token: str, tried: Tried) -> Response:
    """What is left of the link after a wrong code: another try, a rest of 15 minutes, or nothing."""
    if tried.result is CodeResult.WRONG:
        fault = Fault("code", "CODE_WRONG", {"tries_left": tried.tries_left})
        return sending.again(HTTPStatus.UNPROCESSABLE_ENTITY, fault)
    log.warning("link_code_locked", mail=sending.linked.mail, result=tried.result.value)
    return closed_page(sending.request, await look(sending.request, token), is_post=True)


def trapped(sending: Sending) -> Response:
    """A field that people do not see was filled: a machine (T02)."""
    log.warning("form_trap_filled", mail=sending.linked.mail)
    if sending.linked.state is not LinkState.OPEN:
        fault = Fault("", "FIELD_UNKNOWN")
        return closed_page(sending.request, sending.looked, status=HTTPStatus.UNPROCESSABLE_ENTITY, faults=(fault,))
    return sending.again(HTTPStatus.UNPROCESSABLE_ENTITY, Fault("", "FIELD_UNKNOWN"))
