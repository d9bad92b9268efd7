"""A committee on a framework of its own: its steps are proven, told and counted, and it may change to another one."""

from api.access import moment
from tests.conftest import World
from tests.routers.committee.walk import AGO, MIXCO, SMALL, approved, founded, ruled
from tests.routers.session.meetings import SECTORS, gathered
from tests.routers.steps.test_records import counted, records
from tests.routers.steps.test_steps import by_code

NINE = "usaid-pcc-2015"


async def test_a_committee_climbs_another_framework_and_changes_to_the_eight_steps(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world, framework=NINE)).json()["id"]
    path, at = f"/v1/committees/{id}/steps", f"/v1/committees/{id}"
    await ruled(mixco, id, (await approved(mixco, id)).json()["id"], **SMALL)
    found = by_code(await mixco.get(path, headers={"Accept-Language": "es"}))
    reached = [code for code, step in found.items() if step["state"] == "achieved"]
    assert (len(found), reached) == (9, ["organisation", "formalisation"])
    [gap] = found["working-groups"]["unmet"]
    assert gap["missing"] == "Hay 0 de 1 comisiones de trabajo o mesas temáticas."
    made = await mixco.post(f"{at}/bodies", json={"kind": "subcommission", "name": "Mesa de juventud", "starts_on": AGO[20]})
    assert made.status_code == 201, made.text
    step = by_code(await mixco.get(path))["working-groups"]
    assert (step["state"], step["since"], [p["href"] for p in step["evidence"]]) == (
        "achieved", AGO[20], [f"/v1/bodies/{made.json()['id']}"],
    )  # fmt: skip
    declared = {"kind": "launched", "happened_on": AGO[365], "description": "As the minutes say.", "reference": "Book 3, page 9"}
    assert (await mixco.post(f"{at}/declarations", json=declared)).status_code == 201
    assert by_code(await mixco.get(path))["installation"]["state"] == "declared"
    home = (await mixco.get(f"{at}/home")).json()
    assert [s["step"] for s in home["steps"]][:2] == ["convocation", "members"]
    for told in ("health", "sector-gaps"):
        assert (await mixco.get(f"{at}/{told}")).status_code == 200, told
    await world.bring_up()
    assert (await counted(mixco, f"municipalities/{MIXCO}", framework=NINE))["working-groups"]["achieved"] == 1
    before, now = moment(), await mixco.get(at)
    changed = await mixco.patch(at, json={"framework": "icma-mvpc-8"}, headers={"If-Match": now.headers["etag"]})
    assert changed.status_code == 200, changed.text
    await world.bring_up()
    current = [r["step"] for r in await records(mixco, id) if r["replaced_at"] is None]
    assert sorted(current) == ["launch", "legalize"], "what was recorded of the other framework has ended"
    eight = await counted(mixco, f"municipalities/{MIXCO}")
    assert (eight["committees"], eight["legalize"]["achieved"], eight["launch"]["declared"]) == (1, 1, 1)
    assert (await counted(mixco, f"municipalities/{MIXCO}", framework=NINE))["committees"] == 0
    then = {"known_at": before.isoformat()}
    nine = await counted(mixco, f"municipalities/{MIXCO}", framework=NINE, **then)
    assert (nine["committees"], nine["working-groups"]["achieved"]) == (1, 1), "what it followed then is what it is counted under"
    assert (await counted(mixco, f"municipalities/{MIXCO}", **then))["committees"] == 0


async def test_sessions_with_quorum_are_its_operation(world: World) -> None:
    committee = await gathered(world)
    path, at = f"/v1/committees/{committee.id}/steps", f"/v1/committees/{committee.id}"
    now = await committee.client.get(at)
    changed = await committee.client.patch(at, json={"framework": NINE}, headers={"If-Match": now.headers["etag"]})
    assert changed.status_code == 200, changed.text
    said = by_code(await committee.client.get(path))["operation"]["unmet"][0]["missing"]
    assert said == "0 sessions had quorum in the last 12 months; 2 are asked for."
    await committee.held(*SECTORS)
    assert by_code(await committee.client.get(path))["operation"]["state"] == "in_progress"
    await committee.held(*SECTORS)
    step = by_code(await committee.client.get(path))["operation"]
    assert (step["state"], step["since"], len(step["evidence"])) == ("achieved", AGO[10], 2)


async def test_a_template_of_bylaws_for_each(region: World) -> None:
    public = await region.who()
    for framework in (await public.get("/v1/frameworks")).json():
        assert (await public.get("/v1/bylaws-templates", params={"framework": framework["code"]})).json()
