"""What is to be taken in and how, from what the caller says: the same for the API and the command line."""

from dataclasses import dataclass

from api.access import House
from api.domain.indicator.imports import source_for, territory
from api.intake.keeping import Kept, Observations, Populations
from api.intake.staging import Places, by_code, by_name
from api.readers import Reader, reader_of
from api.readers.populations import Populations as PopulationReader


@dataclass(frozen=True)
class Plan:
    """One import, before its file is read."""

    kind: str
    reader_name: str
    reader: Reader
    source: str
    source_id: int
    places: Places
    kept: Kept
    dry_run: bool = False
    whole: bool = False
    """Whether all is one transaction, or chunks of at most 50,000 values."""


async def _source(house: House, code: str) -> int:
    return source_for(await house.doors.reads.fetchrow("select id, code from source where code = $1", code))


async def observations(house: House, reader: str, source: str, *, dry_run: bool, whole: bool = False) -> Plan:
    """Counts in the layout `reader`, by `source`. Raises Invalid where either is not known."""
    layout = reader_of(reader)
    return Plan("observations", reader, layout, source, await _source(house, source), by_code(layout.scheme), Observations, dry_run, whole)


@dataclass(frozen=True)
class Where:
    """Where the places of a table of residents are looked up: by a scheme's codes, or by name in one first level."""

    country: str | None = None
    admin1: str | None = None
    scheme: str | None = None


TERRITORY = (
    "select app.country_of($1) as country, (select id from admin1 where code = upper($2) and country_id = app.country_of($1)) as admin1"
)


async def populations(house: House, year: int, source: str, where: Where, *, dry_run: bool) -> Plan:
    """Residents of `year`, by `source`. Raises Invalid where the source or the territory is not known."""
    found = await _source(house, source)
    units = await house.doors.reads.fetchrow(TERRITORY, where.country, where.admin1)
    places = by_code(where.scheme) if where.scheme else by_name(*territory(units["country"], units["admin1"], where.admin1))
    return Plan("populations", "populations", PopulationReader(year, where.scheme or ""), source, found, places, Populations, dry_run)
