"""All settings, read once from the environment and `pulang.env` into one frozen value.

The environment wins over the file. An empty value counts as left out. Each field says its unit and default; the same
list stands in docs/settings.md, and a test compares them. Whatever is wrong is refused before anything starts (B50).
"""

import io
import math
import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

from dotenv.parser import parse_stream
from pydantic import AfterValidator, AwareDatetime, Field, SecretStr, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pulang.crashing import POINTS
from pulang.refusals import Refused

PREFIX: Final = "PULANG_"
FILE: Final = "pulang.env"
DEMO_DIGEST_WINDOW_S: Final = 5
_MAIL_OFFSET: Final = 25  # the built-in postbox listens this many ports above the pages: 8000 -> 8025
_PLACEHOLDERS: Final = frozenset(
    [
        "changeme",
        "change-me",
        "change_me",
        "password",
        "passwd",
        "pass",
        "secret",
        "example",
        "placeholder",
        "todo",
        "xxx",
        "xxxx",
        "xxxxx",
        "your-password",
        "yourpassword",
        "ganti",
        "gantiaku",
        "ganti-saya",
        "gantisaya",
        "sandi",
        "katasandi",
        "kata-sandi",
        "rahasia",
        "isi-di-sini",
        "123456",
    ]
)


def _is_placeholder(secret: str) -> bool:
    plain = secret.strip().lower()
    return plain in _PLACEHOLDERS or (plain.startswith(("<", "{", "$")) and plain.endswith((">", "}", "_password")))


def _sound_url(url: SecretStr, schemes: tuple[str, ...]) -> SecretStr:
    """The URL again, if it has one of *schemes*, its parts can be read and its password is not a placeholder."""
    try:
        parts = urlsplit(url.get_secret_value())
        scheme, password, _ = parts.scheme, unquote(parts.password or ""), parts.port
    except ValueError:
        scheme, password = "", ""
    if scheme not in schemes:
        raise PydanticCustomError("url", "not a URL of these kinds")
    if _is_placeholder(password):
        raise PydanticCustomError("placeholder", "placeholder password")
    return url


def _smtp_url(url: SecretStr) -> SecretStr:
    url = _sound_url(url, ("smtp", "smtps"))
    parts = urlsplit(url.get_secret_value())
    if not parts.hostname or set(parse_qs(parts.query)) - {"starttls"}:
        raise PydanticCustomError("url", "no host, or an unknown option")
    return url


def _database_url(url: SecretStr) -> SecretStr:
    return _sound_url(url, ("postgresql+asyncpg", "sqlite", "sqlite+pysqlite", "sqlite+aiosqlite"))


def _page_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise PydanticCustomError("url", "not a page address")
    return url.rstrip("/")


def _address(address: str) -> str:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536 or "/" in address:
        raise PydanticCustomError("address", "not host:port")
    return address


def _points(names: str) -> str:
    if not set(_listed(names)) <= set(POINTS):
        raise PydanticCustomError("points", "not crash points")
    return names


def _listed(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())


def _networks(names: str) -> str:
    try:
        wanted = [ip_network(name) for name in _listed(names)]
    except ValueError:
        wanted = []
    if not wanted:
        raise PydanticCustomError("networks", "not addresses or networks")
    return names


def _mailbox(address: str) -> str:
    local, _, host = address.rpartition("@")
    if not local or not host or any(character in " ,;<>\r\n\t\"'" for character in address):
        raise PydanticCustomError("mailbox", "not one mail address")
    return address


Port = Annotated[int, Field(ge=1, le=65535)]
PortOrOff = Annotated[int, Field(ge=0, le=65535)]
_PORT: Final = ("angka 1 sampai 65535", "a number from 1 to 65535")
_PORT_OR_OFF: Final = ("angka 0 sampai 65535", "a number from 0 to 65535")
_LINE: Final = ("satu baris teks yang tidak kosong", "one line of text, not empty")

