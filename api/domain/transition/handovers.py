"""Handover: of everybody who holds an office at the municipality, whether they keep it when the term of office of its authority ends."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Limits

from api.domain.access.people import Granted, GrantFields, PrincipalKind
from api.domain.errors import Conflict, Invalid, NotAllowed
from api.domain.fields import Fields
from api.domain.roles import Role
from api.domain.transition.office_terms import EndedBy, OfficeTerm
from api.domain.transition.transitions import Transition, TransitionState, allowed, stand


class Decision(StrEnum):
    """What becomes of an office."""

    KEEP = "keep"
    END = "end"


OF_THE_AUTHORITY = frozenset({Role.MUNICIPAL_COORDINATOR})
"""Offices that the authority fills: they usually end with it. A secretariat is career staff, members and readers are civil: they stay."""


class Line(BaseModel):
    """An office that somebody holds at the municipality, without their name."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    grant_id: UUID
    principal_id: UUID
    """See GET /v1/people for whose it is, where you may."""
    kind: PrincipalKind
    role: Role
    starts_on: date
    ends_on: date | None
    personal: bool
    """Whether it opens names and contacts."""
    keys: int
    """Service keys that are alive."""
    usual: Decision
    """What happens where nobody says otherwise."""
    decision: Decision


class HandoverOut(BaseModel):
    """Who keeps an office, and who does not."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    transition_id: UUID
    version: int
    """Of the transition; send it as If-Match."""
    turns_on: date
    ended_by: EndedBy | None
    proposed_at: datetime | None
    """Null while nobody said it: then the lines are as they would be."""
    approved_at: datetime | None
    lines: list[Line]


class Said(Fields):
    """What becomes of one office."""

    grant_id: UUID
    decision: Decision


class HandoverProposal(Fields):
    """The body that says who keeps an office."""

    decisions: Annotated[list[Said], Limits(max_length=1000, default_factory=list)]
    """Those that are not as usual; without any the usual is confirmed."""


def usual(role: Role, ended_by: EndedBy | None) -> Decision:
    """What becomes of an office where nobody says otherwise: who was elected again keeps their team."""
    return Decision.END if role in OF_THE_AUTHORITY and ended_by is not EndedBy.RE_ELECTION else Decision.KEEP


def lines_of(held: Sequence[dict[str, Any]], ended_by: EndedBy | None) -> list[Line]:
    """The offices that are held, each as usual."""
    return [Line(**h, usual=(normal := usual(Role(h["role"]), ended_by)), decision=normal) for h in held]


def kept(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The lines as they are kept with the transition."""
    return [line.model_dump(mode="json") for line in lines]


def _open(row: Transition) -> None:
    allowed(row, TransitionState.PREPARING, TransitionState.FROZEN, TransitionState.LAPSED, TransitionState.RERATIFIED)
    if row.approved_at is not None:
        raise Conflict("This handover was approved already.", "handover-approved")


def propose(row: Transition, lines: list[Line], body: HandoverProposal, by: tuple[UUID, datetime]) -> None:
    """Say who keeps an office; until it is approved it may be said anew. Raises Conflict where it is not the time, Invalid where an office
    is named that is none of these, or twice."""
    _open(row)
    named = {s.grant_id: s.decision for s in body.decisions}
    if len(named) < len(body.decisions) or set(named) - {line.grant_id for line in lines}:
        raise Invalid("Name offices of this handover, each once.", "unknown-reference", pointer="/decisions")
    decided = [line.model_copy(update={"decision": named.get(line.grant_id, line.decision)}) for line in lines]
    row.lines, (row.proposed_by, row.proposed_at) = kept(decided), by


def approve(row: Transition, lines: list[Line], ended_by: EndedBy | None, by: tuple[UUID, datetime]) -> None:
    """Agree, as a second person; after a re-election this is the one confirmation that it takes.

    Raises Conflict where it is not the time, nothing was proposed, or the second person is the first or holds one of the offices.
    """
    _open(row)
    if row.proposed_at is None:
        if ended_by is not EndedBy.RE_ELECTION:
            raise Conflict("Nobody has said yet who keeps an office.", "handover-not-proposed")
        row.lines = kept(lines)
    if by[0] == row.proposed_by or by[0] in {line.principal_id for line in said(row)}:
        raise Conflict(
            "It takes a second person, of the country or an association, who holds none of these offices.", "second-person-needed"
        )
    row.approved_by, row.approved_at = by


