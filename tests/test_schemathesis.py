"""schemathesis over both documents against the real server: whatever it makes of them, no 5xx and nothing that they do not promise."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api import founding
from api.embedded import EmbeddedPostgres
from tests import stored
from tests.contract import documents
from tests.faults.server import Server, serving

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance]
ENDING = ["sign_out", "change_password"]
"""Operations that end the session everything else needs; tests/routers/access asks them."""
CONFIG = """
seed = 20260101
[generation]
max-examples = 4
deterministic = true
database = "none"
[phases.coverage]
enabled = true
"""
BOUNDED = settings(
    max_examples=4, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)


@pytest_asyncio.fixture(scope="module")
async def server(
    postgres: EmbeddedPostgres, region_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Server, dict[str, str]]]:
    """The real server over a region to write in, and the headers of who asks; afterwards what is kept twice must agree."""
    database = "schemathesis"
    postgres.create(database, region_template)
    url = postgres.dsn(database, "api")
    try:
        async with serving(tmp_path_factory.mktemp("schemathesis") / "home", DATABASE_URL=url, ATTEMPTS_PER_MINUTE="100000") as found:
            yield found, {"Authorization": f"Bearer {await founding.token(url, 'region@demo.example')}"}
        await stored.check(postgres.dsn(database, "owner"))
    finally:
        postgres.drop(database)


def _schema(name: str) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_dict(documents()[name], config=schemathesis.Config.from_str(CONFIG)).exclude(operation_id=ENDING)


def ask(case: schemathesis.Case, server: tuple[Server, dict[str, str]]) -> None:
    """Asks as the public and as the administrator of the region."""
    found, administrator = server
    for headers in ({}, administrator):
        case.call_and_validate(base_url=found.address, headers=headers, checks=CHECKS)


@_schema("backend").parametrize()
@BOUNDED
def test_the_backend(case: schemathesis.Case, server: tuple[Server, dict[str, str]]) -> None:
    ask(case, server)


@_schema("network").parametrize()
@BOUNDED
def test_the_network(case: schemathesis.Case, server: tuple[Server, dict[str, str]]) -> None:
    ask(case, server)
