"""Committees at the size of the region: a page of them with the seats that are held, how many stand where, and one at a glance."""

from functools import partial

import asyncpg

from api import clock, pages
from api.answers import steps
from api.domain.levels import Level
from api.routers.committee.committees import COMMITTEES, CommitteeQuery
from api.routers.session.home import GLANCE
from tests.benchmarks.bench import Bench
from tests.benchmarks.meter import Cost, least
from tests.benchmarks.reads import PAGE, View, listed
from tests.benchmarks.reads import measured as beside_bare
from tests.benchmarks.region import Size
from tests.benchmarks.table import Bound, Row

HOME, STEPS = 3.0, 2.0
"""How many times the CPU of their bare statement home and the count of steps may cost."""
IDLE_S, DUE_S, BUSY_S, QUARTER_S = 0.1, 1.0, 4.0, 20.0
"""How much CPU a turn of the clock may take with nothing to do, and with one committee of a hundred to judge: four transactions that a
writer may have to wait for, less than a second each though every step of every one is to be written down anew. Four times a year
it counts in the new quarter how all of them stand."""
SEATS = 12
FRAMEWORK = "icma-mvpc-8"
SOWN = (
    f"""insert into committee (id, country_id, municipality_id, name, framework, state, reason, legalised_on, created_at)
    select uuidv7(), country_id, id, 'Committee of ' || name, '{FRAMEWORK}', 'legalised', 'no-session-yet', '2025-03-01', '2025-01-01'
    from (select m.* from municipality m join country c on c.id = m.country_id and c.tenant order by m.id limit $1::int) m""",
    """insert into body (id, country_id, municipality_id, committee_id, kind, name, starts_on)
    select uuidv7(), country_id, municipality_id, id, 'plenary', 'Plenary', '2025-01-01' from committee""",
    f"""insert into seat (id, country_id, municipality_id, committee_id, body_id, sector, role, voting, display, starts_on)
    select uuidv7(), country_id, municipality_id, committee_id, id, 'ngo', 'member', true, 'institution', '2025-01-01'
    from body, generate_series(1, {SEATS} + 1)""",
    f"""insert into term (id, country_id, municipality_id, committee_id, body_id, seat_id, on_behalf_of_id, selection, starts_on)
    select uuidv7(), s.country_id, s.municipality_id, s.committee_id, s.body_id, s.id, o.id, 'elected', '2025-02-01'
    from (select *, row_number() over (partition by committee_id order by id) as n from seat) s,
      (select id from organisation order by id limit 1) o where n <= {SEATS}""",
    f"""insert into step_record (id, country_id, municipality_id, committee_id, framework, step, number, state, since)
    select uuidv7(), country_id, municipality_id, t.id, '{FRAMEWORK}', s.step, s.n,
      (array['achieved', 'in_progress', 'lapsed', 'declared'])[1 + (t.municipality_id + s.n) % 4], date '2025-03-01' + s.n::int * 20
    from committee t, unnest($1::text[]) with ordinality s (step, n)""",
    """insert into council_instrument (id, country_id, municipality_id, committee_id, kind, purpose, number, council_date, state)
    select uuidv7(), country_id, municipality_id, id, 'agreement', 'bylaws', '1', '2025-03-01', 'approved' from committee""",
    """insert into bylaws (id, country_id, municipality_id, committee_id, number, rules, state, instrument_id, in_force_from)
    select uuidv7(), country_id, municipality_id, committee_id, 1, '{}', 'approved', id, council_date from council_instrument""",
    "insert into step_due (committee_id, due_on) select id, '9999-12-31' from committee",
)
"""Committees, each with a plenary of thirteen seats, of which one is vacant, a record of each of its eight steps, and bylaws; judged
already, or the clock of the application would judge them all while something else is measured."""
DUE = """update step_due set due_on = current_date
    where committee_id in (select id from committee order by name_key, id offset $1::int limit $2::int)"""


