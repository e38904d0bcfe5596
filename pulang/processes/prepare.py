"""Before the parts start: keys, schema, register and, at the first start of a demonstration, its accounts and cases.

Every step is done only where it is still undone. A first start that was cut off is begun anew: nobody has been told of
its data yet, since READY was never said.
"""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from domain.clock import demo_start
from domain.roles import SYSTEM
from domain.rulebook import default_rulebook
from pulang import mailcatcher, wiring
from pulang.processes import postbox
from pulang.refusals import WRONG_CONFIGURATION, Refused
from pulang.settings import Settings
from store import agencies, demo_accounts, house, migrations
from store.unit import Reading, Unit, Units
from store.vault import VaultError

REFUSAL_FILE = "refusal.json"
_CUT_OFF_MARK = "first-start"
_OFFICE_IN_WIB = "KEMENSOS-RSKBK"  # its hours say whether the demonstration's clock may begin now

log = structlog.get_logger()


def prepare(settings: Settings) -> int:
    """Returns 0, or 78 with the reason left in `run/refusal.json` for the supervisor."""
    left = settings.home / "run" / REFUSAL_FILE
    left.unlink(missing_ok=True)
    try:
        units = prepared_units(settings)
    except Refused as refused:
        left.write_text(json.dumps({"code": refused.code, "facts": refused.facts}), encoding="utf-8")
        return WRONG_CONFIGURATION
    units.database.close_sync()
    return 0


def prepared_units(settings: Settings) -> Units:
    """The units of a house whose database is ready to be used. Raises Refused."""
    mark = settings.home / "run" / _CUT_OFF_MARK
    is_own_file = settings.database_url is None
    if is_own_file and settings.demo and mark.exists():
        _forget_cut_off_start(settings.home)
    is_new = _schema_state(settings) == "MISSING"
    if is_new and is_own_file:
        mark.touch(mode=0o600)
    vault = wiring.build_vault(settings, make=is_new)
    units = wiring.build_units(settings, vault)
    if is_new:
        migrations.upgrade(units.database)
    wiring.check_schema(units.database)
    wiring.check_house(units)
    _note(units)
    if settings.demo and not units.read_sync(_has_demo):
        _begin_demonstration(settings, units)
    mark.unlink(missing_ok=True)
    return units


def _schema_state(settings: Settings) -> migrations.State:
    """State of the schema; a missing SQLite file is not made by looking."""
    if settings.database_url is None and not (settings.home / "pulang.db").exists():
        return "MISSING"
    database = wiring.open_database(settings)
    try:
        return migrations.state(database)
    finally:
        database.close_sync()


def _forget_cut_off_start(home: Path) -> None:
    for path in (*home.glob("pulang.db*"), *home.glob("postbox/*.eml"), home / "demo-accounts.json"):
        path.unlink(missing_ok=True)


def _note(units: Units) -> None:
    """Check values of the keys, whose data this is, and the register."""

    def note(unit: Unit) -> None:
        unit.without_journal("check values of keys, kind of house")
        try:
            house.note_keys(unit)
        except VaultError as fault:
            raise wiring.key_refusal(fault) from None
        if house.find_value(unit, wiring.IS_DEMO) is None:
            house.put(unit, wiring.IS_DEMO, units.config.demo)
        agencies.load_seed(unit)

    units.write_sync(SYSTEM, note)


_HAS_DEMO = "demo_begun"


def _has_demo(reading: Reading) -> bool:
    return bool(house.find_value(reading, _HAS_DEMO))


def _begin_demonstration(settings: Settings, units: Units) -> None:
    from store import demo

    units.write_sync(SYSTEM, lambda unit: _set_clock(unit, settings.clock_start))
    units.write_sync(SYSTEM, lambda unit: _make_accounts(unit, settings.home / "demo-accounts.json"))
    # The fictitious cases were written for the procedure that comes with Pulang, whatever new cases take here.
    demo.seed(replace(units, rules=default_rulebook()), wiring.build_composer(), _poster(settings))

    def begun(unit: Unit) -> None:
        unit.without_journal("the demonstration has begun")
        house.put(unit, _HAS_DEMO, True)

    units.write_sync(SYSTEM, begun)
    log.info("demonstration_begun")


def _set_clock(unit: Unit, wanted: datetime | None) -> None:
    """Application time of the first moment: what the settings say, else office time in WIB."""
    office = agencies.register(unit).get(_OFFICE_IN_WIB)
    start = wanted or demo_start(unit.real_now, unit.rules.working(office))
    house.move_clock(unit, (start - unit.real_now).total_seconds())


def _make_accounts(unit: Unit, file: Path) -> None:
    """The accounts; their passwords are on the disk before they count, so that none is without one."""
    listed = demo_accounts.seed_demo(unit)
    if listed:
        write_private(file, json.dumps(listed, ensure_ascii=False, indent=1) + "\n")


def write_private(file: Path, text: str) -> None:
    """Replace *file* (0600) in one step."""
    half = file.with_name(f".{file.name}.part")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    half.rename(file)


def _poster(settings: Settings) -> Callable[[bytes, str], Any]:
    """Where the mails of the made-up past go: into the postbox, or nowhere when a mail server is named."""
    if not settings.has_postbox:
        return lambda mail, to: None
    box = mailcatcher.Postbox(postbox.folder(settings))
    box.open()
    return box.save
