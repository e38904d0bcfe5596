"""A page for one act on a case: what it leads to, its form, and on a refusal the same page with what was typed.

An `Act` says how its page is filled and what its form does; `add` gives it the two routes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.forms import Form, Known
from api.language import language_of
from api.pages import case_page
from api.pages.case_reader import CaseReader
from api.pages.desk import draw, fault_of, once
from api.sessions import SignedIn, read_page_form
from api.tools import tools_of
from domain.errors import DomainError, NotFound
from domain.roles import Action, Actor
from store.unit import Unit
from templates.views import Fault

Params = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Act:
    """path: below /kasus/{number}. needs: the action a reader of the page must have, None when `build` looks itself.

    build: what the page shows; raises DomainError when the act is impossible now. do: the act; returns a notice code.
    """

    path: str
    template: str
    build: Callable[[CaseReader, Params], dict[str, Any]]
    do: Callable[[Unit, str, Params, Form], str]
    known: Known
    needs: Action | None = None
    multi: tuple[str, ...] = field(default=())


def add(router: APIRouter, act: Act) -> None:
    """Gives *act* its two routes: the page, and the post that does it."""
    path = f"/kasus/{{number}}/{act.path}"

    async def show(request: Request, me: SignedIn) -> Response:
        return await draw_act(request, me, act)

    async def send(request: Request, me: SignedIn) -> Response:
        form = await read_page_form(request, act.known, act.multi)
        if act.needs is not None:
            me.must(act.needs)
        number = request.path_params["number"]

        def do(unit: Unit) -> str:
            return f"/kasus/{number}?notice={act.do(unit, number, request.path_params, form)}"

        try:
            return await once(request, me, form, do)
        except NotFound:
            raise
        except DomainError as error:
            try:
                return await draw_act(
                    request, me, act, status=error.status, faults=(fault_of(error),), typed=form.values
                )
            except DomainError:
                raise error from None

    router.add_api_route(path, show, methods=["GET"], name=f"show_{act.template}")
    router.add_api_route(path, send, methods=["POST"], name=f"send_{act.template}")


async def draw_act(
    request: Request,
    me: Actor,
    act: Act,
    *,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The page of *act*; after a refusal with its sentences and what was typed. Raises NotAllowed and what `build`
    raises.
    """
    if act.needs is not None:
        me.must(act.needs)
    language = language_of(request)
    number = request.path_params["number"]

    def build(unit: Unit) -> dict[str, Any]:
        reader = case_page.open_reader(unit, number, language)
        return {
            "number": reader.view.course.number,
            "who": reader.person_name,
            "reader_zone": reader.home_zone,
            **act.build(reader, request.path_params),
        }

    page = await tools_of(request).units.write(me, build)
    return draw(
        request,
        me,
        f"acts/{act.template}",
        "papan",
        status=status,
        faults=faults,
        typed=typed or {},
        act=act.path,
        **page,
    )
