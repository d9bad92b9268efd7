"""Imports from the command line: the same plan, the same doors and the same checks as over HTTP, with somebody's rights."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from api import db, founding
from api.access import House, Reading, moment
from api.app import create_app
from api.domain.access.people import new_secret, sha256
from api.domain.fields import new_id
from api.intake import Tell, take
from api.intake.plans import Plan
from api.intake.upload import opened
from api.settings import Settings

Planned = tuple[Path, Callable[[House], Awaitable[Plan]]]
SOMEBODY = """select p.id from principal p left join granted g on g.principal_id = p.id and g.role = 'region_admin' and g.revoked_at is null
    where p.active and case when $1::text is null then g.id is not null else p.email = lower($1) end order by p.id limit 1"""


async def take_in(settings: Settings, urls: tuple[str, str], person: str | None, planned: Planned, tell: Tell) -> str:
    """Take a file in with the rights of `person`, or of the first administrator; `urls` are the API's and the owner's. Returns the report
    as JSON.

    Raises founding.Unknown where there is no such person, and what an upload would raise.
    """
    url, owner_url = urls
    session, at = new_id(), moment()
    async with db.connected(owner_url) as owner:
        who = await owner.fetchval(SOMEBODY, person)
        if who is None:
            raise founding.Unknown("There is no such person, or no administrator yet: amuprev user add --admin EMAIL.")
        await owner.execute("select app.open_session($1, $2, $3, $4, $5)", session, who, sha256(new_secret()), at, at + timedelta(days=1))
        _, applications = create_app(settings, url)
        async with applications.open() as house:
            file, plan = planned
            intake = await take(Reading(house, f"s{session}", "command-line", at, "en"), await plan(house), opened(file), tell)
        return str(await owner.fetchval("select report::text from import where id = $1", intake.id))
