"""Transitions: what follows when a term of office ends, from the day its end is known until the committee is ratified again or not."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from api.domain.calendar import days_after
from api.domain.committee.commitments import Commitment
from api.domain.committee.terms import EndReason, Selection, Term
from api.domain.errors import Conflict, Invalid
from api.domain.fields import Fields, Key, Row, Text, one_of
from api.domain.transition.office_terms import EndedBy, OfficeTerm

PREPARE_DAYS = 180
"""How long before the end of a term its transition is prepared (DOMAIN §5.6)."""
RERATIFY_DAYS = 90
"""How long the new authority has to stand behind the committee again (DOMAIN X4; the number is ours)."""


class TransitionState(StrEnum):
    """How far a transition has come."""

    SCHEDULED = "scheduled"
    PREPARING = "preparing"
    FROZEN = "frozen"
    """What is there is kept in a file; nothing that it holds is taken away until it is handed over."""
    HANDED_OVER = "handed_over"
    """The incoming office signed."""
    RERATIFIED = "reratified"
    LAPSED = "lapsed"
    """The new authority did not stand behind the committee in time."""


IN_TRANSITION = (TransitionState.FROZEN, TransitionState.HANDED_OVER)
"""States in which a municipality's committees are in transition."""


class Handover(StrEnum):
    """What a handover waits for."""

    PROPOSAL = "proposal"
    """That somebody says who keeps an office."""
    APPROVAL = "approval"
    """That a second person, of the country or of an association, agrees. Until then nobody's office ends."""
    SIGNATURE = "signature"
    """That the incoming office signs."""


class Custodian(StrEnum):
    """Who answers for the municipality's records."""

    MUNICIPALITY = "municipality"
    COUNTRY = "country"
    """Between two teams: the country's coordinator, from the day of the transition until the incoming office signed, however long that
    takes."""


class Transition(Row, table=True):
    """The row: one for each term of office."""

    country_id: Key
    municipality_id: Key
    office_term_id: UUID = Field(foreign_key="office_term.id")
    turns_on: date
    state: TransitionState = one_of(TransitionState, default=TransitionState.SCHEDULED)
    due_on: date | None = None
    frozen_on: date | None = None
    turned_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    proposed_by: UUID | None = None
    proposed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    approved_by: UUID | None = None
    approved_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    accepted_by: UUID | None = None
    accepted_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    reratified_on: date | None = None
    reratified_by: str | None = None
    commitment_id: UUID | None = None
    demonstration: bool = False


class TransitionOut(Row):
    """A transition as it is read."""

    municipality_id: int
    municipality: str
    """Name, for display; never a key."""
    office_term_id: UUID
    turns_on: date
    """First day after the term of office."""
    election_on: date | None
    ended_by: EndedBy | None
    state: TransitionState
    state_reason: str
    """What that means, in a sentence of the caller's language."""
    due_on: date | None
    """The day on which the state changes by itself unless something happens."""
    prepares_on: date
    reratify_by: date
    """First day on which it has lapsed unless the new authority stands behind the committee before."""
    custodian: Custodian
    """Who answers for the municipality's records now."""
    handover_waits_for: Handover | None
    """What the handover waits for; from `turns_on` on it is overdue, and nobody's office has ended by it. Null before it is prepared, and
    once it was signed."""
    frozen_on: date | None
    turned_at: datetime | None
    """When seats ex officio and commitments of the authority were ended."""
    proposed_at: datetime | None
    """When somebody said who keeps an office and who does not."""
    approved_at: datetime | None
    """When a second person, of the country or of an association, agreed."""
    accepted_at: datetime | None
    """When the incoming office signed."""
    reratified_on: date | None
    reratified_by: str | None
    """The act."""
    commitment_id: UUID | None
    """The commitment of the new authority on which that rests."""
    demonstration: bool
    allowed_actions: list[str]


