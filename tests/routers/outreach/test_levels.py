"""What committees have been promised, whom they know and whom they invite is listed at every level, and read one by one."""

import pytest

from tests.conftest import World
from tests.routers.committee.test_commitments import committed
from tests.routers.committee.walk import AGO, MIXCO, founded
from tests.routers.outreach.test_invitations import sent
from tests.routers.outreach.test_maps import begun, mapped

LEVELS = ("region", "programmes/citylinks", "countries/GT", "associations/2", f"municipalities/{MIXCO}")
NOUNS = ("commitments", "stakeholder-maps", "stakeholders", "seat-invitations", "open-calls")
CALL = {"title": "Organizaciones juveniles", "sectors": ["youth"], "seats": 2, "opens_on": AGO[10], "closes_on": "2100-01-01"}


@pytest.mark.parametrize("noun", NOUNS)
async def test_the_same_list_at_five_levels_and_each_by_itself(shared_world: World, noun: str) -> None:
    mixco, id = await shared_world.who("mixco"), (await founded(shared_world)).json()["id"]
    map = (await begun(mixco, id)).json()["id"]
    made = {
        "commitments": await committed(mixco, id, champion_office="Youth office"),
        "stakeholder-maps": await mixco.patch(f"/v1/stakeholder-maps/{map}", json={"document_id": None}, headers={"If-Match": '"1"'}),
        "stakeholders": await mapped(mixco, map, "faith", populations=["youth"]),
        "seat-invitations": await sent(mixco, id),
        "open-calls": await mixco.post(f"/v1/committees/{id}/open-calls", json=CALL),
    }[noun]
    assert made.is_success, made.text
    one = await mixco.get(f"/v1/{noun}/{made.json()['id']}")
    assert (one.status_code, one.json()["id"]) == (200, made.json()["id"])
    for path in (noun, *(f"{level}/{noun}" for level in LEVELS)):
        answer = await mixco.get(f"/v1/{path}", params={"committee": id, "count": "exact"})
        assert (answer.json()["items"], answer.json()["count"]) == ([one.json()], 1), path
        lines = await mixco.get(f"/v1/{path}", params={"committee": id, "format": "csv"})
        assert len(lines.text.splitlines()) == 2, path
    stranger = await shared_world.who("sonsonate")
    assert (await stranger.get(f"/v1/{noun}", params={"committee": id})).json()["items"] == []
    assert (await stranger.get(f"/v1/{noun}/{made.json()['id']}")).status_code == 404
