"""create_app(tools) → FastAPI: the guard outside, the error shapes, and every router.

Every route is async; what it changes or reads goes through `tools.units`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import api.link
import api.pages
import api.v1
from api import errors, health, sessions
from api.security import BODY_SECONDS, Guard
from api.tools import Tools
from api.v1 import openapi
from api.v1.clock import Mover
from templates.engine import static_path

OPENAPI_PATH = "/api/v1/openapi.json"


class _Static(StaticFiles):
    """Our own files; their address carries their version, so a browser may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=604800"
        return response


def create_app(tools: Tools, *, body_seconds: float = BODY_SECONDS) -> FastAPI:
    """The whole web side. body_seconds: how long a body may take to arrive (shorter in tests)."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await app.state.mover.stop()

    app = FastAPI(
        title="Pulang",
        version="1",
        openapi_url=OPENAPI_PATH,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.tools = tools
    app.state.mover = Mover(tools.units)
    # Argon2 takes a core for some 25 ms: two sign-ins at a time, so that officers' answers are not held up
    app.state.sign_in_slots = asyncio.Semaphore(2)
    app.add_middleware(Guard, config=tools.config, body_seconds=body_seconds)
    errors.install(app)
    app.add_exception_handler(sessions.SignInNeeded, sessions.sign_in_redirect)
    app.mount("/static", _Static(directory=static_path()), name="static")
    app.include_router(api.link.router, include_in_schema=False)  # first: routes are tried in their order
    app.include_router(api.v1.router)
    app.include_router(health.router)
    for router in api.pages.ROUTERS:
        app.include_router(router, include_in_schema=False)
    app.openapi = lambda: openapi.describe(app)  # type: ignore[method-assign]  # FastAPI's own way to replace it
    return app
