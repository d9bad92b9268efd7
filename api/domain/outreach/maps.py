"""Maps of stakeholders (step 2): a draft until finished, and from then on what was found on that day. A later one begins as a copy."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from api.domain.calendar import months_after, not_to_come
from api.domain.committee.committees import Committee
from api.domain.committee.sectors import Sector
from api.domain.errors import Conflict
from api.domain.fields import Fields, Key, Row, one_of
from api.domain.steps.frameworks import followed

VALID_MONTHS = 24
"""For how long a map counts where the committee's framework says nothing of it; DOMAIN §5.1(b), a default of ours."""
MOST = 300
"""Stakeholders of one map."""


class MapState(StrEnum):
    """How far a map has come."""

    DRAFT = "draft"
    DONE = "done"
    """Finished on a day; it does not change any more."""


class StakeholderMapDefinition(Fields):
    """What may be said anew of a map that is not finished."""

    document_id: UUID | None = None
    """The map as a file, where there is one."""


class StakeholderMapFields(StakeholderMapDefinition):
    """A map of stakeholders."""

    copied_from_id: UUID | None = Field(default=None, foreign_key="stakeholder_map.id")
    """An earlier map of the committee: its stakeholders are copied, and with the personal scope their stances and links."""


class StakeholderMap(StakeholderMapFields, Row, table=True):
    """The row."""

    __tablename__ = "stakeholder_map"

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    state: MapState = one_of(MapState, default=MapState.DRAFT)
    done_on: date | None = None
    valid_until: date | None = None
    demonstration: bool = False


class StakeholderMapOut(StakeholderMapFields, Row):
    """A map as it is read."""

    committee_id: UUID
    municipality_id: int
    state: MapState
    done_on: date | None
    valid_until: date | None
    """First day it does not count any more; what the committee's framework sets for it."""
    fresh: bool
    """Whether it is finished and counts today."""
    stakeholders: int
    sectors: list[Sector]
    """Those of which somebody stands on it."""
    demonstration: bool
    allowed_actions: list[str]


class Finish(Fields):
    """The body that finishes a map."""

    done_on: date
    """The day of the mapping; not one to come."""


ALLOWED = {MapState.DRAFT: ["change", "finish", "remove"], MapState.DONE: []}


def allowed(map: StakeholderMap, action: str) -> None:
    """Raises Conflict where the map is finished: another one, made as its copy, says what changed since."""
    if action not in ALLOWED[map.state]:
        raise Conflict("This map is finished; begin another one with `copied_from_id`.", "map-finished", choices=ALLOWED[map.state])


def months_valid(framework: str) -> int:
    """For how many months a map counts in a framework."""
    months = followed(framework).set_to("mapping-fresh").get("months", VALID_MONTHS)
    assert isinstance(months, int)
    return months


def finish(map: StakeholderMap, committee: Committee, on: date, today: date, stakeholders: int) -> None:
    """Say on which day the mapping was done. Raises Conflict where it was said or nobody stands on the map, Invalid on a day to come."""
    allowed(map, "finish")
    not_to_come(on, today, "/done_on")
    if stakeholders == 0:
        raise Conflict("Nobody stands on this map yet.", "map-empty")
    map.state, map.done_on, map.valid_until = MapState.DONE, on, months_after(on, months_valid(committee.framework))


def room(stakeholders: int) -> None:
    """Raises Conflict where a map would hold more than can be read."""
    if stakeholders > MOST:
        raise Conflict(f"A map holds {MOST} stakeholders.", "map-full")
