"""What has happened to each committee of the demonstration, in days before the loading, so that on any day every state is there to be seen.

Days are counted back: 90 is ninety days ago, -12 is in twelve days. What is missing did not happen.
"""

import json
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import Field as Limits

from api.domain.calendar import days_after
from api.domain.committee.declarations import DeclaredKind
from api.domain.committee.sectors import Group, SeatRole, Sector
from api.domain.committee.terms import Selection
from api.domain.fields import Fields, Slug, Text

FILE = Path(__file__).parents[1] / "data" / "demo" / "committees.json"


class Promise(Fields):
    """The commitment of the authority, from a day until its term of office ends."""

    on: int
    until: int
    champion: bool = True
    demand: bool = True
    pledge: bool = True


class Asked(Fields):
    """A mapping, or invitations: on a day, of so many of the sectors that the framework names."""

    on: int
    sectors: int = 7


class Launch(Fields):
    """The inauguration."""

    on: int
    present: int = 11
    purpose: bool = True


class Taught(Fields):
    """The initial course, given to the first so many members, and whether they got certificates, of which one was withdrawn."""

    on: int
    people: int = 11
    certified: bool = False


class Agreed(Fields):
    """Something agreed in a session: its last day, and the day on which it was fulfilled."""

    due: int
    fulfilled: int | None = None


class Met(Fields):
    """A session that was called in time and held with the first so many seats; whether that was quorum, the bylaws say."""

    on: int
    present: int = 9
    decided: Text | None = None
    agreed: list[Agreed] = Limits(default_factory=list)
    minutes: bool = False


class Leaving(Fields):
    """Members whom their institutions replaced on a day: the last so many who vote."""

    on: int
    seats: int


class Office(Fields):
    """A term of office of the municipality's authority, and when the next one ratified the committee."""

    starts: int
    ends: int
    ratified: int | None = None


class Story(Fields):
    """One committee."""

    unit: Text
    """The municipality, of those of 2019."""
    name: Text
    shows: Text
    """What it is there to show, in a sentence; the committee's note says it too."""
    commitment: Promise | None = None
    declared: dict[DeclaredKind, int] = Limits(default_factory=dict)
    """What was before it joined."""
    convened: int | None = None
    mapped: Asked | None = None
    invited: Asked | None = None
    accepted: int = 7
    """By how many of the sectors that were invited."""
    plenary: int | None = None
    """When the plenary was made and its seats were taken, for two years."""
    launched: Launch | None = None
    council: int | None = None
    """When the council approved the bylaws: from then on they are in force, and a committee that was launched is legalised."""
    taught: Taught | None = None
    further: int | None = None
    """When a further topic was taught."""
    sessions: list[Met] = Limits(default_factory=list)
    next_session: int | None = None
    """When it is called for next."""
    replaced: Leaving | None = None
    office: Office | None = None
    waived: dict[Slug, Text] = Limits(default_factory=dict)
    """Step -> why the country waives it."""
    repealed: int | None = None
    """When the council took its bylaws back."""
    dissolved: int | None = None


class Chair(Fields):
    """A seat of the plenary, as the template of nine votes has them, and what its holder says they are."""

    sector: Sector
    role: SeatRole = SeatRole.MEMBER
    voting: bool = True
    selection: Selection = Selection.APPOINTED
    groups: list[Group] = Limits(default_factory=list)


PLENARY = (
    Chair(sector=Sector.MUNICIPAL_ELECTED, role=SeatRole.PRESIDENT, selection=Selection.EX_OFFICIO),
    Chair(sector=Sector.EDUCATION, groups=[Group.WOMEN]),
    Chair(sector=Sector.HEALTH),
    Chair(sector=Sector.COMMUNITY_LEADER, selection=Selection.ELECTED, groups=[Group.WOMEN]),
    Chair(sector=Sector.COMMUNITY_LEADER, selection=Selection.ELECTED),
    Chair(sector=Sector.FAITH),
    Chair(sector=Sector.PRIVATE_SECTOR),
    Chair(sector=Sector.YOUTH, selection=Selection.OPEN_CALL, groups=[Group.YOUNG]),
    Chair(sector=Sector.WOMEN, selection=Selection.OPEN_CALL, groups=[Group.WOMEN]),
    Chair(sector=Sector.POLICE, role=SeatRole.ADVISER, voting=False, selection=Selection.EX_OFFICIO),
    Chair(sector=Sector.MUNICIPAL_STAFF, role=SeatRole.TECHNICAL_SECRETARY, voting=False),
)
"""Those who vote come first. The police commander of the place, the comisionado, advises by office."""
LAW = "icma-mvpc-8-plenary-9"
"""The template of bylaws that fits them."""


@lru_cache(maxsize=1)
def stories() -> tuple[Story, ...]:
    """All of them, in the order in which they are made."""
    return tuple(Story.model_validate(said) for said in json.loads(FILE.read_text(encoding="utf-8")))


def ago(today: date, days: int) -> date:
    """The day so many days before today."""
    return days_after(today, -days)
