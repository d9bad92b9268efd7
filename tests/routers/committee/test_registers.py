"""A committee that is already years old enters by file: all rows or none, what was before it joined declared, the same file changing
nothing."""

import asyncio
from typing import Any

import pytest

from tests.conftest import World
from tests.routers.committee.registers import CSV, send, sheet
from tests.routers.committee.walk import AGO, founded
from tests.routers.levels.test_registers import workbook

MIXCO = {"municipality": "gt-ine:0108", "name": "COMUPRE Mixco", "external_id": "svet:7"}
DAYS = {
    "convened_on": "2013-02-01",
    "convened_reference": "Acta 1-2013",
    "launched_on": "2013-06-01",
    "launched_reference": "Acta 4-2013",
    "legalised_on": "2014-01-20",
    "legalised_reference": "Punto 7, acta 3-2014",
}


async def committees(world: World, who: str = "gt", **said: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await (await world.who(who)).get("/v1/committees", params={"limit": 200} | said)).json()["items"]
    return [item for item in items if not item["demonstration"]]


async def test_a_committee_that_is_years_old_enters_with_what_it_was_declared(world: World) -> None:
    gt = await world.who("gt")
    file = sheet(MIXCO | DAYS, {"municipality": "gt-ine:0101", "name": "COMUPRE Guatemala", "covers": "gt-ine:0108"})
    first = await send(gt, "committees", file)
    assert (first["state"], first["created"], first["refused"]) == ("done", 2, set())
    one, other = sorted(await committees(world), key=lambda c: -len(c["declared"]))
    assert (one["state"], one["declared"]) == ("legalised", ["convened", "launched", "legalised"])
    assert (one["legalised_on"], one["legalised_by"], one["external_ids"]) == ("2014-01-20", None, {"svet": "7"})
    assert (other["state"], other["covers"]) == ("proposed", [one["municipality_id"]])
    facts = (await gt.get("/v1/declarations", params={"committee": one["id"]})).json()["items"]
    assert [(f["kind"], f["reference"]) for f in facts] == [
        ("convened", "Acta 1-2013"), ("launched", "Acta 4-2013"), ("legalised", "Punto 7, acta 3-2014"),
    ]  # fmt: skip
    again = await send(gt, "committees", file)
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 2)
    assert [c["version"] for c in await committees(world, sort="id")] == [c["version"] for c in sorted((one, other), key=lambda c: c["id"])]
    renamed = await send(gt, "committees", sheet(MIXCO | DAYS | {"name": "COMUPRE de Mixco"}))
    assert (renamed["changed"], {c["name"] for c in await committees(world)}) == (1, {"COMUPRE de Mixco", "COMUPRE Guatemala"})


async def test_all_rows_or_none_and_every_refusal_at_once(world: World) -> None:
    """The upload that fails at row 112, and the corrected one that goes through."""
    gt = await world.who("gt")
    good = [{"municipality": "gt-ine:0108", "name": f"Comité {n}", "external_id": f"svet:{n}"} for n in range(2, 112)]
    bad = [
        {"municipality": "gt-ine:9999", "name": "Nowhere"},
        {"municipality": "gt-ine:0101"},
        {"municipality": "gt-ine:0101", "name": "x", "launched_on": "2015-01-01"},
        {"municipality": "gt-ine:0101", "name": "x", "launched_on": "1/2/2015", "launched_reference": "x"},
        {"municipality": "gt-ine:0101", "name": "x", "launched_on": "2100-01-01", "launched_reference": "x"},
        {"municipality": "gt-ine:0101", "name": "x", "framework": "no-such"},
        {"municipality": "gt-ine:0101", "name": "x", "covers": "gt-ine:0101"},
        {"municipality": "gt-ine:0101", "name": "Comité 5", "external_id": "svet:5"},
        {"municipality": "gt-ine:0108", "name": "Comité 6", "external_id": "svet:6"},
        {"municipality": "gt-ine:0101", "name": "x", "legalised_on": "2012-01-01", "legalised_reference": "x"}
        | {"launched_on": "2015-01-01", "launched_reference": "x"},
        {"municipality": "2220038", "name": "Sonsonate"},
    ]
    said = await send(gt, "committees", sheet(*good, *bad))
    assert (said["state"], said["rows_refused"]) == ("refused", len(bad))
    assert said["refused"] == {
        ("place-unknown", "municipality", 112), ("name-invalid", "name", 113), ("reference-missing", "launched_reference", 114),
        ("date-invalid", "launched_on", 115), ("not-before-joining", "launched_on", 116), ("framework-unknown", "framework", 117),
        ("covers-twice", "covers", 118), ("external-id-taken", "external_id", 119), ("stated-twice", "name", 120),
        ("milestones-backwards", "legalised_on", 121), ("place-not-yours", "municipality", 122),
    }  # fmt: skip
    assert await committees(world) == []
    assert (await send(gt, "committees", sheet(*good), dry_run=True))["state"] == "checked"
    assert await committees(world) == []
    assert (await send(gt, "committees", sheet(*good)))["created"] == len(good)
    assert len(await committees(world)) == len(good)


