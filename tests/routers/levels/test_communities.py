"""/communities over HTTP: parts of a municipality, for those who read it."""

from tests.conftest import World

HERE = "/v1/municipalities/3200008/communities"


async def test_a_community_is_added_changed_and_ended(world: World) -> None:
    mixco = await world.who("mixco")
    made = await mixco.post(HERE, json={"name": "El Milagro", "kind": "colonia", "external_ids": {}})
    assert made.status_code == 201
    assert made.json()["id"] >= 1_000_000_000
    assert (made.json()["municipality_id"], made.json()["municipality"], made.json()["country_id"]) == (3200008, "Mixco", 320)
    at = made.headers["location"]
    assert (await mixco.get(at)).json() == made.json()
    twice = await mixco.post(HERE, json={"name": "  el milagro", "kind": "colonia"})
    assert (twice.status_code, twice.json()["code"]) == (409, "community-name-taken")
    assert (await mixco.patch(at, json={"name": "Milagro"})).status_code == 428
    changed = await mixco.patch(at, json={"valid_to": "2024-01-01"}, headers={"If-Match": made.headers["etag"]})
    assert (changed.status_code, changed.json()["valid_to"], changed.json()["version"]) == (200, "2024-01-01", 2)
    backwards = await mixco.patch(at, json={"valid_from": "2025-01-01"}, headers={"If-Match": changed.headers["etag"]})
    assert (backwards.status_code, backwards.json()["code"]) == (422, "invalid-fields")
    again = await mixco.post(HERE, json={"name": "El Milagro", "kind": "colonia"})
    assert again.status_code == 201, "what has ended gives its name free"


async def test_a_lost_answer_is_asked_for_again(world: World) -> None:
    mixco = await world.who("mixco")
    sent = [await mixco.post(HERE, json={"name": "Belén"}, headers={"Idempotency-Key": "belen"}) for _ in range(2)]
    assert [s.status_code for s in sent] == [201, 201]
    assert sent[0].json() == sent[1].json()
    assert len((await mixco.get(HERE)).json()["items"]) == 1


async def test_they_are_listed_at_every_level_and_found_by_part_of_their_name(world: World) -> None:
    gt, mixco = await world.who("gt"), await world.who("mixco")
    for name, kind in (("San José", "barrio"), ("Lo de Bran", "aldea")):
        assert (await gt.post(HERE, json={"name": name, "kind": kind})).status_code == 201
    for path in ("/v1/region", "/v1/countries/GT", "/v1/municipalities/3200008"):
        for who in (gt, mixco):
            assert [c["name"] for c in (await who.get(f"{path}/communities")).json()["items"]] == ["Lo de Bran", "San José"]
    assert [c["name"] for c in (await mixco.get(HERE, params={"q": "jose"})).json()["items"]] == ["San José"]
    assert [c["name"] for c in (await mixco.get(HERE, params={"kind": "aldea"})).json()["items"]] == ["Lo de Bran"]
    assert (await (await world.who("sv")).get("/v1/region/communities")).json()["items"] == []
    assert (await (await world.who()).get("/v1/region/communities")).status_code == 401


async def test_others_are_told_nothing_and_readers_change_nothing(world: World) -> None:
    at = (await (await world.who("mixco")).post(HERE, json={"name": "El Milagro"})).headers["location"]
    for name in ("sv", "sonsonate"):
        who = await world.who(name)
        absent = await who.get("/v1/communities/1999999999", headers={"X-Request-Id": "x"})
        hidden = await who.get(at, headers={"X-Request-Id": "x"})
        assert (hidden.status_code, hidden.content) == (404, absent.content)
        assert (await who.post(HERE, json={"name": "Mine"})).status_code == 404
    assert (await (await world.who("anam")).post(HERE, json={"name": "Ours"})).status_code == 403
