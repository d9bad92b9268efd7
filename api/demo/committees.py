"""Invented committees in the 29 municipalities that took part in AMUPREV in 2019, at every point that a committee can be at.

They are made after the region and apart from it, each in one transaction, so that a loading that is broken off goes on with the next one.
Three people come with them, all at San Miguelito: its secretary, one of its members, and the comisionado. No source says what that last
one is. In Panama it is a rank of the National Police, whose commander sits in the committee by office and advises without a vote; who does
that reads what members read, so the account has the role `member`, and no role of its own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from api import clock
from api.access import Caller, Reading, enter, moment, writing
from api.demo import region
from api.demo.region import Making, Tell
from api.demo.stories import Story, stories
from api.demo.walk import Walk, label, made, said
from api.domain.access.people import Granted, GrantFields, OfficeUnit, new_secret, sha256
from api.domain.fields import new_id
from api.domain.levels import Level
from api.domain.levels.organisations import Classification
from api.domain.roles import Role
from api.domain.training.courses import CourseNew, TrainingLevel
from api.offices import give
from api.routers.access import people
from api.routers.levels import organisations
from api.routers.training import courses
from api.settings import Settings
from migrations.catalogues import rows_of

PEOPLE = rows_of("demo/members")
DONE = "select exists (select from principal where email = 'comisionado@demo.example' and demonstration)"
PLACE = """select m.id,
      coalesce((select s.successor_id from succession s where s.predecessor_id = m.id and s.principal), m.id) as authority,
      exists (select from committee c where c.municipality_id = m.id and c.name = $2 and c.demonstration) as there
    from municipality m where m.id = app.municipality_of($1)"""


async def fill(settings: Settings, url: str, owner_url: str, tell: Tell) -> None:
    """Make the committees that are not there yet, and let the clock see them, so that steps and alerts are written down: a second time it
    changes nothing."""
    async with region.once(settings, (url, owner_url), tell, DONE) as making:
        if making is None:
            return
        credential = await _session(making)
        taught = (*await _courses(making, credential), await _institution(making, credential))
        for number, story in enumerate(stories(), 1):
            await _committee(making, credential, taught, number, story)
            tell("committees", number, len(stories()))
        admin = await region.sign_in(making.client, "region", making.secret)
        for row in PEOPLE:
            await region.invite(making, admin, row)
        await clock.tick(making.house)
        await making.owner.execute("analyze")
        await making.owner.execute(region.LABELLED)


async def _session(making: Making) -> str:
    """The administrator of the region signs in for as long as it takes; what app.enter understands of it."""
    session, at = new_id(), moment()
    who = (await making.known("region"))["id"]
    await making.owner.execute(
        "select app.open_session($1, $2, $3, $4, $5)", session, who, sha256(new_secret()), at, at + timedelta(hours=1)
    )
    return f"s{session}"


def _acting(making: Making, credential: str) -> Reading:
    return Reading(making.house, credential, "demonstration", moment(), "en")


COURSES = {
    TrainingLevel.INITIAL: ("Demonstration: initial course", ["prevention"]),
    TrainingLevel.FOLLOW_UP: ("Demonstration: a further topic", ["police-in-prevention"]),
}


async def _courses(making: Making, credential: str) -> tuple[UUID, UUID]:
    """The initial course and a further one, of the region."""
    found = []
    for level, (title, topics) in COURSES.items():
        id = await making.owner.fetchval("select id from course where title = $1 and country_id = 0", title)
        if id is None:
            async with writing(_acting(making, credential)) as caller:
                body = said(CourseNew, title=title, level=level, topics=topics, hours=8, owner=OfficeUnit(level=Level.REGION))
                id = made(await courses.add_course(body, caller))
        found.append(UUID(str(id)))
    return found[0], found[1]


INSTITUTION = "Demonstration: institute of training"


async def _institution(making: Making, credential: str) -> UUID:
    """Whose name stands on certificates: nobody's."""
    id = await making.owner.fetchval("select id from organisation where name = $1 and demonstration", INSTITUTION)
    if id is None:
        async with writing(_acting(making, credential)) as caller:
            label(caller)
            body = said(organisations.OrganisationNew, name=INSTITUTION, classification=Classification.ACADEMIA)
            id = made(await organisations.add_organisation(body, caller))
    return UUID(str(id))


async def _committee(making: Making, credential: str, taught: tuple[UUID, UUID, UUID], number: int, story: Story) -> None:
    place = await making.owner.fetchrow(PLACE, story.unit, story.name)
    if place["there"]:
        return
    async with writing(_acting(making, credential)) as caller, _lent(caller, credential, place["authority"]):
        await Walk(caller, story, number, taught, place["authority"]).whole()


@asynccontextmanager
async def _lent(caller: Caller, credential: str, municipality: int) -> AsyncIterator[None]:
    """Inside the block the administrator is the coordinator of a municipality too, which opens names; nobody outside ever sees it so."""
    office = GrantFields(
        role=Role.MUNICIPAL_COORDINATOR, level=Level.MUNICIPALITY, unit=str(municipality), starts_on=caller.at.date(), personal=True
    )
    lent: Granted = await give(caller, caller.principal, office)
    await enter(caller, credential)
    yield
    await people.revoke_grant(lent.id, caller, lent.version)
