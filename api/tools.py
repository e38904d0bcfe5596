"""What a request may use: the units of the store, the conductor for looking, and the few settings of the web side."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Protocol
from urllib.parse import urlsplit

from fastapi import Depends, Request

from store.unit import Units

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})


class Conductor(Protocol):
    """The part of `workflows.conductor` that a page may use: looking, never changing."""

    async def is_reachable(self) -> bool:
        """Whether the Temporal server answers within a second; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class ApiConfig:
    """The web side's settings; `pulang.wiring` makes it from Settings.

    base_url: address in mails, without a slash at the end. postbox_dir: folder of *.eml of the built-in postbox.
    allowed_hosts: host names, or name:port, that this installation answers to. secret_key: signs form tokens, at least
    32 bytes. https: whether readers reach us over TLS. clock_patience_s: how long a call that moves the demonstration's
    clock waits before it answers 202 (CONTRACT: 60). trusted_proxies: whose X-Forwarded-For is believed.
    """

    base_url: str
    demo: bool
    postbox_dir: Path | None
    allowed_hosts: tuple[str, ...]
    secret_key: bytes
    https: bool
    clock_patience_s: float = 60.0
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def is_loopback_http(self) -> bool:
        """True on a plain http address of this machine: there a browser would not keep a Secure cookie."""
        return not self.https and (urlsplit(self.base_url).hostname or "") in LOOPBACK_NAMES


def pass_by(point: str) -> None:
    """Does nothing at a crash point; fault tests hand in a function that ends the process there."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What every request may use, made once by `pulang.wiring`."""

    units: Units
    conductor: Conductor
    config: ApiConfig
    crash_point: Callable[[str], None] = pass_by


def tools_of(request: Request) -> Tools:
    """The tools of the application that serves this request."""
    tools = request.app.state.tools
    assert isinstance(tools, Tools)  # noqa: S101  (set once by create_app)
    return tools


async def _given(request: Request) -> Tools:
    """Async, for what is not is run in a thread of its own, a hop at every request."""
    return tools_of(request)


ToolsDep = Annotated[Tools, Depends(_given)]
