"""/organisations, /associations, /programmes over HTTP: read by everyone, written by those of the unit, each code given once."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import World

NGO = {"name": "Fundación Ejemplo", "classification": "ngo", "country_id": 222}


async def add(world: World, by: str = "sv", **said: Any) -> httpx.Response:
    return await (await world.who(by)).post("/v1/organisations", json=NGO | said)


async def patch(world: World, by: str, made: httpx.Response, **said: Any) -> httpx.Response:
    client = await world.who(by)
    return await client.patch(f"/v1/organisations/{made.json()['id']}", json=said, headers={"If-Match": made.headers["etag"]})


async def remove(world: World, by: str, made: httpx.Response) -> httpx.Response:
    return await (await world.who(by)).delete(f"/v1/organisations/{made.json()['id']}", headers={"If-Match": made.headers["etag"]})


async def own(world: World, short_name: str) -> httpx.Response:
    """The organisation of an association, as everyone reads it."""
    public = await world.who()
    found = (await public.get("/v1/associations", params={"limit": 200})).json()["items"]
    return await public.get(f"/v1/organisations/{next(a['organisation_id'] for a in found if a['short_name'] == short_name)}")


async def test_made_changed_and_removed_with_a_tombstone(world: World) -> None:
    mine = str(uuid4())
    made = await add(world, id=mine, short_name="FE")
    assert (made.status_code, made.json()["id"], made.headers["location"]) == (201, mine, f"/v1/organisations/{mine}"), made.text
    public = await world.who()
    assert (await public.get(made.headers["location"])).json() == made.json()
    changed = await patch(world, "sv", made, short_name=None, website="https://example.org")
    assert (changed.json()["short_name"], changed.json()["version"], changed.headers["etag"][:3]) == (None, 2, '"2-')
    assert (await remove(world, "sv", made)).status_code == 412
    gone = await remove(world, "sv", changed)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await public.get(made.headers["location"])).status_code == 404
    assert (await remove(world, "sv", changed)).status_code == 404
    async with world.owner() as connection:
        said = await connection.fetch(
            "select action, version, fields, body from change where noun = 'organisation' and thing = $1 order by seq", mine
        )
    assert [(r["action"], r["version"], r["body"] is None) for r in said] == [
        ("create", 1, False),
        ("change", 2, False),
        ("delete", 3, True),
    ]
    assert sorted(said[1]["fields"]) == ["short_name", "website"]


async def test_only_those_of_the_unit_write(world: World) -> None:
    made = await add(world)
    for stranger in ("gt", "comures", "sonsonate", "reader", "programme"):
        assert (await add(world, stranger)).status_code == 403
        assert (await patch(world, stranger, made, name="Mine")).status_code == 403
        assert (await remove(world, stranger, made)).status_code == 403
    assert (await add(world, "sv", country_id=None)).status_code == 403, "an international one is the region's"
    assert (await add(world, "region", country_id=None)).status_code == 201
    assert (await patch(world, "sv", made, country_id=320)).status_code == 403, "nor is it moved to another country"
    assert (await patch(world, "sv", made)).status_code == 200


async def test_a_municipality_writes_its_own_departments(world: World) -> None:
    mine = {"municipality_id": 2220038, "classification": "municipality"}
    made = await add(world, "sonsonate", **mine)
    assert made.status_code == 201, made.text
    assert (await add(world, "sonsonate", **mine, country_id=320)).json()["code"] == "unit-in-another-country"
    assert (await add(world, "sonsonate", **mine, country_id=None)).json()["errors"][0]["pointer"] == "/country_id"
    assert (await add(world, "sonsonate", municipality_id=2220001)).status_code == 403, "a sibling's are not its own"
    for stranger in ("mixco", "comures", "reader"):
        assert (await add(world, stranger, **mine)).status_code == 403
        assert (await patch(world, stranger, made, name="Mine")).status_code == 403
        assert (await remove(world, stranger, made)).status_code == 403
    for lifted in ({"municipality_id": None}, {"municipality_id": 2220001}):
        assert (await patch(world, "sonsonate", made, **lifted)).status_code == 403, "nor does it leave the municipality by its hand"
    changed = await patch(world, "sonsonate", made, name="Unidad de Prevención")
    assert changed.json()["name"] == "Unidad de Prevención"
    assert (await remove(world, "sonsonate", changed)).status_code == 204


async def test_an_association_writes_itself_and_no_other(world: World) -> None:
    comures, anam = await own(world, "COMURES"), await own(world, "ANAM")
    assert (await patch(world, "comures", comures, website="https://comures.example")).json()["website"] == "https://comures.example"
    assert (await patch(world, "comures", anam, website="https://comures.example")).status_code == 403
    assert (await add(world, "comures", id=comures.json()["id"])).status_code == 409


async def test_what_is_referred_to_is_not_removed(world: World) -> None:
    refused = await remove(world, "region", await own(world, "COMURES"))
    assert (refused.status_code, refused.json()["code"]) == (409, "still-referred-to")


async def test_a_code_is_given_once(world: World) -> None:
    made = await add(world, external_ids={"registry": "77"})
    taken = await add(world, external_ids={"registry": "77"})
    assert (taken.status_code, taken.json()["code"]) == (409, "external-id-taken")
    assert [e["pointer"] for e in taken.json()["errors"]] == ["/external_ids/registry"]
    other = await add(world, external_ids={"registry": "78"})
    assert (await patch(world, "sv", other, external_ids={"registry": "77"})).json()["code"] == "external-id-taken"
    freed = await patch(world, "sv", made, external_ids={})
    assert freed.status_code == 200
    assert (await patch(world, "sv", other, external_ids={"registry": "77"})).status_code == 200


async def test_codes_are_given_by_their_owner(world: World) -> None:
    official = await add(world, external_ids={"gt-ine": "9999"})
    assert (official.status_code, official.json()["code"]) == (403, "scheme-not-yours")
    given = await add(world, "region", external_ids={"gt-ine": "9999"})
    assert given.status_code == 201
    assert (await patch(world, "sv", given, external_ids={"gt-ine": "1"})).json()["code"] == "scheme-not-yours"
    assert (await patch(world, "sv", given, external_ids={})).json()["code"] == "scheme-not-yours"
    kept = await patch(world, "sv", given, external_ids={"gt-ine": "9999", "registry": "5"})
    assert kept.status_code == 200, "what stays as it is may be said again"
    assert (await remove(world, "sv", kept)).status_code == 204


async def test_an_owners_scheme_is_the_owners(world: World) -> None:
    comures = await own(world, "COMURES")
    async with world.owner() as connection:
        await connection.execute(
            "insert into scheme (slug, title, organisation_id) values ('comures', 'Members', $1)", comures.json()["id"]
        )
    assert (await add(world, "gt", country_id=320, external_ids={"comures": "1"})).json()["code"] == "scheme-not-yours"
    assert (await patch(world, "comures", comures, external_ids={"comures": "1"})).status_code == 200
    assert (await add(world, "sv", external_ids={"comures": "2"})).status_code == 201, "a country writes its associations"


async def test_an_association_is_addressed_by_its_code(world: World) -> None:
    public = await world.who()
    found = (await public.get("/v1/associations", params={"limit": 200})).json()["items"]
    one = next(a for a in found if a["short_name"] == "COMURES")
    async with world.owner() as connection:
        await connection.execute(
            "insert into external_id (noun, scheme, value, thing, country_id) values ('association', 'registry', '9', $1, 222)",
            str(one["id"]),
        )
    for address in (one["id"], "registry:9"):
        assert (await public.get(f"/v1/associations/{address}")).json() == one
    assert (await public.get("/v1/associations/registry:8")).status_code == 404
    by_acronym = [(await public.get(f"/v1/associations/{said}")).json()["id"] for said in ("COMURES", "comures", "1")]
    assert by_acronym == [1, 1, 1]
    assert (await public.get("/v1/associations/COMURES/municipalities")).status_code == 200
    assert (await public.get("/v1/associations/NOBODY")).status_code == 404


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": None}, "/name"),
        ({"name": "a\x00b"}, "/name"),
        ({"name": "x" * 301}, "/name"),
        ({"classification": "king"}, "/classification"),
        ({"country_id": 0}, "/country_id"),
        ({"external_ids": {"Not A Slug": "1"}}, ""),
        ({"external_ids": {"a": ""}}, ""),
        ({"external_ids": {"s" * 64: "1"}}, ""),
        ({"surprise": 1}, "/surprise"),
        ({"version": 7}, "/version"),
    ],
)
async def test_a_field_that_cannot_be_is_named(shared_world: World, said: dict[str, Any], pointer: str) -> None:
    made = await add(shared_world)
    for answer in (await add(shared_world, **said), await patch(shared_world, "sv", made, **said)):
        assert answer.status_code == 422, answer.text
        assert not pointer or pointer in [e["pointer"] for e in answer.json()["errors"]], answer.text


async def test_a_country_that_is_not_there_is_refused(world: World) -> None:
    answer = await add(world, "region", country_id=999)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-reference")


async def test_a_programme_is_written_by_its_own(world: World) -> None:
    body = {"code": "barrios", "name": "Neighbourhoods", "name_es": "Barrios", "name_pt": "Bairros"}
    for stranger in ("sv", "programme", "reader"):
        assert (await (await world.who(stranger)).post("/v1/programmes", json=body)).status_code == 403
    made = await (await world.who("region")).post("/v1/programmes", json=body)
    assert (made.status_code, made.json()["municipalities"]) == (201, 0), made.text
    assert (await (await world.who("region")).post("/v1/programmes", json=body)).json()["code"] == "programme-code-taken"
    headers = {"If-Match": '"1"'}
    assert (await (await world.who("programme")).patch("/v1/programmes/barrios", json={"name": "N"}, headers=headers)).status_code == 403
    shown = await (await world.who("programme")).get("/v1/programmes/amuprev")
    own_tag = {"If-Match": shown.headers["etag"]}
    changed = await (await world.who("programme")).patch("/v1/programmes/amuprev", json={"description": "Committees."}, headers=own_tag)
    assert (changed.status_code, changed.json()["description"]) == (200, "Committees."), changed.text


async def test_an_owner_declares_a_scheme_and_alone_gives_its_codes(world: World) -> None:
    comures, sv, gt = await world.who("comures"), await world.who("sv"), await world.who("gt")
    owner = (await comures.get("/v1/associations/1")).json()["organisation_id"]
    scheme = {"slug": "comures-crm", "title": "Members of COMURES", "organisation_id": owner}
    assert (await gt.post("/v1/schemes", json=scheme)).status_code == 403
    made = await comures.post("/v1/schemes", json=scheme)
    assert (made.status_code, (await gt.get("/v1/schemes/comures-crm")).json()) == (201, made.json())
    assert (await comures.post("/v1/schemes", json=scheme)).status_code == 409
    body = {"name": "Casa", "classification": "ngo", "external_ids": {"comures-crm": "7"}}
    refused = await gt.post("/v1/organisations", json=body | {"country_id": 320})
    assert (refused.status_code, refused.json()["code"]) == (403, "scheme-not-yours")
    casa = await sv.post("/v1/organisations", json=body | {"country_id": 222, "external_ids": {}})
    assert casa.status_code == 201
    own = await sv.post("/v1/schemes", json={"slug": "casa-keys", "title": "Keys of Casa", "organisation_id": casa.json()["id"]})
    assert own.status_code == 201
