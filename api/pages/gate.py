"""/kasus/{number}/gerbang: the gate sheet, which is the decision document on paper, and the two signatures.

Opening it counts as opening its items for the snapshot it shows (`store.reads`).
"""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request
from markupsafe import Markup, escape
from starlette.responses import Response

from api.language import language_of
from api.pages import case_gate, case_journey, case_page, people_words
from api.pages.case_reader import CaseReader
from api.pages.desk import draw, fault_of, fields, once
from api.sessions import SignedIn, read_page_form
from api.tools import tools_of
from domain.cases import CaseStatus
from domain.course import ApprovalFacts
from domain.errors import DomainError, Invalid, NotFound
from domain.gate import aged_at, basis_of
from domain.roles import Action, Actor, Role
from domain.tasks import TaskStatus
from store import gatekeeping
from store.unit import Unit
from templates import filters, words_staff
from templates.staff_views import Approval, Check, GatePage, Panel
from templates.views import Fault

router = APIRouter()
SIGNING: Final = (CaseStatus.MENUNGGU_GERBANG, CaseStatus.SINGGAH, CaseStatus.DISETUJUI)
_GROUPS: Final = {
    "umum": words_staff.GROUP_GENERAL,
    "bersyarat": words_staff.GROUP_CONDITIONAL,
    "jenazah": words_staff.GROUP_REMAINS,
}


_CHANGES: Final = (
    "destination_changed", "task_reopened", "task_expired", "flag_raised", "consent_withdrawn", "approval_aged",
    "hold_set", "route_changed", "escort_changed",
)  # fmt: skip


@router.get("/kasus/{number}/gerbang")
async def show(number: str, request: Request, me: SignedIn) -> Response:
    """The gate sheet; opening it counts as opening its items. Raises as `build`."""
    return await _draw(request, me, number)


async def _draw(
    request: Request,
    me: Actor,
    number: str,
    *,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    typed: Mapping[str, str] | None = None,
) -> Response:
    language = language_of(request)
    page = await tools_of(request).units.write(me, lambda unit: build(unit, number, language))
    return draw(request, me, "gate", "papan", status=status, faults=faults, typed=typed or {}, page=page)


@router.post("/kasus/{number}/gerbang")
async def sign(number: str, request: Request, me: SignedIn) -> Response:
    """One approval or one sending back; refused, the sheet comes again."""
    form = await read_page_form(request, fields("decision", "snapshot", "note"))

    def act(unit: Unit) -> str:
        if not form.text("decision"):
            raise Invalid("FIELD_MISSING", field="decision")
        gatekeeping.approve(unit, number, form.text("decision"), form.text("snapshot"), form.text("note") or None)
        notice = "APPROVED" if form.text("decision") == "approve" else "SENT_BACK"
        return f"/kasus/{number}/gerbang?notice={notice}"

    try:
        return await once(request, me, form, act)
    except NotFound:
        raise
    except DomainError as error:
        try:
            return await _draw(request, me, number, status=error.status, faults=(fault_of(error),), typed=form.values)
        except DomainError:
            raise error from None


def build(unit: Unit, number: str, language: str) -> GatePage:
    """The gate sheet for the unit's actor; leaves one access row. Raises as `store.case_view.view_case`."""
    if unit.by.sees_short_card:
        unit.by.must(Action.APPROVE)  # an escort does not see other offices' answers
    reader = case_page.open_reader(unit, number, language, "gate")
    course, verdict = reader.view.course, reader.view.verdict
    turn = _turn(reader)
    barred = _barred(unit, reader)
    may_sign = turn is not None and unit.by.has(turn) and not barred and verdict.checks_hold and not verdict.held
    missing = case_gate.papers_missing(reader)
    basis = basis_of(course)
    titles = basis.titles if basis else None
    return GatePage(
        number=course.number,
        who=reader.person_name,
        where=people_words.region_name(course.destination, language),
        panel=_panel(reader, may_sign, missing),
        basis=(titles.en if language == "en" else titles.id) if titles else "",
        basis_source=basis.source if basis else "",
        groups=tuple(_groups(reader)),
        holds=case_journey.hold_lines(reader),
        approvals=_boxes(reader, turn, may_sign),
        past=_past(reader),
        voids=_voids(reader),
        weights=_weights(reader),
        snapshot=verdict.snapshot,
        snapshot_short=_short(verdict.snapshot),
        may_sign=may_sign,
        must_not=barred,
        procedure=course.procedure.version,
        printed=reader.moment(reader.view.now, reader.home_zone),
        acts=tuple(each for each in case_page.case_acts(reader) if each[1].endswith("/penahanan")),
    )


