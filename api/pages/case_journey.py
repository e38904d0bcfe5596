"""Legs with local times, hand-overs with their numbers, holds, and the timeline in words."""

from api.pages.case_reader import CaseReader, noon
from domain.course import LegState
from domain.journal import Kind, Row
from domain.planning import RANK, legs_from_ministry
from domain.regions import find_region
from domain.roles import Action
from templates import filters, words, words_staff
from templates.staff_views import Event, Handed, HoldLine, LegLine

_PARTIES = {
    "kemensos": words_staff.PARTY_MINISTRY,
    "provinsi": words_staff.PARTY_PROVINCE,
    "kabkota": words_staff.PARTY_REGENCY,
    "keluarga": words_staff.PARTY_FAMILY,
}


def leg_lines(reader: CaseReader) -> tuple[LegLine, ...]:
    """The legs in order, each moment in the zone of its place."""
    course = reader.view.course
    lines = []
    for leg in course.legs:
        start, target = reader.leg_zones(leg.n)
        told = reader.view.legs_words.get(leg.n, {})
        happened = []
        if leg.departed_at is not None:
            happened.append(reader.say(words_staff.DEPARTED_AT, at=reader.short(leg.departed_at, start)))
        if leg.arrived_at is not None:
            happened.append(reader.say(words_staff.ARRIVED_AT, at=reader.short(leg.arrived_at, target)))
        lines.append(
            LegLine(
                n=leg.n,
                route=reader.route(leg.n),
                kind_word=reader.name(leg.kind, "leg_kind"),
                departs=reader.short(leg.departs_at, start),
                arrives=reader.short(leg.arrives_at, target),
                hands_to=hands_to(reader, leg.hands_to),
                carrier=told.get("carrier", ""),
                escort=_escort(reader, leg.escort_account, told.get("escort", "")),
                kind=words.tag_of(leg.state.value),
                word=reader.name(leg.state.value, "leg_state"),
                happened=tuple(happened),
                acts=tuple(_acts(reader, leg.n, leg.state)),
            )
        )
    return tuple(lines)


def hands_to(reader: CaseReader, code: str) -> str:
    """Who takes over after a leg, in words: a kind of office, the receiver, or a shelter by name."""
    if code in RANK:
        return reader.name(code, "hands_to")
    return reader.say(words_staff.HANDS_SHELTER, shelter=reader.office_short(code))


def _escort(reader: CaseReader, account: str | None, typed: str) -> str:
    return reader.view.account_names.get(f"account:{account}", typed) if account else typed


def _acts(reader: CaseReader, n: int, state: LegState) -> list[tuple[str, str]]:
    course, me = reader.view.course, reader.me
    number = course.number
    if reader.is_over:
        return []
    guarded = {leg.n for leg in legs_from_ministry(course.legs)} if not course.is_remains else {course.legs[0].n}
    first_open = next((leg.n for leg in course.legs if leg.state is LegState.PLANNED), None)
    acts = []
    if state is LegState.PLANNED and n in guarded and n == first_open:
        checks = course.is_remains and me.has("koordinator")
        if checks or ("jalan.cek_berangkat", n) in reader.may_answer:
            acts.append((reader.say(words_staff.ACT_DEPART), f"/kasus/{number}/berangkat/{n}"))
    if not me.may(Action.RECORD_LEG) or not course.has_departed:
        return acts
    waits_departure = state is LegState.PLANNED and n == first_open and n not in guarded
    waits_arrival = state is LegState.DEPARTED
    if waits_departure or waits_arrival:
        label = words_staff.ACT_ARRIVED if waits_arrival else words_staff.ACT_LEFT
        acts.append((reader.say(label), f"/kasus/{number}/etape/{n}"))
    return acts


def handover_lines(reader: CaseReader) -> tuple[Handed, ...]:
    """Hand-overs with their numbers, newest first, each in the zone of who received."""
    lines = []
    for one in reversed(reader.view.course.handovers):
        what = reader.say(
            words_staff.HANDED_FROM_TO, giver=_party(reader, one.giver), receiver=_party(reader, one.receiver)
        )
        at = reader.short(one.at, reader.zone(one.receiver))
        word = words.answer_label(one.task, one.result, reader.language)
        kind = "ok" if one.result.startswith("DITERIMA") else "late"
        lines.append(Handed(one.number or "", what, kind, word, at))
    return tuple(lines)


