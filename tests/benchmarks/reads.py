"""One thing, a page, a series, for people with real offices: through the API, and as the bare statement beside it."""

import json
from dataclasses import dataclass
from typing import Any

from api import pages
from api.answers import series
from api.domain.indicator.figures import By, asked_span
from api.domain.levels import Level
from api.levels import Lens
from api.pages import Listing, Query, Statement
from api.pages.cursors import cursor_of, keys_of
from api.pages.listings import Cut
from api.pages.statements import one_statement, order_of, page_statement
from api.routers.indicator.observations import OBSERVATIONS, ObservationQuery
from api.routers.levels.municipalities import MUNICIPALITIES, MunicipalityQuery
from tests.benchmarks.bench import Bench
from tests.benchmarks.table import Plan, Row

BY_ID, PAGE, SERIES, SECURITY = 5.0, 2.0, 3.0, 1.25
"""How many times the CPU of the bare statement each may cost."""


REGION = Lens()


@dataclass(frozen=True)
class View:
    """Who looks at what: the name of the measurement, the person, the address and the level it means."""

    what: str
    who: str
    path: str
    lens: Lens = REGION


@dataclass(frozen=True)
class Asked:
    """One request and the statement that the door makes of it."""

    view: View
    statement: Statement
    known: dict[str, Any]
    aim: float


MEXICO = Lens(Level.COUNTRY, "MX")
PLACE = Lens(Level.MUNICIPALITY, "4840001")
COMURES = Lens(Level.ASSOCIATION, "1")
HERE = "/v1/municipalities/4840001"
ONE = View("one municipality by id", "country", HERE)
PAGES: list[tuple[View, Listing, type[Query]]] = [
    (View("50 municipalities", "country", "/v1/municipalities"), MUNICIPALITIES, MunicipalityQuery),
    (View("50 observations, country", "country", "/v1/countries/MX/observations", MEXICO), OBSERVATIONS, ObservationQuery),
    (
        View("50 observations, municipality", "municipality", "/v1/municipalities/4840001/observations", PLACE),
        OBSERVATIONS,
        ObservationQuery,
    ),
    (View("50 observations, association", "association", "/v1/associations/1/observations", COMURES), OBSERVATIONS, ObservationQuery),
]
DEEP = View("50 observations, country, half way", "country", "/v1/countries/MX/observations", MEXICO)
MONTHS = "/indicators/homicide/series?by=month&from=2016-01&to=2020-12"
SPANS = [
    View("60 months, municipality", "municipality", f"{HERE}{MONTHS}", PLACE),
    View("60 months, association", "association", f"/v1/associations/1{MONTHS}", COMURES),
    View("60 months, country", "country", f"/v1/countries/MX{MONTHS}", MEXICO),
]


def by_id(bench: Bench, view: View) -> Asked:
    """One municipality by its key."""
    known = pages.known_of(bench.reading(view.who)) | {"id": view.path.rsplit("/", 1)[1]}
    return Asked(view, one_statement(MUNICIPALITIES, False), known, BY_ID)


def listed(bench: Bench, view: View, listing: Listing, query: Query) -> Asked:
    """A page of 50, by the same functions by which the door asks for it."""
    reading = bench.reading(view.who)
    lens, said, known = pages.asked(reading, query, view.lens)
    if query.cursor:
        known |= {f"c{n}": key for n, key in enumerate(keys_of(reading.house.secret, listing, lens, said, query.cursor))}
        view = View(view.what, view.who, f"{view.path}?cursor={query.cursor}", lens)
    return Asked(view, page_statement(listing, lens.level, tuple(sorted(said)), Cut.of(query)), known, PAGE)


async def deep(bench: Bench, view: View) -> Asked:
    """A page from the middle of a country's observations."""
    keys = ", ".join(f"({key})::text" for key, _ in OBSERVATIONS.keys)
    middle = f"""select json_build_array({keys})::text from observation t where country_id = 484 order by {order_of(OBSERVATIONS)}
                 offset (select count(*) / 2 from observation where country_id = 484) limit 1"""
    reading = bench.reading(view.who)
    lens, said, _ = pages.asked(reading, ObservationQuery(), view.lens)
    cursor = cursor_of(reading.house.secret, OBSERVATIONS, lens, said, await bench.owner.fetchval(middle))
    return listed(bench, view, OBSERVATIONS, ObservationQuery(cursor=cursor))


def over_time(bench: Bench, view: View) -> Asked:
    """A series of 60 months."""
    reading = bench.reading(view.who)
    first, last = asked_span("2016-01", "2020-12", By.MONTH)
    asked = series.Asked("homicide", by=By.MONTH, first=first, last=last)
    known = pages.known_of(reading) | asked.known() | {"unit": view.lens.unit, "as_of": reading.at.date()}
    return Asked(view, series.statement(asked.made_of(view.lens), "month"), known, SERIES)


async def measured(bench: Bench, asked: Asked, times: int) -> list[Row]:
    """The request against the bare statement, and the statement with row security against itself without."""
    view = asked.view
    await bench.enter(view.who)
    values = asked.statement.values(asked.known)
    bare = bench.statement(bench.owner, asked.statement, values, entered=False)
    without, secured = (bench.statement(c, asked.statement, values, entered=True) for c in (bench.owner, bench.api))
    _same((await bench.ask(view.who, view.path)).json(), [await bare(), await without(), await secured()])
    costs = await bench.compared([lambda: bench.ask(view.who, view.path), bare, without, secured], times)
    return [
        Row(view.what, costs[0], costs[1], "the bare statement", asked.aim),
        Row("  its row security", costs[3], costs[2], "without", SECURITY),
    ]


def _same(answer: dict[str, Any], rows: list[Any]) -> None:
    """Fails where the statements found other rows than the request answered."""
    for row in rows:
        if "j" in row.keys():  # noqa: SIM118 — a Record iterates over its values.
            assert json.loads(row["j"]) == answer
        elif "items" in row.keys():  # noqa: SIM118
            assert json.loads(b"[%b]" % row["items"]) == answer["items"]
        else:
            assert [p["period"] for p in json.loads(row["points"])] == [p["period"] for p in answer["points"]]


async def plan(bench: Bench, asked: Asked) -> Plan:
    """How PostgreSQL runs the statement for the API's role."""
    await bench.enter(asked.view.who)
    explain = "explain (generic_plan off, analyze, buffers, costs off, timing off, summary on) "
    rows = await bench.api.fetch(explain + asked.statement.sql, *asked.statement.values(asked.known))
    return Plan(asked.view.what, "\n".join(row[0] for row in rows))


async def every(bench: Bench) -> list[Asked]:
    """All that is read."""
    for who in ("country", "municipality", "association"):
        await bench.enter(who)
    lists = [listed(bench, view, listing, query()) for view, listing, query in PAGES]
    return [by_id(bench, ONE), *lists, await deep(bench, DEEP), *(over_time(bench, view) for view in SPANS)]
