"""What fault tests ask of a case."""

from typing import Any

from tests.support.outsider import Outsider


def task_of(player: Outsider, case: str, code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(task for task in player.case(case)["tasks"] if task["code"] == code)
    return found


def mailed_ask(player: Outsider, case: str, code: str) -> str:
    """The ask of a task, once its mail has gone out in the office's hours."""
    player.settle()
    for _ in range(20):
        task = task_of(player, case, code)
        if task["asked_at"] is not None:
            return str(task["ask"])
        player.go_on()
    raise AssertionError(f"no mail for {code}")
