"""Calls on sheets of people: hand one in, read how each line was judged, decide a line (CONTRACT, API; J6)."""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api import handed_in
from api.forms import read_upload
from api.v1 import schemas
from api.v1.acts import Answer, Bearer, ToolsDep, act, idempotency_key, idempotent, shown
from api.v1.openapi import takes, takes_form
from domain.roles import Action
from domain.sheets.records import Status
from store import manifests
from store.manifests import Decision, Line, Manifest
from store.unit import Unit

router = APIRouter(tags=["manifests"])
LineNumber = Annotated[int, Path(ge=1, le=10**9)]
SEEN: Final = "IMPORT_SEEN"
_TEXT: Final = {"type": "string"}
_FORM: Final = {
    "file": {"type": "string", "format": "binary", "description": "CSV or .xlsx, at most 10 MiB"},
    "title": {"type": "string", "maxLength": manifests.MOST_TITLE},
    "arrival": {"type": "string", "format": "date"},
    "mission": _TEXT,
    "shelter": _TEXT,
    "debarkation": _TEXT,
    "urgent": {"type": "string", "enum": ["true", "false"]},
}


@router.post("/manifests", openapi_extra=takes_form(_FORM, ("file", "title", "arrival", "shelter")))
async def take_sheet(request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Takes in a sheet, 201; the same bytes again are the first import, 200 with the code `IMPORT_SEEN`."""
    idempotency_key(request)
    me.must(Action.MANIFEST)
    form, upload = await read_upload(request, handed_in.FIELDS, handed_in.FILE)
    sheet = await handed_in.read(form, upload, demonstration=tools.config.demo)

    def take(unit: Unit) -> Answer:
        manifest_id, is_new = manifests.take_sheet(unit, sheet.order, sheet.digest, sheet.sheet, sheet.judgement)
        state = manifests.state_of(unit, manifest_id)
        answer = {"id": manifest_id, "state": state}
        return (201, answer) if is_new else (200, answer | {"code": SEEN})

    body = dict(form.values) | {handed_in.FILE: sheet.digest}
    response = await idempotent(request, tools, me, body, take)
    if json.loads(bytes(response.body)).get("code") == SEEN:
        response.headers["X-Pulang-Code"] = SEEN
    return response


@router.get("/manifests/{manifest}")
async def manifest(manifest: str, me: Bearer, tools: ToolsDep) -> Response:
    """The sheet, line by line. Reading leaves one row in the reading journal; masked readers get no values."""
    return shown(
        manifest_json(await tools.units.write(me, lambda unit: manifests.view_manifest(unit, manifest, "api")))
    )


@router.post("/manifests/{manifest}/rows/{line}", openapi_extra=takes(schemas.RowDecisionBody))
async def decide_row(manifest: str, line: LineNumber, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Takes, refuses or joins one line; a line mended into something doubtful comes back as `warned`."""

    def decide(unit: Unit, body: schemas.RowDecisionBody) -> Answer:
        decision = Decision(body.decision, body.values, body.case)
        return 200, row_json(manifests.decide_row(unit, manifest, line, decision))

    return await act(request, tools, me, schemas.RowDecisionBody, decide)


def manifest_json(found: Manifest) -> dict[str, Any]:
    """A sheet as CONTRACT gives it."""
    return {
        "id": found.id,
        "state": found.state,
        "arrival": found.arrival,
        "shelter": found.shelter,
        "mission": found.mission,
        "debarkation": found.debarkation,
        "urgent": found.urgent,
        "records": found.records,
        "counts": {status.value: number for status, number in found.counts.items()},
        "undecided": [line.row.line for line in found.lines if line.is_open],
        "file_codes": found.file_codes,
        "rows": [row_json(line) for line in found.lines],
    }


def row_json(line: Line) -> dict[str, Any]:
    """One record; what does not apply to it is left out."""
    row = line.row
    more = {
        "line_end": row.line_end,
        "no": row.no,
        "values": dict(row.values),
        "offers": dict(row.offers),
        "candidates": list(row.candidates),
        "duplicate_of_line": row.duplicate_of_line,
        "similar_to_line": row.similar_to_line,
        "matches": list(line.matches),
        "decision": line.decision,
        "case": line.case,
    }
    told = {"line": row.line, "status": row.status.value, "codes": list(row.codes)}
    if row.status is not Status.SKIPPED:
        told["notes"] = list(row.notes)
    return told | {name: value for name, value in more.items() if value not in (None, {}, [])}
