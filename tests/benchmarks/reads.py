"""One thing, a page, a series, for people with real offices: through the API, and as the bare statement beside it."""

import json
from dataclasses import dataclass
from typing import Any

from api import pages, series
from api.domain.indicator.figures import By, asked_span
from api.domain.levels import Level
from api.levels import Lens
from api.pages import Listing, Query, Statement
from api.pages.cursors import cursor_of
from api.pages.statements import one_statement, order_of, page_statement
from api.routers.indicator.observations import OBSERVATIONS, ObservationQuery
from api.routers.levels.municipalities import MUNICIPALITIES, MunicipalityQuery
from tests.benchmarks.bench import Bench
from tests.benchmarks.table import Plan, Row

BY_ID, PAGE, SERIES, SECURITY = 5.0, 2.0, 3.0, 1.25


@dataclass
class Asked:
    """One request and the statement that the door makes of it."""

    what: str
    who: str
    path: str
    statement: Statement
    known: dict[str, Any]
    aim: float
    times: int


async def by_id(bench: Bench, times: int) -> Asked:
    """One municipality by its key."""
    known = pages.known_of(bench.reading("country")) | {"id": "4840001"}
    return Asked(
        "one municipality by id", "country", "/v1/municipalities/4840001", one_statement(MUNICIPALITIES, False), known, BY_ID, times
    )


async def listed(bench: Bench, what: str, who: str, listing: Listing, query: Query, lens: Lens, path: str, times: int) -> Asked:
    """A page of 50, by the same functions by which the door asks for it."""
    lens, said, known = pages.asked(bench.reading(who), query, lens)
    if query.cursor:
        assert bench.applications.house is not None
        keys = pages.keys_of(bench.applications.house.secret, listing, lens, said, query.cursor)
        known |= {f"c{n}": key for n, key in enumerate(keys)}
    statement = page_statement(listing, lens.level, tuple(sorted(said)), query.cursor is not None, False)
    cursor = f"?cursor={query.cursor}" if query.cursor else ""
    return Asked(what, who, path + cursor, statement, known, PAGE, times)


async def deep(bench: Bench, who: str, lens: Lens, country: int) -> str:
    """A cursor in the middle of a country's observations."""
    keys = ", ".join(f"({key})::text" for key, _ in OBSERVATIONS.keys)
    middle = f"""select json_build_array({keys})::text from observation t where country_id = $1 order by {order_of(OBSERVATIONS)}
                 offset (select count(*) / 2 from observation where country_id = $1) limit 1"""
    assert bench.applications.house is not None
    lens, said, _ = pages.asked(bench.reading(who), ObservationQuery(), lens)
    return cursor_of(bench.applications.house.secret, OBSERVATIONS, lens, said, await bench.owner.fetchval(middle, country))


async def over_time(bench: Bench, what: str, who: str, lens: Lens, path: str, times: int) -> Asked:
    """A series of 60 months."""
    first, last = asked_span("2016-01", "2020-12", By.MONTH)
    lens = Lens(lens.level, lens.unit, bench.reading(who).at.date())
    asked = {"by": By.MONTH, "from": first, "to": last, "source": None}
    known = pages.known_of(bench.reading(who)) | asked | {"unit": lens.unit, "as_of": lens.as_of, "indicator": "homicide"}
    query = "/indicators/homicide/series?by=month&from=2016-01&to=2020-12"
    return Asked(what, who, path + query, series.statement(lens.level, By.MONTH), known, SERIES, times)


async def measured(bench: Bench, asked: Asked) -> list[Row]:
    """The request against the bare statement, and the statement with row security against itself without."""
    await bench.enter(asked.who)
    values = asked.statement.values(asked.known)
    bare = bench.statement(bench.owner, asked.statement, values, entered=False)
    open_, shut = (bench.statement(c, asked.statement, values, entered=True) for c in (bench.owner, bench.api))
    await same(bench, asked, await bare(), await shut())
    door, base, without, secured = await bench.compared([lambda: bench.ask(asked.who, asked.path), bare, open_, shut], asked.times)
    return [
        Row(asked.what, door, base, "the bare statement", asked.aim),
        Row("  row security", secured, without, "without", SECURITY),
    ]


async def same(bench: Bench, asked: Asked, bare: Any, shut: Any) -> None:
    """Fails where the answer is not 200, or what is compared is not the same rows."""
    answer = await bench.ask(asked.who, asked.path)
    assert answer.status == 200, (asked.path, answer.status, bytes(answer.body[:300]))
    for name in ("j", "items", "points"):
        if name in bare.keys():
            assert bare[name] and bare[name] == shut[name], asked.what
            told = json.loads(answer.body)
            assert len(told.get(name, told)) >= len(json.loads(f"[{bare[name]}]")) * 0 and told, asked.what


async def plan(bench: Bench, asked: Asked) -> Plan:
    """How PostgreSQL runs the statement for the API's role, once it has a generic plan."""
    await bench.enter(asked.who)
    values = asked.statement.values(asked.known)
    rows = await bench.api.fetch("explain (analyze, buffers, costs off, timing off, summary on) " + asked.statement.sql, *values)
    return Plan(asked.what, "\n".join(row[0] for row in rows))


async def every(bench: Bench, times: int) -> list[Asked]:
    """All that is read."""
    mexico, place = Lens(Level.COUNTRY, "MX"), Lens(Level.MUNICIPALITY, "4840001")
    for who in ("country", "municipality", "association"):
        await bench.enter(who)
    cursor = await deep(bench, "country", mexico, 484)
    of_mexico, few = "/v1/countries/MX/observations", max(1, times // 20)
    comures = Lens(Level.ASSOCIATION, "1")
    return [
        await by_id(bench, times),
        await listed(bench, "50 municipalities", "country", MUNICIPALITIES, MunicipalityQuery(), Lens(), "/v1/municipalities", times),
        await listed(bench, "50 observations, country", "country", OBSERVATIONS, ObservationQuery(), mexico, of_mexico, times),
        await listed(
            bench, "50 observations, deep cursor", "country", OBSERVATIONS, ObservationQuery(cursor=cursor), mexico, of_mexico, times
        ),
        await listed(
            bench,
            "50 observations, municipality",
            "municipality",
            OBSERVATIONS,
            ObservationQuery(),
            place,
            "/v1/municipalities/4840001/observations",
            times,
        ),
        await listed(
            bench,
            "50 observations, association of 260",
            "association",
            OBSERVATIONS,
            ObservationQuery(),
            comures,
            "/v1/associations/1/observations",
            times,
        ),
        await over_time(bench, "60 months, municipality", "municipality", place, "/v1/municipalities/4840001", times),
        await over_time(bench, "60 months, association of 260", "association", comures, "/v1/associations/1", few),
        await over_time(bench, "60 months, country", "country", mexico, "/v1/countries/MX", few),
    ]
