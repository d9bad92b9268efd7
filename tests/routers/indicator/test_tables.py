"""A table is a series cut the other way: every row is the point of its unit, the total that of the level, and pages lose no row."""

import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api.embedded import EmbeddedPostgres
from api.settings import Settings
from tests.conftest import World, opened
from tests.routers.indicator.facts import Fact, keep

CUTS = {"2021": "year", "2021-Q2": "quarter", "2021-05": "month"}
GT = (3200001, 3200008, 3200009, 3200020, 3200150)
SV = (2220038, 2220001)
RETIRED = 2220223
"""A municipality of El Salvador that a reform ended in 2024."""


def invented(seed: int) -> tuple[list[Fact], list[tuple[int, int, str, int]]]:
    """Months, quarters and years of two sources, with gaps, in two countries and in what an office could place in a first level only."""
    dice = random.Random(seed)
    facts: list[Fact] = []
    for place in (*GT, *SV, RETIRED, 3209901):
        source = "demonstration" if place // 10_000 == 320 else "sesnsp"
        for year in (2020, 2021):
            kind = dice.choice("MMQA")
            length = {"M": 1, "Q": 3, "A": 12}[kind]
            for month in range(1, 13, length):
                if dice.random() < 0.8:
                    facts.append((place, "homicide", source, f"{year}-{month:02}-01", kind, dice.choice([0, 0, 1, 2, 7, 40])))
    people = [(p, y, "censo", dice.randrange(2_000, 90_000)) for p in (*GT[1:], *SV, RETIRED) for y in (2019, 2021)]
    return facts, people


@pytest_asyncio.fixture(scope="module", params=[1])
async def counted(
    request: pytest.FixtureRequest, postgres: EmbeddedPostgres, region_template: str, settings: Settings
) -> AsyncIterator[World]:
    """A region with figures, for the tests of this page; what they add disturbs none of them."""
    name = f"tables_{request.param}"
    postgres.create(name, region_template)
    try:
        async with opened(postgres, name, settings) as world:
            async with world.owner() as owner:
                await keep(owner, *invented(request.param))
                await keep(owner, [(320, "homicide", "demonstration", "2021-01-01", "A", 500)])
            yield world
    finally:
        postgres.drop(name)


async def whole(client: httpx.AsyncClient, path: str, **query: Any) -> dict[str, Any]:
    """All pages of a table, its rows by key."""
    said, rows = (await client.get(path, params=query)).json(), []
    rows += said["items"]
    while said["next"]:
        said = (await client.get(path, params=query | {"cursor": said["next"]})).json()
        rows += said["items"]
    assert len({row["id"] for row in rows}) == len(rows)
    return said | {"rows": {row["id"]: row for row in rows}, "order": [row["id"] for row in rows]}


async def point(client: httpx.AsyncClient, level: str, period: str, **query: Any) -> dict[str, Any]:
    """The point of one period in a series."""
    span = {"by": CUTS[period], "from": period, "to": period}
    (found,) = (await client.get(f"{level}/indicators/homicide/series", params=span | query)).json()["points"]
    return found


def same(row: dict[str, Any], of_series: dict[str, Any]) -> bool:
    return {name: row[name] for name in of_series} == of_series


@pytest.mark.parametrize("boundary", ["then", "now"])
async def test_every_row_is_the_point_of_its_unit(counted: World, boundary: str) -> None:
    asking = await counted.who("region")
    for period in CUTS:
        query = {"source": "demonstration", "boundary": boundary}
        for level, at in (("/v1/region", "country"), ("/v1/countries/GT", "municipality"), ("/v1/countries/GT", "admin1")):
            found = await whole(asking, f"{level}/indicators/homicide/table", period=period, by=at, limit=200, **query)
            assert same(found["total"], await point(asking, level, period, **query))
            assert sum(r["count"] or 0 for r in found["rows"].values()) == (found["total"]["count"] or 0)
            assert sum(r["reported_months"] for r in found["rows"].values()) == found["total"]["reported_months"]
            assert sum(r["expected_months"] for r in found["rows"].values()) == found["total"]["expected_months"]
        countries = await whole(asking, "/v1/region/indicators/homicide/table", period=period, by="country", **query)
        for row in countries["rows"].values():
            assert same(row, await point(asking, f"/v1/countries/{row['code']}", period, **query))
        places = await whole(asking, "/v1/countries/GT/indicators/homicide/table", period=period, limit=200, **query)
        for place in GT:
            assert same(places["rows"][place], await point(asking, f"/v1/municipalities/{place}", period, **query))


