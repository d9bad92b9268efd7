"""What follows when a term of office ends, and how it is read: done by the clock on its day, so that nobody has to remember it."""

from uuid import UUID

from sqlmodel import select

from api import db, pages
from api.access import Caller, House, one_by_one
from api.committees import HERE, by_state, worded
from api.domain.committee.commitments import Commitment
from api.domain.committee.terms import Selection, Term
from api.domain.transition.transitions import (
    ALLOWED,
    PREPARE_DAYS,
    REASONS,
    RERATIFY_DAYS,
    Custodian,
    State,
    Transition,
    TransitionOut,
    lapses,
    leaves,
    stand,
    turn,
)
from api.dossiers import make
from api.handovers import close
from api.pages import Listing


class TransitionQuery(pages.Query):
    """How transitions are listed."""

    state: State | None = None
    office_term: UUID | None = None
    """Only the one that follows this term of office."""


BETWEEN = f"t.state = '{State.FROZEN}' and t.turns_on <= {{at}}::date"
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
        "custodian": f"case when {BETWEEN} then '{Custodian.COUNTRY}' else '{Custodian.MUNICIPALITY}' end",
        "allowed_actions": by_state("t.state", ALLOWED),
    },
)


DUE = "select id from transition where due_on <= :day order by due_on, id limit 500"
MOVED = ["state", "due_on"]


async def turn_due(house: House) -> int:
    """Bring every transition whose day has come to where it stands. Returns how many."""
    return await one_by_one(house, DUE, _turn)


async def _turn(caller: Caller, id: UUID) -> None:
    """Looked at again under its lock: another process may have been here between."""
    row = await db.fetch(caller, Transition, id, "true")
    today = caller.at.date()
    if row.due_on is None or row.due_on > today:
        return
    if row.turned_at is None and row.turns_on <= today:
        await _end_with_the_office(caller, row)
        await close(caller, row)
        turn(row, caller.at)
        await db.keep(caller, row, "turn", fields=["turned_at", "frozen_on", *MOVED])
        await make(caller, row)
    else:
        stand(row, today)
        await db.keep(caller, row, "turn", fields=MOVED)


async def _end_with_the_office(caller: Caller, row: Transition) -> None:
    """Seats that are held ex officio and commitments of the authority end with the office; civil seats stay (X1)."""
    seats = select(Term).where(Term.municipality_id == row.municipality_id, Term.selection == Selection.EX_OFFICIO).order_by(Term.id)  # type: ignore[arg-type]
    for term in (await caller.session.exec(seats)).all():
        if leaves(term, row.turns_on):
            await db.keep(caller, term, "end", fields=["ends_on", "end_reason"])
    promised = select(Commitment).where(Commitment.municipality_id == row.municipality_id).order_by(Commitment.id)  # type: ignore[arg-type]
    for commitment in (await caller.session.exec(promised)).all():
        if lapses(commitment, row.turns_on):
            await db.keep(caller, commitment, "end", fields=["ends_on"])
