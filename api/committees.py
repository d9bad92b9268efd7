"""A committee as the pages of its room need it: found in the caller's scope, and written by those who may."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import select

from api import db, pages
from api.access import Caller
from api.domain.committee.bylaws import Bylaws, BylawsState, in_force
from api.domain.committee.commitments import CHAMPION
from api.domain.committee.committees import Committee, CommitteeFields, Owned, alive, covering, own
from api.domain.committee.declarations import Declaration, DeclarationFields, declare
from api.domain.committee.instruments import Instrument, Purpose, approving
from api.domain.committee.rules import Rules
from api.domain.committee.seats import WITH_INSTITUTION, Seat, closing
from api.domain.committee.terms import Term, fitting, presiding, seen
from api.domain.fields import found, made
from api.domain.roles import Action, Target
from api.domain.steps.frameworks import followed
from api.levels import Shape

HERE = Shape()
"""Everything of a committee lies where the committee sits."""


class Personal(Shape):
    """What is for the personal scope alone."""

    def seen(self, mode: str = "personal") -> str:
        return super().seen("personal")


class OfCommittee(pages.Query):
    """The parameters of a list of what committees have."""

    committee: UUID | None = None
    """Only those of this committee."""


OF_COMMITTEE = {"committee": "t.committee_id = {value}"}
SHOWN = "s.display in (" + ", ".join(f"'{d}'" for d in WITH_INSTITUTION) + ")"
"""Whether seat `s` shows of which institution its holder is."""
ON = "{0}.starts_on <= {{as_of}} and ({0}.ends_on is null or {0}.ends_on > {{as_of}})"
STANDS = "{0}.voided_at is null and " + ON
"""Whether term `{0}` lasts on a day."""
HOLDS = "not {0}.alternate and " + STANDS
"""Whether it is of whoever holds the seat; alternates sit in for somebody."""
QUORATE = "coalesce((s.quorum->>'met')::boolean, false)"
"""Whether session `s` was held with quorum."""
LAW_IN_FORCE = """select json_build_object('id', v.id, 'rules', v.rules) from bylaws v where v.municipality_id = t.municipality_id
    and v.committee_id = t.id and v.state = 'approved' and v.in_force_from <= {as_of}
    and (v.in_force_to is null or v.in_force_to > {as_of})"""
"""Whoever sees a committee sees the bylaws and terms that lie in its municipality: there is nothing more to ask of them, here and below."""
VOTERS = """select coalesce(x.person_id, x.id) as person, x.starts_on, x.ends_on from term x join seat s on s.id = x.seat_id and s.voting
    join body b on b.id = s.body_id and b.kind = 'plenary'
    where x.municipality_id = t.municipality_id and s.committee_id = t.id and not x.alternate and x.voided_at is null"""
"""Who votes in committee `t`, and when. Where an institution names nobody its term stands for it: nobody of it can have been trained."""
TAUGHT_AT = "app.with_predecessors(t.municipality_id) || t.covers"
"""The municipalities whose training events are for committee `t`."""
NAMED_TERM = "(select case when x.voided_at is null then x.ends_on else x.starts_on end from term x where x.id = t.term_id)"
CHAMPIONED = f"coalesce({', '.join(f't.{column}::text' for column in CHAMPION)}) is not null"
"""Whether commitment `t` names anybody who carries the matter."""
SINCE = {
    "champion_since": f"case when {CHAMPIONED} then greatest(t.committed_on, t.champion_said_on) end",
    "demand_since": "case when t.demand is not null then greatest(t.committed_on, t.demand_said_on) end",
    "pledge_since": "case when t.pledge then greatest(t.committed_on, t.pledge_said_on) end",
}
"""Of each part of commitment `t` the day from which it counts; null where it is not there."""
PLACES_OF = """case when exists (select from succession s where s.predecessor_id = t.municipality_id)
    then app.with_successors(t.municipality_id) else array[t.municipality_id] end"""
OFFICE_OVER = f"""(select min(o.ends_on) from office_term o where o.municipality_id = any({PLACES_OF})
    and o.starts_on <= t.committed_on and o.ends_on > t.committed_on)"""
LASTS = f"least(t.ends_on, {NAMED_TERM}, {OFFICE_OVER})"
"""First day on which commitment `t` holds no more: it ends with the term of office of whoever made it (X1). Null while no end is known."""


def target(row: Any) -> Target:
    """Where something of a committee lies."""
    return Target(country_id=row.country_id, municipality_id=row.municipality_id)


def placed(committee: Committee) -> dict[str, Any]:
    """The columns that place what belongs to a committee."""
    return {"committee_id": committee.id, "country_id": committee.country_id, "municipality_id": committee.municipality_id}


async def fetched(caller: Caller, id: UUID, action: Action = Action.WRITE_COMMITTEE) -> Committee:
    """The committee, for whoever changes something of it next to wait for. Raises NotFound, NotAllowed, and Conflict where it is
    dissolved."""
    committee = await db.fetch(caller, Committee, id, HERE.seen())
    caller.require(action, target(committee))
    alive(committee)
    return committee


async def with_own(caller: Caller, model: type[Owned], id: UUID, action: Action = Action.WRITE_COMMITTEE) -> tuple[Owned, Committee]:
    """Something of a committee, and the committee. Raises NotFound, NotAllowed, and Conflict where the committee is dissolved."""
    row = await db.fetch(caller, model, id, HERE.seen())
    caller.require(action, target(row))
    return row, await fetched(caller, row.committee_id, action)  # type: ignore[attr-defined]


async def instrument_of(caller: Caller, committee: Committee, id: UUID, *purposes: Purpose) -> Instrument:
    """An approved instrument of the committee. Raises Invalid where it has none such, Conflict where the council did not approve it."""
    row = (await caller.session.exec(select(Instrument).where(Instrument.id == id, Instrument.committee_id == committee.id))).first()
    return approving(row, committee, frozenset(purposes))


async def own_of(caller: Caller, model: type[Owned], committee_id: UUID, id: UUID | None, pointer: str) -> Owned | None:
    """Something of the committee, where a body names it. Raises Invalid where the committee has no such thing."""
    return own(await caller.session.get(model, id), committee_id, pointer) if id else None


PERSON = f"""select 1 from person t where t.id = :id and t.municipality_id = coalesce(cast(:there as int), t.municipality_id)
    and {HERE.seen("personal")}"""


async def person_seen(caller: Caller, id: UUID | None, pointer: str = "/person_id", there: int | None = None) -> None:
    """Raises Invalid where a body names a person whom the caller may not see, or who is not known to the municipality `there`."""
    if id is not None:
        seen((await db.run(caller.session, PERSON, id=id, there=there)).first(), pointer)


COVERED = "select id from municipality where id = any(cast(:ids as int[]))"


async def framed(caller: Caller, body: CommitteeFields, seat: int) -> None:
    """Raises Invalid where a committee that sits at `seat` would cover what it cannot, or follow a framework that is not there."""
    followed(body.framework)
    there = (await db.run(caller.session, COVERED, ids=body.covers)).scalars().all() if body.covers else []
    covering(body, seat, set(there))


async def declared(caller: Caller, committee: Committee, body: DeclarationFields) -> Declaration:
    """Keep what was before the committee joined; its milestones follow. Raises Invalid, Conflict as `declare` says."""
    row = made(Declaration, body, **placed(committee))
    if declare(committee, body, caller.at.date()):
        await db.keep(caller, committee, "declare", fields=[f"{body.kind}_on", "declared", "state", "reason", "due_on"])
    await db.keep(caller, row, "create")
    return row


HELD = """select max(ends_on) as last, coalesce(bool_or(ends_on is null), false) as open_ended from term
          where municipality_id = :place and seat_id = :id and voided_at is null"""
"""By the municipality too, here and wherever terms are looked for by their seat, or bylaws by their committee: else PostgreSQL reads the
whole of the index that keeps them from overlapping, which begins with it (measured at 240,000 terms: 20 ms a seat)."""


async def vacated(caller: Caller, seat: Seat) -> None:
    """Raises Conflict where a seat would end while somebody holds it."""
    held = (await db.run(caller.session, HELD, place=seat.municipality_id, id=seat.id)).one()
    closing(seat, held.last, held.open_ended)


async def seated(caller: Caller, committee: Committee, row: Term) -> None:
    """Fit a new term to its seat, the bylaws of its first day and the instrument it names; one that was over before the committee joined
    to its seat alone. Raises Invalid, Conflict as the rules say."""
    seat = own(await caller.session.get(Seat, row.seat_id), committee.id, "/seat_id")
    row.body_id = seat.body_id
    named = await instrument_of(caller, committee, row.instrument_id, *Purpose) if row.instrument_id else None
    bygone = row.ends_on is not None and row.ends_on <= committee.created_at.date()
    rules = None if bygone else await rules_on(caller, committee.id, row.starts_on)
    fitting(row, seat, rules)
    if not bygone:
        presiding(row, seat, rules, named)


async def visible(caller: Caller, id: UUID) -> None:
    """Raises NotFound where there is no such committee, or none the caller may see."""
    found((await db.run(caller.session, f"select 1 from committee t where t.id = :id and {HERE.seen()}", id=id)).first())


async def opened(caller: Caller, id: UUID) -> bool:
    """Whether the caller has the personal scope at the committee."""
    statement = f"select 1 from committee t where t.id = :id and {HERE.seen('personal')}"
    return (await db.run(caller.session, statement, id=id)).first() is not None


async def bylaws_on(caller: Caller, committee_id: UUID, day: date) -> Bylaws | None:
    """The bylaws in force on a day."""
    approved = select(Bylaws).where(Bylaws.committee_id == committee_id, Bylaws.state == BylawsState.APPROVED)
    return next((row for row in (await caller.session.exec(approved)).all() if in_force(row, day)), None)


async def rules_on(caller: Caller, committee_id: UUID, day: date) -> Rules | None:
    """What the bylaws in force on a day say."""
    row = await bylaws_on(caller, committee_id, day)
    return Rules.model_validate(row.rules) if row else None


def worded(column: str, words: Mapping[str, Mapping[str, str]]) -> str:
    """SQL of the sentence that a code in `column` stands for, in the caller's language."""
    by_language = {language: _cases(column, words, language) for language in ("es", "pt", "en")}
    return f"case {{language}} when 'es' then {by_language['es']} when 'pt' then {by_language['pt']} else {by_language['en']} end"


def _cases(column: str, words: Mapping[str, Mapping[str, str]], language: str) -> str:
    quoted = ((code, said[language].replace("'", "''").replace("{", "{{").replace("}", "}}")) for code, said in words.items())
    return f"case {column} " + " ".join(f"when '{code}' then '{sentence}'" for code, sentence in quoted) + " end"


def by_state(column: str, allowed: Mapping[Any, list[str]]) -> str:
    """SQL of what may be done in each state."""
    return f"case {column} " + " ".join(f"when '{state}' then array{actions}::text[]" for state, actions in allowed.items()) + " end"
