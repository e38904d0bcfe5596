"""Any exception of an activity → a retryable or a final failure with a code. Never its text: that may hold values.

| raised | failure type | again? |
|---|---|---|
| Unavailable (the database is busy or away, …) | its code | yes |
| any other DomainError | its code | no: the workflow reads the rows again |
| unknown | UNKNOWN | yes, with an alarm: a fix can still save the case |
"""

import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

import structlog
from temporalio.exceptions import ApplicationError

from domain.errors import DomainError, Unavailable

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger()


def translated(activity: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Frame round an activity. Cancellation passes through."""

    @functools.wraps(activity)
    async def framed(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await activity(*args, **kwargs)
        except ApplicationError:
            raise
        except Exception as raised:
            raise failure_of(raised, activity.__name__) from None

    return framed


def failure_of(raised: Exception, activity: str) -> ApplicationError:
    """The failure to report for *raised*; logs what a person must look at."""
    if isinstance(raised, Unavailable):
        return ApplicationError(raised.code, type=raised.code)
    if isinstance(raised, DomainError):
        log.warning("activity_refused", activity=activity, code=raised.code)
        return ApplicationError(raised.code, type=raised.code, non_retryable=True)
    log.error("activity_failed_unknown", activity=activity, error=type(raised).__name__, where=_place_of(raised))
    return ApplicationError("UNKNOWN", type="UNKNOWN")


def _place_of(raised: Exception) -> str:
    """File and line of our own code where it was raised; no values."""
    trace, place = raised.__traceback__, "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        if "site-packages" not in code.co_filename:
            place = f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
