"""Near an election the law refuses to publish: what is published stays and does not change, reading never ends, and it is said why."""

from typing import Any

import httpx

from tests.conftest import World
from tests.routers.transition.test_office_terms import on

WINDOW = {"starts_on": "2027-03-01", "ends_on": "2027-06-21", "acts": ["publish_promotion"], "legal_basis": "Ley inventada, art. 219"}


async def refusing(world: World, **said: Any) -> httpx.Response:
    answer = await (await world.who("gt")).post("/v1/countries/GT/blackouts", json=WINDOW | said)
    assert answer.status_code == 201, answer.text
    return answer


async def publish(world: World, name: str, kind: str = "photograph", rights: str = "public") -> httpx.Response:
    path = f"/v1/municipalities/gt-ine:0108/documents?file_name={name}.txt&kind={kind}&access_rights={rights}"
    return await (await world.who("mixco")).post(path, content=f"Contenido {name}\n".encode(), headers={"Content-Type": "text/plain"})


async def test_publishing_is_refused_in_the_window_and_only_there(world: World) -> None:
    await refusing(world)
    with on(world, "2027-02-28"):
        early = await publish(world, "antes")
        assert early.status_code == 201, early.text
    with on(world, "2027-03-01"):
        mixco = await world.who("mixco")
        path, etag = f"/v1/documents/{early.json()['id']}", {"If-Match": early.headers["etag"]}
        for refused in (
            await publish(world, "durante"),
            await mixco.patch(path, json={"file_name": "otro.txt"}, headers=etag),
            await mixco.patch(path, json={"kind": "report"}, headers=etag),
            await mixco.delete(path, headers=etag),
        ):
            said = refused.json()
            assert (refused.status_code, said["code"], said["until"]) == (409, "blackout", "2027-06-21"), refused.text
            assert "art. 219" in said["detail"]
        assert (await (await world.who()).get(f"{path}/content")).text == "Contenido antes\n", "what is published stays readable"
        assert (await publish(world, "acta", "minutes")).status_code == 201, "what accountability asks for is not refused by this law"
        kept = await publish(world, "interno", "photograph", "committee")
        assert kept.status_code == 201, "what is not public is nobody's publication"
        elsewhere = await (await world.who("sonsonate")).post(
            "/v1/municipalities/2220038/documents?file_name=x.txt&kind=photograph&access_rights=public", content=b"x"
        )
        assert elsewhere.status_code == 201, "the law of another country"
    with on(world, "2027-06-21"):
        assert (await publish(world, "durante")).status_code == 201


async def test_everyone_reads_what_is_refused_until_when_and_why(world: World) -> None:
    await refusing(world)
    await refusing(
        world, starts_on="2027-06-21", ends_on="2027-07-01", acts=["publish_promotion", "publish_records"], legal_basis="Art. 220"
    )
    path = "/v1/municipalities/gt-ine:0108/blackout"
    for name in ("", "mixco", "sonsonate"):
        client = await world.who(name)
        said = (await client.get(path, params={"as_of": "2027-03-05"})).json()
        assert said["refused"] == [{"act": "publish_promotion", "until": "2027-07-01", "legal_basis": "Art. 220"}]
        assert (said["country"], said["next_on"]) == ("GT", "2027-06-21")
        before = (await client.get(path, params={"as_of": "2027-02-01"})).json()
        assert (before["refused"], before["next_on"]) == ([], "2027-03-01")
        listed = (await client.get("/v1/countries/GT/blackouts", params={"as_of": "2027-06-25", "in_force": True})).json()["items"]
        assert [(item["ends_on"], item["in_force"]) for item in listed] == [("2027-07-01", True)]
        assert (await client.get("/v1/countries/SV/blackouts")).json()["items"] == []
    spanish = await world.who("", **{"Accept-Language": "es"})
    assert (await spanish.get(path, params={"as_of": "2027-06-25"})).json()["says"].startswith("Hasta el 2027-07-01 se rechaza ")
    assert (await spanish.get("/v1/blackouts")).json()["items"][0]["says"] == (
        "Hasta el 2027-06-21 se rechaza publicar comunicados, fotografías y similares: Ley inventada, art. 219."
    )
    assert (await spanish.get("/v1/municipalities/gt-ine:9999/blackout")).status_code == 404


async def test_who_says_it_is_the_country(world: World) -> None:
    made = await refusing(world)
    path, etag = f"/v1/blackouts/{made.json()['id']}", {"If-Match": made.headers["etag"]}
    for name, status in (("", 401), ("mixco", 403), ("sv", 403), ("anam", 403)):
        client = await world.who(name)
        assert (await client.post("/v1/countries/GT/blackouts", json=WINDOW)).status_code == status
        assert (await client.delete(path, headers=etag)).status_code == status
    gt = await world.who("gt")
    moved = await gt.patch(path, json={"ends_on": "2027-07-05"}, headers=etag)
    assert (moved.status_code, moved.json()["ends_on"]) == (200, "2027-07-05")
    nothing = await gt.post("/v1/countries/GT/blackouts", json=WINDOW | {"acts": []})
    backwards = await gt.post("/v1/countries/GT/blackouts", json=WINDOW | {"ends_on": "2027-02-01"})
    assert (nothing.status_code, backwards.status_code) == (422, 422)
    assert (await gt.delete(path, headers={"If-Match": moved.headers["etag"]})).status_code == 204
    with on(world, "2027-03-05"):
        assert (await publish(world, "libre")).status_code == 201
