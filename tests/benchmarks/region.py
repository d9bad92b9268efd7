"""A region of the size the design was made for, generated inside PostgreSQL, and three people with real offices in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import asyncpg

from api import db, founding
from api.domain.access.people import Granted, Principal, PrincipalKind
from api.domain.indicator.figures import DENOMINATORS, RECOMPUTE
from api.domain.levels import Level
from api.domain.roles import Role
from api.embedded import EmbeddedPostgres
from migrations.apply import migrate

Say = Callable[[str], None]
MEXICO, EL_SALVADOR, GUATEMALA, COMURES = 484, 222, 320, 1


@dataclass(frozen=True)
class Size:
    """How much there is. The defaults are the issue's."""

    name: str = "full"
    municipalities: int = 20_000
    mexican: int = 4_196
    """Of these in Mexico, of which an import speaks."""
    months: int = 125
    """Months of two indicators every municipality has from 2015 on: 5,000,000 observations."""
    import_years: int = 10
    """Years before 2015 that the import brings for every Mexican municipality and both indicators."""
    import_rows: int = 83_334
    export_months: int = 36
    members: int = 260
    committees: int = 20_000
    """Of thirteen seats each, twelve of them held: 240,000 members."""


FULL = Size()
SMALL = Size("small", 6_000, 2_598, 24, 2, 8_334, 6)
TINY = Size("tiny", 0, 0, 3, 1, 300, 2, 40, 60)

PLACES = """insert into municipality (id, country_id, name, kind, status, external_ids)
    select c.id * 10000 + 5000 + n, c.id, 'Benchmark ' || n, 'municipality', 'current',
           case when c.id = 484 then jsonb_build_object('mx-inegi', (50000 + n)::text) else '{}' end
    from (select id, case when id = 484 then $2::int else ($1::int - $2::int) / (select count(*) - 1 from country where tenant) end
                     - (select count(*) from municipality m where m.country_id = country.id) as missing from country where tenant) c,
         generate_series(1, c.missing) n"""
CODES = """insert into external_id (noun, scheme, value, thing, country_id, municipality_id)
    select 'municipality', 'mx-inegi', m.external_ids ->> 'mx-inegi', m.id::text, m.country_id, m.id from municipality m
    where m.country_id = 484 and m.id % 10000 > 5000"""
OBSERVATIONS = """insert into observation (territory_id, indicator_id, source_id, period_on, frequency, dims, country_id, value,
      status, row_numbers)
    select m.id, i, case when m.country_id = 484 then 1 else 3 end, p::date, 'M', '', m.country_id,
      (m.id * 7 + i * 3 + extract(doy from p)::int) % 9, 'A', array[m.id % 90000]
    from generate_series(date '2015-01-01', date '2015-01-01' + make_interval(months => $1::int - 1), '1 month') p, municipality m
      join country c on c.id = m.country_id and c.tenant, generate_series(1, 2) i order by p, m.id"""
DENOMINATED = f"""insert into denominator (territory_id, from_year, to_year, country_id, value, population_year, source_id)
    {DENOMINATORS.format(rows="population")}"""
FIGURES = f"""insert into figure (territory_id, indicator_id, source_id, year, country_id, total, months, by_month, by_quarter)
    {RECOMPUTE.format(rows="observation")}"""
RESIDENTS = """insert into population (territory_id, year, source_id, country_id, value)
    select id, y, 2, country_id, 5000 + id % 90000 from municipality, unnest(array[2010, 2015, 2020]) y"""
MEMBERS = """insert into affiliation (id, country_id, municipality_id, association_id, organisation_id, starts_on, state, proposed_by,
      decided_by)
    select gen_random_uuid(), m.country_id, m.id, a.id, a.organisation_id, '2020-01-01', 'confirmed', 'association', 'municipality'
    from (select * from municipality where country_id = 222 and status = 'current' order by id desc limit $1::int) m, association a
    where a.id = 1"""


async def fill(server: EmbeddedPostgres, database: str, size: Size, say: Say) -> None:
    """Make `database` and everything in it, but for what is measured."""
    say(f"filling {database}: {size.municipalities:,} municipalities")
    server.prepare(database)
    await migrate(server.dsn(database, "owner"), lambda what, done, of: None)
    await founding.sign_keys(server.dsn(database, "api"))
    async with db.connected(server.dsn(database, "superuser")) as connection:
        # Checking ten million references that are known to be right would take longer than everything else.
        await connection.execute("set session_replication_role = replica")
        await connection.execute(PLACES, size.municipalities, size.mexican)
        await connection.execute(CODES)
        await connection.execute(MEMBERS, size.members)
        say("observations")
        await connection.execute(OBSERVATIONS, size.months)
        say("summaries and residents")
        await connection.execute(FIGURES)
        await connection.execute(RESIDENTS)
        await connection.execute(DENOMINATED)
    await _people(server.dsn(database, "owner"))
    async with db.connected(server.dsn(database, "superuser")) as connection:
        await connection.execute("select app.keep_scopes(null, now())")
        say("vacuum analyze")
        await connection.execute("vacuum analyze")
        await connection.execute("checkpoint")


OFFICES = {
    "region": {"role": Role.REGION_ADMIN, "level": Level.REGION},
    "country": {"role": Role.COUNTRY_COORDINATOR, "level": Level.COUNTRY, "country_id": MEXICO},
    "municipality": {
        "role": Role.MUNICIPAL_COORDINATOR,
        "level": Level.MUNICIPALITY,
        "country_id": MEXICO,
        "municipality_id": MEXICO * 10_000 + 1,
    },
    "association": {
        "role": Role.ASSOCIATION_OFFICER,
        "level": Level.ASSOCIATION,
        "country_id": EL_SALVADOR,
        "association_id": COMURES,
    },
}
"""Who asks, and the office they hold."""


async def _people(url: str) -> None:
    async with db.connected(url) as owner:
        organisation = await owner.fetchval("select organisation_id from association where id = $1", COMURES)
    async with founding.founder(url) as writer:
        for name, office in OFFICES.items():
            person = Principal(kind=PrincipalKind.PERSON, email=f"{name}@bench.example", display_name=name)
            await db.keep(writer, person, "create", fields=["email", "display_name"])
            where = {"organisation_id": organisation} if name == "association" else {}
            # Nobody signs in with it; a token is only given to somebody who could.
            await db.run(writer.session, "select app.set_password(:who, '!', :at)", who=person.id, at=writer.at)
            await db.keep(writer, Granted(principal_id=person.id, starts_on=date(2020, 1, 1), **office, **where), "grant")


async def counted(connection: asyncpg.Connection) -> str:
    """What there is, in words."""
    places = await connection.fetchval("select count(*) from municipality")
    values = await connection.fetchval("select count(*) from observation")
    size = await connection.fetchval("select pg_size_pretty(pg_database_size(current_database()))")
    return f"{places:,} municipalities, {values:,} observations, {size}"
