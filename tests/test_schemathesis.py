"""schemathesis over both documents against the real server: whatever it makes of them, no 5xx and nothing that they do not promise.

What it invents meets nothing, because no invented key is anyone's; so where an address names a thing, every other case gets one that is
there, and where a change needs the version, the one it has.
"""

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import httpx
import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.pytest.lazy import get_all_tests
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api import founding
from api.embedded import EmbeddedPostgres
from tests.contract import documents
from tests.faults.server import serving_a_copy

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance]
ENDING = ["sign_out", "change_password"]
"""Operations that end the session which everything else needs; tests/routers/access asks them."""
CONFIG = "seed = 20260101\n[generation]\ndeterministic = true\n"
BOUNDED = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
NEGATIVE_EVERY, PUBLIC_EVERY = 6, 8
"""Of the cases that are wrong on purpose every sixth is asked, and of all every eighth by the public too: the run has to end."""
UNITS = {
    "countries": ["GT", "340", "SV"],
    "municipalities": ["gt-ine:0101", "3200002", "ocha:GT0101"],
    "programmes": ["amuprev", "citylinks"],
    "members": ["1", "4", "10"],
}
LISTED = ("associations", "organisations", "affiliations", "participations", "successions", "people", "grants", "invitations", "keys")
CODED = ("indicators", "sources")


@schemathesis.serializer("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
def spreadsheet(_: schemathesis.SerializationContext, value: object) -> bytes:
    """Anything but a spreadsheet."""
    return value if isinstance(value, bytes) else str(value).encode()


@dataclass
class Asked:
    """Whom to ask, as whom, about what there is; and what was answered."""

    address: str
    headers: dict[str, str]
    things: dict[str, Iterator[str]]
    client: httpx.Client
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    numbers: Iterator[int] = field(default_factory=itertools.count)


def _there(client: httpx.Client) -> dict[str, Iterator[str]]:
    """Noun -> addresses of things that are there, in turn; none of them the administrator who asks, who could switch itself off."""
    me = client.get("/v1/me").json()
    mine = {me["principal"]["id"], *(grant["id"] for grant in me["grants"])}
    found = dict(UNITS)
    for noun in (*LISTED, *CODED):
        items = client.get(f"/v1/{noun}" if noun not in ("participations", "successions") else f"/v1/region/{noun}").json()["items"]
        addresses = [str(item["code" if noun in CODED else "id"]) for item in items]
        found[noun] = [address for address in addresses if address not in mine]
    return {noun: itertools.cycle(addresses) for noun, addresses in found.items() if addresses} | {
        "services": itertools.cycle(found["people"])
    }


def _stayed(client: httpx.Client) -> None:
    assert client.get("/v1/me").status_code == 200, "the administrator stayed one to the end"


@pytest_asyncio.fixture(scope="module")
async def asked(postgres: EmbeddedPostgres, region_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Asked]:
    """The real server over a region to write in; afterwards what is kept twice must agree."""
    home = tmp_path_factory.mktemp("schemathesis") / "home"
    async with serving_a_copy(postgres, region_template, home) as (server, url):
        headers = {"Authorization": f"Bearer {await founding.token(url, 'region@demo.example')}"}
        with httpx.Client(base_url=server.address, headers=headers, timeout=20) as client:
            yield Asked(server.address, headers, _there(client), client)
            _stayed(client)


def _schema(name: str) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_dict(documents()[name], config=schemathesis.Config.from_str(CONFIG)).exclude(operation_id=ENDING)


def _operations(name: str) -> list[str]:
    """What is asked, by name alone: cases that were made while tests are collected would be made by every process of a run."""
    said = documents()[name]["paths"].items()
    return [f"{how.upper()} {path}" for path, ways in said for how, way in ways.items() if way["operationId"] not in ENDING]


def _aim(case: schemathesis.Case, asked: Asked) -> None:
    """Let the case name a thing that is there, and the version that it has."""
    nouns = [part for part in case.path.split("/") if part in asked.things]
    for name in case.path_parameters or {}:
        noun = next((n for n in nouns if f"/{n}/{{{name}}}" in case.path), None)
        if noun is not None:
            case.path_parameters[name] = next(asked.things[noun])
    if any(parameter.name == "If-Match" for parameter in case.operation.headers):
        thing = case.formatted_path.removesuffix("/" + case.path.rsplit("/", 1)[-1]) if not case.path.endswith("}") else case.formatted_path
        etag = asked.client.get(thing).headers.get("etag")
        case.headers = {**(case.headers or {}), **({"If-Match": etag} if etag else {})}


def ask(case: schemathesis.Case, asked: Asked) -> None:
    """Asks as the administrator of the region and, at times, as the public."""
    number = next(asked.numbers)
    wrong = case.meta is not None and case.meta.generation.mode == GenerationMode.NEGATIVE
    if wrong and number % NEGATIVE_EVERY:
        return
    if not wrong and number % 2:
        _aim(case, asked)
    for headers in [asked.headers] + [{}] * (number % PUBLIC_EVERY == 0):
        answer = case.call_and_validate(base_url=asked.address, headers=headers, checks=CHECKS)
        asked.statuses[case.operation.label, answer.status_code] += 1


@BOUNDED
def _cases(case: schemathesis.Case, asked: Asked) -> None:
    ask(case, asked)


@lru_cache
def _made(name: str) -> dict[str, Callable[..., None]]:
    """Operation -> the cases that schemathesis makes of it, each to be asked."""
    every = get_all_tests(schema=_schema(name), test_func=_cases, settings=None, given_kwargs={})
    return {operation.label: test for operation, test in (made.ok() for made in every)}


@pytest.mark.parametrize("operation", _operations("backend"))
def test_the_backend(operation: str, asked: Asked) -> None:
    _made("backend")[operation](asked=asked)


@pytest.mark.parametrize("operation", _operations("network"))
def test_the_network(operation: str, asked: Asked) -> None:
    _made("network")[operation](asked=asked)


def test_the_cases_met_something(asked: Asked) -> None:
    """A run in which everything was refused would show little."""
    operations = {label for label, _ in asked.statuses}
    met = {label for label, status in asked.statuses if status < 300}
    assert len(met) >= 0.6 * len(operations) > 0, sorted(operations - met)
