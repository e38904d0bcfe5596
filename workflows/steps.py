"""Every side effect a workflow can have, declared once: name, types, timeouts, retries.

`tests/contract/test_steps.py` holds each step against the registered activity. Workflows call only these functions.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from domain.journal import Outcome
    from workflows.messages import SMTP_SESSION_S, Delivery


@dataclass(frozen=True, slots=True)
class Step:
    """One activity as the worker registers it."""

    name: str
    takes: type
    gives: type


ADVANCE: Final = Step("advance", str, Outcome)
ADVANCE_AGAIN: Final = Step("advance_again", str, Outcome)
DELIVER_MAIL: Final = Step("deliver_mail", str, Delivery)
STEPS: Final = (ADVANCE, ADVANCE_AGAIN, DELIVER_MAIL)

_OWN_TABLES: Final[dict[str, Any]] = {
    "start_to_close_timeout": timedelta(seconds=20),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=100), backoff_coefficient=3, maximum_attempts=3
    ),
}
_OUTAGE: Final[dict[str, Any]] = {
    "start_to_close_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(seconds=30)
    ),
}
_MAIL: Final[dict[str, Any]] = {
    "start_to_close_timeout": timedelta(seconds=SMTP_SESSION_S + 30),
    # A killed worker is noticed by its silence, long before the longest session is over.
    "heartbeat_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(minutes=1)
    ),
}


async def advance(subject: str) -> Outcome:
    """One transaction on our own tables: fold, rules, acts, next moment. Three tries in place, then it fails."""
    done: Outcome = await workflow.execute_local_activity(
        ADVANCE.name, subject, result_type=ADVANCE.gives, **_OWN_TABLES
    )
    return done


async def advance_again(subject: str) -> Outcome:
    """The same for the time of an outage: tried until it succeeds, at the cost of a few events whatever it lasts."""
    done: Outcome = await workflow.execute_activity(
        ADVANCE_AGAIN.name, subject, result_type=ADVANCE_AGAIN.gives, **_OUTAGE
    )
    return done


async def deliver_mail(mail_id: str) -> Delivery:
    """One try to hand one mail to the mail server. Refusals and delays are results, not failures."""
    done: Delivery = await workflow.execute_activity(
        DELIVER_MAIL.name, mail_id, result_type=DELIVER_MAIL.gives, **_MAIL
    )
    return done
