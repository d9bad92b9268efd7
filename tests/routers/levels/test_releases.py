"""What a release brings to the registers, and what somebody changed through the API: both stand after the next start."""

from typing import Any

from migrations.apply import migrate
from tests.conftest import World, silent

PLACE = "/v1/municipalities/gt-ine:0108"


async def changed(world: World) -> dict[str, Any]:
    """Mixco is renamed and given a code, and San Pedro Ayampuc becomes a part of it."""
    region = await world.who("region")
    now = await region.get(PLACE)
    said = {"name": "Mixco Nuevo", "external_ids": now.json()["external_ids"] | {"registry": "77"}}
    put = await region.patch(PLACE, json=said, headers={"If-Match": now.headers["etag"]})
    assert put.status_code == 200, put.text
    heir, gone = put.json()["id"], (await region.get("/v1/municipalities/gt-ine:0107")).json()["id"]
    body = {"predecessor_id": gone, "successor_id": heir, "kind": "absorb", "effective_on": "2024-01-01"}
    assert (await region.post("/v1/successions", json=body)).status_code == 201
    return {"heir": (await region.get(PLACE)).json(), "gone": (await region.get(f"/v1/municipalities/{gone}")).json()}


async def test_what_was_changed_through_the_api_survives_the_next_start_and_all_else_is_as_released(world: World) -> None:
    before, public = await changed(world), await world.who()
    assert (before["gone"]["status"], before["gone"]["valid_to"]) == ("succeeded", "2024-01-01")
    other = (await public.get("/v1/municipalities/gt-ine:0101")).json()
    async with world.owner() as owner:
        await owner.execute("update municipality set name = 'As released before' where id = $1", other["id"])
    for _ in range(2):
        await migrate(world.url("owner"), silent)
        for place in before.values():
            assert (await public.get(f"/v1/municipalities/{place['id']}")).json() == place
        assert (await public.get("/v1/municipalities/gt-ine:0101")).json()["name"] == other["name"]
