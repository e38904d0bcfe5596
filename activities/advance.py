"""The activity round `store.advance`: one transaction per wake."""

from temporalio import activity

from activities.failures import translated
from domain.journal import Outcome
from domain.roles import SYSTEM
from store.advance import advance
from store.desks import Composer
from store.unit import Units


class AdvanceActivities:
    """`advance` runs in place, as a local activity; `advance_again` is the same for the time of an outage."""

    def __init__(self, units: Units, composer: Composer) -> None:
        self._units, self._composer = units, composer

    @activity.defn
    @translated
    async def advance(self, subject: str) -> Outcome:
        return await self._advance(subject)

    @activity.defn
    @translated
    async def advance_again(self, subject: str) -> Outcome:
        return await self._advance(subject)

    async def _advance(self, subject: str) -> Outcome:
        return await self._units.write(SYSTEM, lambda unit: advance(unit, subject, self._composer))