async def sown(owner: asyncpg.Connection, size: Size) -> None:
    """One committee in each of `size.committees` municipalities."""
    codes = [step.code for step in steps.followed(FRAMEWORK).steps]
    committee, *others = SOWN
    async with owner.transaction():
        # As in the region: references that are known to be right are not checked one by one.
        await owner.execute("set local session_replication_role = replica")
        await owner.execute(committee, size.committees)
        for statement in others:
            await owner.execute(statement, *([codes] if "$1" in statement else []))
    for table in ("committee", "body", "seat", "term", "step_record", "council_instrument", "bylaws", "step_due"):
        await owner.execute(f"vacuum analyze {table}")


async def measured(bench: Bench, size: Size, times: int) -> tuple[list[Row], list[Bound]]:
    """The page, the count and the glance, each beside its own bare statement; and what the clock takes for a turn."""
    await sown(bench.owner, size)
    await bench.enter("region")
    pages_of = listed(bench, View("50 committees, seats held", "region", "/v1/committees"), COMMITTEES, CommitteeQuery())
    assert {(c["seats"], c["filled"]) for c in (await bench.ask("region", "/v1/committees")).json()["items"]} == {(SEATS + 1, SEATS)}
    assert pages_of.aim == PAGE
    rows = [*await beside_bare(bench, pages_of, times), await _steps(bench, times), await _home(bench, times)]
    return rows, await _ticks(bench, size)


async def _ticks(bench: Bench, size: Size) -> list[Bound]:
    """A turn of the clock when a quarter has begun; with nothing to do; with so many committees to judge, all of whose steps stand
    otherwise than was recorded; and with the same once more, which stand as was recorded."""
    house, due = bench.applications.house, max(1, size.committees // 100)
    assert house is not None
    await bench.owner.execute("update clock_mark set day = null where what = 'quarters'")
    with bench.meter.measured() as measured:
        await clock.tick(house)
    found = [_took(f"{size.committees:,} committees, a quarter has begun", QUARTER_S, measured[0])]
    for what, aim, share in (("nothing due", IDLE_S, 0), (f"{due} due, each step otherwise", BUSY_S, due), (f"{due} due", DUE_S, due)):
        took = []
        for n in range(3):
            await bench.owner.execute(DUE, n * share, share)
            with bench.meter.measured() as measured:
                await clock.tick(house)
            took.append(measured[0])
        found.append(_took(f"{size.committees:,} committees, {what}", aim, least(took)))
    return found


def _took(what: str, aim: float, cost: Cost) -> Bound:
    value = f"CPU {cost.cpu_s:.3g} s, {cost.wall_s:.3g} s by the clock"
    return Bound(f"the clock's turn, {what}", value, f"<= {aim} s", cost.cpu_s <= aim)


async def _steps(bench: Bench, times: int) -> Row:
    reading = bench.reading("region")
    day = reading.at.date()
    known = pages.known_of(reading) | {"unit": "", "framework": FRAMEWORK, "instant": reading.at, "day": day, "quarter": day.replace(day=1)}
    statement = steps.statement(Level.REGION, False)
    answer = (await bench.ask("region", "/v1/region/steps")).json()
    assert answer["committees"] == sum(answer["steps"][0][state] for state in ("achieved", "in_progress", "lapsed", "declared"))
    bare = bench.statement(bench.owner, statement, statement.values(known), entered=False)
    costs = await bench.compared([partial(bench.ask, "region", "/v1/region/steps"), bare], times)
    return Row(f"steps of {answer['committees']:,} committees, region", costs[0], costs[1], "the bare statement", STEPS)


async def _home(bench: Bench, times: int) -> Row:
    id = await bench.owner.fetchval("select id from committee order by name_key, id offset 10 limit 1")
    path, known = f"/v1/committees/{id}/home", pages.known_of(bench.reading("region")) | {"ids": [id]}
    bare = bench.statement(bench.owner, GLANCE, GLANCE.values(known), entered=False)
    assert (await bench.ask("region", path)).json()["municipality"]
    costs = await bench.compared([partial(bench.ask, "region", path), bare], times)
    return Row("home of one committee", costs[0], costs[1], "the bare statement", HOME)
