"""What leaves an activity: a code, never a text that may hold values."""

import pytest
from structlog.testing import capture_logs
from temporalio.exceptions import ApplicationError

from activities.failures import translated
from domain.errors import Conflict, Unavailable


async def failure_of(raised: Exception) -> ApplicationError:
    @translated
    async def act() -> None:
        raise raised

    with pytest.raises(ApplicationError) as failed:
        await act()
    return failed.value


async def test_a_refusal_of_the_rules_is_final() -> None:
    failed = await failure_of(Conflict("GATE_SHUT", case="x"))

    assert (failed.type, failed.message, failed.non_retryable) == ("GATE_SHUT", "GATE_SHUT", True)


async def test_a_busy_database_is_tried_again() -> None:
    failed = await failure_of(Unavailable("STORE_UNAVAILABLE"))

    assert (failed.type, failed.non_retryable) == ("STORE_UNAVAILABLE", False)


@pytest.mark.proves("I08")
async def test_an_unknown_error_is_tried_again_raises_an_alarm_and_tells_nothing_of_its_text() -> None:
    with capture_logs() as lines:
        failed = await failure_of(ValueError("Siti Contoh 3171234567890001"))

    assert (failed.type, failed.non_retryable) == ("UNKNOWN", False)
    assert failed.__cause__ is None
    assert "Siti" not in f"{failed} {failed.args} {failed.details} {lines}"
    assert [(line["event"], line["log_level"]) for line in lines] == [("activity_failed_unknown", "error")]


async def test_a_frame_keeps_the_name_and_the_types_of_its_activity() -> None:
    @translated
    async def act(mail_id: str) -> int:
        return len(mail_id)

    assert (act.__name__, act.__annotations__) == ("act", {"mail_id": str, "return": int})
