"""The pages behind the sign-in, one module per subject, each with a `router`.

Every module in this folder with a `router` is a page; a fixed path (`/kasus/baru`) must be matched before one with a
part left open (`/kasus/{number}`), so routers are put in that order.
"""

import pkgutil
from importlib import import_module
from typing import Final

from fastapi import APIRouter


def _open_parts(router: APIRouter) -> int:
    return sum("{" in str(getattr(route, "path", "")) for route in router.routes)


ROUTERS: Final[list[APIRouter]] = sorted(
    (
        module.router
        for module in (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
        if hasattr(module, "router")
    ),
    key=_open_parts,
)
