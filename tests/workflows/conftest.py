"""The time-skipping test server, once per run, and a story to tell on it."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from tests.support.database import database, migrated_file, real_clock, units  # noqa: F401 - fixtures
from tests.workflows.story import CONVERTER, Story

TEST_SERVER = Path(sys.executable).parent / "temporal-test-server"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def time_server() -> AsyncIterator[WorkflowEnvironment]:
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(TEST_SERVER), data_converter=CONVERTER
    ) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def story(time_server: WorkflowEnvironment, request: pytest.FixtureRequest) -> AsyncIterator[Story]:
    async with Story(time_server, name=request.node.name) as told:
        yield told
