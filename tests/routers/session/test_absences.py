"""Absences without excuse: told in the composition where they cost the seat by the bylaws, and never acted upon."""

from datetime import timedelta

from tests.conftest import World
from tests.routers.committee.walk import TODAY
from tests.routers.session.meetings import gathered


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


OTHERS = ("municipal_elected", "community_leader")


async def test_as_many_absences_as_cost_the_seat_are_told(world: World) -> None:
    committee = await gathered(world, absence_limit={"consecutive": 2, "in_a_year": 3})
    path = f"/v1/committees/{committee.id}/composition"

    async def told() -> list[tuple[str, int, int]]:
        answer = await committee.client.get(path)
        assert answer.json()["shortfalls"] == [], "they never block"
        return [(a["pointer"], a["absences"], a["limit"]) for a in answer.json()["absences"]]

    for days, ngo in ((16, "absent"), (14, "excused"), (12, "absent")):
        await committee.held(*OTHERS, others={"ngo": ngo}, meets_on=ago(days), on=ago(20), kind="extraordinary")
    assert await told() == []
    await committee.held(*OTHERS, meets_on=ago(10), on=ago(20), kind="extraordinary")
    assert await told() == [("/absence_limit/consecutive", 2, 2), ("/absence_limit/in_a_year", 3, 3)]
    said = (await committee.client.get(path, headers={"Accept-Language": "es"})).json()["absences"][0]
    assert (said["seat_id"], said["sector"]) == (committee.seats["ngo"], "ngo")
    assert said["detail"] == "Ausente sin excusa de las últimas 2 sesiones; 2 hacen perder el puesto según el reglamento."
    before = (await committee.client.get(path, params={"as_of": ago(11)})).json()
    assert before["absences"] == [], "as of a day before"
    await committee.held(*OTHERS, others={"ngo": "represented"}, meets_on=ago(8), on=ago(20), kind="extraordinary")
    assert await told() == [("/absence_limit/in_a_year", 3, 3)], "an alternate who came breaks the row"