async def test_what_an_office_could_not_place_is_a_row_of_its_own_and_of_its_first_level(counted: World) -> None:
    asking = await counted.who("region")
    path = "/v1/countries/GT/indicators/homicide/table"
    places, levels = [await whole(asking, path, period="2021", by=by, limit=200) for by in ("municipality", "admin1")]
    rest = places["rows"][3209901]
    assert (rest["kind"], rest["admin1"], rest["expected"], rest["rate"]) == ("unspecified", "GT-01", 0, None)
    inside = [r for r in places["rows"].values() if r["admin1"] == "GT-01"]
    assert levels["rows"][32001]["count"] == sum(r["count"] or 0 for r in inside)
    assert levels["rows"][32001]["unspecified"] == rest["count"] == rest["unspecified"]


async def test_what_has_no_residents_is_in_the_count_and_not_in_the_rate(world: World) -> None:
    """One of a municipality of 10,000 and ten that could be placed in its first level only: 11 counted, a rate of 10, never 110."""
    gt, path = await world.who("gt"), "/v1/countries/GT/indicators/homicide"
    async with world.owner() as owner:
        facts = [(p, "homicide", "demonstration", f"2021-{m:02}-01", "M", n) for p, n in ((3200008, 1), (3209901, 10)) for m in (5, 6)]
        await keep(owner, [*facts, (3200009, "homicide", "demonstration", "2021-05-01", "M", 3)], [(3200008, 2021, "censo", 10_000)])
        await keep(owner, [], [(3200009, 2021, "censo", 20_000)])
    span = {"by": "month", "from": "2021-05", "to": "2021-06"}
    may, june = (await gt.get(f"{path}/series", params=span)).json()["points"]
    assert (june["count"], june["unspecified"], june["population"], june["rate"], june["unstable"]) == (11, 10, 10_000, 10.0, True)
    assert (may["count"], may["unspecified"], may["population"], may["rate"]) == (14, 10, 30_000, 13.3333)
    for by in ("admin1", "country"):
        found = (await gt.get(f"{path}/table", params={"period": "2021-06", "by": by, "sort": "-rate"})).json()
        for row in (found["total"], found["items"][0]):
            assert (row["count"], row["unspecified"], row["rate"]) == (11, 10, 10.0)
    (glance,) = (await gt.get("/v1/countries/GT/indicators/latest")).json()["items"]
    assert (glance["month"]["rate"], glance["month"]["unspecified"], glance["year"]["count"]) == (10.0, 10, 25)
    held = (await gt.get(f"{path}/comparison", params={"from": "2021-06", "against_from": "2021-05"})).json()
    assert (held["period"]["count"], held["period"]["unspecified"], held["period"]["rate"]) == (11, 10, 120.0)
    assert held["comparison"]["ratio"] == pytest.approx(10 / 13.3333, abs=1e-3)
    (window,) = [p["rolling_12"] for p in (await gt.get(f"{path}/trend", params={"partial": True, "from": "2021-06"})).json()["points"]]
    assert (window["count"], window["unspecified"], window["rate"]) == (25, 20, pytest.approx(5 / (40_000 / 12) * 1e5, abs=1e-3))