# What each setting must be, in the words of the refusal: Indonesian, English.
EXPECTED: Final[dict[str, tuple[str, str]]] = {
    "home": ("jalur folder", "the path of a folder"),
    "http_port": _PORT,
    "temporal_port": _PORT,
    "temporal_ui_port": _PORT_OR_OFF,
    "postbox_port": _PORT_OR_OFF,
    "temporal_address": ("berbentuk tuan-rumah:porta", "of the form host:port"),
    "database_url": (
        "berbentuk sqlite:///jalur atau postgresql+asyncpg://pengguna:sandi@tuan-rumah/nama",
        "of the form sqlite:///path or postgresql+asyncpg://user:password@host/name",
    ),
    "smtp_url": (
        "berbentuk smtp://pengguna:sandi@tuan-rumah:porta?starttls=1",
        "of the form smtp://user:password@host:port?starttls=1",
    ),
    "base_url": ("alamat yang mulai dengan http:// atau https://", "an address that begins with http:// or https://"),
    "demo": ("0 atau 1", "0 or 1"),
    "digest_window": ("jumlah detik, 0 sampai 86400", "a number of seconds, 0 to 86400"),
    "procedure_file": (
        "jalur berkas prosedur (TOML) yang lengkap, terperiksa dan berversi sendiri",
        "the path of a procedure file (TOML) that is whole, checked and has a version of its own",
    ),
    "clock_start": (
        "waktu ISO 8601 dengan zona, misalnya 2026-12-01T08:00:00+07:00",
        "an ISO 8601 time with its zone, for example 2026-12-01T08:00:00+07:00",
    ),
    "crash_at": (
        "nama titik gangguan yang ada di docs/settings.md, dipisah koma",
        "names of crash points as docs/settings.md lists them, separated by commas",
    ),
    "desk_name": _LINE,
    "desk_phone": _LINE,
    "duty_phone": _LINE,
    "from_address": ("satu alamat surel", "one mail address"),
    "trusted_proxies": (
        "alamat atau jaringan IP dipisah koma, misalnya 127.0.0.1, 10.0.0.0/8",
        "IP addresses or networks separated by commas, for example 127.0.0.1, 10.0.0.0/8",
    ),
}


