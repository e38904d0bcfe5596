"""After every fault the whole house is looked over, not only what the test was about."""

from collections.abc import Iterator

import pytest

from tests.support.house import House
from tests.support.invariants import assert_invariants
from tests.support.outsider import Outsider


@pytest.fixture
def player(house: House, outsider: Outsider) -> Iterator[Outsider]:
    """An outsider whose house is at rest before the fault, and whole after it."""
    outsider.settle()
    yield outsider
    outsider.settle()
    assert_invariants(house)
