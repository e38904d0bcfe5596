"""GET /agencies: the register, without addresses."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.v1.acts import Bearer, Cursor, ToolsDep, shown
from domain.roles import Action
from store import agencies
from store.agencies import Listed

router = APIRouter(tags=["agencies"])


def view(listed: Listed) -> dict[str, Any]:
    """One office as CONTRACT gives it: never its address, only whether its mailbox works."""
    agency = listed.agency
    return {
        "code": agency.code,
        "name": agency.name,
        "functions": sorted(agency.functions),
        "zone": agency.zone,
        "calendar": agency.calendar,
        "region": agency.region,
        "superior": agency.superior,
        "mailbox_ok": listed.mailbox_ok,
    }


@router.get("/agencies")
async def list_agencies(me: Bearer, tools: ToolsDep, cursor: Cursor = None) -> Response:
    """Offices by code, a page at a time. Raises Invalid("CURSOR_INVALID")."""
    me.must(Action.READ_REGISTER)
    page, following = await tools.units.read(lambda reading: agencies.list_agencies(reading, cursor))
    return shown({"items": [view(listed) for listed in page], "next_cursor": following})
