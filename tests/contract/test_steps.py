"""Every step that a workflow can take is an activity that the worker registers, with the same name and types."""

from typing import Any, cast

from temporalio import activity

from activities import ALL
from activities.smtp import MailServer, Smtp
from workflows.steps import STEPS


def registered() -> dict[str, tuple[list[type], type]]:
    """Name → input and result types of what the worker gets. No tool is used, so none needs to be real."""
    made = ALL(cast(Any, None), Smtp(MailServer("127.0.0.1", 25)), cast(Any, None))
    found = [activity._Definition.must_from_callable(one) for one in made]
    return {str(one.name): (one.arg_types or [], cast(type, one.ret_type)) for one in found}


def test_every_step_is_a_registered_activity_with_its_types() -> None:
    assert {step.name: ([step.takes], step.gives) for step in STEPS} == registered()
