"""Which institutions may leave, from what was entered through the API alone; what a seat does not show is told of nobody."""

from typing import Any

from tests.conftest import World
from tests.routers.committee.walk import AGO, ask, institution, term
from tests.routers.session.meetings import SECTORS, Committee, gathered
from tests.routers.session.test_agreements import agreed


async def told(committee: Committee, **said: Any) -> dict[str, Any]:
    answer = await committee.client.get(f"/v1/committees/{committee.id}/drop-off-risk", params=said, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def with_a_school(world: World) -> tuple[Committee, str]:
    """A committee whose third seat is held by somebody of a school from now on."""
    committee = await gathered(world)
    school = await institution(world, "Escuela inventada")
    held = await committee.client.get(f"/v1/terms/{committee.terms['ngo']}")
    ended = await ask(committee.client, f"/v1/terms/{committee.terms['ngo']}/void", held)
    assert ended.status_code == 200, ended.text
    made = await term(committee.client, committee.id, committee.seats["ngo"], on_behalf_of_id=school)
    assert made.status_code == 201, made.text
    return committee, school


async def test_who_stays_away_while_nothing_is_shown(world: World) -> None:
    committee, school = await with_a_school(world)
    before = await told(committee)
    assert {one["risk"] for one in before["institutions"]} == {"unknown"}
    for day in (AGO[20], AGO[10], AGO[5]):
        last = await committee.held(*SECTORS[:2], kind="extraordinary", meets_on=day, on=AGO[30])
    said = await told(committee)
    one, two = said["institutions"]
    assert (one["organisation_id"], one["risk"], one["sessions"], one["present"]) == (school, "high", 3, 0)
    assert [s["signal"] for s in one["signals"]] == ["absent-mostly", "absent-lately", "no-result"]
    assert one["signals"][0]["why"] == "It was at 0 of 3 sessions within a year."
    assert (two["organisation"], two["risk"], two["seats"], two["share"]) == ("Fundación inventada", "medium", 2, 1)
    assert (said["last_result_on"], said["not_shown"]) == (None, 0)
    made = await agreed(committee, last, due_on=AGO[1])
    await ask(committee.client, f"/v1/agreements/{made.json()['id']}/fulfil", made, fulfilled_on=AGO[1], reference="Folio 1")
    after = await told(committee)
    assert after["last_result_on"] == AGO[1]
    assert [(i["risk"], i["agreements"]["on_time"]) for i in after["institutions"]] == [("high", 0), ("low", 1)]
    past = await told(committee, as_of=AGO[10])
    assert {i["sessions"] for i in past["institutions"]} == {2}
    assert past["last_result_on"] is None


async def test_a_seat_that_does_not_show_its_institution_is_only_counted(world: World) -> None:
    committee, school = await with_a_school(world)
    for day in (AGO[20], AGO[10], AGO[5]):
        await committee.held(*SECTORS[:2], kind="extraordinary", meets_on=day, on=AGO[30])
    path = f"/v1/seats/{committee.seats['ngo']}"
    seat = await committee.client.get(path)
    await committee.client.patch(path, json={"display": "sector"}, headers={"If-Match": seat.headers["etag"]})
    said = await told(committee)
    assert school not in str(said)
    assert ([i["organisation"] for i in said["institutions"]], said["not_shown"]) == (["Fundación inventada"], 1)
