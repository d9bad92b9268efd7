"""What registers said before they were changed: with it an answer as known at an instant stays the same, whatever is put right later."""

from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

_PLACES = ("country", "admin1", "municipality", "succession")
_TIES = ("organisation", "association", "affiliation", "participation")
REMEMBERED = frozenset((*_PLACES, *_TIES, "indicator", "source"))
"""What figures are made with besides figures."""
SHARED = frozenset({"affiliation", "participation"})
"""Who belongs to whom is recorded for all countries: an association that somebody left has nothing in that country any more."""
REMEMBER = """insert into register_revision (noun, thing, revision, country_id, municipality_id, organisation_id, is_public, principal_id,
      was, recording_id)
    select :noun, :thing, coalesce(t.version, 0), :c, :m, :o, :public, :who, to_jsonb(t), :recording
    from (select 1) one left join {noun} t on t.id = :id and not :fresh"""


async def remember(session: AsyncSession, said: dict[str, Any], fresh: bool) -> None:
    """Keep the record as it stands; of a fresh one that there was nothing. Its instant is recorded when the transaction ends."""
    info = session.info
    if "recording" not in info:
        info["recording"] = int((await _run(session, "select nextval('recording_number')")).scalar())
    info.setdefault("recorded", set()).update({said["c"], 0} if said["noun"] in SHARED else {said["c"]})
    await _run(session, REMEMBER.format(noun=said["noun"]), **said, fresh=fresh, recording=info["recording"])


async def stamp(session: AsyncSession) -> None:
    """Last of all in a transaction: whoever records next waits for its end, so that instants rise in the order of the commits."""
    for country in sorted(session.info.get("recorded", ())):
        await _run(session, "select app.record(:number, :country)", number=session.info["recording"], country=country)


async def _run(session: AsyncSession, statement: str, **values: Any) -> Any:
    return await session.exec(text(statement), params=values)  # type: ignore[call-overload]
