"""Reading a name is recorded: who read whose, when, and in which request."""

from tests.conftest import World


async def test_reading_names_is_recorded(world: World) -> None:
    sv = await world.who("sv")
    people = (await sv.get("/v1/people")).json()["items"]
    assert len(people) > 1
    async with world.owner() as owner:
        seen = await owner.fetch("select thing, fields from change where action = 'read-personal'")
    me = (await sv.get("/v1/me")).json()["principal"]["id"]
    assert {r["thing"] for r in seen} == {p["id"] for p in people} - {me}
    assert {tuple(r["fields"]) for r in seen} == {("display_name", "email")}
    assert (await sv.get("/v1/people", params={"format": "csv"})).status_code == 422
