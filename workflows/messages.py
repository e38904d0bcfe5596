"""What travels between the program and its workflows: ids, codes, numbers and times, never a person's data.

Names and fields only grow: a field gets a default, nothing is renamed or removed while a running workflow can carry it.
Workflow ids, type names and signal names stand in clear in Temporal, whatever the codec does.
"""

from dataclasses import dataclass
from enum import StrEnum

REPATRIATION = "Repatriation"
AGENCY_DESK = "AgencyDesk"
TOLD = "told"
WOKEN = "woken"

EVENT_LIMIT = 2_000
"""Events in one run's history before it continues as new, unless the server asks for it earlier."""


SMTP_SESSION_S = 120.0
"""Longest whole SMTP session, from connect to the answer after the final dot (F13)."""


@dataclass(frozen=True, slots=True)
class Start:
    """All that a conductor is started with and all that survives continue-as-new: its subject.

    event_limit is a property of the installation (tests force a low one), not of the case.
    """

    subject: str
    event_limit: int = EVENT_LIMIT


@dataclass(frozen=True, slots=True)
class End:
    """How a subject ended; `status` is the code of its last status."""

    subject: str
    status: str


class Handed(StrEnum):
    """What one try to hand a mail over came to."""

    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    UNCERTAIN = "UNCERTAIN"  # the line broke after the final dot: it may have arrived
    LATER = "LATER"
    NOT_TAKEN = "NOT_TAKEN"  # accepted before, held, closed, or another try has it


@dataclass(frozen=True, slots=True)
class Delivery:
    """Result of `deliver_mail`. settled: its desk has nothing more to do for it and needs no look of its own."""

    mail_id: str
    result: Handed
    settled: bool = False


def workflow_id(subject: str, generation: int) -> str:
    """`case-<uuid>.g1`: the generation grows only when a subject is started again after a loss."""
    return f"{subject}.g{generation}"


def workflow_type(kind: str) -> str:
    """The workflow that conducts subjects of this *kind* (`case` or `desk`). Raises KeyError for any other."""
    return {"case": REPATRIATION, "desk": AGENCY_DESK}[kind]