class Reratification(Fields):
    """The body that says that the new authority stands behind the committee."""

    reratified_on: date
    """The day on which it did; not one to come."""
    reference: Text
    """The act, such as number and day of the council's agreement."""
    commitment_id: UUID | None = None
    """The commitment of the new authority to a committee of the municipality; its first where it is missing."""


def of_term(term: OfficeTerm, at: datetime) -> Transition:
    """The transition that follows the end of `term`. What was over for longer than a new authority has to ratify before anybody recorded it
    is history, and has no consequences here; an end that is recorded a little late has all of them."""
    row = Transition(
        country_id=term.country_id,
        municipality_id=term.municipality_id,
        office_term_id=term.id,
        turns_on=term.ends_on,
        turned_at=at if days_after(term.ends_on, RERATIFY_DAYS) <= at.date() else None,
        demonstration=term.demonstration,
    )
    stand(row, at.date())
    return row


def stand(row: Transition, today: date) -> None:
    """Bring the state, and the day on which it changes by itself, up to what is known on `today`. The one place that says so."""
    over = today >= row.turns_on
    if row.reratified_on:
        row.state, row.due_on = TransitionState.RERATIFIED, None
    elif today >= days_after(row.turns_on, RERATIFY_DAYS):
        row.state, row.due_on = TransitionState.LAPSED, None
    elif over or row.frozen_on:
        row.state = TransitionState.HANDED_OVER if row.accepted_at else TransitionState.FROZEN
        row.due_on = days_after(row.turns_on, RERATIFY_DAYS) if over else row.turns_on
    elif today >= days_after(row.turns_on, -PREPARE_DAYS):
        row.state, row.due_on = TransitionState.PREPARING, row.turns_on
    else:
        row.state, row.due_on = TransitionState.SCHEDULED, days_after(row.turns_on, -PREPARE_DAYS)
    if row.turned_at is None and over:
        row.due_on = row.turns_on


def follow(row: Transition, term: OfficeTerm, today: date) -> bool:
    """Let the transition follow a term whose end moved. Returns whether it did."""
    if row.turns_on == term.ends_on:
        return False
    row.turns_on = term.ends_on
    stand(row, today)
    return True


def over(row: Transition, today: date) -> bool:
    """Whether the term of office is over, so that its end moves no more."""
    return row.turned_at is not None or row.turns_on <= today


def removable(row: Transition) -> None:
    """Raises Conflict where something followed from the term of office already."""
    if row.frozen_on or row.proposed_at or row.reratified_on:
        raise Conflict("Something followed from this term of office; say how it ended.", "office-term-followed")


def leaves(seat_term: Term, turns_on: date) -> bool:
    """End a term in a seat that was held by the office: it ends with it (X1). Returns whether it did; civil seats stay."""
    runs = seat_term.ends_on is None or seat_term.ends_on > turns_on
    if seat_term.selection is not Selection.EX_OFFICIO or seat_term.voided_at or not runs or seat_term.starts_on >= turns_on:
        return False
    seat_term.ends_on, seat_term.end_reason = turns_on, EndReason.OFFICE_ENDED
    return True


def lapses(commitment: Commitment, turns_on: date) -> bool:
    """End a commitment of the authority that leaves (X1). Returns whether it did; what the next one promises is a commitment of its own."""
    runs = commitment.ends_on is None or commitment.ends_on > turns_on
    if commitment.voided_at or not runs or commitment.committed_on >= turns_on:
        return False
    commitment.ends_on = turns_on
    return True


def turn(row: Transition, at: datetime) -> None:
    """Say that the term of office is over and that what ends with it was ended."""
    row.turned_at = at
    row.frozen_on = row.frozen_on or min(row.turns_on, at.date())
    stand(row, at.date())


def freeze(row: Transition, today: date) -> None:
    """Keep what is there in a file before the term ends. Raises Conflict outside the days of preparation."""
    allowed(row, TransitionState.PREPARING)
    row.frozen_on = today
    stand(row, today)


