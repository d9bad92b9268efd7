"""What is to be taken in and how, from what the caller says: the same for the API and the command line."""

from dataclasses import asdict, dataclass

from api.access import House
from api.domain.indicator.imports import source_for, territory
from api.intake.keeping import Kept, Observations, Populations
from api.intake.placing import Lookup
from api.readers import Reader
from api.readers.populations import Populations as PopulationReader
from api.readers.shapes import reader_of


@dataclass(frozen=True)
class Plan:
    """One import, before its file is read."""

    kind: str
    reader_name: str
    reader: Reader
    source: str
    source_id: int
    lookup: Lookup
    kept: Kept
    dry_run: bool = False
    whole: bool = False
    """Whether all is one transaction, or chunks of at most 50,000 values."""
    accepted: bool = False
    """Whether it is kept though it is unlike what is known."""
    restate: bool = False
    """Whether its values replace those that were corrected since it came in before."""


async def _source(house: House, code: str) -> int:
    return source_for(await house.doors.reads.fetchrow("select id, code from source where code = $1", code))


@dataclass(frozen=True)
class Where:
    """Where the places of a file are looked up that it names without saying so: a scheme's codes, or names in a country or first level."""

    country: str | None = None
    admin1: str | None = None
    scheme: str | None = None

    def told(self) -> dict[str, str]:
        """What was said, by role."""
        return {role: said for role, said in (("country", self.country), ("admin1", self.admin1), ("scheme", self.scheme)) if said}


TERRITORY = """select c.id as country, (select a.id from admin1 a where a.code = upper($2) and a.country_id = c.id) as admin1
    from (select case when $1::text is null then (select a.country_id from admin1 a where a.code = upper($2))
      else app.country_of($1) end as id) c"""
"""A first level says in which country it lies."""


async def _known(house: House, where: Where, required: bool) -> None:
    if where.country or where.admin1 or required:
        units = await house.doors.reads.fetchrow(TERRITORY, where.country, where.admin1)
        territory(units["country"], units["admin1"], where.admin1)


@dataclass(frozen=True)
class How:
    """How a file is taken in."""

    dry_run: bool = False
    whole: bool = False
    accepted: bool = False
    restate: bool = False


async def observations(house: House, reader: str, source: str, where: Where, how: How) -> Plan:
    """Figures in the layout `reader`, by `source`. Raises Invalid where either, or the territory told, is not known."""
    shaped = reader_of(reader, where.told())
    await _known(house, where, required=False)
    layout = shaped.layout
    lookup = Lookup(layout.of, layout.within, layout.digits)
    found = await _source(house, source)
    return Plan("observations", reader, shaped, source, found, lookup, Observations, **asdict(how))


async def populations(house: House, year: int, source: str, where: Where, how: How) -> Plan:
    """Residents of `year`, by `source`. Raises Invalid where the source or the territory is not known."""
    found = await _source(house, source)
    await _known(house, where, required=not where.scheme)
    reader = PopulationReader(year, where.told())
    return Plan("populations", "populations", reader, source, found, Lookup(), Populations, **asdict(how))
