"""The canary's case, played once in the demonstration house of the run, and everything that the house then holds."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.privacy.canary import Player, play
from tests.privacy.places import Haystacks, gather
from tests.support.house import House


@dataclass(frozen=True)
class Played:
    """A case that has been through the procedure. haystacks: every place to look for its content, by name."""

    player: Player
    case: str
    haystacks: Haystacks


@pytest.fixture(scope="session")
def played(house: House) -> Iterator[Played]:
    player = Player(house)
    case = play(player)
    player.settle()
    yield Played(player, case, gather(player))
    player.http.close()
    if player.operator is not None:
        player.operator.close()
