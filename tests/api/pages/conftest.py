"""A house with cases at several points of the road, played once and copied for every test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.course import Course
from store import case_acts
from tests.api.pages.scenes import Scene
from tests.support.client import House, Site

PLAYED_FROM = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # Monday 09.00 WIB


@dataclass(frozen=True)
class Played:
    """A house whose cases have moved on. fresh: just started; child: a start too; middle: some answers in;
    gate: waits for both signatures; held: a hold lies on it. now: the wall clock at the end."""

    house: House
    now: datetime
    fresh: str
    child: str
    middle: str
    gate: str
    held: str


@pytest.fixture(scope="session")
def played(demo_house: House, tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("played")
    shutil.copytree(demo_house.folder / "keys", folder / "keys")
    site = demo_house.open(folder)
    site.clock.now = PLAYED_FROM
    scene = Scene.on(site)
    gate = scene.start("Kasmiati Contoh Rauf", destination="7302", person={"birth_date": date(1996, 7, 9)})
    scene.to_gate(gate)
    middle = scene.start(
        "Yohana Ina Contoh",
        person={"birth_date": date(2002, 5, 6), "nik": "5313004605020001", "documents": (("paspor", "X1234567"),)},
    )
    scene.say_no_to_other_flags(middle, tppo="ya")
    seen = iter(range(6))

    def enough(_: Course) -> bool:
        return next(seen, None) is None

    scene.to_gate(middle, enough)
    held = scene.start("Dedi Contoh Kurniawan", destination="6101", person={"sex": "L"})
    scene.do("koordinator1", lambda unit: case_acts.set_hold(unit, held, "PENYIDIKAN", "Keterangan dijadwalkan ulang"))
    child = scene.start("Anak Contoh Rahasia", destination="6504", person={"birth_date": date(2015, 2, 2)})
    fresh = scene.start("Wayan Contoh Sudarma", person={"sex": "L"})
    now = site.clock.now
    site.units.database.close_sync()
    return Played(House(folder, demo_house.accounts), now, fresh, child, middle, gate, held)


@pytest.fixture
async def story(played: Played, tmp_path: Path) -> AsyncIterator[Scene]:
    """A copy of the played house, its clock where the play ended."""
    site = _open(played, tmp_path)
    yield Scene.on(site)
    await site.close()


def _open(played: Played, folder: Path, **options: Any) -> Site:
    site = played.house.open(folder, **options)
    site.clock.now = played.now
    return site


async def in_thread(act: Any, *arguments: Any, **more: Any) -> Any:
    """Store acts stand outside the event loop."""
    return await asyncio.to_thread(act, *arguments, **more)
