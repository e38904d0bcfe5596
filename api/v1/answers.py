"""GET /answers/{receipt}: what became of an answer after its receipt was shown."""

from fastapi import APIRouter
from starlette.responses import Response

from api.v1.acts import Bearer, ToolsDep, shown
from domain.roles import Action
from store import receipts

router = APIRouter(tags=["answers"])


@router.get("/answers/{receipt}")
async def answer_state(receipt: str, me: Bearer, tools: ToolsDep) -> Response:
    me.must(Action.READ_CASE)
    return shown(await tools.units.read(lambda reading: receipts.answer_state(reading, receipt)))
