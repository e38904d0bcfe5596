"""The main job on PostgreSQL and with the application clock a year ahead: both in one house, to save time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.database import PostgresServer
from tests.support.house import House, start_house
from tests.support.invariants import assert_invariants
from tests.support.outsider import Outsider

A_YEAR_AHEAD = "2027-11-29T09:00:00+07:00"  # a Monday, 52 weeks after the start of the other house


@pytest.fixture(scope="module")
def house_on_postgresql(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = Path(tmp_path_factory.mktemp("postgresql"))
    with start_house(folder, clock_start=A_YEAR_AHEAD, database_url=postgres_server.empty()) as running:
        yield running


@pytest.mark.proves("I01", "I03", "I11")
def test_one_return_goes_to_termination_on_postgresql_with_the_clock_started_a_year_ahead(
    house_on_postgresql: House,
) -> None:
    player = Outsider(house_on_postgresql)
    case = player.start("Contoh Tahun Depan")

    player.play(case)

    view = player.case(case)
    assert view["status"] == "SELESAI"
    assert [handover["result"] for handover in view["handovers"]] == ["DITERIMA"] * 3
    assert all(handover["number"].startswith(("BAST-2027-", "BAST-2028-")) for handover in view["handovers"])
    player.settle()
    assert not (house_on_postgresql.home / "pulang.db").exists()
    assert_invariants(house_on_postgresql)
    player.http.close()