def _party(reader: CaseReader, code: str | None) -> str:
    if code in _PARTIES:
        return reader.say(_PARTIES[code])
    return reader.office_short(code)


def hold_lines(reader: CaseReader) -> tuple[HoldLine, ...]:
    """Active holds, newest last."""
    course, number = reader.view.course, reader.view.course.number
    lines = []
    for hold in course.active_holds:
        rule = course.procedure.holds[hold.kind]
        row = next((r for r in reader.view.rows if r.kind is Kind.HOLD_SET and r.codes.get("hold") == hold.id), None)
        may = reader.me.has(*rule.lift_by) and not (rule.lift_needs_other_person and hold.set_by == reader.me.ref)
        day = noon(hold.review_on)
        roles = filters.join_words([reader.say_role(role) for role in rule.lift_by], reader.language)
        lines.append(
            HoldLine(
                id=hold.id,
                title=reader.name(hold.kind, "hold"),
                since=reader.moment(hold.since, reader.home_zone),
                review=filters.day(day, reader.home_zone, reader.language) if day else "",
                by=reader.who(row) if row else reader.account(hold.set_by),
                reason=_reason(reader, row),
                lift=f"/kasus/{number}/penahanan/{hold.id}/cabut" if may else "",
                lifters="" if may else reader.say(words_staff.LIFTED_BY, roles=roles),
            )
        )
    return tuple(lines)


def _reason(reader: CaseReader, row: Row | None) -> str:
    if row is None:
        return ""
    if row.sealed.get("reason"):
        return str(row.sealed["reason"]).rstrip(".")
    task = row.codes.get("task")
    return reader.title(str(task)) if task in reader.view.course.procedure.tasks else ""


# --- timeline


def events(reader: CaseReader) -> tuple[Event, ...]:
    """All rows of the case in words, newest first."""
    names = _names(reader)
    return tuple(_event(reader, row, names) for row in reversed(reader.view.rows))


def _names(reader: CaseReader) -> dict[str, str]:
    course = reader.view.course
    names = {agency.code: agency.short_name for agency in reader.view.file.world.register}
    names |= {code: reader.title(code) for code in course.procedure.tasks}
    return names


def _event(reader: CaseReader, row: Row, names: dict[str, str]) -> Event:
    agency = row.codes.get("agency") or _agency_of(reader, row)
    zone = reader.zone(str(agency) if agency else None)
    own = {"actor": _actor(reader, row, agency), "zone": zone}
    region = row.codes.get("region")
    if isinstance(region, str) and (found := find_region(region)) is not None:
        own[region] = found.name
    text = words.timeline_sentence(row.kind, row.codes, reader.language, names | own)
    return Event(row.at, zone, words.timeline_tone(row.kind, row.codes), text, _own_words(reader, row))


def _agency_of(reader: CaseReader, row: Row) -> str | None:
    ask = reader.view.course.asks.get(str(row.codes.get("ask") or ""))
    return ask.agency if ask is not None and row.actor.startswith("link:") else None


def _actor(reader: CaseReader, row: Row, agency: object) -> str:
    who = reader.who(row)
    return f"{who} ({reader.office_short(str(agency))})" if row.actor.startswith("link:") and agency else who


def _own_words(reader: CaseReader, row: Row) -> str:
    """What the person wrote beside the act, and the receipt they got."""
    if row.kind is Kind.MAILED:
        mail = reader.view.mails.get(str(row.codes.get("mail")))
        return f"{reader.office_short(mail.agency)}. {reader.delivery(mail.id, str(mail.agency))}" if mail else ""
    parts = [str(row.sealed[key]) for key in ("reason", "note") if row.sealed.get(key)]
    text = f"“{'; '.join(parts)}”" if parts else ""
    receipt = row.codes.get("receipt")
    if receipt and row.kind in (Kind.ANSWERED, Kind.EXTENDED):
        told = reader.say(words_staff.RECEIPT_IS, receipt=receipt)
        return f"{text} {told}." if text else f"{told}."
    return text
