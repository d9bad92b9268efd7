"""A calendar at an address of one's own: sessions without names, until it is revoked or its owner may not read them any more."""

from icalendar import Calendar

from tests.conftest import World
from tests.routers.committee.walk import AGO, ask
from tests.routers.session.meetings import SECTORS, gathered
from tests.routers.session.test_sessions import code


async def test_a_telephone_reads_sessions_until_the_address_is_revoked(world: World) -> None:
    committee = await gathered(world)
    mixco, public = committee.client, await world.who()
    empty = await mixco.post(f"/v1/committees/{committee.id}/calendar-feeds", json={})
    assert len(Calendar.from_ical((await public.get(empty.json()["link"])).content).walk("VEVENT")) == 0
    session = await committee.held(*SECTORS, meets_at="17:30", place="Casa comunal", note="Canaria Kinkajú", agenda=[{"title": "Kinkajú"}])
    dropped = await committee.planned(meets_on=AGO[5])
    await ask(mixco, f"/v1/sessions/{dropped.json()['id']}/cancel", dropped, because="x")
    made = await mixco.post(f"/v1/committees/{committee.id}/calendar-feeds", json={"language": "es"})
    assert (made.status_code, made.json()["own"], made.json()["language"]) == (201, True, "es"), made.text
    link = made.json()["link"]
    answer = await public.get(link)
    assert answer.headers["content-type"].startswith("text/calendar")
    events = {str(e["uid"]): e for e in Calendar.from_ical(answer.content).walk("VEVENT")}
    first, second = events[f"{session.json()['id']}@amuprev"], events[f"{dropped.json()['id']}@amuprev"]
    assert (str(first["summary"]), str(first["location"]), str(first["status"])) == ("Sesión ordinaria: Pleno", "Casa comunal", "CONFIRMED")
    assert (first["dtstart"].dt.isoformat(), first["dtend"].dt.isoformat()) == (f"{AGO[10]}T17:30:00", f"{AGO[10]}T19:30:00")
    assert (second["dtstart"].dt.isoformat(), str(second["status"])) == (AGO[5], "CANCELLED")
    assert "Kinkaj" not in answer.text, "neither notes nor agenda leave this way"
    assert (await public.get(link, headers={"If-None-Match": answer.headers["etag"]})).status_code == 304
    wrong = await public.get(link.replace(".ics", "x.ics"))
    assert wrong.status_code == 404
    assert (await public.get("/v1/calendars/none.ics")).status_code == 422
    read = await mixco.get(f"/v1/calendar-feeds/{made.json()['id']}")
    assert "link" not in read.json()
    revoked = await ask(mixco, f"/v1/calendar-feeds/{made.json()['id']}/revoke", made)
    assert revoked.json()["revoked_at"] is not None
    gone = await public.get(link)
    assert (gone.status_code, gone.json() | {"request_id": ""}) == (404, wrong.json() | {"request_id": ""})
    assert code(await ask(mixco, f"/v1/calendar-feeds/{made.json()['id']}/revoke", revoked)) == (409, "calendar-revoked")
    async with world.owner() as owner:
        told = "select count(*) from change where noun = 'calendar_feed' and (body ? 'secret_sha256' or body ? 'principal_id')"
        assert await owner.fetchval(told) == 0


async def test_an_address_is_good_while_its_owner_reads_the_committee(world: World) -> None:
    committee = await gathered(world)
    public, reader = await world.who(), await world.who("gt")
    assert (await (await world.who("sv")).post(f"/v1/committees/{committee.id}/calendar-feeds", json={})).status_code == 404
    made = await reader.post(f"/v1/committees/{committee.id}/calendar-feeds", json={})
    assert (await public.get(made.json()["link"])).status_code == 200
    listed = (await committee.client.get("/v1/calendar-feeds", params={"committee": committee.id})).json()["items"]
    assert [(f["id"], f["own"]) for f in listed] == [(made.json()["id"], False)], "who writes there sees that it is there, and may end it"
    async with world.owner() as owner:
        who = "select principal_id from calendar_feed where id = $1"
        await owner.execute(f"update granted set revoked_at = now() where principal_id = ({who})", made.json()["id"])
        await owner.execute("delete from scope")
    assert (await public.get(made.json()["link"])).status_code == 404
