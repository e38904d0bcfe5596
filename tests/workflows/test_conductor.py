"""The door to Temporal on the real server: who may be started, who is told, and what an absent server looks like."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from domain.errors import Unavailable
from tests.support.dev_server import DevServer
from tests.workflows.story import KEYS
from workflows.conductor import Conductor, Told

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def dev_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DevServer]:
    async with DevServer(tmp_path_factory.mktemp("temporal") / "temporal.db") as server:
        yield server


@pytest.fixture
def conductor(dev_server: DevServer) -> Conductor:
    return Conductor(dev_server.address, KEYS, "t1", task_queue="nobody")


async def is_over(conductor: Conductor, workflow_id: str) -> None:
    await (await conductor.client()).get_workflow_handle(workflow_id).terminate()


@pytest.mark.proves("I15")
async def test_a_case_told_twice_has_one_workflow(conductor: Conductor) -> None:
    assert await conductor.tell("case-a", "case", 1, 0, 1) is Told.STARTED
    assert await conductor.tell("case-a", "case", 1, 0, 2) is Told.SIGNALLED
    assert await conductor.tell("case-a", "case", 1, 1, 3) is Told.SIGNALLED

    seen = await conductor.describe("case-a", 1)
    assert seen is not None
    assert (seen.workflow_id, seen.status) == ("case-a.g1", "RUNNING")


async def test_a_desk_is_started_by_being_told_or_woken(conductor: Conductor) -> None:
    assert await conductor.tell("desk-a", "desk", 1, 0, 1) is Told.STARTED
    assert await conductor.wake("desk-a", "desk", 1, 1, 60.0) is Told.SIGNALLED
    assert await conductor.wake("desk-b", "desk", 1, 0, 60.0) is Told.STARTED


@pytest.mark.proves("I15")
@pytest.mark.parametrize("kind", ["case", "desk"])
async def test_a_finished_workflow_id_is_never_run_again(conductor: Conductor, kind: str) -> None:
    await conductor.tell(f"{kind}-over", kind, 1, 0, 1)
    await is_over(conductor, f"{kind}-over.g1")

    assert await conductor.tell(f"{kind}-over", kind, 1, 0, 2) is Told.CLOSED
    assert await conductor.wake(f"{kind}-over", kind, 1, 1, 0.0) is Told.CLOSED
    assert await conductor.tell(f"{kind}-over", kind, 2, 1, 2) is Told.STARTED


async def test_a_case_that_a_new_temporal_does_not_know_is_started_again(conductor: Conductor) -> None:
    assert await conductor.tell("case-lost", "case", 1, 1, 7) is Told.STARTED


async def test_what_was_never_started_cannot_be_described(conductor: Conductor) -> None:
    assert await conductor.describe("case-none", 1) is None


@pytest.mark.proves("I08")
async def test_neither_subject_payload_nor_summary_stands_in_clear_beyond_the_id(
    conductor: Conductor, dev_server: DevServer
) -> None:
    await conductor.tell("case-secret", "case", 1, 0, 1)

    stored = dev_server.stored_bytes()

    assert b"case-secret.g1" in stored
    assert b'"case-secret"' not in stored
    assert b"kepulangan satu orang" not in stored


async def test_a_server_that_is_away_is_unavailable_and_found_again_by_itself(tmp_path: Path) -> None:
    async with DevServer(tmp_path / "temporal.db") as server:
        conductor = Conductor(server.address, KEYS, "t1", task_queue="nobody")
        assert await conductor.tell("case-b", "case", 1, 0, 1) is Told.STARTED
        await server.kill()

        assert not await conductor.health()
        with pytest.raises(Unavailable) as away:
            await conductor.tell("case-b", "case", 1, 1, 2)
        assert away.value.code == "TEMPORAL_AWAY"
        with pytest.raises(Unavailable):
            await conductor.describe("case-b", 1)

        await server.start()
        assert await conductor.health()
        assert await conductor.tell("case-b", "case", 1, 1, 3) is Told.SIGNALLED


async def test_before_the_server_is_there_the_door_says_so() -> None:
    conductor = Conductor("127.0.0.1:1", KEYS, "t1")

    assert not await conductor.health()
    with pytest.raises(Unavailable):
        await conductor.connected()
