"""The kinds of journal row, what each carries, and the hash chain (pure).

A row has codes in clear and personal content sealed; it says when a thing was true (`at`) and when we learned it
(`learned_at`), both aware UTC application time. Rows of one subject are numbered from 1 without gaps and chained:
`hash` covers the row and the hash before it, so that deleting or changing any row shows.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

FIRST_HASH = "0" * 64

WORKFLOW_LOST = "workflow_lost"  # cause of a hold: the rows say open, the workflow has ended


class Kind(StrEnum):
    """What a row reports. Comments name the codes carried; `sealed` content is named after the bar."""

    # --- a case
    OPENED = (
        "OPENED"  # number, procedure [code, version], entry_route, shelter, destination, mission, debarkation, urgent,
    )
    #                    offices {function: agency}, draft bool | child_from_birth_date
    RELEASED = "RELEASED"  # DRAF ended: decision "different" | other
    FLAGS = "FLAGS"  # flags {code: value} unrestricted, cause | flags restricted, reason
    OFFICES_NAMED = "OFFICES_NAMED"  # offices, mission, debarkation | reason
    ASKED = "ASKED"  # ask, task, n, agency, channel, rush, why
    MAILED = "MAILED"  # mail, kind, due {ask: ISO or null}: the asks of this case that one mail or notice carries
    DUE_MOVED = "DUE_MOVED"  # due {ask: ISO}
    ANSWERED = (
        "ANSWERED"  # ask, task, n, answer, receipt, grade; bast, leg where they apply | name, position, reason, note
    )
    EXTENDED = "EXTENDED"  # ask, task, n, answer, receipt, until ISO | name, position, reason
    VERIFIED = "VERIFIED"  # task, n, result pass|back | note
    NOT_REQUIRED = "NOT_REQUIRED"  # task, n, reason, signer_role | note
    DECIDED = "DECIDED"  # task, n, choice, agency, function | reason
    WITHDRAWN = "WITHDRAWN"  # ask, task, n, why
    EXPIRED = "EXPIRED"  # task, n: its valid_days ran out
    REOPENED = "REOPENED"  # task, n, why
    DELIVERY_REFUSED = "DELIVERY_REFUSED"  # mail, asks
    HOLD_SET = "HOLD_SET"  # hold, kind, review_on, cause, by_role | reason
    HOLD_LIFTED = "HOLD_LIFTED"  # hold, kind | reason
    RECEIVER_NAMED = "RECEIVER_NAMED"  # relation, agency | name, phone
    DESTINATION_SET = "DESTINATION_SET"  # region | reason
    LEGS_PLANNED = "LEGS_PLANNED"  # legs [{n, kind, departs_at, arrives_at, hands_to, escort_account}]
    #                               | legs [{n, from, to, carrier, escort}]
    GATE_JUDGED = "GATE_JUDGED"  # snapshot, parts, open, basis, checks {code: state}, occasion
    STATUS = "STATUS"  # from, to, cause
    APPROVED = "APPROVED"  # role, decision approve|back, snapshot, account, staff_number | note
    APPROVAL_VOID = "APPROVAL_VOID"  # approvals [row n], event, effect
    LEG_EVENT = "LEG_EVENT"  # leg, event DEPARTED|ARRIVED | note
    CLOSED = "CLOSED"  # status | reason
    # --- reading (subject "reads-<case>")
    VIEWED = "VIEWED"  # what (page, api, link), fields [classes], mail
    UNMASKED = "UNMASKED"  # minutes: an auditor opens names for so long | reason
    # --- a desk
    MAIL_COMPOSED = "MAIL_COMPOSED"  # mail, kind, asks (number), due_at
    MAIL_TRIED = "MAIL_TRIED"  # mail, result ACCEPTED|REFUSED|UNCERTAIN|LATER, code
    LINK_RESENT = "LINK_RESENT"  # mail, new mail
    LINK_WRONG_CODE = "LINK_WRONG_CODE"  # mail, wrong (count), asleep, revoked
    SENDING_HELD = "SENDING_HELD"  # agency or null (all)
    SENDING_RELEASED = "SENDING_RELEASED"
    # --- a sheet of people (subject "manifest-<uuid>")
    MANIFEST_READ = "MANIFEST_READ"  # arrival, shelter, mission, debarkation, urgent, counts {status: n}, file_codes
    #                                  | title, file
    ROW_DECIDED = "ROW_DECIDED"  # line, decision, case, status, codes, mended [columns] | values
    # --- the house
    REGISTER_LOADED = "REGISTER_LOADED"  # agencies (number), source
    ACCOUNT_MADE = "ACCOUNT_MADE"  # account, roles
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED"  # account
    ACCOUNT_REOPENED = "ACCOUNT_REOPENED"  # account
    TOKEN_MADE = "TOKEN_MADE"  # noqa: S105  # account, scope
    TOKEN_REVOKED = "TOKEN_REVOKED"  # noqa: S105
    SIGNED_IN = "SIGNED_IN"  # account
    SIGNED_OUT = "SIGNED_OUT"
    CLOCK_MOVED = "CLOCK_MOVED"  # offset_s, to
    PROCEDURE_LOADED = "PROCEDURE_LOADED"  # code, version, hash


@dataclass(frozen=True, slots=True)
class Row:
    """One fact. `sealed` is the opened personal content, empty where a reader did not ask for it."""

    n: int
    kind: Kind
    at: datetime
    learned_at: datetime
    actor: str
    codes: Mapping[str, Any]
    sealed: Mapping[str, Any] = field(default_factory=dict)
    grade: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an advance tells its workflow: ids, codes and numbers only.

    next_at: ISO UTC application time of the next moment, or None when only news can wake it. offset_s: application
    clock minus real clock. deliver: mails to hand to the mail server now, from the state, so a repeat after a crash
    says it again.
    """

    row: int
    next_at: str | None
    offset_s: float
    phase: str
    open_asks: int
    is_over: bool
    status: str
    deliver: list[str] = field(default_factory=list)


def canonical(value: Any) -> str:
    """The one JSON spelling that is hashed and stored."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def row_hash(
    before: str,
    subject: str,
    n: int,
    kind: str,
    at: str,
    learned_at: str,
    actor: str,
    grade: str,
    codes: str,
    sealed: bytes,
) -> str:
    """Chain hash (SHA-256, hex) over the row before and every stored column; `sealed` as stored, encrypted."""
    text = canonical(
        [before, subject, n, kind, at, learned_at, actor, grade, codes, hashlib.sha256(sealed).hexdigest()]
    )
    return hashlib.sha256(text.encode()).hexdigest()


def first_break(subject: str, rows: Iterable[tuple[int, str, str, str, str, str, str, bytes, str]]) -> int | None:
    """Number of the first row that is missing, changed or moved, or None when the chain is whole.

    rows: (n, kind, at, learned_at, actor, grade, codes, sealed, hash) in order of n, texts exactly as hashed.
    """
    before, expected = FIRST_HASH, 1
    for n, kind, at, learned_at, actor, grade, codes, sealed, stored in rows:
        if n != expected or row_hash(before, subject, n, kind, at, learned_at, actor, grade, codes, sealed) != stored:
            return expected
        before, expected = stored, expected + 1
    return None
