"""Who may do what: the actor of an act and the role × action table (PROCESS 1.2, CONTRACT "Who may").

Separation of duties is by person (staff number), not by role; those rules stand with the act they guard.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import NotAllowed


class Role(StrEnum):
    """Roles of accounts (PROCESS 1.2)."""

    KOORDINATOR = "koordinator"
    PEKERJA_SOSIAL = "pekerja_sosial"
    KEPALA_SENTRA = "kepala_sentra"
    PEMERIKSA = "pemeriksa"
    PENYETUJU = "penyetuju"
    PIMPINAN = "pimpinan"
    PENDAMPING = "pendamping"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    PPDP = "ppdp"


class Scope(StrEnum):
    """How far an API token reaches: all that its account may do, or looking only."""

    API = "api"
    READ = "read"


class Action(StrEnum):
    """What a role may be needed for; `MAY` says which."""

    START_CASE = "start_case"
    NAME_OFFICES = "name_offices"
    DECIDE = "decide"
    VERIFY = "verify"
    NAME_RECEIVER = "name_receiver"
    SET_DESTINATION = "set_destination"
    PLAN_LEGS = "plan_legs"
    RECORD_LEG = "record_leg"
    CLOSE_CASE = "close_case"
    SET_FLAGS = "set_flags"
    APPROVE = "approve"
    READ_CASE = "read_case"
    READ_BOARD = "read_board"
    READ_REGISTER = "read_register"
    OPERATE = "operate"
    OPEN_MASKED = "open_masked"
    MANIFEST = "manifest"
    READ_MANIFEST = "read_manifest"


_EVERYONE = frozenset(Role)
_SEE_ALL_CASES = ("koordinator", "pemeriksa", "penyetuju", "pimpinan", "auditor", "ppdp")
_SEE_WHOLE_CASES = (*_SEE_ALL_CASES, "pekerja_sosial", "kepala_sentra")
_SEE_ALL_NAMES = tuple(role for role in _SEE_ALL_CASES if role != "auditor")
_SEE_OWN_NAMES = ("pekerja_sosial", "kepala_sentra", "pendamping")
MAY: Mapping[Action, frozenset[Role]] = {
    Action.START_CASE: frozenset({Role.KOORDINATOR}),
    Action.NAME_OFFICES: frozenset({Role.KOORDINATOR}),
    Action.DECIDE: frozenset({Role.KOORDINATOR}),
    Action.VERIFY: frozenset({Role.KOORDINATOR}),
    Action.NAME_RECEIVER: frozenset({Role.KOORDINATOR}),
    Action.SET_DESTINATION: frozenset({Role.KOORDINATOR}),
    Action.PLAN_LEGS: frozenset({Role.KOORDINATOR}),
    Action.RECORD_LEG: frozenset({Role.KOORDINATOR, Role.PENDAMPING}),
    Action.CLOSE_CASE: frozenset({Role.KOORDINATOR}),
    Action.SET_FLAGS: frozenset({Role.KOORDINATOR, Role.PEKERJA_SOSIAL, Role.KEPALA_SENTRA}),
    Action.APPROVE: frozenset({Role.PEMERIKSA, Role.PENYETUJU}),
    Action.READ_CASE: _EVERYONE - {Role.OPERATOR, Role.ADMINISTRATOR},
    Action.READ_BOARD: _EVERYONE - {Role.OPERATOR, Role.ADMINISTRATOR},
    Action.READ_REGISTER: _EVERYONE,
    Action.OPERATE: frozenset({Role.OPERATOR}),
    Action.OPEN_MASKED: frozenset({Role.AUDITOR}),
    Action.MANIFEST: frozenset({Role.KOORDINATOR}),
    Action.READ_MANIFEST: frozenset(map(Role, _SEE_ALL_CASES)),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a signed-in account, a link (its mail id), or the system itself."""

    kind: str
    id: str
    login: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()
    agency: str | None = None
    staff_number: str = ""

    @property
    def ref(self) -> str:
        """How a journal row names the actor: kind and id, never a name."""
        return self.kind if self.kind == "system" else f"{self.kind}:{self.id}"

    def has(self, *roles: str) -> bool:
        """Whether the actor has one of these roles."""
        return any(role in self.roles for role in roles)

    @property
    def sees_all_cases(self) -> bool:
        """Whether lists and cases are not kept to those of the own shelter or the own journeys (PROCESS 1.2)."""
        return self.has(*_SEE_ALL_CASES)

    @property
    def sees_short_card(self) -> bool:
        """Whether a case shows no assessment, no flags and no answers of others: an escort's (PROCESS 1.2)."""
        return self.has("pendamping") and not self.has(*_SEE_WHOLE_CASES)

    @property
    def sees_masked(self) -> bool:
        """Whether people stand as initials, and what others wrote stays closed: an auditor's (PROCESS 1.2).

        An auditor who is also an escort or of a shelter sees every case, and so all of them masked.
        """
        if self.kind != "account" or self.has(*_SEE_ALL_NAMES):
            return False
        return self.has("auditor") or not self.has(*_SEE_OWN_NAMES)

    def may(self, action: Action) -> bool:
        """Whether one of the actor's roles allows *action*; the system itself may do all."""
        return self.kind == "system" or any(role in MAY[action] for role in self.roles)

    def must(self, action: Action) -> None:
        """Raises NotAllowed("ROLE_LACKS_ACTION") when none of the actor's roles allows *action*."""
        if not self.may(action):
            raise NotAllowed("ROLE_LACKS_ACTION", action=action.value)


SYSTEM = Actor("system", "system")
