"""GET /answers/{receipt}: what became of an answer after its receipt was shown."""

from fastapi import APIRouter
from starlette.responses import Response

from api.v1.acts import Bearer, ToolsDep, shown
from store import receipts

router = APIRouter(tags=["answers"])


@router.get("/answers/{receipt}")
async def answer_state(receipt: str, me: Bearer, tools: ToolsDep) -> Response:
    """Where an answer stands by its receipt. Raises NotFound("NO_SUCH_RECEIPT"), the same for absent and for not
    theirs.
    """
    return shown(await tools.units.read(lambda reading: receipts.answer_state(reading, me, receipt)))
