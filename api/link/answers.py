"""POST of a link: an answer, a look at the facts (`show`), or a fresh mail (`resend`). Success answers 303 (CONTRACT).

Order: receipt of this very sending, state of the link, form number, trap field, missing fields, code, answers. Every
refusal gives the form back with what was typed, its code in the page and in X-Pulang-Code; nothing is stored by it.
"""

from http import HTTPStatus

import structlog
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.forms import Form
from api.link import nonces
from api.link.asides import send_fresh_mail, show_facts
from api.link.page import closed_page, look
from api.link.sending import Sending, part_sent, read_sending, shown_on, trapped, wrong_code
from api.sessions import see_other
from api.tools import ToolsDep
from domain.answering import clean_officer
from domain.errors import Conflict, DomainError, Invalid, LinkClosed, Unavailable
from store import linkwork
from store.answers import LinkForm
from store.linkslips import find_receipt, find_slip
from store.linkwork import Linked, LinkState, Tried
from store.unit import Unit
from templates.views import Fault

router = APIRouter()
log = structlog.get_logger("api")

_SHOWN_COMMONLY_FROM = 4


@router.post("/t/{token}")
async def take(request: Request, token: str, tools: ToolsDep) -> Response:
    """Takes what an officer sent: an answer, a look at the facts or a wish for a new mail. Raises as `look`."""
    looked = await look(request, token)
    form, fault = await read_sending(request, looked.linked)
    if looked.parts > 1:
        looked = await look(request, token, part=part_sent(looked, tools, form))
    sending = Sending(request, tools, looked, form)
    if fault is not None:
        if looked.linked.state is not LinkState.OPEN:
            return closed_page(request, looked, is_post=True)
        return sending.again(fault.status, Fault(str(fault.facts.get("field", "")), fault.code))
    if form.text("resend"):
        return await send_fresh_mail(sending, token)
    if looked.linked.state is LinkState.OPEN:
        return await (show_facts(sending, token) if form.text("show") else _answer(sending, token))
    return await _known_receipt(sending) or closed_page(request, looked, is_post=True)


async def _known_receipt(sending: Sending) -> Response | None:
    """The receipt of this very sending, where it got one before: a second press, or a line that dropped."""
    if not sending.form.raw("nonce"):
        return None
    mail, key = sending.linked.mail, sending.key
    before = await sending.tools.units.glance(lambda reading: find_receipt(reading, mail, key))
    return None if before is None else await _to_receipt(sending, before)


async def _answer(sending: Sending, token: str) -> Response:
    form, linked = sending.form, sending.linked
    refused = _refused_at_once(sending)
    if refused is not None:
        return await _known_receipt(sending) or refused
    order = _order(sending)

    def act(unit: Unit) -> Tried:
        tried = linkwork.answer(unit, linked.mail, form.raw("code"), order)
        sending.tools.crash_point("answer.before_commit")
        return tried

    try:
        tried = await sending.tools.units.write(sending.by, act)
    except (Invalid, Conflict, LinkClosed, Unavailable) as refusal:
        return await _refused(sending, token, refusal)
    if tried.answered is None:
        return await wrong_code(sending, token, tried)
    sending.tools.crash_point("answer.after_commit")
    return await _to_receipt(sending, tried.answered.receipt)


def _refused_at_once(sending: Sending) -> Response | None:
    """What can be refused without looking at the code: a form too old, one that a machine filled, fields left out."""
    form, linked = sending.form, sending.linked
    if form.raw("nonce"):
        try:
            nonces.read_nonce(sending.tools.config, linked.mail, form.raw("nonce"), linked.real_now)
        except Conflict as stale:
            return sending.again(stale.status, Fault("", stale.code))
    if form.text("website"):
        return trapped(sending)
    faults = _missing(sending)
    return sending.again(HTTPStatus.UNPROCESSABLE_ENTITY, *faults) if faults else None


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
        each=_each(sending),
        reasons=kept.entries("reason"),
        until=kept.entries("until"),
    )


def _each(sending: Sending) -> dict[str, str]:
    """One entry for each ask: its own, else the common one of its task, which counts for what the page showed."""
    entries, shown = sending.entries, shown_on(sending.linked, sending.tools, sending.form)
    found = {}
    for ask in sending.linked.asks:
        common = entries.get(f"all[{ask.rule.code}]") if ask.id in shown else None
        answer = entries.get(f"answer[{ask.id}]") or common
        if answer:
            found[ask.id] = answer
    return found


async def _refused(sending: Sending, token: str, refusal: DomainError) -> Response:
    log.info("answer_refused", mail=sending.linked.mail, code=refusal.code)
    if isinstance(refusal, Unavailable):
        return sending.again(refusal.status, Fault("", refusal.code))
    now = await look(sending.request, token, part=sending.looked.part)
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
    """303 to the receipt; asks with an entry that were closed meanwhile are named in the address."""
    tools, linked = sending.tools, sending.linked
    left: list[str] = []
    if not linked.is_single:
        slip = await tools.units.glance(lambda reading: find_slip(reading, linked.mail, number))
        left = _left_out(sending, {line.ask for line in slip.lines} if slip else set())
    where = f"{sending.looked.path}/tanda-terima/{number}"
    response = see_other(where, left=",".join(left)) if left else see_other(where)
    nonces.keep_slip(response, tools.config, sending.looked.path, number, linked.real_now)
    return response


def _left_out(sending: Sending, answered: set[str]) -> list[str]:
    """Ids of asks that had an entry, but got no answer by this sending."""
    return [ask for ask in _each(sending) if ask not in answered]
