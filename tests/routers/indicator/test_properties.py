"""Whatever is stated in whatever order, every series is what a plain reading of the definitions makes of it; and what was known then is not
changed by what is stated later. A few examples run with the suite, always the same; as many others as wanted by

    AMUPREV_EXAMPLES=500 ./run pytest tests/routers/indicator/test_properties.py
"""

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.embedded import EmbeddedPostgres
from api.settings import Settings
from tests.conftest import numbers, opened
from tests.isolation.requests import MONTHS
from tests.reference import Book, number
from tests.routers.indicator.test_imports import send

EXAMPLES = int(os.environ.get("AMUPREV_EXAMPLES", "3"))
PLACES = range(840010, 840015)
"""Towns of Belize."""
OTHERS = [*range(840001, 840010), 840015]
REST = 849902
"""What could be placed in a first level of Belize only."""
SOURCES = ("police-a", "police-b", "health-a")
KINDS = {"police-a": "police", "police-b": "police", "health-a": "health"}
YEARS = (2021, 2022, 2023)
COUNTS = st.integers(0, 40)
PLACE = st.sampled_from(PLACES)
SOURCE = st.sampled_from(("police-a", "police-a", "police-b", "health-a"))
PERIODS = [*map(str, YEARS), *(f"{y}-Q{q}" for y in YEARS for q in range(1, 5)), *(f"{y}-{m:02d}" for y in YEARS for m in range(1, 13))]
Said = tuple[str, Any]


def word(name: str, *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Said]:
    return st.tuples(st.just(name), st.tuples(*parts))


TABLES = st.dictionaries(PLACE, st.lists(st.one_of(st.none(), COUNTS), min_size=12, max_size=12), min_size=1, max_size=3)
RESIDENTS = st.dictionaries(PLACE, st.integers(500, 90_000), min_size=1, max_size=5)
WORDS = st.one_of(
    word("file", SOURCE, st.sampled_from(YEARS), TABLES),
    word("state", st.sampled_from((*PLACES, REST)), st.sampled_from(PERIODS), SOURCE, st.one_of(st.none(), COUNTS)),
    word("residents", st.sampled_from((2019, 2021, 2022, 2025)), RESIDENTS),
    word("succeed", PLACE, PLACE, PLACE, st.sampled_from((1, 2, 3, 4)), st.sampled_from([(y, m) for y in YEARS for m in (1, 4, 9)])),
)
ASKED = st.tuples(
    st.sampled_from(("countries/BZ", *(f"municipalities/{p}" for p in PLACES))),
    st.sampled_from(("month", "quarter", "year", "fiscal")),
    st.sampled_from(("then", "now")),
    st.sampled_from((None, "police", *SOURCES)),
)


@dataclass
class Telling:
    """The API and the book, told the same things."""

    client: httpx.AsyncClient
    book: Book
    kept: list[tuple[str, dict[str, Any], bytes]] = field(default_factory=list)
    """What was answered, with the instant it was known at."""

    async def tell(self, said: Said) -> None:
        name, parts = said
        await getattr(self, name)(*parts)

    def stood(self, place: int, year: int, month: int) -> bool:
        """Whether the place had not ended when the month began."""
        return place not in self.book.ended or number(year, month) < self.book.ended[place]

    async def file(self, source: str, year: int, table: dict[int, list[int | None]]) -> None:
        rows = [
            f"{year},{p % 100_000},x,Homicidio doloso," + ",".join("" if c is None else str(c) for c in row) for p, row in table.items()
        ]
        header = ",".join(("Año", "Cve. Municipio", "Municipio", "Subtipo de delito", *MONTHS))
        await send(self.client, "\n".join([header, *rows]).encode(), reader="sesnsp", source=source, accept_warnings=True, restate=True)
        for place, row in table.items():
            if any(count is not None and not self.stood(place, year, month) for month, count in enumerate(row, 1)):
                continue
            for month, count in enumerate(row, 1):
                if count is not None:
                    self.book.values[place, source, f"{year}-{month:02d}"] = count

    async def state(self, place: int, period: str, source: str, value: int | None) -> None:
        at = {"url": f"/v1/territories/{place}/observations/homicide/{period}", "params": {"source": source}}
        body = {"value": value, "status": "M" if value is None else "A"}
        year, _, part = period.partition("-")
        if not self.stood(place, int(year), 3 * int(part[1]) - 2 if part.startswith("Q") else int(part or 1)):
            refused = await self.client.put(**at, json=body)
            assert (refused.status_code, refused.json()["code"]) == (422, "place-not-then")
            return
        there = await self.client.get(**at)
        headers = {"If-Match": there.headers["etag"]} if there.status_code == 200 else {}
        answer = await self.client.put(**at, json=body, headers=headers)
        assert answer.status_code == (200 if headers else 201), answer.text
        self.book.values[place, source, period] = value

    async def residents(self, year: int, table: dict[int, int]) -> None:
        rows = [f"{p % 100_000},{n}" for p, n in table.items()]
        file = "\n".join(["code,population", *rows]).encode()
        said = {"source": "censo", "scheme": "mx-inegi", "accept_warnings": True, "restate": True}
        await send(self.client, file, "populations", year=year, **said)
        self.book.residents |= {(place, year): n for place, n in table.items()}

    async def succeed(self, place: int, heir: int, other: int, quarters: int, day: tuple[int, int]) -> None:
        """A place becomes part of one or of two others; where that cannot be, nothing is told."""
        heirs = {heir: Fraction(quarters, 4)} | ({other: Fraction(4 - quarters, 4)} if quarters < 4 else {})
        gone = {*self.book.heirs, *self.book.of(place)}
        if place in self.book.heirs or gone & set(heirs) or sum(heirs.values()) < 1:
            return
        for each, share in heirs.items():
            body = {"predecessor_id": place, "successor_id": each, "kind": "merge", "effective_on": f"{day[0]}-{day[1]:02d}-01"}
            answer = await self.client.post("/v1/successions", json=body | {"share": float(share), "principal": each == heir})
            assert answer.status_code == 201, answer.text
        self.book.heirs[place], self.book.ended[place] = heirs, number(*day)

    async def keep(self, path: str, by: str, boundary: str, source: str | None) -> None:
        """Ask as it is now, and remember the answer with the instant it was known at."""
        query = asked(by, boundary, source)
        answer = await self.client.get(path, params=query)
        if answer.status_code == 200 and answer.json()["as_known_at"]:
            self.kept.append((path, query | {"known_at": answer.json()["as_known_at"]}, answer.content))


