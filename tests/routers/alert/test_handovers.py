"""What a change of government leaves undone is told to whoever sees the committee, the association too, without anybody having asked."""

from tests.conftest import World
from tests.routers.alert.test_alerts import alerts
from tests.routers.committee.test_commitments import committed
from tests.routers.committee.walk import ask, founded
from tests.routers.transition.test_handovers import as_who, invited, proposed
from tests.routers.transition.test_office_terms import RENEWED, in_office, on, tick

COMING = "entrante@x.example"
RULES = ("handover-unsigned", "not-ratified")


async def told(world: World, day: str) -> list[str]:
    """What of it is open on a day, for the association."""
    with on(world, day):
        await tick(world)
        found = await alerts(await world.who("anam"), "associations/2/")
        assert all(alert["noun"] == "transition" for alert in found if alert["rule"] in RULES)
        return [alert["rule"] for alert in found if alert["rule"] in RULES]


async def test_a_handover_alerts_until_it_is_agreed_and_signed_and_a_committee_until_it_is_ratified(world: World) -> None:
    with on(world, "2027-12-01"):
        await in_office(world)
        committee = (await founded(world)).json()["id"]
    assert await told(world, "2027-12-15") == []
    assert await told(world, "2027-12-16") == ["handover-unsigned"], "thirty days before nobody has agreed"
    with on(world, "2027-12-17"):
        path, said = await proposed(world)
        assert (await ask(await world.who("gt"), f"{path}/handover/approve", said)).status_code == 200
        await invited(world, "municipal_coordinator", COMING, starts_on="2028-01-15", personal=True)
    assert await told(world, "2027-12-18") == [], "there is nothing to do before the day"
    assert await told(world, "2028-01-15") == ["handover-unsigned"]
    with on(world, "2028-01-16"):
        gt, incoming = await world.who("gt"), await as_who(world, COMING)
        found = (await gt.get(path)).json()
        assert (found["handover_waits_for"], found["custodian"]) == ("signature", "country")
        assert (await ask(incoming, f"{path}/accept", await incoming.get(path))).status_code == 200
    assert await told(world, "2028-01-17") == []
    assert await told(world, "2028-03-15") == ["not-ratified"], "thirty days before it lapses"
    with on(world, "2028-03-16"):
        gt = await world.who("gt")
        assert (await committed(gt, committee, **RENEWED)).status_code == 201
        act = {"reratified_on": "2028-03-16", "reference": "Acuerdo 3-2028"}
        assert (await ask(gt, f"{path}/reratify", await gt.get(path), **act)).status_code == 200
    assert await told(world, "2028-03-17") == []


async def test_a_handover_that_nobody_agrees_to_ends_nothing_and_says_so(world: World) -> None:
    """Nobody's office ends without the second person that it takes; the country answers for the records until somebody signs."""
    with on(world, "2027-12-01"):
        await in_office(world)
        await founded(world)
    for day in ("2028-01-15", "2028-04-14", "2028-12-31"):
        assert "handover-unsigned" in await told(world, day), day
        with on(world, day):
            mixco = await world.who("mixco")
            [found] = (await mixco.get("/v1/municipalities/gt-ine:0108/transitions")).json()["items"]
            assert (found["handover_waits_for"], found["custodian"]) == ("proposal", "country"), day
            assert "propose" in found["allowed_actions"]
