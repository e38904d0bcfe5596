"""Builds what the processes work with, from Settings, and hands it down. Nothing else reads Settings or the wall clock.

Modules are imported where they are used: the commands that need little start fast.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from domain.errors import DomainError, Unavailable
from domain.rulebook import Rulebook, default_rulebook, rulebook_with
from pulang.crashing import crash_point
from pulang.refusals import Refused
from pulang.settings import EXPECTED, PREFIX, Settings
from store import house
from store.engine import Database, open_engine
from store.unit import StoreConfig, Units
from store.vault import Vault, VaultError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from activities.smtp import MailServer
    from store.desks import Composer
    from workflows.conductor import Conductor

IS_DEMO = "is_demo"
"""Value of the house: whether its data is a demonstration's. Such data and real data never meet."""


def real_now() -> datetime:
    """The wall clock, aware UTC, for the few who run before there is a database."""
    return datetime.now(UTC)


def build_vault(settings: Settings, *, make: bool = False) -> Vault:
    """The keys of this home; *make*: those that are missing are made. Raises Refused for missing or damaged ones."""
    folder = settings.home / "keys"
    try:
        return Vault.make(folder) if make else Vault.load(folder)
    except VaultError as fault:
        raise key_refusal(fault) from None


def key_refusal(fault: VaultError) -> Refused:
    """A fault of the keys as a refused start."""
    return Refused({"KEY_BAD": "KEY_UNUSABLE"}.get(fault.code, fault.code))


def open_database(settings: Settings) -> Database:
    """The database named by the settings; it is not looked at yet. Raises Refused when its folder is missing."""
    try:
        return open_engine(settings.database)
    except (Unavailable, OSError):
        raise Refused("DATABASE_AWAY", reason="PULANG_HOME") from None


def store_config(settings: Settings) -> StoreConfig:
    """The store's few settings."""
    return StoreConfig(
        demo=settings.demo,
        base_url=settings.pages,
        digest_window_s=settings.digest_window_s,
        desk_name=settings.desk_name,
        desk_phone=settings.desk_phone,
        duty_phone=settings.duty_phone,
        from_address=settings.from_address,
    )


def read_rulebook(settings: Settings) -> Rulebook:
    """The rules that come with this release, and the procedure file of the settings. Raises Refused("WRONG_VALUE")."""
    if settings.procedure_file is None:
        return default_rulebook()
    try:
        return rulebook_with(settings.procedure_file.read_text(encoding="utf-8"))
    except (DomainError, OSError, UnicodeDecodeError):
        name, (expected_id, expected_en) = "procedure_file", EXPECTED["procedure_file"]
        raise Refused(
            "WRONG_VALUE", key=PREFIX + name.upper(), expected_id=expected_id, expected_en=expected_en
        ) from None


def build_units(settings: Settings, vault: Vault | None = None) -> Units:
    """Transactions on the database of *settings* by its rules. Raises Refused."""
    return Units(
        database=open_database(settings),
        vault=vault or build_vault(settings),
        rules=read_rulebook(settings),
        config=store_config(settings),
    )


def build_checked_units(settings: Settings) -> Units:
    """As `build_units`, after the checks that every process makes. Raises Refused for a wrong schema, key or home."""
    units = build_units(settings)
    check_schema(units.database)
    check_house(units)
    return units


def check_schema(database: Database) -> None:
    """Raises Refused unless the schema is this release's."""
    from store import migrations

    try:
        state = migrations.state(database)
    except DomainError:
        raise Refused("DATABASE_AWAY", reason="STORE_UNAVAILABLE") from None
    if state != migrations.CURRENT:
        raise Refused(f"SCHEMA_{state}")


def check_house(units: Units) -> None:
    """Raises Refused when the keys are not this database's, or a demonstration's data would be used for real work."""
    try:
        units.read_sync(house.check_keys)
        is_demo = units.read_sync(lambda reading: house.find_value(reading, IS_DEMO))
    except VaultError as fault:
        raise key_refusal(fault) from None
    except DomainError:
        raise Refused("DATABASE_AWAY", reason="STORE_UNAVAILABLE") from None
    if is_demo is not None and bool(is_demo) != units.config.demo:
        raise Refused("HOME_OF_DEMO" if is_demo else "HOME_OF_WORK")


def build_conductor(settings: Settings, vault: Vault, process: str) -> "Conductor":
    """The door to Temporal. *process* stands in clear in histories."""
    from workflows.conductor import Conductor

    return Conductor(settings.temporal, vault.codec_keys, vault.codec_current, identity=f"pulang-{process}")


def mail_server(settings: Settings) -> "MailServer":
    """Where mail is handed over. Ports left out: 465 for smtps, 587 with starttls, else 25."""
    from activities.smtp import MailServer

    url = urlsplit(settings.smtp)
    tls = url.scheme == "smtps"
    starttls = parse_qs(url.query).get("starttls", ["0"])[-1] == "1"
    return MailServer(
        host=url.hostname or "127.0.0.1",
        port=url.port or (465 if tls else 587 if starttls else 25),
        username=unquote(url.username or ""),
        password=unquote(url.password or ""),
        starttls=starttls,
        tls=tls,
    )


def build_composer() -> "Composer":
    """What turns a mail's order into words."""
    import templates

    return templates.Composer()


def build_activities(settings: Settings, units: Units) -> Sequence[Callable[..., Any]]:
    """Everything that the worker registers."""
    import activities
    from activities.smtp import Smtp

    strike = crash_point(settings.crash_points, settings.home)
    return activities.ALL(units, Smtp(mail_server(settings)), build_composer(), strike)


class _Looking:
    """The conductor as pages may use it: looking only."""

    def __init__(self, conductor: "Conductor") -> None:
        self._conductor = conductor

    async def is_reachable(self) -> bool:
        """Whether the Temporal server answers within a second."""
        return await self._conductor.health()


def build_app(settings: Settings, units: Units) -> "FastAPI":
    """The web side."""
    from api.app import create_app
    from api.tools import ApiConfig, Tools

    address = urlsplit(settings.pages)
    config = ApiConfig(
        base_url=settings.pages,
        demo=settings.demo,
        postbox_dir=settings.home / "postbox" if settings.has_postbox else None,
        allowed_hosts=tuple(dict.fromkeys(("127.0.0.1", "localhost", "[::1]", address.hostname or "localhost"))),
        secret_key=units.vault.blind("form tokens", "1").encode(),
        https=address.scheme == "https",
        trusted_proxies=settings.proxies,
    )
    looking = _Looking(build_conductor(settings, units.vault, "api"))
    return create_app(Tools(units, looking, config, crash_point(settings.crash_points, settings.home)))