# --- the sentence


def _panel(reader: CaseReader, may_sign: bool, missing: int) -> Panel:
    course, verdict = reader.view.course, reader.view.verdict
    lines: list[str] = []
    if course.is_over or course.has_departed:
        text = words_staff.GATE_OVER if course.is_over else words_staff.GATE_PASSED
        return Panel(reader.say(text), "go", (), reader.next_lines())
    if verdict.held:
        kinds = [reader.name(hold.kind, "hold").lower() for hold in course.active_holds]
        text = reader.say(words_staff.GATE_HELD, holds=filters.join_words(kinds, reader.language))
        return Panel(text, "hold", (reader.say(words_staff.ALSO_HELD),), reader.next_lines())
    if not verdict.checks_hold:
        shown = [check for check in verdict.checks if check.state != "not_applicable"]
        opened = sum(check.state == "open" for check in shown)
        kind = "late" if any(reader.is_late(ask.due_at) for ask in course.open_asks) else "wait"
        text = reader.say(words_staff.GATE_WAITS, open=opened, all=len(shown))
        if not verdict.basis and not course.is_remains:
            text += " " + reader.say(words_staff.GATE_NO_BASIS)
        first = reader.view.waits[0] if reader.view.waits else None
        more = (reader.panel().sentence,) if first else ()
        return Panel(text, kind, more, reader.next_lines())
    if missing:
        one, many = words_staff.PAPERS_LATER
        count = filters.in_words(missing, reader.language).capitalize()
        lines.append(reader.say(one) if missing == 1 else reader.say(many, count=count))
    return Panel(_signatures(reader, may_sign), "ok" if verdict.is_open else "wait", tuple(lines), reader.next_lines())


def _signatures(reader: CaseReader, may_sign: bool) -> Markup:
    live = {a.role: a for a in _live(reader)}
    first, second = live.get("pemeriksa"), live.get("penyetuju")
    if first is None:
        text = words_staff.GATE_FIRST_YOURS if may_sign else words_staff.GATE_FIRST
        return Markup(reader.say(text))  # noqa: S704  # our own sentence
    facts = {"first": escape(reader.account(first.account)), "who": escape(reader.account(first.account))}
    if second is None:
        facts["at"] = escape(reader.moment(first.at, reader.home_zone))
        text = words_staff.GATE_SECOND_YOURS if may_sign else words_staff.GATE_SECOND
        return Markup(reader.say(text)).format(**facts)  # noqa: S704
    facts |= {
        "second": escape(reader.account(second.account)),
        "at": escape(reader.moment(second.at, reader.home_zone)),
    }
    return Markup(reader.say(words_staff.GATE_OPEN)).format(**facts)  # noqa: S704


def _live(reader: CaseReader) -> list[ApprovalFacts]:
    course, verdict, now = reader.view.course, reader.view.verdict, reader.view.now
    return [a for a in course.live_approvals if a.snapshot == verdict.snapshot and now < aged_at(course, a.at)]


# --- checks


def _groups(reader: CaseReader) -> list[tuple[str, str, tuple[Check, ...]]]:
    lines = case_gate.checks_of(reader, full=True)
    groups = []
    remains = reader.view.course.is_remains
    for group, title in _GROUPS.items():
        own = [(check, line) for check, line in lines if check.group == group]
        applies = [line for check, line in own if check.state != "not_applicable"]
        if not own or (not applies and (group == "jenazah") is not remains):
            continue
        holding = sum(check.state == "holds" for check, _ in own)
        if group == "bersyarat":
            note = reader.say(words_staff.APPLY_OF, applies=len(applies), others=len(own) - len(applies))
        else:
            note = reader.say(words_staff.HOLDING_OF, holding=holding, all=len(own))
        ordered = sorted(own, key=lambda pair: (pair[0].state == "not_applicable", pair[0].code))
        groups.append((reader.say(title), note, tuple(line for _, line in ordered)))
    return groups


# --- signatures