class Settings(BaseSettings):
    """What the environment says. Frozen; a change needs a restart."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",  # keys are checked by `_check_keys`, which can name them
        frozen=True,
        hide_input_in_errors=True,
    )

    home: Path = Path("./var")
    """Folder of everything that is kept. Default ./var."""
    http_port: Port = 8000
    """Port of pages and API on the loopback address. Default 8000."""
    temporal_port: Port = 7233
    """Port of the embedded Temporal server on the loopback address. Default 7233."""
    temporal_ui_port: PortOrOff = 0
    """Port of Temporal's own pages, 0 = off. Default 0."""
    temporal_address: Annotated[str, AfterValidator(_address)] | None = None
    """host:port of a Temporal cluster; left out: the embedded server."""
    database_url: Annotated[SecretStr, AfterValidator(_database_url)] | None = None
    """Database; left out: SQLite in PULANG_HOME."""
    smtp_url: Annotated[SecretStr, AfterValidator(_smtp_url)] | None = None
    """Mail server; left out: the built-in postbox."""
    postbox_port: PortOrOff = 0
    """Port of the built-in postbox; 0: PULANG_HTTP_PORT + 25, or a free one when that is taken. Default 0."""
    base_url: Annotated[str, AfterValidator(_page_url)] | None = None
    """Address of the pages as mails name it; left out: http://127.0.0.1:PULANG_HTTP_PORT."""
    demo: bool = False
    """Demonstration: made-up offices' mailboxes, accounts, cases, a clock that can be moved. Default 0."""
    digest_window: Annotated[float, Field(ge=0, le=86400)] | None = None
    """Seconds an office's asks are gathered, instead of the procedure's windows; demonstration 5."""
    procedure_file: Path | None = None
    """Procedure (TOML) that new cases take, beside those that come with Pulang; left out: the newest of these."""
    clock_start: AwareDatetime | None = None
    """Application time at the first start, demonstration only; left out: see docs/settings.md."""
    crash_at: Annotated[str, AfterValidator(_points)] | None = None
    """Crash points that strike once, separated by commas; demonstration only, for fault tests."""
    desk_name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\r\n]+$")] = "Meja koordinasi pemulangan"
    """Name of the coordinator's desk as mails and link pages give it."""
    desk_phone: Annotated[str, Field(min_length=3, max_length=40, pattern=r"^[^\r\n]+$")] = "(021) 555-0100"
    """Telephone of that desk in working hours; the default is made up, `pulang doctor` asks for the real one."""
    duty_phone: Annotated[str, Field(min_length=3, max_length=40, pattern=r"^[^\r\n]+$")] = "(021) 555-0199"
    """Telephone that is answered day and night; the default is made up, `pulang doctor` asks for the real one."""
    from_address: Annotated[str, AfterValidator(_mailbox)] = "pulang@localhost.localdomain"
    """Sender of all mails."""
    trusted_proxies: Annotated[str, AfterValidator(_networks)] | None = None
    """Reverse proxies whose X-Forwarded-For is believed: addresses or CIDR networks, commas between; left out: none."""

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.clock_start is not None and not self.demo:
            raise PydanticCustomError("demo_only", "PULANG_CLOCK_START")
        if self.crash_at is not None and not self.demo:
            raise PydanticCustomError("demo_only", "PULANG_CRASH_AT")
        return self

    @property
    def database(self) -> str:
        """The database's URL, secrets included: for the engine only."""
        return self.database_url.get_secret_value() if self.database_url else f"sqlite:///{self.home / 'pulang.db'}"

    @property
    def temporal(self) -> str:
        """host:port of the Temporal server in use."""
        return self.temporal_address or f"127.0.0.1:{self.temporal_port}"

    @property
    def pages(self) -> str:
        """Address of the pages, without a slash at the end."""
        return self.base_url or f"http://127.0.0.1:{self.http_port}"

    @property
    def mail_port(self) -> int:
        """Port of the built-in postbox."""
        above = self.http_port + _MAIL_OFFSET
        return self.postbox_port or (above if above < 65536 else self.http_port - _MAIL_OFFSET)

    @property
    def digest_window_s(self) -> int | None:
        """Whole seconds of every digest window, or None for the procedure's own."""
        if self.digest_window is None:
            return DEMO_DIGEST_WINDOW_S if self.demo else None
        return math.ceil(self.digest_window)

    @property
    def smtp(self) -> str:
        """URL of the mail server in use, secrets included: for the mail adapter only."""
        return self.smtp_url.get_secret_value() if self.smtp_url else f"smtp://127.0.0.1:{self.mail_port}"

    @property
    def crash_points(self) -> tuple[str, ...]:
        """The crash points that are wanted; none outside fault tests."""
        return _listed(self.crash_at or "")

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of the trusted reverse proxies; none unless set."""
        return tuple(ip_network(name) for name in _listed(self.trusted_proxies or ""))

    @property
    def has_postbox(self) -> bool:
        """Whether mails stay here, in the built-in postbox."""
        return self.smtp_url is None

    @property
    def has_embedded_temporal(self) -> bool:
        """Whether we run the workflow server ourselves."""
        return self.temporal_address is None

    def told(self) -> dict[str, str]:
        """These settings as environment variables, for the parts of one house (secrets included)."""
        values = {
            "home": str(self.home),
            "http_port": str(self.http_port),
            "temporal_port": str(self.temporal_port),
            "postbox_port": str(self.mail_port),
            "demo": str(int(self.demo)),
        }
        return {PREFIX + name.upper(): value for name, value in values.items()}


def read_settings(**chosen: Any) -> Settings:
    """The settings of this process. *chosen* are fields that the command line fixes (`up --demo`).

    Raises Refused for an unknown or doubled key, a wrong value or a placeholder secret.
    """
    _check_keys()
    try:
        settings = Settings(**chosen)
    except ValidationError as wrong:
        raise _refusal(wrong) from None
    return settings.model_copy(update={"home": settings.home.expanduser().absolute()})


def read_settings_of_house() -> Settings:
    """As `read_settings`, for commands that only look: unless PULANG_DEMO is set, the home itself says what it is."""
    try:
        settings = read_settings()
        if "demo" in settings.model_fields_set or not _is_demonstration(settings):
            return settings
    except Refused:  # perhaps for a setting of demonstrations only
        if PREFIX + "DEMO" in {key.upper() for key in os.environ}:
            raise
    try:
        shown = read_settings(demo=True)
    except Refused:
        return read_settings()
    return shown if _is_demonstration(shown) else read_settings()


def _is_demonstration(settings: Settings) -> bool:
    return (settings.home / "demo-accounts.json").exists()


def names() -> dict[str, str]:
    """Field name → name in the environment."""
    return {field: PREFIX + field.upper() for field in Settings.model_fields}


def _check_keys() -> None:
    known = set(names().values())
    for key in sorted(os.environ):
        if key.upper().startswith(PREFIX) and key.upper() not in known:
            raise Refused("UNKNOWN_KEY", key=_shown(key), source="environment")
    file = Path(FILE)
    if not file.is_file():
        return
    seen: set[str] = set()
    for binding in parse_stream(io.StringIO(file.read_text(encoding="utf-8", errors="replace"))):
        text = binding.original.string
        line = binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
        if binding.error or (binding.key is not None and binding.value is None):
            raise Refused("UNREADABLE_LINE", source=FILE, line=line)
        if binding.key is None:
            continue
        key = binding.key.upper()
        if key not in known:
            raise Refused("UNKNOWN_KEY", key=_shown(key), source=FILE)
        if key in seen:
            raise Refused("DUPLICATE_KEY", key=key, source=FILE, line=line)
        seen.add(key)


def _shown(key: str) -> str:
    """A key as it may be printed: a stray line could hold anything."""
    return "".join(character for character in key[:60] if character.isalnum() or character == "_")


def _refusal(wrong: ValidationError) -> Refused:
    fault = wrong.errors(include_input=False, include_url=False)[0]
    if fault["type"] == "demo_only":
        return Refused("DEMO_ONLY", key=fault["msg"])
    field = str(fault["loc"][0]) if fault["loc"] else ""
    # pydantic-settings names the field by its alias where it has one; ours have none, but a prefix may be kept
    field = field.lower().removeprefix(PREFIX.lower())
    key = PREFIX + field.upper()
    if fault["type"] == "placeholder":
        return Refused("PLACEHOLDER_SECRET", key=key)
    expected = EXPECTED[field]
    return Refused("WRONG_VALUE", key=key, expected_id=expected[0], expected_en=expected[1])
