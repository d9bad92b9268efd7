"""The benchmark runs: every answer it times is right, and every measurement it promises is in its tables. Nothing here is about time."""

from rich.console import Console

from api.embedded import EmbeddedPostgres
from tests.benchmarks.region import TINY
from tests.benchmarks.running import Wanted, run


async def test_every_measurement_is_made_and_told(postgres: EmbeddedPostgres) -> None:
    console = Console(width=200, record=True, quiet=True)
    found = await run(postgres, Wanted(TINY, times=1, plans=True), console)
    told = [row.what.strip() for row in found.rows]
    for what in ("one municipality by id", "50 municipalities", "50 observations, country, half way", "60 months, country"):
        assert what in told
    assert {"50 committees, seats held", "home of one committee"} <= set(told)
    assert told.count("its row security") == 10
    assert [t.rpartition(": ")[2] for t in told if " values: " in t] == ["imported", "the same file again", "every value restated"]
    for what in ("steps of", "4 imports of", "table of a country's municipalities", "series of a country's months"):
        assert any(t.startswith(what) for t in told)
    assert len(found.bounds) == 9
    assert len(found.plans) == 10
    assert all(row.door.cpu_s > 0 and row.base.cpu_s > 0 for row in found.rows)