def said(row: Transition) -> list[Line]:
    """The lines as they were said."""
    return [Line.model_validate(line) for line in row.lines]


def ended(row: Transition) -> list[Line]:
    """Of the lines that were agreed to, those whose office ends."""
    return [line for line in said(row) if row.approved_at and line.decision is Decision.END]


def approving(may: bool) -> None:
    """Raises NotAllowed where the caller is neither of the country nor of an association of the municipality."""
    if not may:
        raise NotAllowed("None of your roles includes handovers:approve here; see GET /v1/me.")


Change = Callable[[Granted, Line, date, datetime], str | None]
"""What becomes of an office, by its line and the day of the transition; returns what was done, None where there was nothing to do."""


def leave(office: Granted, line: Line, turns_on: date, at: datetime) -> str | None:
    """Let an office end on the day of the transition; at once where that is past, or where it was to begin only then."""
    if office.revoked_at is not None or (office.ends_on and office.ends_on <= turns_on):
        return None
    if turns_on <= max(at.date(), office.starts_on):
        office.revoked_at = at
        return "revoke"
    office.ends_on = turns_on
    return "end"


def stay(office: Granted, line: Line, turns_on: date, at: datetime) -> str | None:
    """Let an office that was to end on the day of the transition last as long as it did before."""
    if office.revoked_at is not None or office.ends_on != turns_on:
        return None
    office.ends_on = line.ends_on
    return "restore"


def stale(row: Transition, term: OfficeTerm, how: EndedBy | None) -> bool:
    """Whether what was said of the offices holds no more, now that `term` ends as it does and `how` it ended is what was known before: it
    lasts longer, or the authority was elected again after all, or was not. After what follows was done only the last counts: an office
    that is over is given anew."""
    before, now = how is EndedBy.RE_ELECTION, term.ended_by is EndedBy.RE_ELECTION
    if (row.proposed_at is None and row.approved_at is None) or (row.turned_at is not None and not before):
        return False
    return term.ends_on > row.turns_on or before is not now


def unsay(row: Transition, today: date) -> None:
    """Let nothing be said of the offices, nor signed."""
    row.lines = []
    row.proposed_by = row.proposed_at = row.approved_by = row.approved_at = row.accepted_by = row.accepted_at = None
    stand(row, today)


UNSAID = ["lines", "proposed_by", "proposed_at", "approved_by", "approved_at", "accepted_by", "accepted_at"]
"""What of a transition says who keeps an office."""


class Ending(NamedTuple):
    """A term of office whose handover nobody signed yet."""

    turns_on: date
    said: bool
    """Whether somebody said who keeps an office."""


def givable(endings: Sequence[Ending], office: GrantFields, today: date) -> None:
    """Raises Conflict where somebody of the municipality itself would give an office that no line of its handover holds: beyond the day,
    after the lines were said, or between two teams."""
    for ending in endings:
        beyond = office.ends_on is None or office.ends_on > ending.turns_on
        if ending.turns_on <= today or (ending.said and beyond):
            raise Conflict(
                f"Who holds an office here from {ending.turns_on} on was said in the handover: until the incoming office has signed for"
                " it, the country's coordinator gives such offices.",
                "handover-open",
            )


def accept(row: Transition, ended_by: EndedBy | None, coordinates: bool, by: tuple[UUID, datetime]) -> None:
    """Sign for what is handed over. Raises Conflict where it is not the time or nobody approved it; NotAllowed where the caller does not
    coordinate the municipality, or is of the team that leaves."""
    allowed(row, TransitionState.FROZEN, TransitionState.LAPSED, TransitionState.RERATIFIED)
    if row.approved_at is None:
        raise Conflict("Nobody has approved yet who keeps an office.", "handover-not-approved")
    if row.accepted_at is not None or row.turned_at is None:
        raise Conflict("It is signed once, and after the handover file was made, which follows the end of the term.", "state-forbids")
    before = any(line.principal_id == by[0] for line in said(row))
    if not coordinates or (before and ended_by is not EndedBy.RE_ELECTION):
        raise NotAllowed("Only who coordinates the municipality now, and did not before, signs for it.", "not-incoming")
    row.accepted_by, row.accepted_at = by
    stand(row, by[1].date())
