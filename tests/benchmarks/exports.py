"""Hundreds of thousands of rows as NDJSON, beside COPY of the same statement."""

from datetime import date
from typing import Any

from api import pages
from api.domain.levels import Level
from api.levels import Lens
from api.routers.indicator.observations import OBSERVATIONS, ObservationQuery
from api.writers import COPY, whole_statement
from tests.benchmarks.bench import Bench
from tests.benchmarks.meter import Cost
from tests.benchmarks.region import Size
from tests.benchmarks.table import Bound, Plan, Row

COPIED, FLAT = 1 / 0.9, 8 << 20
"""An export reaches 90 % of COPY's speed, and its memory does not depend on its length."""


def _query(months: int) -> ObservationQuery:
    last = date(2015 + (months - 1) // 12, (months - 1) % 12 + 1, 1)
    return ObservationQuery.model_validate({"from": "2015-01-01", "to": last.isoformat(), "format": "ndjson"})


async def _through_the_door(bench: Bench, query: ObservationQuery) -> tuple[Cost, int]:
    path = f"/v1/countries/MX/observations?format=ndjson&from={query.from_}&to={query.to}"
    with bench.meter.measured() as found:
        answer = await bench.ask("country", path, keep=False)
    assert answer.status == 200
    return found[0], answer.size


async def _copied(bench: Bench, sql: str, values: list[Any], form: dict[str, Any]) -> tuple[Cost, int]:
    size = 0

    async def take(chunk: bytes) -> None:
        nonlocal size
        size += len(chunk)

    with bench.meter.measured() as found:
        await bench.owner.copy_from_query(sql, *values, output=take, **form)
    return found[0], size


async def measured(bench: Bench, size: Size, rounds: int = 3) -> tuple[list[Row], list[Bound], Plan]:
    """The export against COPY of its own statement, as somebody for whom row security does not hold; and a short one, for memory."""
    await bench.enter("country")
    query = _query(size.export_months)
    lens, said, known = pages.asked(bench.reading("country"), query, Lens(Level.COUNTRY, "MX"))
    whole = whole_statement(OBSERVATIONS, lens.level, tuple(sorted(said)), "ndjson", OBSERVATIONS.chosen(query.fields))
    found = []
    short, _ = await _through_the_door(bench, _query(1))
    for _ in range(rounds):
        door, sent = await _through_the_door(bench, query)
        copy, copied = await _copied(bench, whole.sql, whole.values(known), COPY["ndjson"])
        assert sent == copied > 0
        found.append((door, copy))
    door, copy = sorted(found, key=lambda f: f[0].cpu_s / f[1].cpu_s)[len(found) // 2]
    bare, _ = await _copied(
        bench, "select * from observation where country_id = 484 and period_on between $1 and $2", [query.from_, query.to], {}
    )
    count = await bench.owner.fetchval(
        "select count(*) from observation where country_id = 484 and period_on between $1 and $2", query.from_, query.to
    )
    what = f"{count:,} rows as ndjson"
    rows = [Row(what, door, copy, "COPY of the statement", COPIED), Row(f"  {what}", door, bare, "COPY of the bare columns")]
    more = max(door.grew_bytes, *(d.grew_bytes for d, _ in found))
    grown = f"+{more / 2**20:.1f} MB, of one month +{short.grew_bytes / 2**20:.1f} MB"
    explained = await bench.owner.fetch(f"explain (analyze, buffers, costs off, timing off) {whole.sql}", *whole.values(known))
    return rows, [Bound(f"memory of the process: {what}", grown, "flat", more <= FLAT)], Plan(what, "\n".join(r[0] for r in explained))
