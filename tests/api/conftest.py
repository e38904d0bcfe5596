"""Sites for the tests of the web side."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.client import House, Site


@pytest.fixture(scope="session")
def demo_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Made once: migrations, the register and the accounts take a second."""
    return House.build(tmp_path_factory.mktemp("house"))


@pytest.fixture
async def site(demo_house: House, tmp_path: Path) -> AsyncIterator[Site]:
    opened = demo_house.open(tmp_path)
    yield opened
    await opened.close()
