"""The activity round `store.advance`: one transaction per wake."""

from collections.abc import Callable

from temporalio import activity

from activities.failures import translated
from domain.journal import Outcome
from domain.roles import SYSTEM
from store.advance import advance
from store.desks import Composer
from store.unit import Unit, Units


def pass_by(point: str) -> None:
    """Does nothing at a crash point. Fault tests hand in a function that ends the process there."""


class AdvanceActivities:
    """`advance` runs in place, as a local activity; `advance_again` is the same for the time of an outage."""

    def __init__(self, units: Units, composer: Composer, crash_point: Callable[[str], None] = pass_by) -> None:
        self._units, self._composer, self._crash_point = units, composer, crash_point

    @activity.defn
    @translated
    async def advance(self, subject: str) -> Outcome:
        """Brings a subject to its newest row and does all that is due. Raises ApplicationError (see `failures`)."""
        return await self._advance(subject)

    @activity.defn
    @translated
    async def advance_again(self, subject: str) -> Outcome:
        """The same as a normal activity, for when the store is away for longer."""
        return await self._advance(subject)

    async def _advance(self, subject: str) -> Outcome:
        def act(unit: Unit) -> Outcome:
            outcome = advance(unit, subject, self._composer)
            self._crash_point("advance.before_commit")
            return outcome

        outcome = await self._units.write(SYSTEM, act)
        self._crash_point("advance.after_commit")
        return outcome
