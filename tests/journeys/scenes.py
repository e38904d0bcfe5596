"""Where the journeys begin: a return with the person's facts, and the mail of one of its tasks."""

from typing import Any

from tests.support.outsider import Letter, Outsider
from tests.support.probe import journal_of


def one_ask_by_mail(outsider: Outsider, case: str, code: str) -> Letter:
    """The mail that carries this task's ask, sent in the office's own hours."""
    outsider.settle()
    for _ in range(30):
        task = task_of(outsider, case, code)
        if task["asked_at"] is not None:
            outsider.settle()
            return outsider.letter_for(str(task["ask"]))
        outsider.go_on()
    raise AssertionError(f"no mail for {code}")


def alone(outsider: Outsider, agency: str) -> None:
    """Lets the office's mails of other tests go out, so that the next one holds nothing else."""
    outsider.settle()
    for _ in range(30):
        if not any(ask["agency"] == agency for ask in outsider.all_asks("queued")):
            return
        outsider.go_on()
    raise AssertionError(f"{agency} is never mailed")


def task_of(outsider: Outsider, case: str, code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(task for task in outsider.case(case)["tasks"] if task["code"] == code)
    return found


def rows_of(outsider: Outsider, case: str, kind: str) -> list[dict[str, Any]]:
    """The journal's rows of one kind for a case."""
    return [row for row in journal_of(outsider, case) if row["kind"] == kind]


def answers_of(outsider: Outsider, case: str, code: str) -> list[dict[str, Any]]:
    """The rows with which a task was answered."""
    return [row for row in rows_of(outsider, case, "ANSWERED") if row["codes"]["task"] == code]


def settled_letters(outsider: Outsider) -> set[str]:
    """The Message-IDs of everything that was sent so far, once nothing is on its way."""
    outsider.settle()
    return {letter.header("Message-ID") or "" for letter in outsider.letters()}
