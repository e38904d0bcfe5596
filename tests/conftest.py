"""For every test: nothing of the developer's own environment, and, when asked, a clock that is a year ahead.

`--a-year-ahead` runs the chosen tests under time-machine, 370 days from now: no test may read the real date.
One demonstration house and one PostgreSQL server serve the whole run; each starts when a test first asks for it.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from pulang.crashing import POINTS
from tests.support.database import postgres_server  # noqa: F401 - fixture
from tests.support.house import CLOCK_START, House, disarm, start_house
from tests.support.outsider import Outsider

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


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The running demonstration of journeys, faults, privacy and browser tests: real engine, database, mail, parts.

    Its crash points sleep until a fault test arms one (`House.arm`).
    """
    folder = tmp_path_factory.mktemp("demonstration")
    disarm(folder / "var", POINTS)
    with start_house(folder, clock_start=CLOCK_START, crash_at=",".join(POINTS)) as running:
        yield running


@pytest.fixture(scope="session")
def outsider(house: House) -> Iterator[Outsider]:
    """People and offices around that house."""
    with Outsider(house) as player:
        yield player