def asked(by: str, boundary: str, source: str | None) -> dict[str, Any]:
    query = {"by": "year", "fiscal_year_start": 7} if by == "fiscal" else {"by": by}
    return query | {"boundary": boundary} | ({"source": source} if source else {})


@asynccontextmanager
async def telling(postgres: EmbeddedPostgres, template: str, settings: Settings) -> AsyncIterator[Telling]:
    name = f"p{os.getpid()}_{next(numbers)}"
    postgres.create(name, template)
    try:
        async with opened(postgres, name, settings) as world:
            yield Telling(await world.who("region"), Book([*PLACES, *OTHERS], rests=(REST,)))
    finally:
        postgres.drop(name)


@pytest.fixture(scope="session")
async def told_template(postgres: EmbeddedPostgres, region_template: str, settings: Settings) -> str:
    """The demonstration region with three sources more, and towns of Belize under codes that files can name."""
    postgres.create("amuprev_told", region_template)
    async with opened(postgres, "amuprev_told", settings) as world:
        region = await world.who("region")
        for code, kind in KINDS.items():
            body = {"code": code, "name": code, "kind": kind, "counting_unit": "victims"}
            assert (await region.post("/v1/sources", json=body)).status_code == 201
        for place in PLACES:
            there = await region.get(f"/v1/municipalities/{place}")
            codes = there.json()["external_ids"] | {"mx-inegi": str(place % 100_000)}
            changed = await region.patch(
                f"/v1/municipalities/{place}", json={"external_ids": codes}, headers={"If-Match": there.headers["etag"]}
            )
            assert changed.status_code == 200, changed.text
    return "amuprev_told"


@settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize="AMUPREV_EXAMPLES" not in os.environ,
)
@given(
    words=st.lists(WORDS, min_size=4, max_size=14), questions=st.lists(ASKED, min_size=20, max_size=40), then=st.lists(ASKED, max_size=4)
)
async def test_every_series_is_what_the_definitions_make_of_what_was_stated(
    postgres: EmbeddedPostgres, told_template: str, settings: Settings, words: list[Said], questions: list[Any], then: list[Any]
) -> None:
    async with telling(postgres, told_template, settings) as api:
        for said in words:
            await api.tell(said)
            for path, *rest in then:
                await api.keep(f"/v1/{path}/indicators/homicide/series", *rest)
        for question in questions:
            await compare(api, *question)
        for path, query, content in api.kept:
            assert (await api.client.get(path, params=query)).content == content, f"what was known then changed: {path} {query}"


async def compare(api: Telling, path: str, by: str, boundary: str, source: str | None) -> None:
    book, unit = api.book, int(path.split("/")[1]) if path.startswith("m") else None
    if boundary == "now" and unit in book.heirs:
        return  # There is no such place on today's map.
    level = book.of(unit) if unit else [*book.places, *book.rests]
    chosen = [s for s in SOURCES if source in (None, s, KINDS[s]) and any(book.years(place, s) for place in level)]
    answer = await api.client.get(f"/v1/{path}/indicators/homicide/series", params=asked(by, boundary, source))
    overlap = any(set(book.years(p, a)) & set(book.years(p, b)) for a, b in itertools.combinations(chosen, 2) for p in level)
    if len({KINDS[s] for s in chosen}) > 1 or overlap:
        assert (answer.status_code, answer.json()["code"]) == (422, "source-required")
        return
    assert answer.status_code == 200, answer.text
    assert [s["code"] for s in answer.json()["sources"]] == sorted(chosen)
    said, expected = answer.json()["points"], book.points(level, chosen, by, boundary == "now")
    assert [p["period"] for p in said] == [p["period"] for p in expected]
    for found, point in zip(said, expected, strict=True):
        for name, value in point.items():
            right = pytest.approx(float(value), rel=1e-3, abs=1e-3) if isinstance(value, float | Fraction) else value
            assert found[name] == right, f"{path} {by} {boundary} {source} {found['period']}: {name} is {found[name]}, not {value}"
