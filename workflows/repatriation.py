"""One person, from the first report to the end of after-care."""

from temporalio import workflow

from workflows.loop import Conducting

with workflow.unsafe.imports_passed_through():
    from workflows.messages import REPATRIATION, End, Start


@workflow.defn(name=REPATRIATION)
class Repatriation(Conducting):
    """Conducts one case. Its details say phase, open asks and next moment."""

    @workflow.run
    async def run(self, start: Start) -> End:
        """Conducts one return from its start to the end of after-care."""
        return await self.conduct(start)
