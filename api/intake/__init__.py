"""Takes a file in: spooled to disk while it arrives, read, COPYed into temporary tables, checked and written by set, in chunks.

It is spooled first because a slow line must not hold a transaction open: an open import holds back everyone's change feed. What repeats
the same statement changes nothing, so a broken-off import is finished by sending the file again.
"""

from collections.abc import Callable

import asyncpg

from api.access import Reading
from api.domain.indicator.imports import Report
from api.intake import keeping, reporting, staging, weighing
from api.intake.plans import Plan
from api.intake.upload import Intake, Upload

Tell = Callable[[str, int, int], None]


def _silent(what: str, done: int, of: int) -> None:
    """Nobody asked how far it is."""


async def take(reading: Reading, plan: Plan, upload: Upload, tell: Tell = _silent) -> Intake:
    """Take `upload` in. Raises Invalid where it has not the reader's layout, NotKnown where the token ends meanwhile."""
    assert reading.credential is not None
    intake = Intake(reading.house, reading.credential, reading.request_id, reading.at, plan.kind, plan.dry_run, plan.whole, plan.source_id)
    intake.accepted = plan.accepted
    async with reading.house.doors.imports.acquire() as connection:
        tell("reading", 0, 1)
        chunks = await staging.stage(connection, intake, plan.reader, upload, plan.lookup)
        tell("reading", 1, 1)
        report = await _report(connection, intake, plan, upload)
        await reporting.begin(connection, intake, upload, (plan.reader_name, plan.source), report)
        for chunk in range(0 if intake.holds(report) else chunks):
            await keeping.keep_chunk(connection, intake, plan.kept, chunk)
            tell("keeping", chunk + 1, chunks)
        await reporting.end(connection, intake, report)
        await staging.clear(connection)
    return intake


async def _report(connection: asyncpg.Connection, intake: Intake, plan: Plan, upload: Upload) -> Report:
    """What will come of every row, and what of it is unlike what is known."""
    report = await reporting.reported(connection, intake, plan.reader.tally)
    async with connection.transaction():
        await intake.enter(connection)
        if not plan.restate:
            intake.before = await reporting.before(connection, intake, upload, (plan.reader_name, plan.source))
        # What was corrected since this very file came in stays; of any other file it is asked whether it brings back what was corrected.
        known = not plan.restate and intake.before is None
        return report.model_copy(update={"warnings": await weighing.weighed(connection, intake.source_id, plan.kept, known)})
