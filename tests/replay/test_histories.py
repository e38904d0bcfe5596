"""Every history that was ever recorded replays under the code of today: no running return is broken by a change."""

import json
import re
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from pulang.commands.histories import STORIES
from pulang.processes.worker import WORKFLOWS
from tests.support.sandbox import sandbox

ROOT = Path(__file__).parents[2]
HISTORIES = ROOT / "tests" / "histories"
FILES = sorted(HISTORIES.glob("*/*.json"))


def replayer() -> Replayer:
    return Replayer(workflows=WORKFLOWS, workflow_runner=sandbox())


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@pytest.mark.proves("I16")
@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
async def test_a_recorded_history_replays(file: Path) -> None:
    await replayer().replay_workflow(WorkflowHistory.from_json("replayed", text_of(file)))


@pytest.mark.proves("I16")
async def test_a_history_that_the_code_would_not_make_is_noticed() -> None:
    file = HISTORIES / "repatriation" / "0.1-timers-and-a-moved-clock.json"
    history = json.loads(text_of(file))
    told = next(event for event in history["events"] if event["eventType"] == "EVENT_TYPE_TIMER_STARTED")
    told["eventType"] = "EVENT_TYPE_TIMER_CANCELED"
    told["timerCanceledEventAttributes"] = told.pop("timerStartedEventAttributes")

    with pytest.raises((NondeterminismError, RuntimeError)):
        await replayer().replay_workflow(WorkflowHistory.from_json("replayed", json.dumps(history)))


def test_every_story_has_its_history() -> None:
    assert {story.file for story in STORIES} <= {file.relative_to(HISTORIES) for file in FILES}


@pytest.mark.proves("I08")
def test_histories_hold_made_up_ids_and_name_no_machine() -> None:
    for file in FILES:
        text = text_of(file)
        assert not re.search(r"stackTrace|site-packages|[0-9]{16}|(?:/[\w.-]+){2,}\.py", text), file.name
        assert str(ROOT) not in text, file.name
