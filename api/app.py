"""The two applications over one database: /v1 (the backend) and /network/v1 (the regional network)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import fastapi_swagger
from fastapi import APIRouter, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel
from starlette.datastructures import QueryParams
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from api import __version__, clock, db, idempotency, problems
from api.access import Attempts, House, Keys, reload_keys
from api.edge import Edge
from api.routers import BACKEND, NETWORK
from api.settings import Settings
from api.store import Store

Positions = tuple[int, ...]
ABOUT = """Municipal violence prevention committees, their figures and their network.

Sign in with `POST /v1/auth/token`, or use a service key; countries, municipalities, associations, programmes and catalogues need neither.
Refusals are `application/problem+json` with a stable `code`. Lists are keyset pages: follow `next`.
What you may not see answers exactly like what does not exist."""


def _application(title: str, routers: Iterable[APIRouter]) -> FastAPI:
    app = FastAPI(
        title=title,
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    for router in routers:
        app.router.routes.extend(router.routes)
    problems.install(app)
    app.add_exception_handler(idempotency.Replay, idempotency.replayed)
    app.router.middleware_stack = Routes(app)
    return app


def _declared(dependant: Dependant) -> Iterator[Any]:
    yield from dependant.query_params
    for inner in dependant.dependencies:
        yield from _declared(inner)


def _parameters(route: object) -> frozenset[str] | None:
    """What may stand behind the `?` of an address; None where its own model of parameters says so, and where balancers and scrapers ask."""
    if not isinstance(route, APIRoute) or not route.path.startswith(("/v1/", "/network/")):
        return None
    declared = list(_declared(route.dependant))
    if any(isinstance(kind := one.field_info.annotation, type) and issubclass(kind, BaseModel) for one in declared):
        return None
    return frozenset(one.alias for one in declared)


def _refuse_unknown(query: str, known: frozenset[str]) -> None:
    """Raises RequestValidationError for what no parameter is called: `dryrun=true` must not import for good."""
    unknown = [name for name in QueryParams(query) if name not in known]
    if unknown:
        raise RequestValidationError([{"type": "extra_forbidden", "loc": ("query", name)} for name in unknown])


class Routes:
    """Finds a route by the segments of its address, at one cost for all; what it does not find, FastAPI answers (404, 405).

    FastAPI tries one route after the other, each router twice: the last of 140 took 0.12 ms longer than the first (measured).
    """

    def __init__(self, app: FastAPI) -> None:
        self.otherwise: ASGIApp = app.router.middleware_stack
        self.shapes: dict[tuple[str, int], dict[Positions, dict[tuple[str, ...], tuple[int, RouteContext]]]] = {}
        self.parameters: dict[int, frozenset[str] | None] = {}
        for order, route in enumerate(iter_route_contexts(app.routes)):
            parts = (route.path or "").split("/")
            literal = tuple(n for n, part in enumerate(parts) if "{" not in part)
            self.parameters[id(route)] = _parameters(route.original_route)
            for method in route.methods or ():
                found = self.shapes.setdefault((method, len(parts)), {}).setdefault(literal, {})
                found.setdefault(tuple(parts[n] for n in literal), (order, route))

    def find(self, method: str, path: str) -> RouteContext | None:
        """The route that was declared first of those that may answer."""
        parts = path.split("/")
        hits = [
            routes[key]
            for literal, routes in self.shapes.get((method, len(parts)), {}).items()
            if (key := tuple(parts[n] for n in literal)) in routes
        ]
        return min(hits)[1] if hits else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self.find(scope["method"], scope["path"]) if scope["type"] == "http" else None
        match, more = route.matches(scope) if route else (Match.NONE, {})
        if route is None or match is not Match.FULL:
            await self.otherwise(scope, receive, send)
            return
        known = self.parameters[id(route)]
        if known is not None and scope["query_string"]:
            _refuse_unknown(scope["query_string"].decode("latin-1"), known)
        scope.update(more)
        scope["route"] = route.original_route
        await route.app(scope, receive, send)


@cache
def backend() -> FastAPI:
    """The application of levels, access and figures. Made once a process (0.4 s): the database it asks comes with each request."""
    return _application("AMUPREV API", BACKEND)


@cache
def network() -> FastAPI:
    """The application of the regional network."""
    return _application("AMUPREV regional network API", NETWORK)


class Applications:
    """Both applications behind one address, and the documentation of both without the internet."""

    def __init__(self, settings: Settings, database_url: str) -> None:
        self.settings, self.url = settings, database_url
        self.backend, self.network = backend(), network()
        self.documentation = _documentation({"backend": self.backend, "network": self.network})
        self.house: House | None = None
        self.ticking: asyncio.Task[None] | None = None
        self.attempts = Attempts(settings.attempts_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await FastAPI(lifespan=self._lifespan, openapi_url=None)(scope, receive, send)
            return
        scope["house"], scope["attempts"] = self.house, self.attempts
        path: str = scope["path"]
        if path.startswith("/network/"):
            await self.network(scope, receive, send)
        elif path.startswith(("/docs", "/openapi/")):
            await self.documentation(scope, receive, send)
        else:
            await self.backend(scope, receive, send)

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        async with self.open():
            yield

    @asynccontextmanager
    async def open(self) -> AsyncIterator[House]:
        """Hold the pools and the clock open; the outer application owns them, because lifespans of inner ones do not run."""
        doors = await db.open_doors(self.settings, self.url)
        await db.refuse_bypass(doors)
        row = await doors.reads.fetchrow("select secret, app.epoch() as epoch from epoch")
        documents = Store(self.settings)
        gate = db.Gate(doors.reads, self.settings.read_admissions)
        self.house = House(self.settings, doors, Keys(), row["secret"].bytes, row["epoch"], gate, documents)
        await reload_keys(self.house, least_s=0)
        self.ticking = asyncio.create_task(clock.run(self.house))
        try:
            yield self.house
        finally:
            await self.stop_clock()
            await gate.close()
            await doors.close()

    async def stop_clock(self) -> None:
        """Let no more time pass by itself: a test turns the clock by hand."""
        if self.ticking is not None:
            self.ticking.cancel()
            await asyncio.gather(self.ticking, return_exceptions=True)


def _documentation(applications: dict[str, FastAPI]) -> FastAPI:
    """The documents of both applications and a page for each; every asset comes from a package, so none of it needs the internet."""
    pages = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    pages.mount("/docs/assets", StaticFiles(directory=Path(fastapi_swagger.__file__).parent / "resources"))
    for name, app in applications.items():
        _document(pages, name, app)
    return pages


def _document(pages: FastAPI, name: str, app: FastAPI) -> None:
    page = get_swagger_ui_html(
        openapi_url=f"/openapi/{name}.json",
        title=app.title,
        swagger_js_url="/docs/assets/swagger-ui-bundle.js",
        swagger_css_url="/docs/assets/swagger-ui.css",
        swagger_favicon_url="/docs/assets/favicon-32x32.png",
    )
    pages.add_route(f"/openapi/{name}.json", _shown(lambda: JSONResponse(app.openapi())))
    pages.add_route("/docs" if name == "backend" else f"/docs/{name}", _shown(lambda: page))


def _shown(answer: Callable[[], Response]) -> Callable[[Request], Awaitable[Response]]:
    async def show(_: Request) -> Response:
        return answer()

    return show


def create_app(settings: Settings, database_url: str) -> tuple[ASGIApp, Applications]:
    """The application to serve, and the one inside it whose `open` a test may hold."""
    applications = Applications(settings, database_url)
    app: ASGIApp = applications
    if settings.cors_origins:
        shown = ["ETag", "Link", "Location", "X-Request-Id", "Retry-After", "Idempotent-Replayed"]
        app = CORSMiddleware(
            app, allow_origins=settings.cors_origins.split(), allow_methods=["*"], allow_headers=["*"], expose_headers=shown, max_age=3600
        )
    return Edge(app, settings), applications