async def test_a_municipality_counts_under_each_of_its_associations(counted: World) -> None:
    asking = await counted.who("region")
    async with counted.owner() as owner:
        other = await owner.fetchval("""insert into affiliation (id, country_id, municipality_id, association_id, organisation_id,
              starts_on, state, proposed_by)
            select uuidv7(), 320, 3200008, a.id, a.organisation_id, '2020-01-01', 'confirmed', 'association' from association a
            where a.id = (select min(x.id) from association x where x.country_id = 320 and x.id <> 2) returning association_id""")
        await owner.execute("select app.forget_scopes()")
    found = await whole(asking, "/v1/countries/GT/indicators/homicide/table", period="2021", by="association", source="demonstration")
    async with counted.owner() as owner:
        there = {r["id"] for r in await owner.fetch("select id from municipality where country_id = 320")}
        first, second = [there & set(await owner.fetchval("select app.affiliated($1, current_date)", a)) for a in (2, other)]
    assert (found["shared"], found["alone"]) == (len(first & second), len(there - first - second))
    assert 3200008 in first & second
    for row in found["rows"].values():
        assert same(row, await point(asking, f"/v1/associations/{row['id']}", "2021", source="demonstration"))


@pytest.mark.parametrize("sort", ["key", "-key", "name", "-name", "value", "-value", "rate", "-rate"])
async def test_pages_in_every_order_hold_every_row_once(counted: World, sort: str) -> None:
    asking = await counted.who("region")
    path, query = "/v1/countries/GT/indicators/homicide/table", {"period": "2021", "source": "demonstration", "sort": sort}
    by_pages, at_once = await whole(asking, path, limit=7, **query), await whole(asking, path, limit=200, **query)
    assert by_pages["order"][:200] == at_once["order"][:200]
    assert set(by_pages["order"]) == set(at_once["order"])
    name = sort.removeprefix("-")
    keys = [r["id"] if name == "key" else r[name] for r in at_once["rows"].values()]
    said = [k for k in keys if k is not None]
    assert keys[: len(said)] == said, "what has no value comes last"
    if name != "name":
        assert said == sorted(said, reverse=sort.startswith("-"))


async def test_a_cursor_is_good_for_its_own_table_and_stays_so(counted: World) -> None:
    asking = await counted.who("region")
    path, query = "/v1/countries/GT/indicators/homicide/table", {"period": "2021", "source": "demonstration", "sort": "-value", "limit": 3}
    first = await asking.get(path, params=query)
    assert first.headers["link"].endswith('rel="next"')
    cursor = {"cursor": first.json()["next"]}
    for other in ({"period": "2020"}, {"sort": "value"}, {"by": "admin1"}):
        refused = await asking.get(path, params=query | cursor | other)
        assert (refused.status_code, refused.json()["code"]) == (400, "cursor-invalid")
    async with counted.owner() as owner:
        await keep(owner, [(p, "homicide", "demonstration", "2021-01-01", "A", 3) for p in (3200100, 3200101)])
    assert (await asking.get(path, params=query | cursor)).status_code == 200


async def test_published_values_stand_beside_whole_countries_only(counted: World) -> None:
    asking = await counted.who("region")
    query = {"period": "2021", "source": "demonstration"}
    region = await whole(asking, "/v1/region/indicators/homicide/table", by="country", **query)
    beside = {row["code"]: [p["value"] for p in row["published"]] for row in region["rows"].values()}
    assert beside["GT"] == [500]
    assert region["total"]["published"] == beside["SV"] == []
    country = await whole(asking, "/v1/countries/GT/indicators/homicide/table", **query)
    assert country["total"]["published"][0]["difference"] == 500 - country["total"]["count"]
    part = await whole(asking, "/v1/associations/2/indicators/homicide/table", by="country", **query)
    assert [row["published"] for row in part["rows"].values()] == [[]]


