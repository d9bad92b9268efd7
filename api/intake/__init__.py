"""Takes a file in: spooled to disk while it arrives, read, COPYed into temporary tables, checked and written by set, in chunks.

It is spooled first because a slow line must not hold a transaction open: an open import holds back everyone's change feed. What repeats the same
statement changes nothing, so a broken-off import is finished by sending the file again.
"""

from dataclasses import dataclass

from api.access import Reading
from api.intake import keeping, reporting, staging
from api.intake.keeping import Kept
from api.intake.staging import Places
from api.intake.upload import Intake, Upload
from api.readers import Reader


@dataclass(frozen=True)
class Plan:
    """What is to be taken in, and how."""

    kind: str
    reader_name: str
    source: str
    source_id: int
    places: Places
    kept: Kept
    dry_run: bool = False
    whole: bool = False
    """Whether all is one transaction, or chunks of at most 50,000 values."""


async def take(reading: Reading, plan: Plan, reader: Reader, upload: Upload) -> Intake:
    """Take `upload` in. Raises Invalid where it has not the reader's layout, NotKnown where the token ends meanwhile."""
    assert reading.credential is not None
    intake = Intake(reading.house, reading.credential, reading.request_id, reading.at, plan.kind, plan.dry_run, plan.whole, plan.source_id)
    async with reading.house.doors.imports.acquire() as connection:
        chunks = await staging.stage(connection, intake, reader, upload, plan.places)
        await reporting.begin(connection, intake, upload, (plan.reader_name, plan.source), await reporting.reported(connection, intake, reader.tally))
        for chunk in range(chunks):
            await keeping.keep_chunk(connection, intake, plan.kept, chunk)
        await reporting.end(connection, intake, await reporting.reported(connection, intake, reader.tally))
        await staging.clear(connection)
    return intake
