"""Every rule the house goes by, loaded once at start: procedure versions, holidays, working times."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from domain.agencies import Agency, Register
from domain.calendar import Holidays, WorkingTime
from domain.data import holidays, procedure_texts
from domain.digest import Windows
from domain.errors import Invalid
from domain.planning import World
from domain.procedure import Procedure, parse_procedure


class Rulebook:
    """Procedures by (code, version), the one that new cases take, and the calendars.

    Raises Invalid("PROCEDURE_UNKNOWN") for a version nobody loaded: a case waits rather than run under another one.
    """

    def __init__(self, procedures: Iterable[Procedure], current: tuple[str, str], days: Holidays) -> None:
        self._procedures = {(procedure.code, procedure.version): procedure for procedure in procedures}
        self._current = current
        self._holidays = days
        self._own_days = frozenset(scope for _, scope in days.rows)
        self._working: dict[tuple[str, str, str | None, str | None], WorkingTime] = {}

    @property
    def current(self) -> Procedure:
        """The procedure that new cases take."""
        return self._procedures[self._current]

    def procedure(self, code: str, version: str) -> Procedure:
        """The pinned version of a case. Raises Invalid("PROCEDURE_UNKNOWN")."""
        found = self._procedures.get((code, version))
        if found is None:
            raise Invalid("PROCEDURE_UNKNOWN", version=version)
        return found

    def all_procedures(self) -> tuple[Procedure, ...]:
        """Every version that a case may be under."""
        return tuple(self._procedures.values())

    @property
    def calendar_days(self) -> Holidays:
        return self._holidays

    def working(self, agency: Agency) -> WorkingTime:
        """Working time of an office: its zone, kind of calendar, its region's holidays and those of its own."""
        own = agency.code if agency.code in self._own_days else None
        key = (agency.zone, agency.calendar, agency.region, own)
        if key not in self._working:
            self._working[key] = WorkingTime(agency.zone, agency.calendar, agency.region, self._holidays, own)
        return self._working[key]

    def world(self, register: Register, digest: Callable[[str], str]) -> World:
        """What a fold needs to know beyond its rows: offices, their time, and how to digest a snapshot."""
        return World(register, lambda code: self.working(register.get(code)), digest)

    def windows(self, procedure: Procedure, digest_s: int | None) -> Windows:
        """How long a desk gathers. digest_s: seconds of an installation that shortened it, None for the file's own."""
        return Windows(
            digest_s=digest_s,
            digest_window=procedure.default_limit("digest_window"),
            digest_gap=procedure.default_limit("digest_gap"),
            urgent_window=procedure.default_limit("urgent_window"),
            reminder_gap=procedure.default_limit("reminder_gap"),
        )


@lru_cache(maxsize=1)
def default_rulebook() -> Rulebook:
    """The rules that come with Pulang; the newest version of the procedure is the current one."""
    procedures = [parse_procedure(text) for text in procedure_texts().values()]
    newest = max((procedure.version, procedure.code) for procedure in procedures)
    return Rulebook(procedures, (newest[1], newest[0]), holidays())


def rulebook_with(text: str) -> Rulebook:
    """The shipped rules and the procedure in *text*, which becomes the one that new cases take.

    Raises Invalid("PROCEDURE_BAD", where=...) for a faulty text, or one that names a shipped version as its own.
    """
    shipped = default_rulebook()
    own = parse_procedure(text)
    known = shipped.all_procedures()
    if any((own.code, own.version) == (each.code, each.version) for each in known):
        raise Invalid("PROCEDURE_BAD", where="version")
    return Rulebook([*known, own], (own.code, own.version), shipped.calendar_days)
