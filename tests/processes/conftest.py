"""One house for all tests of this folder that do not break it for good."""

from collections.abc import Iterator

import pytest

from tests.support.house import House, start_house


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running demonstration."""
    started = start_house(tmp_path_factory.mktemp("house"))
    yield started
    if started.process.poll() is None:
        started.stop()
