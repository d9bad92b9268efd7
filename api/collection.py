"""Publishes one listing under every level with the same parameters: one mechanism, five addresses."""

from collections.abc import Callable, Coroutine
from inspect import Parameter, Signature
from typing import Annotated, Any, get_args, get_type_hints
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError

from api import pages, problems, writers
from api.access import Asking, Public, Reading, reading_of, signed_in
from api.domain.levels import Level
from api.levels import PREFIX, Lens
from api.pages import Listing, Page

UnitName = Annotated[
    str, Path(max_length=100, description="Integer key, ISO code, programme code, acronym or `scheme:code`, such as `gt-ine:0101`.")
]
EVERY_LEVEL = tuple(Level)
Code = Annotated[str, Path(max_length=63, description="Code of the indicator (GET /v1/indicators).")]


def _named(route: APIRoute) -> str:
    return route.name


class ReadRoute(APIRoute):
    """A route that reads: a path, a `reading` and perhaps a `query` model, which are made here; FastAPI takes 0.25 ms for it (measured).

    Its document is FastAPI's, from the same signature, and so is every refusal: what does not fit goes the usual way and is refused there.
    A route of any other shape is left as it is. What every operation may be refused with is documented here, and not where routers are
    included: FastAPI would build each route a second time for it, a tenth of the start (measured).
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], *, responses: dict[int | str, dict[str, Any]] | None = None, **how: Any):
        how["generate_unique_id_function"] = _named
        super().__init__(path, endpoint, responses={**problems.EVERY, **(responses or {})}, **how)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        usual, endpoint = super().get_route_handler(), self.endpoint
        hints = get_type_hints(endpoint, include_extras=True)
        parts = {name: TypeAdapter(hint) for name, hint in hints.items() if f"{{{name}}}" in self.path}
        asking, model = hints.get("reading"), (*get_args(hints.get("query")), None)[0]
        rest = set(hints) - set(parts) - {"reading", "query"}
        if asking not in (Public, Asking) or rest != {"request", "return"} or hints["return"] is not Response:
            return usual

        async def handle(request: Request) -> Response:
            try:
                said = {name: part.validate_python(request.path_params[name]) for name, part in parts.items()}
                if model:
                    said["query"] = model.model_validate(dict(request.query_params))
            except ValidationError:
                return await usual(request)
            reading = await reading_of(request)
            answered: Response = await endpoint(request=request, reading=signed_in(reading) if asking == Asking else reading, **said)
            return answered

        return handle


async def answer(request: Request, reading: Reading, listing: Listing, query: Any, lens: Lens) -> Response:
    """A page, or the whole list where another media type than JSON is asked for."""
    if listing.then and query.known_at:
        await pages.settled(reading, query.known_at)
        listing = listing.then
    listing = listing.ordered(query.sort)
    media = writers.asked_for(request, query.format, listing)
    if media is None:
        return await pages.page(request, reading, listing, query, lens)
    return await writers.export(reading, listing, query, lens, media)


def publish(
    router: APIRouter,
    listing: Listing,
    *,
    public: bool = False,
    levels: tuple[Level, ...] = EVERY_LEVEL,
    flat: str | None = None,
    about: str = "",
    one: tuple[str, str] | None = None,
) -> None:
    """Add `GET {level}/{listing.name}` for each of `levels`, and `GET flat`, which reads the whole region. `one` also adds
    `GET {flat}/{id}`: what one thing of it is called, and what is told of it."""
    asking, noun = Public if public else Asking, listing.name.replace("-", "_")
    if flat and one:
        _add_one(router, listing, asking, f"{flat}/{{id}}", *one)
    if flat:
        _add(router, listing, asking, Level.REGION, flat, f"list_{noun}", about)
    for level in levels:
        _add(router, listing, asking, level, f"{PREFIX[level]}/{listing.name}", f"list_{level}_{noun}", about)


def _add_one(router: APIRouter, listing: Listing, asking: Any, path: str, name: str, about: str) -> None:
    async def read(request: Request, id: UUID, reading: asking) -> Response:
        return await pages.one(request, reading, listing, id)

    summary = f"Read {name.replace('_', ' ')}".title()
    router.add_api_route(path, read, name=f"read_{name}", summary=summary, description=about, response_model=listing.out)


Figured = Callable[[Request, Reading, Any, Lens, str], Coroutine[Any, Any, Response]]
"""Answers a request about a level's unit and perhaps the code of an indicator."""


Models = tuple[type[BaseModel], Any]


def publish_figures(
    router: APIRouter, path: str, name: str, figured: Figured, models: Models, about: str, media: tuple[str, ...] = ()
) -> None:
    """Add `GET {level}/{path}` for every level, for whoever sees it whole; `models` are those of the query and of the answer, which may be
    had as `media` too."""
    for level in Level:
        whole = f"{PREFIX[level]}/{path}"
        router.add_api_route(
            whole,
            _figured(figured, level, whole, models[0]),
            name=f"read_{level}_{name}",
            summary=f"Read {level} {name.replace('_', ' ')}",
            description=about,
            response_model=models[1],
            responses={
                **({200: {"content": {kind: {"schema": {"type": "string"}} for kind in media}}} if media else {}),
                304: {"description": "You have it already (If-None-Match)."},
            },
        )


def _figured(figured: Figured, level: Level, path: str, query_type: type[BaseModel]) -> Callable[..., Coroutine[Any, Any, Response]]:
    """The endpoint at `path`, with the parameters that it names."""

    async def read(request: Request, reading: Reading, query: BaseModel, **named: str) -> Response:
        return await figured(request, reading, query, Lens(level, named.get("unit", "")), named.get("code", ""))

    hints: dict[str, Any] = {"request": Request, "reading": Asking, "query": Annotated[query_type, pages.AS_QUERY]}
    hints |= {part: hint for part, hint in (("unit", UnitName), ("code", Code)) if f"{{{part}}}" in path}
    read.__annotations__ = hints | {"return": Response}
    parameters = [Parameter(part, Parameter.KEYWORD_ONLY, annotation=hint) for part, hint in hints.items()]
    read.__signature__ = Signature(parameters, return_annotation=Response)  # type: ignore[attr-defined]
    return read


def _add(router: APIRouter, listing: Listing, asking: Any, level: Level, path: str, name: str, about: str) -> None:
    query_type = Annotated[listing.query, pages.AS_QUERY]  # type: ignore[name-defined]

    async def of_region(request: Request, reading: asking, query: query_type) -> Response:
        return await answer(request, reading, listing, query, Lens(level))

    async def of_unit(request: Request, unit: UnitName, reading: asking, query: query_type) -> Response:
        return await answer(request, reading, listing, query, Lens(level, unit))

    router.add_api_route(
        path,
        of_unit if "{unit}" in path else of_region,
        name=name,
        summary=name.replace("_", " ").capitalize(),
        description=about,
        response_model=Page[listing.out],  # type: ignore[name-defined]
        responses={**writers.documented(listing), 304: {"description": "You have it already (If-None-Match)."}},
    )
