"""POST of a link: an answer, a look at the facts (`show`), or a fresh mail (`resend`). Success answers 303 (CONTRACT).

Order: receipt of this very sending, state of the link, form number, trap field, missing fields, code, answers. Every
refusal gives the form back with what was typed, its code in the page and in X-Pulang-Code; nothing is stored by it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

import templates
from api.forms import MAX_FIELD_BYTES, MAX_FIELDS, Form, read_form
from api.link import nonces
from api.link.page import Looked, closed_page, form_page, look
from api.sessions import see_other
from api.tools import Tools, ToolsDep
from domain.answering import clean_officer
from domain.errors import Conflict, DomainError, Invalid, LinkClosed, TooMany, Unavailable, Unparsable
from domain.roles import Actor
from store import linkfacts, linkwork
from store.answers import LinkForm
from store.links import CodeResult
from store.linkslips import find_receipt, find_slip
from store.linkwork import Linked, LinkState, Tried
from store.unit import Unit
from templates.views import Fault

router = APIRouter()
log = structlog.get_logger("api")

ALWAYS = frozenset({"code", "name", "position", "nonce", "show", "resend", "website"})
ONE = frozenset({"action", "reason", "until"})
ANSWERING = ("action", "reason", "until", "all", "answer")
COMPOSER = templates.Composer()
_KEPT_ALTHOUGH = frozenset({"FIELD_UNKNOWN", "FIELD_REPEATED", "FIELD_CHAR"})
_SHOWN_COMMONLY_FROM = 4


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


@router.post("/t/{token}")
async def take(request: Request, token: str, tools: ToolsDep) -> Response:
    looked = await look(request, token)
    form, fault = await _read(request, looked.linked)
    sending = Sending(request, tools, looked, form)
    if fault is not None:
        if looked.linked.state is not LinkState.OPEN:
            return closed_page(request, looked, is_post=True)
        return sending.again(fault.status, Fault(str(fault.facts.get("field", "")), fault.code))
    if form.text("resend"):
        return await _resend(sending, token)
    nonce, mail = form.raw("nonce"), looked.linked.mail
    if nonce:
        before = await tools.units.read(lambda reading: find_receipt(reading, mail, sending.key))
        if before is not None:
            return await _to_receipt(sending, before)
    if looked.linked.state is not LinkState.OPEN:
        return closed_page(request, looked, is_post=True)
    return await (_show(sending, token) if form.text("show") else _answer(sending, token))


async def _read(request: Request, linked: Linked) -> tuple[Form, DomainError | None]:
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


# --- a fresh mail


async def _resend(sending: Sending, token: str) -> Response:
    """A mail with a new link to the registered address: only for a link that ended or sleeps with something open."""
    looked = sending.looked
    state = looked.linked.state
    if state in (LinkState.ANSWERED, LinkState.WITHDRAWN):
        return closed_page(sending.request, looked, is_post=True)
    if state is LinkState.OPEN:
        return sending.again(HTTPStatus.CONFLICT, Fault("", "ACTION_NOT_ALLOWED"))
    if sending.form.text("website"):
        return _trapped(sending)
    try:
        sent = await sending.tools.units.write(sending.by, lambda unit: linkwork.send_again(unit, token, COMPOSER))
    except TooMany as refusal:
        fault = Fault("", refusal.code, dict(refusal.facts))
        response = closed_page(sending.request, looked, status=refusal.status, is_post=True, faults=(fault,))
        response.headers["Retry-After"] = str(refusal.facts["retry_after_s"])
        return response
    if not sent:
        return closed_page(sending.request, looked, is_post=True)
    return see_other(f"{looked.path}/surel-baru")


# --- the facts


async def _show(sending: Sending, token: str) -> Response:
    """The right code alone opens the facts in this browser for 30 minutes, with one access row for each case."""
    form, linked = sending.form, sending.linked
    if form.text("website"):
        return _trapped(sending)
    if not form.text("code"):
        return sending.again(HTTPStatus.UNPROCESSABLE_ENTITY, Fault("code", "FIELD_MISSING"))

    def open_facts(unit: Unit) -> Tried:
        tried = linkwork.try_code(unit, linked.mail, form.raw("code"))
        if tried.result is CodeResult.RIGHT:
            linkfacts.record_views(unit, linked.mail, linked.open_asks)
        return tried

    tried = await sending.tools.units.write(sending.by, open_facts)
    if tried.result is not CodeResult.RIGHT:
        return await _wrong_code(sending, token, tried)
    looked = await look(sending.request, token, opened_now=True)
    if looked.linked.state is not LinkState.OPEN:
        return closed_page(sending.request, looked, is_post=True)
    response = form_page(sending.request, looked, typed=form.values)
    nonces.keep_opened(response, sending.tools.config, looked.path, linked.mail, linked.real_now)
    return response


async def _wrong_code(sending: Sending, token: str, tried: Tried) -> Response:
    """What is left of the link after a wrong code: another try, a rest of 15 minutes, or nothing."""
    if tried.result is CodeResult.WRONG:
        fault = Fault("code", "CODE_WRONG", {"tries_left": tried.tries_left})
        return sending.again(HTTPStatus.UNPROCESSABLE_ENTITY, fault)
    log.warning("link_code_locked", mail=sending.linked.mail, result=tried.result.value)
    return closed_page(sending.request, await look(sending.request, token), is_post=True)


def _trapped(sending: Sending) -> Response:
    """A field that people do not see was filled: a machine (T02)."""
    log.warning("form_trap_filled", mail=sending.linked.mail)
    if sending.linked.state is not LinkState.OPEN:
        fault = Fault("", "FIELD_UNKNOWN")
        return closed_page(sending.request, sending.looked, status=HTTPStatus.UNPROCESSABLE_ENTITY, faults=(fault,))
    return sending.again(HTTPStatus.UNPROCESSABLE_ENTITY, Fault("", "FIELD_UNKNOWN"))


# --- answers


async def _answer(sending: Sending, token: str) -> Response:
    form, linked = sending.form, sending.linked
    if form.raw("nonce"):
        try:
            nonces.read_nonce(sending.tools.config, linked.mail, form.raw("nonce"), linked.real_now)
        except Conflict as stale:
            return sending.again(stale.status, Fault("", stale.code))
    if form.text("website"):
        return _trapped(sending)
    faults = _missing(sending)
    if faults:
        return sending.again(HTTPStatus.UNPROCESSABLE_ENTITY, *faults)
    order = _order(sending)
    try:
        tried = await sending.tools.units.write(
            sending.by, lambda unit: linkwork.answer(unit, linked.mail, form.raw("code"), order)
        )
    except (Invalid, Conflict, LinkClosed, Unavailable) as refusal:
        return await _refused(sending, token, refusal)
    if tried.answered is None:
        return await _wrong_code(sending, token, tried)
    return await _to_receipt(sending, tried.answered.receipt)


def _missing(sending: Sending) -> list[Fault]:
    """Every field that is not there or cannot be a name, all at once."""
    form = sending.form
    faults = [Fault(name, "FIELD_MISSING") for name in ("nonce", "code", "name", "position") if not form.text(name)]
    missing = {fault.field for fault in faults}
    for name, pair in (("name", (form.raw("name"), "-")), ("position", ("X", form.raw("position")))):
        if name not in missing:
            try:
                clean_officer(*(value.strip(" ") for value in pair))
            except Invalid as fault:
                faults.append(Fault(name, fault.code))
    if not any(name.partition("[")[0] in ("action", "all", "answer") for name in sending.entries):
        faults.append(Fault(_first_answer_field(sending.linked), "FIELD_MISSING"))
    return faults


def _first_answer_field(linked: Linked) -> str:
    """Where the page asks for the first answer."""
    if linked.is_single:
        return "action"
    first = linked.open_asks[0]
    alike = sum(ask.rule.code == first.rule.code for ask in linked.open_asks)
    is_common = alike >= _SHOWN_COMMONLY_FROM and not first.rule.restricted
    return f"all[{first.rule.code}]" if is_common else f"answer[{first.id}]"


def _order(sending: Sending) -> LinkForm:
    form, entries = sending.form, sending.entries
    name, position = form.raw("name").strip(" "), form.raw("position").strip(" ")
    if sending.linked.is_single:
        return LinkForm(name, position, sending.key, entries["action"], entries.get("reason"), entries.get("until"))
    kept = Form(entries)
    return LinkForm(
        name,
        position,
        sending.key,
        common=kept.entries("all"),
        each=kept.entries("answer"),
        reasons=kept.entries("reason"),
        until=kept.entries("until"),
    )


async def _refused(sending: Sending, token: str, refusal: DomainError) -> Response:
    log.info("answer_refused", mail=sending.linked.mail, code=refusal.code)
    if isinstance(refusal, Unavailable):
        return sending.again(refusal.status, Fault("", refusal.code))
    now = await look(sending.request, token)
    if now.linked.state is not LinkState.OPEN:
        return closed_page(sending.request, now, is_post=True)
    return Sending(sending.request, sending.tools, now, sending.form).again(refusal.status, *_faults(sending, refusal))


def _faults(sending: Sending, refusal: DomainError) -> list[Fault]:
    """The refusal's faults, each at the field that was filled: the common answer's where an ask has none of its own."""
    given = refusal.facts.get("faults") or [(refusal.facts.get("field", _field_of(sending, refusal)), refusal.code)]
    known = {name: value for name, value in refusal.facts.items() if name not in ("faults", "field")}
    places = dict.fromkeys((_place(sending, str(name)), str(code)) for name, code in given)
    faults = [Fault(name, code, known) for name, code in places]
    return sorted(faults, key=lambda fault: fault.code != refusal.code)


def _field_of(sending: Sending, refusal: DomainError) -> str:
    """The field behind a refusal that names none: the answer that this task does not offer, or may not have now."""
    if sending.linked.is_single:
        return "until" if refusal.code == "EXTENSION_LIMIT" else "action"
    if refusal.code != "ACTION_NOT_ALLOWED":
        return ""
    for ask in sending.linked.open_asks:
        if ask.rule.code == refusal.facts.get("task") and f"answer[{ask.id}]" in sending.entries:
            return f"answer[{ask.id}]"
    return f"all[{refusal.facts.get('task')}]"


def _place(sending: Sending, name: str) -> str:
    base, _, rest = name.partition("[")
    ask = sending.linked.find(rest.rstrip("]")) if rest else None
    base = "answer" if base == "action" and rest else base
    if ask is None or f"answer[{ask.id}]" in sending.entries:
        return f"{base}[{rest}" if rest else base
    return f"{'all' if base == 'answer' else base}[{ask.rule.code}]"


async def _to_receipt(sending: Sending, number: str) -> Response:
    """303 to the receipt; asks that the page showed as open and that were closed meanwhile are named in the address."""
    tools, linked = sending.tools, sending.linked
    left: list[str] = []
    if not linked.is_single:
        slip = await tools.units.read(lambda reading: find_slip(reading, linked.mail, number))
        left = _left_out(sending, {line.ask for line in slip.lines} if slip else set())
    where = f"{sending.looked.path}/tanda-terima/{number}"
    response = see_other(where, left=",".join(left)) if left else see_other(where)
    nonces.keep_slip(response, tools.config, sending.looked.path, number, linked.real_now)
    return response


def _left_out(sending: Sending, answered: set[str]) -> list[str]:
    """Ids of asks that had an entry and were open when the page was made, but got no answer by this sending."""
    linked, entries = sending.linked, sending.entries
    try:
        shown = nonces.read_nonce(sending.tools.config, linked.mail, sending.form.raw("nonce"), linked.real_now)
    except Conflict:
        return []
    ids = sorted(ask.id for ask in linked.asks)
    return [
        ask.id
        for ask in linked.asks
        if ids.index(ask.id) in shown and ask.id not in answered and _has_entry(ask, entries)
    ]


def _has_entry(ask: linkwork.LinkedAsk, entries: Mapping[str, str]) -> bool:
    return f"answer[{ask.id}]" in entries or f"all[{ask.rule.code}]" in entries