def _turn(reader: CaseReader) -> Role | None:
    """Whose signature is missing, in the order of 4.3; None when nobody's can be given now."""
    if reader.view.course.status not in SIGNING:
        return None
    signed = {a.role for a in _live(reader)}
    for role in (Role.PEMERIKSA, Role.PENYETUJU):
        if role not in signed:
            return role
    return None


def _barred(unit: Unit, reader: CaseReader) -> str:
    """Code of the reason why this approver may not sign this case, or ""."""
    me = unit.by
    if not me.may(Action.APPROVE):
        return ""
    if any(a.account == me.ref or (a.staff_number and a.staff_number == me.staff_number) for a in _live(reader)):
        return "SAME_PERSON_APPROVES"
    try:
        gatekeeping._must_be_independent(unit, reader.view.file)
    except DomainError as error:
        return error.code
    return ""


def _boxes(reader: CaseReader, turn: Role | None, may_sign: bool) -> tuple[Approval, ...]:
    signed = {a.role: a for a in _live(reader)}
    boxes = []
    for role in (Role.PEMERIKSA, Role.PENYETUJU):
        title = reader.say_role(role.value).capitalize()
        given = signed.get(role.value)
        if given is not None:
            at = reader.moment(given.at, reader.home_zone)
            line = f"{at} · {reader.say(words_staff.SNAPSHOT_IS, snapshot=_short(given.snapshot))}"
            boxes.append(Approval(title, "ok", reader.say(words_staff.SIGNED), reader.account(given.account), (line,)))
        elif role is turn:
            mine = may_sign
            word = words_staff.WAITS_YOU if mine else words_staff.WAITS_SIGN
            name = reader.me.name if mine else ""
            rule = (reader.say(words_staff.INDEPENDENT),)
            boxes.append(Approval(title, "wait", reader.say(word), name, rule, mine))
        else:
            boxes.append(Approval(title, "none", reader.say(words_staff.LATER_SIGN), "", ()))
    return tuple(boxes)


def _short(snapshot: str) -> str:
    return " ".join((snapshot[:4], snapshot[4:8]))


def _past(reader: CaseReader) -> tuple[str, ...]:
    """Signatures that count no more, and those sent back, newest first."""
    live = {a.row for a in _live(reader)}
    lines = []
    for approval in reversed(reader.view.course.approvals):
        if approval.row in live:
            continue
        decision = words_staff.SIGNED if approval.decision == "approve" else words_staff.SENT_BACK
        line = reader.say(
            words_staff.PAST_SIGN,
            name=reader.account(approval.account),
            role=reader.say_role(approval.role),
            decision=reader.say(decision).lower(),
            at=reader.moment(approval.at, reader.home_zone),
        )
        row = reader.view.row(approval.row)
        if approval.decision == "approve":
            line += f" ({reader.say(words_staff.VOID)})"
        if row is not None and row.sealed.get("note"):
            line += f". “{row.sealed['note']}”"
        lines.append(line)
    return tuple(lines)


def _voids(reader: CaseReader) -> tuple[str, ...]:
    effects = reader.view.course.procedure.effects
    lines = []
    for event in _CHANGES:
        if event in effects:
            name = reader.name(event, "invalidation")
            effect = reader.name(effects[event], "effect")
            lines.append(reader.say(words_staff.VOID_LINE, event=name[0].upper() + name[1:], effect=effect))
    return tuple(lines)


def _weights(reader: CaseReader) -> tuple[tuple[str, str], ...]:
    """How the answers behind the gate came in, counted."""
    course = reader.view.course
    counts = {
        words_staff.BY_LINK: 0,
        words_staff.BY_ACCOUNT: 0,
        words_staff.BY_SIGNER: 0,
        words_staff.EVIDENCE_LATER: 0,
    }
    for task in course.tasks.values():
        if not course.rule(task.code).gate or not task.is_settled or task.status is TaskStatus.TIDAK_BERLAKU:
            continue
        row = reader.view.row(task.answer_row)
        if task.status is TaskStatus.TIDAK_DIPERLUKAN:
            counts[words_staff.BY_SIGNER] += 1
        elif row is not None:
            counts[words_staff.BY_LINK if row.actor.startswith("link:") else words_staff.BY_ACCOUNT] += 1
    counts[words_staff.EVIDENCE_LATER] = case_gate.papers_missing(reader)
    return tuple((reader.say(label), filters.table_number(count, reader.language)) for label, count in counts.items())
