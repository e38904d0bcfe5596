"""The migrations make exactly the tables of the code, forwards and back, with rows present, on both databases."""

import re
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import SQLAlchemyError

from domain.errors import Unavailable
from domain.journal import Kind
from domain.roles import SYSTEM
from domain.sheets.delimited import read_delimited
from domain.sheets.judge import judge
from store import accounts, agencies, journal, manifests, migrations, people
from store.engine import open_engine
from store.house_table import counters
from store.manifests import SheetOrder
from store.tables import METADATA
from store.unit import Unit, Units
from tests.support.database import a_vault

VERSIONS = Path(migrations.__file__).parent / "versions"


def test_the_migrated_schema_is_the_one_of_the_code(any_empty_url: str) -> None:
    database = open_engine(any_empty_url)
    migrations.upgrade(database)

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA))

    assert database.run_sync(differences, write=False) == []
    database.close_sync()


def fill(unit: Unit) -> None:
    agencies.load_seed(unit)
    accounts.make_account(
        unit,
        login="contoh",
        name="Contoh",
        roles=["koordinator"],
        agency="KEMENSOS-RSKBK",
        phone="",
        password="kata sandi contoh",
        staff_number="1",
    )
    people.add_person(unit, {"name": "Contoh", "sex": "P", "nik": "5300000101900001"})
    order = SheetOrder("Contoh", date(2026, 12, 14), "RPTC-TPI")
    sheet = read_delimited(
        b"nama,nik,jk,tgl lahir,kab/kota,provinsi,kategori\nContoh,,P,1990-01-01,Kab. Malaka,NTT,PMIB\n"
    )
    manifests.take_sheet(unit, order, "contoh", sheet, judge(sheet, order.arrival))
    journal.ensure_subject(unit, "case-1")
    unit.append("case-1", Kind.OPENED, {"number": "PLG-1"}, {"reason": "contoh"})


def test_every_migration_goes_up_and_down_with_rows_present(any_empty_url: str) -> None:
    database = open_engine(any_empty_url)
    units = Units(database, a_vault())
    revisions = [script.revision for script in ScriptDirectory(str(VERSIONS.parent)).walk_revisions()][::-1]
    migrations.upgrade(database)
    units.write_sync(SYSTEM, fill)
    breaks = units.read_sync(journal.verify_chain)

    for below in [*revisions[:-1][::-1], "base"]:
        migrations.downgrade(database, below)
    for revision in revisions:
        migrations.upgrade(database, revision)
        assert migrations.current_revision(database) == revision
    units.write_sync(SYSTEM, fill)

    assert breaks == units.read_sync(journal.verify_chain) == []
    database.close_sync()


def test_going_down_below_the_guards_keeps_every_row(any_empty_url: str) -> None:
    database = open_engine(any_empty_url)
    units = Units(database, a_vault())
    migrations.upgrade(database)
    units.write_sync(SYSTEM, fill)

    migrations.downgrade(database, "0001_first")
    migrations.upgrade(database)

    assert len(units.read_sync(lambda reading: journal.rows_of(reading, "case-1"))) == 1
    assert units.read_sync(journal.verify_chain) == []
    database.close_sync()


def test_a_new_database_has_its_clock_and_its_house(any_empty_url: str) -> None:
    database = open_engine(any_empty_url)
    migrations.upgrade(database)
    units = Units(database, a_vault())

    assert units.read_sync(lambda reading: reading.offset_s) == 0.0
    assert units.read_sync(lambda reading: journal.find_subject(reading, journal.HOUSE)) is not None
    database.close_sync()


@pytest.mark.proves("F35")
def test_the_state_of_a_schema_is_told_apart(any_empty_url: str) -> None:
    database = open_engine(any_empty_url)
    seen = [migrations.state(database)]
    migrations.upgrade(database, "0001_first")
    seen.append(migrations.state(database))
    migrations.upgrade(database)
    seen.append(migrations.state(database))
    database.run_sync(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999_later'")), write=True)
    seen.append(migrations.state(database))

    assert seen == ["MISSING", "OLD", "CURRENT", "NEWER"]
    database.close_sync()


@pytest.mark.proves("F35")
def test_an_interrupted_migration_leaves_the_schema_as_it_was(any_empty_url: str) -> None:
    database = open_engine(any_empty_url)

    def stop_half_way(connection: Connection) -> None:
        # A table of the last migration's own making stands in the way, so that it fails in the middle.
        connection.execute(text("CREATE TABLE legs (x INTEGER)"))

    database.run_sync(stop_half_way, write=True)
    with pytest.raises((SQLAlchemyError, Unavailable)):
        migrations.upgrade(database)
    assert migrations.state(database) == "MISSING"

    database.run_sync(lambda connection: connection.execute(text("DROP TABLE legs")), write=True)
    migrations.upgrade(database)

    units = Units(database, a_vault())

    def count(unit: Unit) -> None:
        unit.without_journal("a test")
        unit.execute(insert(counters), {"name": "x", "value": 1})

    units.write_sync(SYSTEM, count)
    database.close_sync()


def test_migrations_are_numbered_named_after_their_file_and_have_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    script = ScriptDirectory.from_config(config)

    assert script.get_heads() == [migrations.head_revision()]
    for revision in script.walk_revisions():
        name = Path(revision.path).stem
        assert re.fullmatch(r"[0-9]{4}_[a-z0-9_]+", name)
        assert revision.revision == name
