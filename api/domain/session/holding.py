"""Held: quorum is computed from the bylaws of the session's day and frozen; without it nothing is decided."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from api.domain.calendar import not_to_come
from api.domain.committee.quorum import Base, quorate
from api.domain.errors import Conflict
from api.domain.session.sessions import RECORDED, FrozenQuorum, Law, Session, SessionKind, SessionState, allowed, lawful


@dataclass(frozen=True)
class Present:
    """Who was there."""

    attended: int
    """Seats present or represented, those without a vote too."""
    voting: int
    """Of these, those with a vote."""
    seats: int
    """Voting seats that the body has on the day."""
    filled: int
    """Of these, those that somebody holds."""
    plenary: bool
    """Whether the body is the plenary, whose voting seats the bylaws number."""


def hold(session: Session, law: Law | None, there: Present, today: date) -> None:
    """Say that it met: quorum is computed from the bylaws of its day and frozen. Without quorum it is `no_quorum`, but for an inauguration,
    which is held anyway and decides nothing.

    Raises Conflict where its state forbids it, nobody was there, or no bylaws are in force; Invalid where its day is still to come.
    """
    allowed(session, "hold")
    not_to_come(session.day, today, "/meets_on")
    if there.attended == 0:
        raise Conflict("Nobody is written down as present; PUT …/attendance first.", "attendance-missing")
    inauguration = session.kind is SessionKind.INAUGURATION
    session.held_on, session.state = session.day, SessionState.HELD
    if law is None and inauguration:
        return
    law = lawful(law, session.day)
    found = frozen(session, law, there)
    session.quorum, session.bylaws_id = found.model_dump(mode="json"), law.id
    if not found.met and not inauguration:
        session.state = SessionState.NO_QUORUM


def frozen(session: Session, law: Law, there: Present) -> FrozenQuorum:
    """The quorum of a session. Of another body than the plenary all voting seats stand for the legal ones.

    Raises Conflict where more voting seats were there than the rule counts.
    """
    rules, second = law.rules, session.second_on is not None
    legal = rules.voting_seats if there.plenary else there.seats
    found = quorate(rules.quorum, rules.second_call, {Base.LEGAL: legal, Base.FILLED: there.filled}, there.voting, second_call=second)
    if found.present > found.seats:
        raise Conflict(
            f"{found.present} voting seats were there and the bylaws make {found.seats}: end those beyond, or approve other bylaws.",
            "present-exceed-seats",
        )
    after = rules.second_call.minutes_after if rules.second_call and not second else None
    return FrozenQuorum(**found.model_dump(), day=session.day, bylaws_id=law.id, bylaws_number=law.number, second_call_after=after)


def call_again(session: Session) -> None:
    """Go on to the second call, after as many minutes as the bylaws say: who is there is written anew.

    Raises Conflict where they know none, or it was the second already.
    """
    allowed(session, "second_call")
    after = (session.quorum or {}).get("second_call_after")
    if after is None:
        raise Conflict("These bylaws know no further call: plan another session.", "no-second-call")
    met_at = datetime.combine(session.meets_on, time.fromisoformat(session.meets_at or "00:00")) + timedelta(minutes=after)
    session.second_on, session.second_at = met_at.date(), met_at.strftime("%H:%M") if session.meets_at else None
    session.first_quorum, session.quorum, session.held_on = session.quorum, None, None
    session.state = SessionState.CALLED


def has_quorum(session: Session) -> bool:
    """Whether it was held with enough people to decide."""
    return session.held_on is not None and bool((session.quorum or {}).get("met"))


def deciding(session: Session) -> None:
    """Raises Conflict where it cannot decide: it had no quorum (S3), was not held, or its minutes are approved."""
    unmet = session.held_on is not None and not has_quorum(session)
    if unmet and session.state not in RECORDED:
        raise Conflict("Without quorum no decision is taken; see `quorum` of the session.", "no-quorum")
    allowed(session, "decide")
