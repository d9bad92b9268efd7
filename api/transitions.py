"""What follows when a term of office ends, and how it is read: done by the clock on its day, so that nobody has to remember it."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from api import db, pages
from api.access import Caller, House, for_the_house, one_by_one
from api.committees import HERE, LASTS, by_state, worded
from api.db.freezes import OPEN
from api.domain.committee.commitments import Commitment
from api.domain.committee.terms import Selection, Term
from api.domain.transition.office_terms import EndedBy
from api.domain.transition.transitions import (
    ALLOWED,
    PREPARE_DAYS,
    REASONS,
    RERATIFY_DAYS,
    Custodian,
    Handover,
    Transition,
    TransitionOut,
    TransitionState,
    lapses,
    leaves,
    stand,
    turn,
    unratify,
)
from api.dossiers import make
from api.handovers import carry_out
from api.pages import Listing


class TransitionQuery(pages.Query):
    """How transitions are listed."""

    state: TransitionState | None = None
    office_term: UUID | None = None
    """Only the one that follows this term of office."""


READY = f"(t.proposed_at is not null or o.ended_by = '{EndedBy.RE_ELECTION}')"
"""Whether there is something to agree to: after a re-election nothing has to be proposed."""
WAITS_FOR = f"""case when t.state = '{TransitionState.SCHEDULED}' or not {OPEN} then null
    when t.approved_at is not null then '{Handover.SIGNATURE}' when {READY} then '{Handover.APPROVAL}' else '{Handover.PROPOSAL}' end"""
LEFT = f"""array(select a from unnest({by_state("t.state", ALLOWED)}) a where case a when 'propose' then t.approved_at is null
    when 'approve' then t.approved_at is null and {READY}
    when 'accept' then t.approved_at is not null and t.accepted_at is null and t.turned_at is not null
    when 'reratify' then t.turns_on <= {{at}}::date else true end)"""
"""What may be done as far as nobody did it and its day has come."""
TRANSITIONS = Listing(
    "transitions",
    TransitionOut,
    "transition t join municipality m on m.id = t.municipality_id join office_term o on o.id = t.office_term_id",
    HERE,
    (("t.turns_on", "date"), ("t.id", "uuid")),
    TransitionQuery,
    {"state": "t.state = {value}", "office_term": "t.office_term_id = {value}"},
    {
        "municipality": "m.name",
        "election_on": "o.election_on",
        "ended_by": "o.ended_by",
        "state_reason": worded("t.state", REASONS),
        "prepares_on": f"t.turns_on - {PREPARE_DAYS}",
        "reratify_by": f"t.turns_on + {RERATIFY_DAYS}",
        "handover_waits_for": WAITS_FOR,
        "custodian": f"case when t.turns_on <= {{at}}::date and {OPEN} then '{Custodian.COUNTRY}' else '{Custodian.MUNICIPALITY}' end",
        "allowed_actions": LEFT,
    },
)


DUE = "select id from transition where due_on <= :day order by due_on, id limit 500"
MOVED = ["state", "due_on"]


async def turn_due(house: House) -> int:
    """Bring every transition whose day has come to where it stands. Returns how many."""
    return await one_by_one(house, DUE, _turn)


async def at_once(caller: Caller, row: Transition) -> None:
    """Do what follows now where the day has come already when the end of a term is recorded: nobody waits for the clock."""
    if row.turned_at is None and row.turns_on <= caller.at.date():
        async with for_the_house(caller):
            await _turn(caller, row.id)


async def _turn(caller: Caller, id: UUID) -> None:
    """Looked at again under its lock: another process may have been here between."""
    row = await db.fetch(caller, Transition, id, "true")
    today = caller.at.date()
    if row.due_on is None or row.due_on > today:
        return
    if row.turned_at is None and row.turns_on <= today:
        await _end_with_the_office(caller, row)
        await carry_out(caller, row)
        turn(row, caller.at)
        await db.keep(caller, row, "turn", fields=["turned_at", "frozen_on", *MOVED])
        await make(caller, row)
    else:
        stand(row, today)
        await db.keep(caller, row, "turn", fields=MOVED)


async def _end_with_the_office(caller: Caller, row: Transition) -> None:
    """Seats that are held ex officio and commitments of the authority end with the office; civil seats stay (X1).

    Those of committees that lie at a municipality which it succeeded end as well: they are its own to write.
    """
    places = (await db.run(caller.session, "select app.written_with(:place)", place=row.municipality_id)).scalar()
    seats: Any = select(Term).where(col(Term.municipality_id).in_(places), Term.selection == Selection.EX_OFFICIO).order_by(col(Term.id))
    for term in (await caller.session.exec(seats)).all():
        if leaves(term, row.turns_on):
            await db.keep(caller, term, "end", fields=["ends_on", "end_reason"])
    promised = select(Commitment).where(col(Commitment.municipality_id).in_(places)).order_by(col(Commitment.id))
    for commitment in (await caller.session.exec(promised)).all():
        if lapses(commitment, row.turns_on):
            await db.keep(caller, commitment, "end", fields=["ends_on"])


RENEWED = f"""select t.id from commitment t where t.municipality_id = any(app.written_with(:place))
    and t.voided_at is null and t.committed_on >= :turns and coalesce({LASTS} > t.committed_on, true)
    and not exists (select from transition n where n.municipality_id = :place and n.turns_on > :turns and n.turns_on <= t.committed_on)
    order by t.committed_on, t.id"""
REST = ["reratified_on", "reratified_by", "commitment_id", "state", "due_on"]
"""What of a transition says that it was ratified again."""


async def renewed(caller: Caller, row: Transition) -> list[UUID]:
    """The commitments of the authority that came, the first of them first; not those of the one that left, nor of a later one."""
    found = await db.run(caller.session, RENEWED, place=row.municipality_id, turns=row.turns_on)
    return list(found.scalars().all())


async def still_rest(caller: Caller, commitment: UUID) -> None:
    """Take back every ratification that rests on a commitment which is none of the new authority any more."""
    resting: Any = select(Transition.id).where(Transition.commitment_id == commitment).order_by(Transition.id)  # type: ignore[arg-type]
    for id in (await caller.session.exec(resting)).all():
        row = await db.fetch(caller, Transition, id, "true")
        if commitment not in await renewed(caller, row):
            unratify(row, caller.at.date())
            await db.keep(caller, row, "unratify", fields=REST)
