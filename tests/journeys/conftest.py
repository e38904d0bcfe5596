"""One running house for all journeys of the run: real engine, database, mail, worker and relay."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import House, start_house
from tests.support.outsider import Outsider

CLOCK_START = "2026-11-30T09:00:00+07:00"


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    running = start_house(Path(tmp_path_factory.mktemp("journeys")), clock_start=CLOCK_START)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def outsider(house: House) -> Iterator[Outsider]:
    player = Outsider(house)
    yield player
    player.http.close()
