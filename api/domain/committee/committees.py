"""Committees: where one sits, how far it has come, and the one rule that says so."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field as Limits
from sqlalchemy import ARRAY, Integer
from sqlalchemy import Text as Plain
from sqlmodel import Field

from api.domain.calendar import not_to_come
from api.domain.errors import Conflict, Invalid
from api.domain.fields import ExternalIds, Fields, Key, LongText, Row, Slug, Text, external_ids, one_of

Owned = TypeVar("Owned", bound=Row)
SESSIONS_USUAL = 4
"""Ordinary sessions a year where no bylaws say: the fewest that GOPI-Prevención (item 3) accepts."""


class CommitteeState(StrEnum):
    """How far a committee has come."""

    PROPOSED = "proposed"
    CONVENING = "convening"
    """Leaders and institutions are being invited."""
    LAUNCHED = "launched"
    LEGALISED = "legalised"
    OPERATING = "operating"
    """Legalised, and it meets."""
    DORMANT = "dormant"
    """Legalised, and it has stopped meeting."""
    DISSOLVED = "dissolved"


class CommitteeFields(Fields):
    """A municipal violence prevention committee."""

    name: Text
    """As it calls itself. What such committees are called in its country is `local_name`."""
    covers: Annotated[list[Key], Limits(max_length=60)] = Field(default_factory=list, sa_type=ARRAY(Integer))
    """Of an intermunicipal committee: the municipalities it works in besides the one where it sits."""
    framework: Slug = "icma-mvpc-8"
    """The framework whose steps it goes through."""
    note: LongText | None = None
    external_ids: ExternalIds = external_ids()


class Committee(CommitteeFields, Row, table=True):
    """The row."""

    country_id: Key = Field(foreign_key="country.id")
    municipality_id: Key = Field(foreign_key="municipality.id")
    state: CommitteeState = one_of(CommitteeState, default=CommitteeState.PROPOSED)
    reason: str = "proposed"
    due_on: date | None = None
    convened_on: date | None = None
    launched_on: date | None = None
    legalised_on: date | None = None
    dissolved_on: date | None = None
    last_session_on: date | None = None
    sessions_per_year: int | None = None
    declared: list[str] = Field(default_factory=list, sa_type=ARRAY(Plain))
    legalised_by: UUID | None = None
    dissolved_by: UUID | None = None
    demonstration: bool = False


class CommitteeOut(CommitteeFields, Row):
    """A committee as it is read."""

    country: str
    """ISO 3166-1 alpha-2."""
    municipality_id: int
    municipality: str
    """Name of the municipality where it sits, for display; never a key."""
    local_name: str | None
    """What such committees are called in its country."""
    intermunicipal: bool
    state: CommitteeState
    state_reason: str
    """Why it is in this state, in a sentence of the caller's language."""
    due_on: date | None
    """The day on which the state changes by itself unless something happens."""
    convened_on: date | None
    launched_on: date | None
    legalised_on: date | None
    dissolved_on: date | None
    last_session_on: date | None
    """The last session with quorum."""
    declared: list[str]
    """Which of these days are declared, and not recorded here: convened, launched, legalised."""
    legalised_by: UUID | None
    """The council's instrument that legalised it."""
    dissolved_by: UUID | None
    in_transition: bool
    """Whether a term of office of its municipality ended, or is about to with everything frozen, and nobody ratified it again yet."""
    seats: int
    """Seats of its plenary on the day: today, in lists `as_of`."""
    filled: int
    """Of these, held by somebody: its members, alternates not counted. Who they are is told by its members."""
    vacant: int
    demonstration: bool
    allowed_actions: list[str]
    """What may be done with it next."""


class Milestone(Fields):
    """The body that says that a committee came a step further."""

    happened_on: date
    """The day on which it did; not one to come."""


class Legalisation(Fields):
    """The body that legalises a committee."""

    instrument_id: UUID
    """The council's instrument, approved, which approved bylaws."""


