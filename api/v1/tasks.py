"""Calls on one task of a case: answer as staff, look a second time, declare not needed, decide after a failure."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.v1 import schemas
from api.v1.acts import Answer, Bearer, ToolsDep, act
from api.v1.openapi import takes
from store import answers, reviews
from store.unit import Unit

router = APIRouter(prefix="/cases/{number}/tasks/{code}", tags=["tasks"])


@router.post("/answers", openapi_extra=takes(schemas.AnswerBody))
async def answer(number: str, code: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Answers one of the ministry's own tasks, 201 with the receipt."""

    def give(unit: Unit, body: schemas.AnswerBody) -> Answer:
        made = answers.answer_as_staff(unit, number, code, body.n, body.answer, body.reason, body.until, body.note)
        return 201, {"receipt": made.receipt, "state": made.state, "task": made.task}

    return await act(request, tools, me, schemas.AnswerBody, give)


@router.post("/verifications", openapi_extra=takes(schemas.VerificationBody))
async def verify(number: str, code: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """The second look at an answer."""

    def look(unit: Unit, body: schemas.VerificationBody) -> Answer:
        reviews.verify(unit, number, code, body.n, body.result, body.note)
        return 200, {"number": number, "task": code, "result": body.result}

    return await act(request, tools, me, schemas.VerificationBody, look)


@router.post("/not-required", openapi_extra=takes(schemas.NotRequiredBody))
async def not_required(number: str, code: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Leaves a task out, by its signer."""

    def declare(unit: Unit, body: schemas.NotRequiredBody) -> Answer:
        reviews.mark_not_required(unit, number, code, body.n, body.reason, body.note)
        return 200, {"number": number, "task": code, "reason": body.reason.partition(" ")[0]}

    return await act(request, tools, me, schemas.NotRequiredBody, declare)


@router.post("/decisions", openapi_extra=takes(schemas.DecisionBody))
async def decide(number: str, code: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """The coordinator's choice after a failing answer."""

    def choose(unit: Unit, body: schemas.DecisionBody) -> Answer:
        reviews.decide(unit, number, code, body.n, body.choice, body.agency, body.reason)
        return 200, {"number": number, "task": code, "choice": body.choice}

    return await act(request, tools, me, schemas.DecisionBody, choose)
