"""Decisions: taken in a session with quorum, by the majority that the bylaws of its day ask for; whether one passed is computed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field as Limits
from pydantic import field_validator, model_validator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from api.domain.committee.majorities import Passed, Votes, outcome
from api.domain.committee.quorum import SEATS_MOST
from api.domain.committee.rules import DecisionKind, Rules
from api.domain.errors import Conflict, Invalid
from api.domain.fields import Fields, Key, LongText, Row, Text, one_of
from api.domain.session.holding import deciding
from api.domain.session.sessions import Session


class EffectKind(StrEnum):
    """What a decision brings about, once it has passed."""

    ADOPTS_BYLAWS = "adopts_bylaws"
    ADOPTS_ASSESSMENT = "adopts_assessment"
    ADOPTS_PRIORITISATION = "adopts_prioritisation"
    ADOPTS_PLAN = "adopts_plan"
    ADOPTS_WORK_PLAN = "adopts_work_plan"
    ELECTS = "elects"
    REMOVES = "removes"
    APPROVES_MINUTES = "approves_minutes"
    DISSOLVES = "dissolves"
    OTHER = "other"


class Effect(Fields):
    """One effect of a decision."""

    effect: EffectKind
    thing_id: UUID | None = None
    """Of what it is about, such as the version of the bylaws or the seat."""
    note: Text | None = None


class DecisionFields(Fields):
    """What is put to the vote."""

    title: Text
    text: LongText | None = None
    """The whole text that was voted on."""
    kind: DecisionKind = one_of(DecisionKind, default=DecisionKind.ORDINARY)
    """By this the bylaws say which majority it needs."""
    agenda_number: int | None = Limits(default=None, ge=1, le=60)
    """The point of the agenda, from 1."""
    effects: Annotated[list[Effect], Limits(max_length=20)] = Field(default_factory=list, sa_type=JSONB)


class Decision(DecisionFields, Row, table=True):
    """The row."""

    effects: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)  # type: ignore[assignment]
    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    session_id: UUID
    number: int
    yes: int | None = None
    no: int | None = None
    abstain: int | None = None
    secret: bool = False
    outcome: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    passed: bool | None = None
    demonstration: bool = False


class DecisionOut(DecisionFields, Row):
    """A decision as it is read."""

    committee_id: UUID
    municipality_id: int
    session_id: UUID
    number: int
    """Decisions of one session are numbered from 1."""
    yes: int | None
    """Null until votes are counted."""
    no: int | None
    abstain: int | None
    secret: bool
    """Whether only numbers were counted."""
    outcome: Passed | None
    """The rule, its arithmetic, and the same in a sentence of three languages."""
    explanation: str | None
    """That sentence in the caller's language."""
    passed: bool | None
    """Null until votes are counted; its effects hold where it is true."""
    demonstration: bool
    allowed_actions: list[str]


class Choice(StrEnum):
    """What a seat said."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class VoteLine(Fields):
    """The vote of one seat."""

    seat_id: UUID
    choice: Choice


Count = Annotated[int, Limits(ge=0, le=SEATS_MOST)]


class Counts(Fields):
    """Votes as numbers."""

    yes: Count
    no: Count
    abstain: Count = 0


class VotesFields(Fields):
    """The votes, all at once; they replace what was there. Seat by seat, or only counted where the ballot was secret."""

    lines: Annotated[list[VoteLine], Limits(max_length=SEATS_MOST)] | None = None
    counts: Counts | None = None
    """Of a secret ballot."""

    @field_validator("lines")
    @classmethod
    def _once(cls, lines: list[VoteLine] | None) -> list[VoteLine] | None:
        if lines is not None and len({line.seat_id for line in lines}) != len(lines):
            raise ValueError("each seat votes once")
        return lines

    @model_validator(mode="after")
    def _one_way(self) -> "VotesFields":
        if (self.lines is None) == (self.counts is None):
            raise ValueError("send lines, or counts of a secret ballot")
        return self


class VoteOut(Fields):
    """The vote of one seat as it is read."""

    seat_id: UUID | None
    """Null where the seat's display does not show its holder, without the personal scope."""
    choice: Choice


class VotesOut(Row):
    """The votes on a decision; `id` and `version` are the decision's."""

    yes: int | None
    no: int | None
    abstain: int | None
    secret: bool
    lines: list[VoteOut]
    """Empty where the ballot was secret."""


def putting(decision: DecisionFields, session: Session) -> None:
    """Raises Conflict where the session cannot decide, Invalid where its agenda has no such point."""
    deciding(session)
    if decision.agenda_number and decision.agenda_number > len(session.agenda):
        raise Invalid("The agenda has no such point.", "no-such-point", pointer="/agenda_number")


def count(votes: VotesFields, there: Mapping[UUID, bool]) -> Counts:
    """The votes as numbers; `there` are the seats present or represented, and whether each votes.

    Raises Invalid where a seat votes that was not there (M2), or has no vote.
    """
    if votes.counts is not None:
        return votes.counts
    lines = votes.lines or []
    for n, line in enumerate(lines):
        if line.seat_id not in there:
            raise Invalid("This seat was neither present nor represented.", "not-present", pointer=f"/lines/{n}/seat_id")
        if not there[line.seat_id]:
            raise Invalid("This seat speaks and does not vote.", "seat-without-vote", pointer=f"/lines/{n}/seat_id")
    found = {choice: sum(line.choice is choice for line in lines) for choice in Choice}
    return Counts(yes=found[Choice.YES], no=found[Choice.NO], abstain=found[Choice.ABSTAIN])


def decide(decision: Decision, session: Session, rules: Rules, counts: Counts, secret: bool) -> None:
    """Compute whether the votes carry it, by the bylaws that its session's quorum was computed from.

    Raises Conflict where the session cannot decide, Invalid where there are more votes than voters.
    """
    deciding(session)
    assert session.quorum is not None
    votes = Votes(**counts.model_dump(), present=session.quorum["present"], entitled=session.quorum["seats"])
    found = outcome(rules.majority(decision.kind), votes)
    decision.yes, decision.no, decision.abstain, decision.secret = counts.yes, counts.no, counts.abstain, secret
    decision.outcome, decision.passed = found.model_dump(mode="json"), found.passed


def uncounted(decision: Decision) -> None:
    """Raises Conflict where votes were counted: what was voted on does not change under them."""
    if decision.passed is not None:
        raise Conflict("Votes were counted on it; put another decision to the vote.", "decision-counted")