class Dissolution(Fields):
    """The body that dissolves a committee."""

    instrument_id: UUID
    """The council's instrument, approved."""
    dissolved_on: date
    """First day it is no more; not one to come."""


ALLOWED = {
    CommitteeState.PROPOSED: ["change", "convene", "dissolve"],
    CommitteeState.CONVENING: ["change", "launch", "dissolve"],
    CommitteeState.LAUNCHED: ["change", "legalise", "dissolve"],
    CommitteeState.LEGALISED: ["change", "dissolve"],
    CommitteeState.OPERATING: ["change", "dissolve"],
    CommitteeState.DORMANT: ["change", "dissolve"],
    CommitteeState.DISSOLVED: [],
}
"""What may be done in each state; documents, bylaws, seats and terms have their own."""

REASONS: dict[str, dict[str, str]] = {
    "proposed": {"en": "Proposed, nobody convened yet.", "es": "Propuesto, aún sin convocar.", "pt": "Proposto, ainda sem convocação."},
    "convened": {
        "en": "Leaders and institutions are being invited.",
        "es": "Se está invitando a líderes e instituciones.",
        "pt": "Líderes e instituições estão sendo convidados.",
    },
    "launched": {
        "en": "Launched; the council has not approved its bylaws yet.",
        "es": "Lanzado; el concejo aún no aprueba su reglamento.",
        "pt": "Lançado; o conselho ainda não aprovou seu regulamento.",
    },
    "instrument-repealed": {
        "en": "The council repealed the instrument that legalised it.",
        "es": "El concejo derogó el instrumento que lo legalizó.",
        "pt": "O conselho revogou o instrumento que o legalizou.",
    },
    "no-session-yet": {
        "en": "Legalised; no session with quorum is recorded yet.",
        "es": "Legalizado; aún no consta ninguna sesión con quórum.",
        "pt": "Legalizado; ainda não consta nenhuma sessão com quórum.",
    },
    "meets": {
        "en": "It held a session with quorum within twice the interval that its bylaws set, and within twelve months.",
        "es": "Sesionó con quórum dentro del doble del intervalo de su reglamento y de los últimos doce meses.",
        "pt": "Reuniu-se com quórum dentro do dobro do intervalo de seu regulamento e dos últimos doze meses.",
    },
    "no-session-lately": {
        "en": "It held no session with quorum for twice the interval that its bylaws set, or for twelve months.",
        "es": "No sesionó con quórum en el doble del intervalo de su reglamento, o en doce meses.",
        "pt": "Não se reuniu com quórum no dobro do intervalo de seu regulamento, ou em doze meses.",
    },
    "dissolved": {
        "en": "Dissolved by an instrument of the council.",
        "es": "Disuelto por un instrumento del concejo.",
        "pt": "Dissolvido por um instrumento do conselho.",
    },
}


def intervals(sessions_per_year: int | None, count: int) -> int:
    """Days of so many intervals between sessions: 365 / sessions a year each (DOMAIN §7.6)."""
    return count * 365 // (sessions_per_year or SESSIONS_USUAL)


def patience(sessions_per_year: int | None) -> timedelta:
    """How long after its last valid session a committee still counts as operating: two intervals, and never more than
    twelve months (DOMAIN §5.1)."""
    return timedelta(days=min(365, intervals(sessions_per_year, 2)))


