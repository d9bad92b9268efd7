"""A committee at a glance: short enough for a telephone on a slow line, and true."""

from datetime import timedelta

from tests.conftest import World
from tests.routers.committee.walk import AGO, TODAY
from tests.routers.session.meetings import SECTORS, gathered
from tests.routers.session.test_agreements import agreed
from tests.routers.session.test_minutes import drafted

MOST = 15_000
"""Bytes."""


async def test_everything_that_is_needed_first_in_one_short_answer(world: World) -> None:
    committee = await gathered(world)
    mixco, path = committee.client, f"/v1/committees/{committee.id}/home"
    bare = (await mixco.get(path)).json()
    assert (len(bare["steps"]), bare["next_session"], bare["overdue"], bare["without_minutes"]) == (8, None, 0, 0)
    session = await committee.held(*SECTORS, meets_on=AGO[20], on=AGO[30])
    for days in range(8):
        said = {"text": f"{days} " + "ñ" * 3000, "due_on": (TODAY - timedelta(days=9 - days)).isoformat()}
        assert (await agreed(committee, session, **said)).status_code == 201
    await agreed(committee, session)
    forgotten = await committee.called(meets_on=AGO[5])
    later = [await committee.planned(meets_on=(TODAY + timedelta(days=d)).isoformat(), place="ñ" * 300) for d in (30, 7)]
    await world.bring_up()
    answer = await mixco.get(path, headers={"Accept-Language": "es"})
    found = answer.json()
    assert len(answer.content) <= MOST
    assert (found["next_session"]["id"], found["overdue"], found["open_agreements"]) == (later[1].json()["id"], 8, 1)
    assert [a["text"][:2] for a in found["overdue_agreements"]] == ["0 ", "1 ", "2 ", "3 ", "4 "], "those overdue longest"
    assert (found["open_alerts"], [a["rule"] for a in found["alerts"]]) == (8, ["agreement-overdue"] * 5)
    assert found["alerts"][0]["why"].startswith("Lo acordado no se ha cumplido")
    assert [s["id"] for s in found["to_be_held"]] == [forgotten.json()["id"]]
    for short, whole in ((found["to_be_held"][0], forgotten), (found["next_session"], later[1])):
        assert short["allowed_actions"] == (await mixco.get(f"/v1/sessions/{whole.json()['id']}")).json()["allowed_actions"] != []
    assert (found["without_minutes"], found["next_action"]["step"]) == (1, "support")
    assert (await drafted(committee, session)).status_code == 201
    again = await mixco.get(path, headers={"Accept-Language": "es", "If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b""), "a draft changes nothing here"
    shown = (await mixco.get(f"/v1/committees/{committee.id}")).json()
    assert (found["state"], bare["allowed_actions"]) == (shown["state"], shown["allowed_actions"])
    reader = await (await world.who("anam")).get(path)
    nothing = [said["allowed_actions"] for said in (reader.json(), reader.json()["next_session"])]
    assert nothing == [[], []], "who does not write there may do nothing"
    steps = (await mixco.get(f"/v1/committees/{committee.id}/steps")).json()["steps"]
    assert [(s["step"], s["state"]) for s in found["steps"]] == [(s["step"], s["state"]) for s in steps]
    assert (await (await world.who("sv")).get(path)).status_code == 404