@pytest.mark.parametrize("form", ["latin-1", "workbook"])
async def test_as_an_office_saves_it(world: World, form: str) -> None:
    """Semicolons and Windows-1252, or a workbook; and the zero that the spreadsheet took."""
    mixco = await world.who("mixco")
    rows = [["Municipality", "Name", "launched on", "launched reference"], ["gt-ine:108", "Comité Niñez", "2015-03-01", "Acta 3"]]
    file = workbook(rows) if form == "workbook" else "\r\n".join(";".join(row) for row in rows).encode("latin-1")
    said = await send(mixco, "committees", file)
    assert (said["created"], said["codes_healed"]) == (1, 1)
    [made] = await committees(world, "mixco")
    assert (made["name"], made["municipality_id"], made["launched_on"]) == ("Comité Niñez", 3200008, "2015-03-01")


async def test_whose_it_is(world: World) -> None:
    """A municipality's people enter their own; of others every row is refused, and of an association all."""
    file = sheet(MIXCO, {"municipality": "gt-ine:0101", "name": "x"})
    refused = {"mixco": {("place-not-yours", "municipality", 3)}, "anam": {("place-not-yours", "municipality", 2, 3)}}
    for who, rows in (refused | {"comures": refused["anam"], "reader": refused["anam"]}).items():
        said = await send(await world.who(who), "committees", file)
        assert (said["state"], said["refused"]) == ("refused", rows), who
    assert (await send(await world.who("mixco"), "committees", sheet(MIXCO)))["state"] == "done"
    public = await (await world.who()).post("/v1/imports/committees", content=file, headers=CSV)
    assert public.status_code == 401


async def test_one_that_is_there_is_found_by_its_name_and_gets_its_code(world: World) -> None:
    gt, made = await world.who("gt"), (await founded(world)).json()
    said = await send(gt, "committees", sheet(MIXCO | {"name": "Comupre  MIXCO"}))
    assert (said["created"], said["changed"]) == (0, 1)
    [found] = await committees(world)
    assert (found["id"], found["name"], found["external_ids"]) == (made["id"], "Comupre  MIXCO", {"svet": "7"})
    later = await send(gt, "committees", sheet(MIXCO | {"launched_on": AGO[10], "launched_reference": "x"}))
    assert later["state"] == "done"
    other = await send(gt, "committees", sheet(MIXCO | {"launched_on": AGO[20], "launched_reference": "x"}))
    assert other["refused"] == {("milestone-known", "launched_on", 2)}


async def test_a_snapshot_lists_what_it_no_longer_holds_and_dissolves_nothing(world: World) -> None:
    gt = await world.who("gt")
    await send(gt, "committees", sheet(MIXCO, {"municipality": "gt-ine:0108", "name": "Otro"}))
    others = {c["name"] for c in (await gt.get("/v1/municipalities/gt-ine:0108/committees")).json()["items"]} - {MIXCO["name"]}
    said = await send(gt, "committees", sheet(MIXCO), mode="snapshot")
    assert (set(said["would_end"]), said["ended"]) == (others, 0)
    answer = await gt.post(
        "/v1/imports/committees", params={"mode": "snapshot", "confirm_ends": len(others)}, content=sheet(MIXCO), headers=CSV
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "instrument-needed")


async def test_two_files_at_once_make_one_committee(world: World) -> None:
    gt, mixco = await world.who("gt"), await world.who("mixco")
    file = sheet({"municipality": "gt-ine:0108", "name": "Uno"})
    said = await asyncio.gather(*(send(who, "committees", file) for who in (gt, mixco, gt, mixco)))
    assert sorted(s["created"] for s in said) == [0, 0, 0, 1]
    assert [c["name"] for c in await committees(world)] == ["Uno"]


SEAT = {"municipality": "gt-ine:0108", "sector": "ngo", "starts_on": "2015-01-01"}


async def entered(world: World, **said: str) -> str:
    """A committee of Mixco that entered by file; its id."""
    assert (await send(await world.who("mixco"), "committees", sheet(MIXCO | DAYS | said)))["state"] == "done"
    return next(str(c["id"]) for c in await committees(world, "mixco") if c["name"] == (MIXCO | said)["name"])


async def seats(world: World, committee: str) -> dict[str, dict[str, Any]]:
    items = (await (await world.who("mixco")).get("/v1/seats", params={"committee": committee, "limit": 200})).json()["items"]
    return {item["label"] or str(item["external_ids"]): item for item in items}


