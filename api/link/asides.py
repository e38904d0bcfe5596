"""What a link page takes besides answers: a look at the facts (`show`), and the wish for a fresh mail (`resend`)."""

from http import HTTPStatus

from starlette.responses import Response

import templates
from api.link import nonces
from api.link.page import closed_page, form_page, look
from api.link.sending import Sending, trapped, wrong_code
from api.sessions import see_other
from domain.errors import TooMany
from store import linkfacts, linkwork
from store.links import CodeResult
from store.linkwork import LinkState, Tried
from store.unit import Unit
from templates.views import Fault

COMPOSER = templates.Composer()


async def send_fresh_mail(sending: Sending, token: str) -> Response:
    """A mail with a new link to the registered address: only for a link that ended or sleeps with something open."""
    looked = sending.looked
    state = looked.linked.state
    if state in (LinkState.ANSWERED, LinkState.WITHDRAWN):
        return closed_page(sending.request, looked, is_post=True)
    if state is LinkState.OPEN:
        return sending.again(HTTPStatus.CONFLICT, Fault("", "ACTION_NOT_ALLOWED"))
    if sending.form.text("website"):
        return trapped(sending)
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


async def show_facts(sending: Sending, token: str) -> Response:
    """The right code alone opens the facts in this browser for 30 minutes, with one access row for each case."""
    form, linked = sending.form, sending.linked
    if form.text("website"):
        return trapped(sending)
    if not form.text("code"):
        return sending.again(HTTPStatus.UNPROCESSABLE_ENTITY, Fault("code", "FIELD_MISSING"))

    def open_facts(unit: Unit) -> Tried:
        tried = linkwork.try_code(unit, linked.mail, form.raw("code"))
        if tried.result is CodeResult.RIGHT:
            linkfacts.record_views(unit, linked.mail, linked.open_asks)
        return tried

    tried = await sending.tools.units.write(sending.by, open_facts)
    if tried.result is not CodeResult.RIGHT:
        return await wrong_code(sending, token, tried)
    looked = await look(sending.request, token, opened_now=True, part=sending.looked.part)
    if looked.linked.state is not LinkState.OPEN:
        return closed_page(sending.request, looked, is_post=True)
    response = form_page(sending.request, looked, typed=form.values)
    nonces.keep_opened(response, sending.tools.config, looked.path, linked.mail, linked.real_now)
    return response
