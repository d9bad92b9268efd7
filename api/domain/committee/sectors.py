"""Where a seat comes from: the sectors of society (DOMAIN §8.6), the roles in a body, and the groups whose presence bylaws may ask for."""

from enum import StrEnum


class Sector(StrEnum):
    """A sector of society or of the state."""

    MUNICIPAL_ELECTED = "municipal_elected"
    MUNICIPAL_STAFF = "municipal_staff"
    NATIONAL_GOVERNMENT = "national_government"
    POLICE = "police"
    JUSTICE = "justice"
    HEALTH = "health"
    EDUCATION = "education"
    PRIVATE_SECTOR = "private_sector"
    NGO = "ngo"
    FAITH = "faith"
    COMMUNITY_LEADER = "community_leader"
    YOUTH = "youth"
    WOMEN = "women"
    INDIGENOUS = "indigenous"
    ACADEMIA = "academia"
    MEDIA = "media"
    ASSOCIATION = "association"
    OTHER = "other"


STATE = frozenset(
    {
        *(Sector.MUNICIPAL_ELECTED, Sector.MUNICIPAL_STAFF, Sector.NATIONAL_GOVERNMENT),
        *(Sector.POLICE, Sector.JUSTICE, Sector.HEALTH, Sector.EDUCATION),
    }
)
"""Sectors of government. Schools and hospitals are counted here: in the region they are mostly the state's."""
CIVIL = frozenset(Sector) - STATE - {Sector.OTHER}
"""Social, business and academic sectors, of which GOPI-Prevención (item 4) asks for more than 51 % of the voting members."""


def above_51(civil: int, voting: int) -> bool:
    """Whether `civil` of `voting` members are more than 51 %; of none nothing can be said against."""
    return voting == 0 or 100 * civil > 51 * voting


class SeatRole(StrEnum):
    """What the holder of a seat is in its body."""

    PRESIDENT = "president"
    VICE_PRESIDENT = "vice_president"
    EXECUTIVE_SECRETARY = "executive_secretary"
    TECHNICAL_SECRETARY = "technical_secretary"
    TREASURER = "treasurer"
    MEMBER = "member"
    SUBCOMMISSION_COORDINATOR = "subcommission_coordinator"
    ADVISER = "adviser"
    """Speaks and does not vote."""
    TECHNICAL_LIAISON = "technical_liaison"
    POLITICAL_LIAISON = "political_liaison"


class Group(StrEnum):
    """Whom bylaws may ask for a least number of; known only of members who said so themselves."""

    WOMEN = "women"
    MEN = "men"
    YOUNG = "young"
    """15 to 29 years."""
    OLDER = "older"
    """60 years and more."""
    INDIGENOUS = "indigenous"
    AFRODESCENDANT = "afrodescendant"
    DISABILITY = "disability"
    """People with a disability."""