async def test_seats_enter_with_the_bodies_that_they_are_in(world: World) -> None:
    mixco, id = await world.who("mixco"), await entered(world)
    rows = [
        SEAT | {"label": "Alcaldía", "sector": "Municipal elected", "role": "president"},
        SEAT | {"label": "Salud", "sector": "health", "voting": "no", "display": "sector"},
        SEAT | {"committee": "svet:7", "municipality": "", "external_id": "svet:1", "body": "junta", "body_kind": "board"},
        SEAT | {"committee": id, "municipality": "", "label": "Niñez", "body": "subcommission", "starts_on": "2016-01-01"},
    ]
    first = await send(mixco, "seats", sheet(*rows, divider=";").encode("latin-1"))
    assert (first["state"], first["created"], first["refused"]) == ("done", 4, set())
    bodies = (await mixco.get("/v1/bodies", params={"committee": id})).json()["items"]
    assert {(b["kind"], b["name"], b["starts_on"]) for b in bodies} == {
        ("plenary", "Plenary", "2015-01-01"), ("board", "junta", "2015-01-01"), ("subcommission", "Subcommission", "2016-01-01"),
    }  # fmt: skip
    found = await seats(world, id)
    assert (found["Alcaldía"]["sector"], found["Alcaldía"]["role"], found["Alcaldía"]["display"]) == (
        "municipal_elected", "president", "institution",
    )  # fmt: skip
    assert (found["Salud"]["voting"], found["Salud"]["display"], found["Niñez"]["body"]) == (False, "sector", "Subcommission")
    again = await send(mixco, "seats", sheet(*rows))
    assert (again["unchanged"], again["created"], await seats(world, id)) == (4, 0, found)


async def test_what_a_member_had_lowered_stays_and_what_a_seat_is_too(world: World) -> None:
    mixco, id = await world.who("mixco"), await entered(world)
    await send(mixco, "seats", sheet(SEAT | {"label": "Salud", "display": "institution"}))
    seat = (await seats(world, id))["Salud"]
    lowered = await mixco.patch(f"/v1/seats/{seat['id']}", json={"display": "none"}, headers={"If-Match": '"1"'})
    assert lowered.status_code == 200, lowered.text
    again = await send(mixco, "seats", sheet(SEAT | {"label": "Salud", "display": "institution", "external_id": "svet:9"}))
    assert (again["changed"], (await seats(world, id))["Salud"]["display"]) == (1, "none")
    said = await send(mixco, "seats", sheet(SEAT | {"label": "Salud", "sector": "police"}))
    assert said["refused"] == {("seat-differs", "sector", 2)}


async def test_all_seats_or_none(world: World) -> None:
    mixco, id = await world.who("mixco"), await entered(world)
    await entered(world, name="Otro", external_id="svet:8")
    rows = [
        SEAT | {"committee": "svet:7", "label": "Uno"},
        SEAT | {"label": "Dos"},
        SEAT | {"committee": "svet:404", "label": "Tres"},
        SEAT | {"committee": "svet:7"},
        SEAT | {"committee": "svet:7", "label": "Cinco", "sector": "clowns"},
        SEAT | {"committee": "svet:7", "label": "Seis", "voting": "perhaps"},
        SEAT | {"committee": "svet:7", "label": "Siete", "ends_on": "2015-01-01"},
        SEAT | {"committee": "svet:7", "label": "Ocho", "body": "mesa"},
        SEAT | {"committee": "svet:7", "label": "Uno"},
        SEAT | {"committee": "svet:7", "label": "Diez", "starts_on": ""},
        SEAT | {"municipality": "gt-ine:0101", "label": "Once"},
    ]
    said = await send(mixco, "seats", sheet(*rows))
    assert said["refused"] == {
        ("committee-ambiguous", "committee_name", 3), ("committee-unknown", "committee", 4), ("seat-unnamed", "label", 5),
        ("sector-invalid", "sector", 6), ("voting-invalid", "voting", 7), ("seat-backwards", "ends_on", 8), ("body-unknown", "body", 9),
        ("stated-twice", "label", 10), ("starts-on-invalid", "starts_on", 11), ("committee-unknown", "committee_name", 12),
    }  # fmt: skip
    assert (said["state"], await seats(world, id)) == ("refused", {})
    assert (await mixco.get("/v1/bodies", params={"committee": id})).json()["items"] == []
    country = await send(await world.who("sv"), "seats", sheet(SEAT | {"committee": id, "municipality": "", "label": "x"}))
    assert country["refused"] == {("committee-unknown", "committee", 2)}
    reader = await send(await world.who("anam"), "seats", sheet(SEAT | {"committee": id, "municipality": "", "label": "x"}))
    assert reader["refused"] == {("committee-not-yours", "committee", 2)}


async def test_a_snapshot_ends_the_seats_that_are_confirmed(world: World) -> None:
    mixco, id = await world.who("mixco"), await entered(world)
    rows = [SEAT | {"label": label, "external_id": f"svet:{label}"} for label in ("a", "b", "c")]
    await send(mixco, "seats", sheet(*rows))
    keep = sheet(rows[0])
    would = await send(mixco, "seats", keep, mode="snapshot")
    assert (would["would_end"], would["ended"]) == (["svet:b", "svet:c"], 0)
    assert (await send(mixco, "seats", keep, mode="snapshot", confirm_ends=2, dry_run=True))["ended"] == 2
    assert all(s["ends_on"] is None for s in (await seats(world, id)).values())
    assert (await send(mixco, "seats", keep, mode="snapshot", confirm_ends=2))["ended"] == 2
    assert {label for label, s in (await seats(world, id)).items() if s["ends_on"] is None} == {"a"}