def allowed(row: Transition, *states: TransitionState) -> None:
    """Raises Conflict where the transition has not come so far, or is beyond."""
    if row.state not in states:
        raise Conflict(
            f"A transition that is {row.state} cannot do this; see allowed_actions.", "state-forbids", choices=ALLOWED[row.state]
        )


def reratify(row: Transition, said: Reratification, renewed: Sequence[UUID], today: date) -> None:
    """Say that the new authority stands behind the committee, by one of the commitments that it made itself; late is better than never.

    Raises Invalid on a day that cannot be, or where it made no such commitment; Conflict where it made none, the term is not over, or it
    was said before.
    """
    allowed(row, TransitionState.FROZEN, TransitionState.HANDED_OVER, TransitionState.LAPSED)
    if said.reratified_on > today or said.reratified_on < row.turns_on:
        raise Invalid("The new authority did it on a day of its own term and not to come.", "day-to-come", pointer="/reratified_on")
    if not renewed:
        raise Conflict(
            "The new authority has committed itself to no committee here: record that first; see POST /v1/committees/{id}/commitments.",
            "commitment-missing",
        )
    if said.commitment_id not in (None, *renewed):
        raise Invalid("The new authority made no such commitment here.", "unknown-reference", pointer="/commitment_id")
    row.reratified_on, row.reratified_by, row.commitment_id = said.reratified_on, said.reference, said.commitment_id or renewed[0]
    stand(row, today)


def unratify(row: Transition, today: date) -> None:
    """Take back that it was ratified: the commitment on which that rested was none of the new authority."""
    row.reratified_on = row.reratified_by = row.commitment_id = None
    stand(row, today)


ALLOWED: dict[TransitionState, list[str]] = {
    TransitionState.SCHEDULED: [],
    TransitionState.PREPARING: ["freeze", "propose", "approve"],
    TransitionState.FROZEN: ["propose", "approve", "accept", "reratify"],
    TransitionState.HANDED_OVER: ["reratify"],
    TransitionState.RERATIFIED: ["propose", "approve", "accept"],
    TransitionState.LAPSED: ["propose", "approve", "accept", "reratify"],
}
"""What may be done in each state, as far as the handover has not come so far already."""
REASONS: dict[str, dict[str, str]] = {
    TransitionState.SCHEDULED: {
        "en": "The day on which the term of office ends is known.",
        "es": "Se conoce el día en que termina el periodo de gobierno.",
        "pt": "Conhece-se o dia em que termina o mandato.",
    },
    TransitionState.PREPARING: {
        "en": "The term of office ends within 180 days: say who keeps an office.",
        "es": "El periodo de gobierno termina dentro de 180 días: diga quién conserva su cargo.",
        "pt": "O mandato termina dentro de 180 dias: diga quem conserva o cargo.",
    },
    TransitionState.FROZEN: {
        "en": "What is there is kept in the handover file; the incoming office has not signed yet.",
        "es": "Lo que hay consta en el expediente de entrega; la oficina entrante aún no firma.",
        "pt": "O que há consta do dossiê de transição; a equipe que entra ainda não assinou.",
    },
    TransitionState.HANDED_OVER: {
        "en": "The incoming office signed; the new authority has not ratified the committee yet.",
        "es": "La oficina entrante firmó; la nueva autoridad aún no ratifica el comité.",
        "pt": "A equipe que entra assinou; a nova autoridade ainda não ratificou o comitê.",
    },
    TransitionState.RERATIFIED: {
        "en": "The new authority stands behind the committee.",
        "es": "La nueva autoridad respalda el comité.",
        "pt": "A nova autoridade apoia o comitê.",
    },
    TransitionState.LAPSED: {
        "en": "The new authority did not ratify the committee within 90 days.",
        "es": "La nueva autoridad no ratificó el comité dentro de 90 días.",
        "pt": "A nova autoridade não ratificou o comitê dentro de 90 dias.",
    },
}
