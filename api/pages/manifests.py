"""/manifes: sheets of people handed in, and the page on which a coordinator answers their lines (J6)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api import handed_in
from api.forms import Form
from api.language import LanguageDep, language_of
from api.pages import places, sheet_lines
from api.pages.desk import draw, fault_of, fields, once
from api.pages.sheet_lines import MENDED
from api.sessions import SignedIn, read_page_form, read_page_upload
from api.tools import ToolsDep, tools_of
from domain.errors import Conflict, DomainError, NotAllowed, NotFound
from domain.regions import WIB
from domain.roles import Action, Actor
from domain.sheets.mending import COLUMNS
from domain.sheets.records import Status
from store import agencies, manifests
from store.manifests import Decision, Line, Manifest
from store.unit import Reading, Unit
from templates import filters, words
from templates.views import Fault

router = APIRouter()
HERE: Final = "manifes"
FIRST_LINES: Final = 30  # of each part on the page of the whole sheet
PAGE_LINES: Final = 100
_CSV: Final = "text/csv; charset=utf-8"
LineNumber = Annotated[int, Path(ge=1, le=10**9)]


@router.get("/manifes")
async def show_all(request: Request, me: SignedIn) -> Response:
    """The sheets handed in, and the form for another."""
    me.must(Action.READ_MANIFEST)
    return await _all_page(request, me)


async def _all_page(
    request: Request,
    me: Actor,
    *,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    typed: Mapping[str, str] | None = None,
) -> Response:
    language = language_of(request)

    def build(reading: Reading) -> dict[str, Any]:
        register = agencies.register(reading)
        names = dict(places.shelters(register))
        return {
            "sheets": [
                {
                    "id": each.id,
                    "title": each.title,
                    "arrival": filters.date_only(each.arrival, language=language),
                    "shelter": names.get(each.shelter, each.shelter),
                    "counts": {status.value: number for status, number in each.counts.items()},
                    "records": each.records,
                    "at": filters.short(each.at, WIB, language),
                    "by": each.by,
                }
                for each in manifests.list_manifests(reading, me)
            ],
            "shelters": places.shelters(register),
            "missions": places.missions(register),
            "arrival_points": places.arrival_points(),
        }

    page = await tools_of(request).units.read(build)
    words_of_file = _words_of_file(faults, language)
    return draw(
        request, me, "manifests", HERE, status=status, faults=faults, typed=typed or {}, file_words=words_of_file,
        may_act=me.may(Action.MANIFEST), **page,
    )  # fmt: skip


def _words_of_file(faults: tuple[Fault, ...], language: str) -> words.Words | None:
    """What is said of a file that was not taken; None when the fault is at another field."""
    if not faults or faults[0].field != handed_in.FILE:
        return None
    facts = dict(faults[0].facts)
    column = facts.get("column")
    if isinstance(column, str):
        facts["column"] = words.name_of(column, language, "sheet_column")
    return words.error_words(faults[0].code, facts, language, str(facts.get("problem", "")) or "sheet")


@router.post("/manifes")
async def take_sheet(request: Request, me: SignedIn, tools: ToolsDep) -> Response:
    """Takes in a sheet and goes on to its page; the same file again goes to the first import."""
    me.must(Action.MANIFEST)
    form, upload = await read_page_upload(request, fields(*handed_in.FIELDS), handed_in.FILE)
    try:
        sheet = await handed_in.read(form, upload, demonstration=tools.config.demo)

        def take(unit: Unit) -> str:
            manifest_id, is_new = manifests.take_sheet(unit, sheet.order, sheet.digest, sheet.sheet, sheet.judgement)
            return f"/manifes/{manifest_id}?notice={'SHEET_TAKEN' if is_new else 'IMPORT_SEEN'}"

        return await once(request, me, Form({**form.values, handed_in.FILE: sheet.digest}), take)
    except NotAllowed:
        raise
    except DomainError as error:
        return await _all_page(request, me, status=error.status, faults=_faults(error), typed=form.values)


def _faults(error: DomainError) -> tuple[Fault, ...]:
    """Every fault of the form; what is wrong with the file stands at the file."""
    if error.facts.get("faults"):
        return tuple(Fault(each["field"], each["code"]) for each in error.facts["faults"])
    fault = fault_of(error)
    own = fault.field in handed_in.FIELDS
    return (fault if own else Fault(handed_in.FILE, fault.code, fault.facts),)


@router.get("/manifes/contoh.csv")
async def template(me: SignedIn) -> Response:
    """An empty sheet with our headings."""
    me.must(Action.READ_MANIFEST)
    return _file(sheet_lines.csv_text([list(COLUMNS)]), "contoh-daftar.csv")


def _file(text: str, name: str) -> Response:
    return Response(text, media_type=_CSV, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/manifes/{manifest}")
async def show_one(
    manifest: str,
    request: Request,
    me: SignedIn,
    bagian: Annotated[Status | None, Query()] = None,
    sesudah: Annotated[int, Query(ge=0, le=10**9)] = 0,
    baris: Annotated[int, Query(ge=0, le=10**9)] = 0,
) -> Response:
    """One sheet: its counts, the lines to be answered with their forms, the others folded."""
    return await _one_page(request, me, manifest, part=bagian, after=sesudah, line=baris)


async def _one_page(
    request: Request,
    me: Actor,
    manifest: str,
    *,
    part: Status | None = None,
    after: int = 0,
    line: int = 0,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    typed: Mapping[str, str] | None = None,
) -> Response:
    language = language_of(request)
    found = await tools_of(request).units.write(me, lambda unit: manifests.view_manifest(unit, manifest, "page"))
    if line and all(each.row.line != line for each in found.lines):
        raise NotFound("NOT_FOUND")
    wanted = [part] if part else list(Status)
    shown = {} if line else {each.value: _part(found, each, part, after, language) for each in wanted}
    one = [sheet_lines.block(each, language, typed) for each in found.lines if each.row.line == line]
    return draw(
        request,
        me,
        "manifest",
        HERE,
        status=status,
        faults=faults,
        manifest=found,
        counts={each.value: number for each, number in found.counts.items()},
        file_notes=[words.name_of(code, language, "sheet_code") for code in found.file_codes],
        parts=shown,
        one=one,
        refused_for=sheet_lines.sentences(faults[0].facts.get("codes", ()), language) if faults else "",
        part=part.value if part else "",
        may_act=me.may(Action.MANIFEST) and not me.sees_masked,
        masked=me.sees_masked,
        regions=sheet_lines.region_names(),
        zone=WIB,
    )


def _part(found: Manifest, status: Status, part: Status | None, after: int, language: str) -> dict[str, Any]:
    lines = [each for each in found.lines if each.row.status is status]
    some = [each for each in lines if each.row.line > after][: PAGE_LINES if part else FIRST_LINES]
    last = some[-1].row.line if some else 0
    return {
        "lines": [sheet_lines.block(each, language) for each in some],
        "more": bool(some) and last != lines[-1].row.line,
        "next": f"/manifes/{found.id}?bagian={status.value}&sesudah={last}",
        "all": f"/manifes/{found.id}?bagian={status.value}",
    }


@router.get("/manifes/{manifest}/ditolak.csv")
async def refused_lines(manifest: str, me: SignedIn, tools: ToolsDep, language: LanguageDep) -> Response:
    """The refused lines as they were written, with the reasons; no cell is a formula (B10)."""
    me.must(Action.READ_MANIFEST)
    if me.sees_masked:
        raise NotAllowed("ROLE_LACKS_ACTION", action=Action.READ_MANIFEST.value)
    found = await tools.units.write(me, lambda unit: manifests.view_manifest(unit, manifest, "file"))
    lines = [each for each in found.lines if each.row.status is Status.REFUSED]
    return _file(sheet_lines.refused_csv(lines, language), "baris-ditolak.csv")


@router.post("/manifes/{manifest}/baris/{line}")
async def decide(manifest: str, line: LineNumber, request: Request, me: SignedIn) -> Response:
    """Takes, refuses or joins one line; what was changed in its fields goes in the place of what was read."""
    form = await read_page_form(request, fields("decision", "case", "state", prefixes=(MENDED,)))
    me.must(Action.MANIFEST)

    def act(unit: Unit) -> str:
        before = manifests.get_line(unit, manifest, line)
        if form.text("state") not in ("", sheet_lines.state_of(before)):
            raise Conflict("STALE_PAGE")
        decision = Decision(form.text("decision"), _changed(before, form), form.text("case") or None)
        after = manifests.decide_row(unit, manifest, line, decision)
        return f"/manifes/{manifest}?{f'baris={line}&' if after.is_open else ''}notice={_notice(after)}"

    try:
        return await once(request, me, form, act)
    except NotFound as error:
        if error.code != "NO_SUCH_CASE":
            raise
        fault = replace(fault_of(error), field="case")
    except DomainError as error:
        fault = fault_of(error)
    return await _one_page(
        request, me, manifest, line=line, status=409 if fault.code in _CONFLICTS else 422,
        faults=(fault,), typed=form.values,
    )  # fmt: skip


_CONFLICTS: Final = ("STATE_FORBIDS", "STALE_PAGE")


def _changed(before: Line, form: Form) -> dict[str, str | None]:
    """The fields that no longer stand as the page showed them; all of them where the line could not be read at all."""
    shown = sheet_lines.shown_values(before) if before.row.values else {}
    typed = {column: text.strip() for column, text in form.entries(MENDED).items()}
    chosen = typed.pop(sheet_lines.CHOICE, "")
    changed: dict[str, str | None] = {
        column: text for column, text in typed.items() if text != shown.get(column, "").strip()
    }
    return changed | ({sheet_lines.CHOICE: chosen} if chosen else {})


def _notice(after: Line) -> str:
    if after.is_open:
        return "ROW_ASKED"
    return {"accept": "ROW_TAKEN", "merge": "ROW_JOINED"}.get(after.decision or "", "ROW_LEFT")
