"""/livez /readyz /version /metrics and the public keys of tokens: for whoever runs it, without signing in."""

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict

from api import __version__
from api.access import House
from api.collection import ReadRoute

router = APIRouter(tags=["service"], route_class=ReadRoute)


class Alive(BaseModel):
    """That the process answers."""

    model_config = ConfigDict(extra="forbid")

    status: str = "ok"


class Version(BaseModel):
    """What runs here."""

    model_config = ConfigDict(extra="forbid")

    version: str
    schema_version: str
    epoch: str


@router.get("/livez", response_model=Alive)
async def check_alive() -> Any:
    """That the process answers; asks the database nothing."""
    return Alive()


@router.get("/readyz", response_model=Alive)
async def check_ready(request: Request) -> Any:
    """That the database answers too; 503 while it does not."""
    house: House = request.scope["house"]
    await house.doors.reads.fetchval("select 1", timeout=2)
    return Alive()


@router.get("/version", response_model=Version)
async def read_version(request: Request) -> Any:
    """What runs here: the release, the schema, the life of the database (a restore begins another; older feed cursors are then gone)."""
    house: House = request.scope["house"]
    schema = await house.doors.reads.fetchval("select version_num from schema_version")
    return Version(version=__version__, schema_version=schema, epoch=house.epoch)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}})
async def read_metrics() -> Response:
    """Counters for Prometheus: answers by operation and status, no names and no addresses."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class KeySet(BaseModel):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, str]]


@router.get("/.well-known/jwks.json", response_model=KeySet)
async def read_jwks(request: Request) -> Any:
    """The public keys that tokens are signed with, the coming one and the past ones too."""
    house: House = request.scope["house"]
    return house.keys.ring.jwks()
