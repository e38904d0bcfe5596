"""The sandbox of the workflow tests: whatever is not deterministic fails there (decision 0009)."""

from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions


def sandbox() -> WorkflowRunner:
    """Loads our own modules once and not again for every workflow."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules("domain", "workflows")
    return SandboxedWorkflowRunner(restrictions=restrictions)
