"""What the journeys share: the browser, and `--pictures`, which writes what the pages look like into docs/pictures/."""

import pytest

from tests.support.browser import browser, windows

__all__ = ["browser", "windows"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="write docs/pictures/ anew (with tests/journeys)")
