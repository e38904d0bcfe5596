"""The desk of one agency: gathers its asks, sends one mail in its working hours, sees each mail through."""

from temporalio import workflow

from workflows.loop import Conducting

with workflow.unsafe.imports_passed_through():
    from workflows.messages import AGENCY_DESK, End, Start


@workflow.defn(name=AGENCY_DESK)
class AgencyDesk(Conducting):
    """Conducts one desk. Its advance chooses and composes; its deliveries run beside the loop."""

    @workflow.run
    async def run(self, start: Start) -> End:
        """Conducts one office's desk for as long as it has work."""
        return await self.conduct(start)
