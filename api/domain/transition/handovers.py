"""Handover: of everybody who holds an office at the municipality, whether they keep it when the term of office of its authority ends."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Limits

from api.domain.access.people import Granted, PrincipalKind
from api.domain.errors import Conflict, Invalid, NotAllowed
from api.domain.fields import Fields
from api.domain.roles import Role
from api.domain.transition.office_terms import EndedBy
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


def propose(row: Transition, lines: list[Line], said: HandoverProposal, by: tuple[UUID, datetime]) -> None:
    """Say who keeps an office; until it is approved it may be said anew. Raises Conflict where it is not the time, Invalid where an office
    is named that is none of these, or twice."""
    _open(row)
    named = {s.grant_id: s.decision for s in said.decisions}
    if len(named) < len(said.decisions) or set(named) - {line.grant_id for line in lines}:
        raise Invalid("Name offices of this handover, each once.", "unknown-reference", pointer="/decisions")
    decided = [line.model_copy(update={"decision": named.get(line.grant_id, line.decision)}) for line in lines]
    row.lines, (row.proposed_by, row.proposed_at) = kept(decided), by


def approve(row: Transition, lines: list[Line], ended_by: EndedBy | None, by: tuple[UUID, datetime]) -> list[Line]:
    """Agree, as a second person; after a re-election this is the one confirmation that it takes. Returns the lines that end.

    Raises Conflict where it is not the time, nothing was proposed, or the second person is the first or holds one of the offices.
    """
    _open(row)
    if row.proposed_at is None:
        if ended_by is not EndedBy.RE_ELECTION:
            raise Conflict("Nobody has said yet who keeps an office.", "handover-not-proposed")
        row.lines = kept(lines)
    decided = [Line.model_validate(line) for line in row.lines]
    if by[0] == row.proposed_by or by[0] in {line.principal_id for line in decided}:
        raise Conflict(
            "It takes a second person, of the country or an association, who holds none of these offices.", "second-person-needed"
        )
    row.approved_by, row.approved_at = by
    return [line for line in decided if line.decision is Decision.END]


def approving(may: bool) -> None:
    """Raises NotAllowed where the caller is neither of the country nor of an association of the municipality."""
    if not may:
        raise NotAllowed("None of your roles includes handovers:approve here; see GET /v1/me.")


def leave(office: Granted, turns_on: date, at: datetime) -> str | None:
    """Let an office end on the day of the transition, or at once where that is past. Returns what was done; None where it is over."""
    if office.revoked_at is not None or (office.ends_on and office.ends_on <= turns_on):
        return None
    if turns_on <= at.date():
        office.revoked_at = at
        return "revoke"
    office.ends_on = turns_on
    return "end"


def accept(row: Transition, ended_by: EndedBy | None, coordinates: bool, by: tuple[UUID, datetime]) -> None:
    """Sign for what is handed over. Raises Conflict where it is not the time or nobody approved it; NotAllowed where the caller does not
    coordinate the municipality, or is of the team that leaves."""
    allowed(row, TransitionState.FROZEN, TransitionState.LAPSED, TransitionState.RERATIFIED)
    if row.approved_at is None:
        raise Conflict("Nobody has approved yet who keeps an office.", "handover-not-approved")
    if row.accepted_at is not None or by[1].date() < row.turns_on:
        raise Conflict("It is signed once, and after the term of office is over.", "state-forbids")
    before = any(UUID(line["principal_id"]) == by[0] for line in row.lines)
    if not coordinates or (before and ended_by is not EndedBy.RE_ELECTION):
        raise NotAllowed("Only who coordinates the municipality now, and did not before, signs for it.", "not-incoming")
    row.accepted_by, row.accepted_at = by
    stand(row, by[1].date())
