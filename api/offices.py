"""Offices: who manages the records of access, where an office is, and giving one."""

from uuid import UUID

from api import db
from api.access import Caller, for_the_house
from api.db.freezes import OPEN
from api.domain.access.people import Granted, GrantFields, OfficeUnit, Principal
from api.domain.access.units import Place
from api.domain.fields import found, known
from api.domain.levels import Level
from api.domain.roles import Action, Role, Target, may_give
from api.domain.transition.handovers import Ending, givable
from api.levels import Shape

MANAGED = f"({Shape(organisation='t.organisation_id').seen('write')} or (select app.write_region()))"


class Managed(Shape):
    """Records of access: one's own, and those of the units where one writes."""

    def seen(self, mode: str = "read") -> str:
        return f"({self.own} = (select app.principal()) or {MANAGED})" if self.own else MANAGED


PLACES = {
    Level.REGION: "select 0, 0, 0, null::uuid",
    Level.COUNTRY: "select id, 0, 0, null::uuid from country where id = app.country_of(:unit)",
    Level.MUNICIPALITY: "select country_id, id, 0, null::uuid from municipality where id = app.municipality_of(:unit)",
    Level.ASSOCIATION: "select country_id, 0, id, organisation_id from association where id = app.association_of(:unit)",
    Level.PROGRAMME: "select 0, 0, 0, id from programme where id = app.programme_of(:unit)",
}


async def place_of(caller: Caller, unit: OfficeUnit, pointer: str = "/unit") -> Place:
    """Where a unit is that a body names. Raises Invalid where it is not known."""
    values = {} if unit.level is Level.REGION else {"unit": unit.unit}
    row = (await db.run(caller.session, PLACES[unit.level], **values)).first()
    known(row and 1, pointer)
    assert row is not None
    return Place(*row)


async def municipality_of(caller: Caller, unit: str, action: Action) -> Place:
    """The municipality that an address names. Raises NotFound where there is none, NotAllowed unless a role held now may do `action`."""
    return await _unit_of(caller, Level.MUNICIPALITY, unit, action)


async def country_of(caller: Caller, unit: str, action: Action) -> Place:
    """The country that an address names. Raises the same."""
    return await _unit_of(caller, Level.COUNTRY, unit, action)


async def _unit_of(caller: Caller, level: Level, unit: str, action: Action) -> Place:
    row = (await db.run(caller.session, PLACES[level], unit=unit)).first()
    found(row)
    assert row is not None
    place = Place(*row)
    caller.require(action, place.target())
    return place


PERSONAL = f"select 1 from municipality t where t.id = :id and {Shape(municipality='t.id').seen('personal')}"


async def opened(caller: Caller, municipality: int) -> bool:
    """Whether the caller has the personal scope at a municipality."""
    return (await db.run(caller.session, PERSONAL, id=municipality)).first() is not None


HELD = "select role, country_id, municipality_id, association_id, organisation_id from app.offices_of(:who, :day)"


async def require_managing(caller: Caller, person: Principal) -> None:
    """Raises NotAllowed unless the caller manages the unit of `person` and may give every office that `person` has or will have.

    Who resets a password or makes a key could use it: without the second half a municipality would reach the offices that one of its
    people holds elsewhere.
    """
    caller.require(Action.MANAGE_PEOPLE, Place.of(person).target())
    for office in await db.run(caller.session, HELD, who=person.id, day=caller.at.date()):
        caller.require_giving(Role(office.role), Place.of(office).target())


ENDINGS = f"""select t.turns_on, t.proposed_at is not null or t.approved_at is not null from transition t
    where t.municipality_id = any(app.with_successors(:place)) and {OPEN} order by t.turns_on"""


async def give(caller: Caller, who: UUID, body: GrantFields) -> Granted:
    """Keep an office of `who`. Raises NotAllowed where no role of the caller gives it there, Conflict where it is one of the municipality
    itself and a handover is on its way that does not hold it."""
    place = await place_of(caller, body)
    caller.require_giving(body.role, place.target())
    if place.municipality_id and not may_give(caller.held, body.role, Target(place.country_id)):
        async with for_the_house(caller):
            endings = await db.run(caller.session, ENDINGS, place=place.municipality_id)
        givable([Ending(*ending) for ending in endings], body, caller.at.date())
    said = body.model_dump(include={"role", "level", "starts_on", "ends_on", "personal"})
    row = Granted.model_validate(
        said | place.located() | {"principal_id": who, "association_id": place.association_id, "granted_by": caller.principal}
    )
    await db.keep(caller, row, "grant")
    return row