def stand(committee: Committee, today: date) -> None:
    """Bring the state, its reason and the day on which it changes by itself up to what is known of the committee on `today`.

    The one place that says so. Whoever learns a fact (a milestone, a session with quorum in `last_session_on`, other bylaws in
    `sessions_per_year`) sets it and calls this; the clock calls it when `due_on` has come.
    """
    committee.due_on = None
    if committee.dissolved_on:
        committee.state, committee.reason = CommitteeState.DISSOLVED, "dissolved"
        return
    if committee.legalised_on is None:
        early = (
            CommitteeState.LAUNCHED
            if committee.launched_on
            else CommitteeState.CONVENING
            if committee.convened_on
            else CommitteeState.PROPOSED
        )
        repealed = early is CommitteeState.LAUNCHED and committee.legalised_by is not None
        reasons = {CommitteeState.LAUNCHED: "launched", CommitteeState.CONVENING: "convened", CommitteeState.PROPOSED: "proposed"}
        committee.state, committee.reason = early, "instrument-repealed" if repealed else reasons[early]
    elif committee.last_session_on is None:
        committee.state, committee.reason = CommitteeState.LEGALISED, "no-session-yet"
    else:
        until = committee.last_session_on + patience(committee.sessions_per_year)
        meets = today < until
        committee.state, committee.reason = (CommitteeState.OPERATING, "meets") if meets else (CommitteeState.DORMANT, "no-session-lately")
        committee.due_on = until if meets else None


def _day(committee: Committee, action: str, on: date, today: date) -> None:
    """Raises Conflict where the state does not allow the action, Invalid where the day is to come or before an earlier milestone."""
    allowed(committee, action)
    not_to_come(on, today, "/happened_on")
    before = [d for d in (committee.convened_on, committee.launched_on) if d]
    if before and on < max(before):
        raise Invalid("This is before an earlier milestone.", "milestones-backwards", pointer="/happened_on")


def allowed(committee: Committee, action: str) -> None:
    """Raises Conflict where the committee's state does not allow `action`."""
    if action not in ALLOWED[committee.state]:
        raise Conflict(
            f"A committee that is {committee.state} cannot do this; see allowed_actions.",
            "state-forbids",
            choices=ALLOWED[committee.state],
        )


def alive(committee: Committee) -> None:
    """Raises Conflict where the committee is dissolved: then nothing of it changes any more."""
    if committee.state is CommitteeState.DISSOLVED:
        raise Conflict("The committee is dissolved; what it was stays readable and does not change.", "committee-dissolved")


def own(row: Owned | None, committee_id: UUID, pointer: str) -> Owned:
    """Something of the committee that a body names. Raises Invalid where it has no such thing: the same, to the byte, for what is
    another's."""
    if row is None or row.committee_id != committee_id:  # type: ignore[attr-defined]
        raise Invalid("The committee has no such thing.", "unknown-reference", pointer=pointer)
    return row


def convene(committee: Committee, on: date, today: date) -> None:
    """Begin to invite. Raises Conflict, Invalid as `allowed` and the order of milestones say."""
    _day(committee, "convene", on, today)
    committee.convened_on = on
    stand(committee, today)


def launch(committee: Committee, on: date, today: date) -> None:
    """Say that it was formally launched. Raises Conflict, Invalid."""
    _day(committee, "launch", on, today)
    committee.launched_on = on
    stand(committee, today)


def inaugurated(committee: Committee, on: date, today: date) -> list[str]:
    """Let a committee that is being convened be launched by its inauguration. Returns the fields that changed."""
    if "launch" not in ALLOWED[committee.state] or (committee.convened_on and on < committee.convened_on):
        return []
    launch(committee, on, today)
    return ["launched_on"]


def met(committee: Committee, on: date, today: date) -> list[str]:
    """Take in that it met with quorum on a day. Returns the fields that changed."""
    if committee.state is CommitteeState.DISSOLVED or (committee.last_session_on and committee.last_session_on >= on):
        return []
    committee.last_session_on = on
    stand(committee, today)
    return ["last_session_on"]


def covering(committee: CommitteeFields, seat: int, known: set[int]) -> None:
    """Raises Invalid where it covers what does not exist, its own seat, or one municipality twice."""
    if set(committee.covers) - known:
        raise Invalid("There is no such municipality.", "unknown-code", pointer="/covers")
    if seat in committee.covers or len(set(committee.covers)) < len(committee.covers):
        raise Invalid("Name the others once each, and not the one where it sits.", "covers-twice", pointer="/covers")
