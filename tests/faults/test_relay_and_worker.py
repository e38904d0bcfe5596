"""Relay and worker are killed at the worst moment."""

import time

import pytest

from store import outbox
from tests.faults.story import mailed_ask, task_of
from tests.support.house import House, eventually
from tests.support.invariants import copies_of, has_news, read
from tests.support.outsider import Outsider


@pytest.mark.proves("F03", "I03")
def test_a_relay_killed_after_its_call_tells_again_and_nothing_happens_twice(house: House, player: Outsider) -> None:
    case = player.start("Contoh Penerus Mati")
    ask = mailed_ask(player, case, "akses.identitas")

    struck = house.arm("relay.after_signal")
    receipt = player.answer_link(ask, "confirm")

    eventually(struck.exists, what="the relay struck")
    player.settle()
    assert player.get(f"/answers/{receipt}")["state"] == "applied"
    assert task_of(player, case, "akses.identitas")["status"] == "DIJAWAB"


@pytest.mark.proves("F03", "I15")
def test_a_relay_killed_after_starting_a_workflow_finds_it_running(house: House, player: Outsider) -> None:
    struck = house.arm("relay.after_signal")
    case = player.start("Contoh Penerus Mati Awal")

    eventually(struck.exists, what="the relay struck")
    mailed_ask(player, case, "akses.identitas")
    assert not read(house, lambda reading: has_news(reading, case))


@pytest.mark.parametrize(
    ("point", "most", "name"),
    [
        pytest.param("mail.before_connect", 1, "Contoh Sebelum Surel", marks=pytest.mark.proves("F04")),
        pytest.param("mail.after_reply", 2, "Contoh Sesudah Surel", marks=pytest.mark.proves("F05")),
    ],
)
def test_a_worker_killed_while_it_mails_leaves_one_mail_or_the_same_twice(
    house: House, player: Outsider, point: str, most: int, name: str
) -> None:
    before = {mail.id for mail in read(house, lambda reading: outbox.list_mails(reading, limit=1000))}
    struck = house.arm(point)
    case = player.start(name)

    eventually(struck.exists, what="the worker struck")
    ask = mailed_ask(player, case, "akses.identitas")

    fresh = [
        mail for mail in read(house, lambda reading: outbox.list_mails(reading, limit=1000)) if mail.id not in before
    ]
    assert fresh
    assert {mail.state for mail in fresh} == {outbox.ACCEPTED}
    copies = [copies_of(house, mail.message_id) for mail in fresh]
    assert max(copies) == most
    player.answer_link(ask, "confirm")


@pytest.mark.proves("F07", "I02", "I03")
@pytest.mark.parametrize(
    ("point", "name"),
    [("advance.before_commit", "Contoh Sebelum Simpan"), ("advance.after_commit", "Contoh Sesudah Simpan")],
)
def test_five_seconds_after_a_worker_died_in_the_middle_of_its_work_answers_are_applied_again(
    house: House, player: Outsider, point: str, name: str
) -> None:
    case = player.start(name)
    ask = mailed_ask(player, case, "akses.identitas")
    before = house.pid("worker")
    struck = house.arm(point)

    receipt = player.answer_link(ask, "confirm")
    eventually(struck.exists, what="the worker struck")
    eventually(lambda: house.pid("worker") not in (None, before), what="the worker again")

    back = time.monotonic()
    eventually(lambda: not read(house, lambda reading: has_news(reading, case)), within_s=5, what="the news taken in")
    assert time.monotonic() - back < 5
    assert player.get(f"/answers/{receipt}")["state"] == "applied"
