"""Everything is killed at once, as when the power fails."""

import pytest

from tests.faults.story import mailed_ask, task_of
from tests.support.house import House, eventually
from tests.support.outsider import Outsider


@pytest.mark.proves("F09", "I02", "I03", "I11")
def test_after_a_power_cut_a_return_goes_on_where_it_was_without_a_hand(house: House, player: Outsider) -> None:
    case = player.start("Contoh Mati Lampu")
    ask = mailed_ask(player, case, "akses.identitas")
    house.hold("worker")  # so that the answer is stored and not yet taken in when the lights go out
    receipt = player.answer_link(ask, "confirm")
    assert player.get(f"/answers/{receipt}")["state"] == "stored"
    (house.home / "run" / "worker.down").unlink()

    house.kill_everything()
    house.start_again()

    eventually(lambda: player.get(f"/answers/{receipt}")["state"] == "applied", what="the answer applied")
    assert task_of(player, case, "akses.identitas")["status"] == "DIJAWAB"
    body = {"result": "pass", "n": 1}
    player.post(f"/cases/{case}/tasks/akses.identitas/verifications", body, number=1)
    player.settle()
    assert task_of(player, case, "akses.identitas")["status"] == "LULUS"
