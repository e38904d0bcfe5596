"""The web side is killed while an officer presses "send"."""

import httpx2
import pytest

from tests.faults.story import mailed_ask, task_of
from tests.support.house import House, eventually
from tests.support.outsider import OFFICER, RECEIPT, Letter, Outsider


def press(player: Outsider, letter: Letter, nonce: str) -> httpx2.Response | None:
    """Sends the form; None when the line broke before an answer came."""
    fields = {"nonce": nonce, "code": letter.code, "action": "confirm", **OFFICER}
    try:
        return player.http.post(letter.link, data=fields)
    except httpx2.TransportError:
        return None


def is_up(player: Outsider) -> bool:
    try:
        return player.http.get(f"{player.house.base_url}/healthz").status_code == 200
    except httpx2.TransportError:
        return False


@pytest.mark.proves("F01", "I02")
def test_an_answer_cut_off_before_it_was_stored_can_simply_be_sent_again(house: House, player: Outsider) -> None:
    case = player.start("Contoh Terputus Awal")
    letter = player.letter_for(mailed_ask(player, case, "akses.identitas"))
    nonce = player.open_link(letter)

    struck = house.arm("answer.before_commit")
    assert press(player, letter, nonce) is None
    assert struck.exists()

    eventually(lambda: is_up(player), what="pages again")
    assert task_of(player, case, "akses.identitas")["answer"] is None
    again = press(player, letter, nonce)
    assert again is not None
    assert again.status_code == 303
    player.settle()
    assert task_of(player, case, "akses.identitas")["answer"] == "SESUAI"


@pytest.mark.proves("F02", "I02", "I03")
def test_an_answer_stored_before_the_line_broke_gives_its_receipt_when_sent_again(
    house: House, player: Outsider
) -> None:
    case = player.start("Contoh Terputus Akhir")
    letter = player.letter_for(mailed_ask(player, case, "akses.identitas"))
    nonce = player.open_link(letter)

    struck = house.arm("answer.after_commit")
    assert press(player, letter, nonce) is None
    assert struck.exists()

    eventually(lambda: is_up(player), what="pages again")
    answers = [press(player, letter, nonce) for _ in range(2)]
    places = {answer.headers["location"] for answer in answers if answer is not None and answer.status_code == 303}
    assert len(places) == 1
    found = RECEIPT.search(places.pop())
    assert found is not None
    player.settle()
    assert player.get(f"/answers/{found.group(0)}")["state"] == "applied"
