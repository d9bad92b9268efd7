"""Finding the route: the last address of the table against the first, by requests that do the same afterwards (a refusal to the public)."""

import re

from fastapi.routing import iter_route_contexts

from tests.benchmarks.bench import Bench
from tests.benchmarks.table import Row

LAST = 1.1


def addresses(bench: Bench) -> list[str]:
    """An address of every GET route of the backend, in the order in which they were declared."""
    found = []
    for route in iter_route_contexts(bench.applications.backend.routes):
        if route.path and "GET" in (route.methods or ()):
            found.append(re.sub(r"{[^}]*}", "1", route.path))
    return found


async def measured(bench: Bench, times: int) -> list[Row]:
    """The first and the last address that refuse the public before they do anything else, and one that is nowhere."""
    shut = []
    for path in addresses(bench):
        if (await bench.ask("", path)).status == 401:
            shut.append(path)
    first, last = shut[0], shut[-1]
    assert (await bench.ask("", "/v1/nowhere/1/at/all")).status == 404
    works = [lambda p=p: bench.ask("", p) for p in (first, last, "/v1/nowhere/1/at/all")]  # type: ignore[misc]
    costs = await bench.compared(works, times)
    return [
        Row(f"the last route, {last}", costs[1], costs[0], f"the first, {first}", LAST, f"of {len(addresses(bench))} GET routes"),
        Row("an address that is nowhere", costs[2], costs[0], "the first route"),
    ]
