"""What the documents show: every operation that answers JSON has an example, and lists that nobody reads elsewhere are read here."""

from tests.conftest import World
from tests.contract import operations
from tests.routers.committee.test_terms import named
from tests.routers.committee.walk import approved, founded, plenary, seat
from tests.routers.indicator.facts import keep
from tests.routers.outreach.test_maps import begun

LISTS = ("sources", "schemes", "programmes", "organisations", "region/admin1", "region/populations", "invitations")
MIXCO = ("instruments", "bodies", "seats", "persons", "stakeholder-maps")
INVITED = {"email": "new@invented.example", "display_name": "New", "role": "reader", "level": "country", "unit": "GT"}
INVITED |= {"starts_on": "2024-01-01"}


def test_every_operation_that_answers_json_shows_an_answer() -> None:
    bare = [
        operation["operationId"]
        for _, _, _, said, _ in operations()
        for operation in said.values()
        for status, answer in operation["responses"].items()
        if status.startswith("2") and "example" not in answer.get("content", {}).get("application/json", {"example": None})
    ]
    assert bare == [], "run a test that asks for it with AMUPREV_RECORD=1"


async def test_what_is_there_is_listed(world: World) -> None:
    region, mixco, public = await world.who("region"), await world.who("mixco"), await world.who()
    invited = await region.post("/v1/invitations", json=INVITED)
    assert invited.status_code == 201, invited.text
    async with world.owner() as owner:
        await keep(owner, [], [(3200008, 2020, "censo", 100_000)])
    committee = (await founded(world)).json()["id"]
    await approved(mixco, committee)
    await seat(mixco, committee, await plenary(mixco, committee))
    await named(world, committee, name="Persona Inventada", email="persona@invented.example")
    await begun(mixco, committee)
    for who, names in ((region, LISTS), (mixco, MIXCO)):
        for name in names:
            answer = await who.get(f"/v1/{name}")
            assert (answer.status_code, bool(answer.json()["items"])) == (200, True), f"{name}: {answer.text}"
    members = (await public.get("/network/v1/members")).json()["items"]
    for path in ("/livez", "/readyz", "/version", f"/network/v1/members/{members[0]['id']}"):
        assert (await public.get(path)).status_code == 200, path
