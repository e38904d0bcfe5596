"""For every test: nothing of the developer's own environment, and, when asked, a clock that is a year ahead.

`--a-year-ahead` runs the chosen tests under time-machine, 370 days from now: no test may read the real date.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

_AHEAD = timedelta(days=370)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--a-year-ahead", action="store_true", help="run with the wall clock 370 days ahead")


def pytest_configure(config: pytest.Config) -> None:
    for key in [key for key in os.environ if key.startswith("PULANG_")]:
        del os.environ[key]


@pytest.fixture(autouse=True, scope="session")
def wall_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """The real clock, or one that runs a year ahead of it."""
    if not request.config.getoption("--a-year-ahead"):
        yield
        return
    with time_machine.travel(datetime.now(UTC) + _AHEAD, tick=True):
        yield
