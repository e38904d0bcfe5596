"""The demonstration's clock as CONTRACT tells it; every moment that is due on the way passes, in order."""

import threading
import uuid
from datetime import timedelta
from typing import Any

from tests.support.outsider import Outsider
from tests.support.probe import is_flag, is_moment, maybe, moment, refused, shaped, task_of


def is_seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_clock(told: Any) -> Any:
    return shaped(told, now=is_moment, offset_s=is_seconds, settled=is_flag, next_due_at=maybe(is_moment))


def test_the_clock_goes_forward_by_a_span_or_to_a_moment_and_never_back(outsider: Outsider) -> None:
    outsider.settle()
    before = moment(check_clock(outsider.clock())["now"])

    told = check_clock(outsider.advance(advance="PT3H"))
    assert told["settled"] is True
    assert timedelta(hours=3) <= moment(told["now"]) - before < timedelta(hours=3, minutes=3)
    aim = moment(told["now"]) + timedelta(days=1, hours=1)
    told = check_clock(outsider.advance(to=aim.isoformat()))
    assert aim <= moment(told["now"]) < aim + timedelta(minutes=3)

    refused(outsider.try_post("/demo/clock", {"to": before.isoformat()}), 409, "CLOCK_BACK")
    refused(outsider.try_post("/demo/clock", {"to": "2020-01-01T00:00:00+07:00"}), 409, "CLOCK_BACK")
    for wrong in (
        {"advance": "-P1D"},
        {"advance": "besok"},
        {"to": "besok"},
        {},
        {"advance": "P1D", "to": aim.isoformat()},
    ):
        answer = outsider.try_post("/demo/clock", wrong)
        assert answer.status_code in (409, 422), (wrong, answer.status_code, answer.text)
    refused(outsider.try_post("/demo/clock", {"mundur": "P1D"}), 422, "FIELD_UNKNOWN")
    url = f"{outsider.house.base_url}/api/v1/demo/clock"
    assert outsider.http.get(url).status_code == 401
    assert moment(outsider.clock()["now"]) < aim + timedelta(minutes=5)


def test_any_account_of_the_demonstration_may_move_it_and_a_second_call_joins(outsider: Outsider) -> None:
    outsider.settle()
    outsider.start("Contoh Dua Penggerak", urgent=True)
    before = moment(outsider.clock()["now"])
    answers: list[Any] = []
    url = f"{outsider.house.base_url}/api/v1/demo/clock"

    def move(role: str) -> None:
        token = outsider.house.account(role)["token"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
        answers.append(outsider.http.post(url, json={"advance": "P2D"}, headers=headers))

    movers = [threading.Thread(target=move, args=(role,)) for role in ("auditor", "operator")]
    for mover in movers:
        mover.start()
    for mover in movers:
        mover.join()

    assert {answer.status_code for answer in answers} <= {200, 202}
    for answer in answers:
        check_clock(answer.json())
    outsider.settle(90)
    passed = moment(outsider.clock()["now"]) - before
    assert timedelta(days=2) <= passed < timedelta(days=4, hours=1)


def test_what_falls_due_on_the_way_is_done_on_the_way(outsider: Outsider) -> None:
    """A mail that waits for the office's hours carries the moment at which it was due, not the end of the jump."""
    outsider.settle()
    case = outsider.start("Contoh Jam Kantor")
    outsider.settle()
    before = moment(outsider.clock()["now"])
    told = outsider.advance(advance="P6D")
    assert told["settled"] is True
    asked = task_of(outsider.case(case), "akses.identitas")["asked_at"]
    assert before <= moment(asked) < before + timedelta(days=5)
    ask = next(each for each in outsider.all_asks() if each["case"] == case and each["task"] == "akses.identitas")
    assert ask["state"] == "sent"
    there = moment(asked)
    assert there.weekday() < 5
    assert 7 <= there.hour < 17
