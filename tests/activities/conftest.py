"""A fresh database for each test, and one mail of one office waiting in it."""

from tests.support.database import database, migrated_file, real_clock, units  # noqa: F401 - fixtures
