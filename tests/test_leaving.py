"""An address that goes says so, in its document and in every answer it gives; the others say nothing."""

from datetime import UTC, datetime

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.leaving import Leaving

GOES = Leaving(datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC), "/docs/two")


async def test_an_announced_address_tells_when_it_goes() -> None:
    app = FastAPI()

    @app.get("/old")
    async def old() -> str:
        """What there was."""
        return "old"

    @app.get("/new")
    async def new() -> str:
        return "new"

    routes = {route.path: route for route in app.routes if isinstance(route, APIRoute)}
    GOES.announce(routes["/old"])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        told = (await client.get("/old")).headers
        assert (told["deprecation"], told["sunset"]) == ("@1798761600", "Sat, 01 Jan 2028 00:00:00 GMT")
        assert told["link"] == '</docs/two>; rel="deprecation", </docs/two>; rel="sunset"'
        assert "deprecation" not in (await client.get("/new")).headers
    document = app.openapi()["paths"]
    assert document["/old"]["get"]["deprecated"]
    assert "2028-01-01" in document["/old"]["get"]["description"]
    assert "deprecated" not in document["/new"]["get"]
