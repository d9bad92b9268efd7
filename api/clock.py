"""What changes because time passes: one task per process, under an advisory lock so that only one process does the work.

Rights never wait for it: the scope kept with the grants carries the day on which it ends, and past it is computed at each asking.
"""

import asyncio
from datetime import timedelta

import structlog

from api import chronicle, db, filing, outreach, transitions
from api.access import House, moment, reload_keys

log = structlog.get_logger()
EVERY_S = 30.0
SWEEP_EVERY, SWEEP_AFTER = timedelta(hours=1), timedelta(hours=12)
"""How often the store of documents is looked through, and how long ago what nothing names must have been put to be dropped."""
KEY_DAYS = 30


async def run(house: House) -> None:
    """Tick for ever. A failed tick is logged and tried again: the database may be restarting."""
    swept_at = moment()
    while True:
        try:
            await tick(house)
            if moment() - swept_at > SWEEP_EVERY:
                swept_at = moment()
                await filing.sweep(house, swept_at - SWEEP_AFTER)
        except Exception as error:
            log.warning("clock", kind=type(error).__name__)
        await asyncio.sleep(EVERY_S)


async def tick(house: House) -> int:
    """One round: keep scopes that are missing or past their day, drop old idempotency keys, reload the keys, and let what has come due come
    to pass. Returns the scopes kept."""
    await reload_keys(house)
    kept = await _keep(house)
    await transitions.turn_due(house)
    await outreach.expire_due(house)
    await chronicle.bring_up(house)
    return kept


async def _keep(house: House) -> int:
    async with db.transaction(house.doors.writes) as session:
        if not (await db.run(session, "select pg_try_advisory_xact_lock(7221, 2)")).scalar():
            return 0
        at = moment()
        await db.run(session, "select app.forget_keys(:before)", before=at - timedelta(days=KEY_DAYS))
        return int((await db.run(session, "select app.keep_scopes(null, :at)", at=at)).scalar())
