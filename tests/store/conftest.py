"""Databases for the store's tests, and cases in them."""

from tests.store.scenes import number  # noqa: F401 - fixture
from tests.support.cases import at_point, filled_file, ministry, points  # noqa: F401 - fixtures
from tests.support.database import (  # noqa: F401 - fixtures
    any_empty_url,
    any_units,
    database,
    migrated_file,
    postgres_units,
    postgres_url,
    real_clock,
    units,
)
