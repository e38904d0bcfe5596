"""GET /asks: what offices were asked and what became of the mail; never a link."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.v1.acts import Bearer, Cursor, ToolsDep, shown
from store import overview

router = APIRouter(tags=["asks"])
State = Literal["queued", "sent", "answered", "withdrawn", "superseded"]


@router.get("/asks")
async def list_asks(
    me: Bearer, tools: ToolsDep, state: Annotated[State | None, Query()] = None, cursor: Cursor = None
) -> Response:
    """Asks with their mails' delivery, never with a link. Raises Invalid for an unknown state or cursor."""
    return shown(await tools.units.read(lambda reading: overview.list_asks(reading, me, state, cursor)))
