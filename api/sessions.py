"""A session as the pages of its room need it: how it is read, found by who may write it, and the bylaws of its day."""

from datetime import date
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Response
from pydantic import Field

from api import db, pages
from api.access import Caller
from api.committees import HERE, OF_COMMITTEE, SHOWN, OfCommittee, by_state, bylaws_on, with_own
from api.domain.committee.committees import Committee
from api.domain.committee.rules import Rules
from api.domain.fields import Row
from api.domain.session.sessions import ALLOWED, Law, Session, SessionKind, SessionOut, SessionState, allowed
from api.pages import Listing


class SessionQuery(OfCommittee):
    """How sessions are listed."""

    kind: SessionKind | None = None
    state: SessionState | None = None
    body: UUID | None = None
    """Only those of this body."""
    from_: Annotated[date | None, Field(alias="from")] = None
    """Only sessions on or after this day."""
    to: date | None = None
    """Only sessions on or before this day."""


WHOLE = HERE.over("a", "personal")
INSTITUTION, SECTOR, PERSON = (f"({said} or {WHOLE})" for said in (SHOWN, "s.display <> 'none'", "s.display = 'person'"))
"""What seat `s` shows of its holder in row `a`, which is everything for the personal scope: where one was, how one voted."""


def actions(of: str) -> str:
    """What may be done with session `of`: what its state allows in general, without what this session cannot. A purpose is an
    inauguration's, a decision needs quorum."""
    met = f"coalesce(({of}.quorum ->> 'met')::boolean, false)"
    return f"""(select coalesce(array_agg(a order by n), '{{{{}}}}')
      from unnest({by_state(f"{of}.state", ALLOWED)}) with ordinality x (a, n)
      where (a <> 'state_purpose' or {of}.kind = 'inauguration') and (a <> 'decide' or {met})
        and (a <> 'second_call' or {of}.quorum ->> 'second_call_after' is not null))"""


SESSIONS = Listing(
    "sessions",
    SessionOut,
    "committee_session t join committee c on c.id = t.committee_id join body b on b.id = t.body_id"
    " left join minutes m on m.municipality_id = t.municipality_id and m.session_id = t.id",
    HERE,
    (("t.meets_on", "date"), ("t.id", "uuid")),
    SessionQuery,
    OF_COMMITTEE
    | {"kind": "t.kind = {value}", "state": "t.state = {value}", "body": "t.body_id = {value}"}
    | {"from_": "t.meets_on >= {value}", "to": "t.meets_on <= {value}"},
    {
        "committee": "c.name",
        "body": "b.name",
        "explanation": "t.quorum -> 'words' ->> {language}::text",
        "minutes_id": "m.id",
        "allowed_actions": actions("t"),
    },
    descending=True,
)


async def of_session(caller: Caller, id: UUID) -> tuple[Session, Committee]:
    """The session and its committee, for whoever changes them next to wait for.

    Raises NotFound, NotAllowed, and Conflict where the committee is dissolved.
    """
    return await with_own(caller, Session, id)


Under = TypeVar("Under", bound=Row)


async def under_session(caller: Caller, model: type[Under], id: UUID) -> tuple[Under, Session, Committee]:
    """Something of a session, with the session and the committee; locked in this order, so that nobody waits in a ring."""
    row = await db.fetch(caller, model, id, "true")  # A key keeps it where its session lies, and that is looked for as far as is seen.
    return row, *(await of_session(caller, row.session_id))  # type: ignore[attr-defined]


def within(session: Session) -> dict[str, Any]:
    """The columns that place what belongs to a session."""
    return {"session_id": session.id, **{name: getattr(session, name) for name in ("committee_id", "country_id", "municipality_id")}}


async def moving(caller: Caller, id: UUID, action: str, if_match: int | None) -> tuple[Session, Committee]:
    """The same for what its state must allow. That is said first: of two who hold one session, the second is told that it was held."""
    row, committee = await of_session(caller, id)
    allowed(row, action)
    await pages.unchanged(caller, SESSIONS, id, row.version, if_match)
    return row, committee


async def kept(caller: Caller, row: Session, action: str, *fields: str) -> Response:
    """Write the session and answer with it."""
    await db.keep(caller, row, action, fields=fields)
    return await written(caller, row)


async def written(caller: Caller, row: Session, status: int = 200) -> Response:
    """The session as it now is."""
    return await pages.written(caller, SESSIONS, row.id, f"/v1/sessions/{row.id}", status=status)


async def law_on(caller: Caller, committee: UUID, day: date) -> Law | None:
    """The bylaws in force on a day, as sessions need them."""
    row = await bylaws_on(caller, committee, day)
    return Law(row.id, row.number, Rules.model_validate(row.rules)) if row else None