async def test_the_twelve_months_of_a_fiscal_year(counted: World) -> None:
    asking = await counted.who("region")
    query = {"source": "demonstration"}
    path = "/v1/countries/GT/indicators/homicide"
    found = await whole(asking, f"{path}/table", period="2020-07/P1Y", limit=200, **query)
    points = (await asking.get(f"{path}/series", params=query | {"fiscal_year_start": 7})).json()["points"]
    assert found["total"] == {p["period"]: p for p in points}["2020-07/P1Y"]
    for first, last in (("2020", "2020"), ("2019-07", "2021-06"), ("2020-Q1", "2020-Q4")):
        span = query | {"fiscal_year_start": 7, "from": first, "to": last}
        some = (await asking.get(f"{path}/series", params=span)).json()["points"]
        assert [p for p in some if p["reported"]] == [p for p in points if p["period"] in ("2019-07/P1Y", "2020-07/P1Y")], span


def reported(facts: list[Fact], place: int) -> set[str]:
    """The months of 2021 that a place reported, from what was stated."""
    found: set[str] = set()
    for territory, _, source, day, kind, _ in facts:
        if (territory, source, day[:4]) == (place, "demonstration", "2021"):
            first = int(day[5:7])
            found |= {f"2021-{m:02}" for m in range(first, first + {"M": 1, "Q": 3, "A": 12}[kind])}
    return found


async def test_what_is_missing_is_listed_place_by_place(counted: World) -> None:
    asking = await counted.who("region")
    path, query = "/v1/countries/GT/indicators/homicide", {"period": "2021", "source": "demonstration"}
    found = await whole(asking, f"{path}/missing", limit=9, **query)
    total = (await asking.get(f"{path}/table", params=query)).json()["total"]
    assert [found[n] for n in ("expected", "reported", "expected_months")] == [
        total[n] for n in ("expected", "reported", "expected_months")
    ]
    assert found["order"] == sorted(found["order"])
    assert found["whole"] + len(found["order"]) == found["expected"]
    facts, _ = invented(1)
    months = {f"2021-{m:02}" for m in range(1, 13)}
    for place in GT:
        open_months = found["rows"].get(place, {"months": []})["months"]
        assert set(open_months) == months - reported(facts, place), place
    assert found["rows"][3200002]["months"] == sorted(months)
    assert sum(r["expected_months"] - r["reported_months"] for r in found["rows"].values()) == (
        total["expected_months"] - total["reported_months"]
    )
    for shorter in ("2021-Q2", "2021-05"):
        part = await whole(asking, f"{path}/missing", limit=200, period=shorter, source="demonstration")
        counts = (await asking.get(f"{path}/table", params={"period": shorter, "source": "demonstration"})).json()["total"]
        assert sum(len(r["months"]) for r in part["rows"].values()) == counts["expected_months"] - counts["reported_months"]


async def test_what_is_missing_on_the_map_of_today_and_as_known_then(counted: World) -> None:
    asking = await counted.who("region")
    path, query = "/v1/countries/SV/indicators/homicide", {"period": "2021", "source": "sesnsp", "limit": "200"}
    now = await asking.get(f"{path}/missing", params=query | {"boundary": "now"})
    assert now.status_code == 200
    assert {r["expected_months"] for r in now.json()["items"]} == {12}
    then = await asking.get(f"{path}/missing", params=query)
    known = await asking.get(f"{path}/missing", params=query | {"known_at": then.json()["as_known_at"]})
    assert known.json() | {"next": ""} == then.json() | {"next": ""}


@pytest.mark.parametrize("period", ["2021-13", "1899", "2021-Q5", "2021-Q1/P1Y", "last"])
async def test_what_is_no_period_is_refused(region: World, period: str) -> None:
    refused = await (await region.who("region")).get("/v1/region/indicators/homicide/table", params={"period": period})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "query/period"


async def test_figures_of_a_part_are_no_figures_of_the_whole(region: World) -> None:
    query = {"period": "2021"}
    for name, status in (("mixco", 403), ("sonsonate", 404), ("gt", 200)):
        answer = await (await region.who(name)).get("/v1/countries/GT/indicators/homicide/table", params=query)
        assert answer.status_code == status
        assert status != 403 or answer.json()["code"] == "level-not-wholly-visible"
