"""The bodies of API v1, exactly as CONTRACT names their fields. Unknown fields and wrong types are refused by `Body`.

What a code may be is decided by the rules behind (procedure, register, tables); here stands only what is form: types,
lengths, and the few closed lists that CONTRACT itself spells out.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.jsonbody import Body
from domain.clock import parse_moment
from domain.errors import Invalid

MAX_TEXT = 2000
MAX_LINE = 200


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise PydanticCustomError("FIELD_TYPE", "a day is a text")
    try:
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise PydanticCustomError("DATE_INVALID", "not a day") from None


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise PydanticCustomError("FIELD_TYPE", "a time is a text")
    try:
        return parse_moment(value, "at")
    except Invalid:
        raise PydanticCustomError("TIME_INVALID", "not a time with its zone") from None


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("FIELD_MISSING", "blank")
    return value.strip()


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Line = Annotated[str, StringConstraints(max_length=MAX_LINE), AfterValidator(_not_blank)]
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT), AfterValidator(_not_blank)]
FreeText = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
# A name that is no name is NAME_INVALID (B15), said by domain.people; its length is bounded there too.
NameText = str
Number = Annotated[int, Field(ge=1, le=10_000)]
FlagValue = Literal["ya", "tidak", "belum_diketahui"]
Flags = Annotated[dict[Code, FlagValue], Field(max_length=100)]
Offices = Annotated[dict[Code, Code], Field(max_length=100)]


class DocumentBody(Body):
    """A passport or other paper of a person, by kind and number."""

    kind: Code
    number: Line


class PersonBody(Body):
    """The person of `POST /cases`. birth_date: a day, or null when it is not known."""

    name: NameText
    sex: Literal["L", "P"]
    birth_date: Day | None
    birth_date_quality: Literal["pasti", "perkiraan"]
    nik: Annotated[str, StringConstraints(max_length=40)] | None = None
    documents: Annotated[list[DocumentBody], Field(max_length=10)] = Field(default_factory=list)
    address: Annotated[str, StringConstraints(max_length=500)] | None = None
    phone: Annotated[str, StringConstraints(max_length=40)] | None = None


class DuplicateDecisionBody(Body):
    """What is decided about one known person of another case."""

    number: Code
    decision: Literal["different", "same", "later"]


class OpenBody(Body):
    """POST /cases."""

    person: PersonBody
    entry_route: Code
    shelter: Code
    destination: Code | None
    mission: Code | None = None
    debarkation: Code | None = None
    urgent: bool = False
    flags: Flags = Field(default_factory=dict)
    offices: Offices = Field(default_factory=dict)
    duplicate_decisions: Annotated[list[DuplicateDecisionBody], Field(max_length=50)] = Field(default_factory=list)


class DuplicatesBody(Body):
    """POST /cases/{n}/duplicates."""

    number: Code
    decision: Literal["different", "same"]


class OfficesBody(Body):
    """POST /cases/{n}/offices."""

    offices: Offices
    mission: Code | None = None
    debarkation: Code | None = None
    reason: FreeText | None = None


class FlagsBody(Body):
    """POST /cases/{n}/flags."""

    flags: Flags
    reason: FreeText | None = None


class HoldBody(Body):
    """POST /cases/{n}/holds. review_on: a day; left out: by the procedure."""

    kind: Code
    reason: Text
    review_on: Day | None = None


class ReasonBody(Body):
    """POST /cases/{n}/holds/{id}/lift."""

    reason: Text


class ReceiverBody(Body):
    """POST /cases/{n}/receiver."""

    relation: Literal["family", "substitute", "institution"]
    name: NameText
    phone: Annotated[str, StringConstraints(max_length=40)] | None = None
    agency: Code | None = None


class DestinationBody(Body):
    """POST /cases/{n}/destination. region: a regency or city."""

    region: Code
    reason: Text


class LegBody(Body):
    """One leg of `POST /cases/{n}/legs`. Times with their zone."""

    kind: Literal["domestik", "internasional"]
    from_: Annotated[Line, Field(alias="from")]
    to: Line
    carrier: Annotated[str, StringConstraints(max_length=MAX_LINE)] | None = None
    departs_at: Moment
    arrives_at: Moment
    hands_to: Code
    escort: Annotated[str, StringConstraints(max_length=MAX_LINE)] | None = None


class LegsBody(Body):
    """POST /cases/{n}/legs: all legs, in order."""

    legs: Annotated[list[LegBody], Field(max_length=20)]


class ClosureBody(Body):
    """POST /cases/{n}/closures."""

    status: Code
    reason: Text


class ApprovalBody(Body):
    """POST /cases/{n}/approvals. snapshot: the one that was read."""

    decision: Literal["approve", "back"]
    snapshot: Code
    note: FreeText | None = None


class DepartureBody(Body):
    """POST /cases/{n}/departures. at: with its zone, now when left out; until: as the office writes it."""

    leg: Number
    result: Code
    at: Moment | None = None
    until: Annotated[str, StringConstraints(max_length=40)] | None = None
    note: FreeText | None = None


class LegEventBody(Body):
    """POST /cases/{n}/legs/{leg}/events. at: with its zone."""

    event: Literal["DEPARTED", "ARRIVED"]
    at: Moment
    note: FreeText | None = None


class AnswerBody(Body):
    """POST /cases/{n}/tasks/{code}/answers."""

    answer: Code
    n: Number | None = None
    reason: FreeText | None = None
    until: Annotated[str, StringConstraints(max_length=40)] | None = None
    note: FreeText | None = None


class VerificationBody(Body):
    """POST /cases/{n}/tasks/{code}/verifications."""

    result: Literal["pass", "back"]
    n: Number | None = None
    note: FreeText | None = None


class NotRequiredBody(Body):
    """POST /cases/{n}/tasks/{code}/not-required."""

    reason: FreeText
    n: Number | None = None
    note: FreeText | None = None


class DecisionBody(Body):
    """POST /cases/{n}/tasks/{code}/decisions."""

    choice: Literal["ask_again", "other_office", "close"]
    n: Number | None = None
    agency: Code | None = None
    reason: Text


class RowDecisionBody(Body):
    """POST /manifests/{id}/rows/{line}. values: by column, in the place of what was read; null = not known."""

    decision: Literal["accept", "refuse", "merge"]
    values: dict[Annotated[str, StringConstraints(max_length=40)], FreeText | None] = Field(
        default_factory=dict, max_length=40
    )
    case: Code | None = None


class ClockBody(Body):
    """POST /demo/clock: one of the two."""

    advance: Annotated[str, StringConstraints(max_length=40)] | None = None
    to: Annotated[str, StringConstraints(max_length=40)] | None = None
