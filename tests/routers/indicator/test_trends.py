"""The light of a month, months made smooth and two periods compared, over HTTP."""

from typing import Any

import httpx
import pytest

from tests.conftest import World
from tests.isolation.requests import MONTHS
from tests.routers.indicator.test_imports import SESNSP, send

CODE = "mx-inegi:11020"
HERE = f"/v1/municipalities/{CODE}/indicators/homicide"
HEADER = "Año,Cve. Municipio,Municipio,Subtipo de delito," + ",".join(MONTHS)


async def reported(client: httpx.AsyncClient, years: dict[int, list[Any]], code: str = "11020") -> None:
    """Homicides of León by year and month; a blank is not reported."""
    rows = [f"{year},{code},León,Homicidio doloso,{','.join(map(str, months))}" for year, months in years.items()]
    await send(client, "\n".join([HEADER, *rows]).encode(), **SESNSP, accept_warnings=True)


async def residents(client: httpx.AsyncClient, number: int, code: str = "11020") -> None:
    said = {"year": 2020, "source": "censo", "scheme": "mx-inegi", "accept_warnings": True}
    await send(client, f"code,population\n{code},{number}\n".encode(), "populations", **said)


async def get(client: httpx.AsyncClient, what: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(f"{HERE}/{what}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_light_changes_with_the_month_and_is_grey_for_a_reason(world: World) -> None:
    mx = await world.who("mx")
    await reported(mx, {2020: [8] * 12, 2021: [8] * 12, 2022: [8] * 12, 2023: [8, 6, 5, 9, "", *[0] * 7]})
    months = {m: await get(mx, "light", month=f"2023-{m:02d}") for m in range(1, 6)}
    assert [months[m]["colour"] for m in months] == ["yellow", "yellow", "green", "red", "grey"]
    assert (months[2]["mean"], months[2]["change_percent"], months[2]["verdict"]) == (8, -25, "no-clear-change")
    assert (months[5]["reason"], months[5]["count"]) == ("not-reported", None)
    assert (await get(mx, "light", month="2023-07"))["reason"] == "not-wholly-reported"
    spanish = await mx.get(f"{HERE}/light", params={"month": "2023-03"}, headers={"Accept-Language": "es"})
    assert (spanish.json()["words"], spanish.headers["content-language"]) == ("Mejor que los tres años anteriores en más de 25 %.", "es")
    latest = await get(mx, "light")
    assert (latest["month"], latest["reason"]) == ("2023-12", "not-wholly-reported")
    await reported(mx, {y: [4] * 12 for y in (2020, 2021, 2022)})
    few = await get(mx, "light", month="2023-01")
    assert (few["colour"], few["reason"], few["mean"], few["verdict"]) == ("grey", "too-few", 4, None)


async def test_months_are_made_smooth(world: World) -> None:
    mx = await world.who("mx")
    await reported(mx, {2021: list(range(1, 13)), 2022: [2 * n for n in range(1, 13)], 2023: [3, 3, 3, 60, "", 3, 3, 3, 3, 3, 3, 3]})
    await residents(mx, 120_000)
    found = await get(mx, "trend", **{"from": "2022-12", "to": "2023-12"})
    assert [p["period"] for p in found["points"]][:2] == ["2022-12", "2023-01"]
    december = found["points"][0]
    assert (december["value"], december["average_3"], december["average_12"]) == (24, 22, 13)
    window = december["rolling_12"]
    assert (window["count"], window["population"], window["rate"], window["months"]) == (156, 120_000, 130.0, 12)
    assert december["year_over_year_percent"] == 100
    assert [p["period"] for p in found["points"] if p["rolling_12"] is None] == [f"2023-{m:02d}" for m in range(5, 13)]
    assert [p["period"] for p in found["points"] if p["outlier"]] == []  # More than half of these months are alike.
    partial = await get(mx, "trend", **{"from": "2023-05", "to": "2023-06", "partial": True})
    assert [(p["average_3"], p["rolling_12"]["months"]) for p in partial["points"]] == [(31.5, 11), (31.5, 11)]
    whole = await get(mx, "trend")
    assert max(whole["points"], key=lambda p: p["score"] or 0)["period"] == "2023-04"
    assert {p["outlier"] for p in whole["points"]} == {p["score"] is not None and p["score"] > 3 for p in whole["points"]} == {True, False}
    assert whole["points"][10]["rolling_12"] is None


async def test_two_periods_are_compared_in_plain_words(world: World) -> None:
    mx = await world.who("mx")
    await reported(mx, {2021: [10] * 12, 2022: [8] * 12, 2023: [9] * 6 + [""] * 6})
    without = await get(mx, "comparison", **{"from": "2022"})
    assert (without["per_resident"], without["comparison"]["ratio"], without["caution"]) == (False, 0.8, None)
    await residents(mx, 100_000)
    found = await get(mx, "comparison", **{"from": "2022"})
    assert (found["period"]["first"], found["against"]["first"]) == ("2022", "2021")
    assert (found["period"]["rate"], found["against"]["rate"], found["per_resident"]) == (96, 120, True)
    assert found["comparison"]["verdict"] == "no-clear-change"
    longer = await get(mx, "comparison", **{"from": "2022-01", "to": "2023-06", "against_from": "2021"})
    assert (longer["period"]["count"], longer["period"]["population"], longer["period"]["rate"]) == (150, 150_000, 100)
    usual = await get(mx, "comparison")
    assert [usual["period"][k] for k in ("first", "last")] == ["2022-07", "2023-06"]
    assert [usual["against"][k] for k in ("first", "last")] == ["2021-07", "2022-06"]
    unlike = await get(mx, "comparison", **{"from": "2023"})
    assert (unlike["period"]["population"], unlike["period"]["rate"]) == (50_000, 108)
    assert "not the same" in unlike["caution"]


async def test_nothing_is_said_of_nothing(region: World) -> None:
    mx = await region.who("mx")
    assert ((await get(mx, "light"))["reason"], (await get(mx, "trend"))["points"]) == ("not-reported", [])
    found = await get(mx, "comparison")
    assert (found["comparison"], found["reason"], found["period"]["first"]) == (None, "not-reported", None)
    assert (await get(mx, "comparison", **{"from": "2022"}))["reason"] == "not-reported"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"from": "2022", "against_from": "2022-06"}, "span-invalid"),
        ({"against_from": "2022"}, "span-invalid"),
        ({"from": "1900"}, "span-invalid"),
        ({"from": "2022-13"}, "period-invalid"),
        ({"from": "2023", "to": "2021"}, "span-invalid"),
        ({"from": "2022", "against": "2021"}, "invalid-parameters"),
    ],
)
async def test_periods_that_are_none(region: World, query: dict[str, str], code: str) -> None:
    answer = await (await region.who("mx")).get(f"{HERE}/comparison", params=query)
    assert answer.status_code == 422
    assert code in (answer.json()["code"], "invalid-parameters")


async def test_what_was_known_then_is_said_again(world: World) -> None:
    mx = await world.who("mx")
    await reported(mx, {2020: [8] * 12, 2021: [8] * 12, 2022: [8] * 12, 2023: [5] * 12})
    for n, what in enumerate(("light", "trend", "comparison")):
        before = await mx.get(f"{HERE}/{what}")
        known = {"known_at": before.json()["as_known_at"]}
        then = await mx.get(f"{HERE}/{what}", params=known)
        await reported(mx, {2023: [10 + n] * 12})
        assert then.content == before.content == (await mx.get(f"{HERE}/{what}", params=known)).content
        assert (await mx.get(f"{HERE}/{what}")).content != then.content
