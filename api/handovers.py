"""Handovers as they are carried out: who holds an office, who may agree, and what is over for whom."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from api import db
from api.access import Caller, for_the_house
from api.committees import target
from api.domain.access.people import ApiKey, Granted, Invitation
from api.domain.levels import Level
from api.domain.roles import Action, Role, Target
from api.domain.transition.handovers import Change, HandoverOut, Line, ended, leave, lines_of, said, stay, unsay
from api.domain.transition.office_terms import EndedBy, OfficeTerm
from api.domain.transition.transitions import Transition

OWN = """exists (select from granted b where b.principal_id = g.granted_by and b.municipality_id = any(app.with_predecessors(:place)))"""
"""Whether office `g` was given by somebody of the municipality itself."""
HELD = f"""select coalesce(json_agg(row_to_json(h)), '[]')::text from (
    select g.id as grant_id, g.principal_id, p.kind, g.role, g.starts_on, g.ends_on, g.personal,
      (select count(*) from api_key k where k.principal_id = p.id and k.revoked_at is null and k.expires_at > :at) as keys
    from granted g join principal p on p.id = g.principal_id
    where g.municipality_id = any(app.with_predecessors(:place)) and p.active and g.revoked_at is null and (g.starts_on < :turns or {OWN})
      and (g.ends_on is null or g.ends_on > :turns) order by g.id) h"""
"""Whoever holds an office there beyond the day, and whoever one of them gave one that begins then: not those whom others invite to come."""
ASSOCIATIONS = "select a.id from association a where :place = any(app.affiliated(a.id, :day))"
ELSEWHERE = "select 1 from app.offices_of(:who, :day) limit 1"


async def ended_by(caller: Caller, row: Transition) -> EndedBy | None:
    """How the term of office ended, as far as it is known."""
    return (await caller.session.exec(select(OfficeTerm).where(OfficeTerm.id == row.office_term_id))).one().ended_by


async def lines_now(caller: Caller, row: Transition, how: EndedBy | None) -> list[Line]:
    """Everybody who holds an office at the municipality beyond the day, each as usual."""
    async with for_the_house(caller):
        values = {"at": caller.at, "place": row.municipality_id, "turns": row.turns_on}
        held = (await db.run(caller.session, HELD, **values)).scalar()
    return lines_of(json.loads(held), how)


async def may_approve(caller: Caller, row: Transition) -> bool:
    """Whether the caller is of the country, or of an association of the municipality."""
    if caller.may(Action.APPROVE_HANDOVER, target(row)):
        return True
    found = (await db.run(caller.session, ASSOCIATIONS, place=row.municipality_id, day=caller.at.date())).scalars().all()
    where = (Target(row.country_id, row.municipality_id, association) for association in found)
    return any(caller.may(Action.APPROVE_HANDOVER, place) for place in where)


def coordinates(caller: Caller, row: Transition) -> bool:
    """Whether the caller coordinates the municipality now."""
    held = (h for h in caller.held if h.role is Role.MUNICIPAL_COORDINATOR and h.level is Level.MUNICIPALITY)
    return any(row.municipality_id in h.municipalities for h in held)


async def shown(caller: Caller, row: Transition) -> HandoverOut:
    """Who keeps an office, as it was said or else as it would be."""
    how = await ended_by(caller, row)
    lines = said(row) or await lines_now(caller, row, how)
    known = row.model_dump(include={"version", "turns_on", "proposed_at", "approved_at"})
    return HandoverOut(**known, transition_id=row.id, ended_by=how, lines=lines)


async def carry_out(caller: Caller, row: Transition) -> None:
    """End the offices that are not kept, as far as that was approved, on the day that is known now; and, where it has come, the sessions
    and keys of those who held them."""
    ending = ended(row)
    async with for_the_house(caller):
        for line in ending:
            await _changed(caller, line, leave, row.turns_on)
        if row.turns_on <= caller.at.date():
            await _close(caller, {line.principal_id for line in ending})


async def reopen(caller: Caller, row: Transition) -> None:
    """Let a handover be said anew: what was agreed to holds no more, and offices last as long as they did before."""
    async with for_the_house(caller):
        for line in ended(row):
            await _changed(caller, line, stay, row.turns_on)
    unsay(row, caller.at.date())


async def _changed(caller: Caller, line: Line, change: Change, turns_on: date) -> None:
    office = await db.fetch(caller, Granted, line.grant_id, "true")
    if done := change(office, line, turns_on, caller.at):
        await db.keep(caller, office, done, fields=["ends_on", "revoked_at"])


async def _close(caller: Caller, ended: set[UUID]) -> None:
    """End the sessions of everybody whose office ended, the links that they made and nobody used yet, by which they might come in as
    others, and the keys of those who hold no office any more."""
    open_links = select(Invitation).where(col(Invitation.invited_by).in_(ended), col(Invitation.used_at).is_(None))
    for link in (await caller.session.exec(open_links.where(Invitation.expires_at > caller.at).order_by(col(Invitation.id)))).all():
        link.expires_at = caller.at
        await db.keep(caller, link, "expire", fields=["expires_at"])
    for who in sorted(ended):
        await db.run(caller.session, "select app.end_sessions(:who, null, :at)", who=who, at=caller.at)
        if not await _elsewhere(caller, who, caller.at.date()):
            await _revoke_keys(caller, who)


async def _elsewhere(caller: Caller, who: UUID, day: date) -> bool:
    return (await db.run(caller.session, ELSEWHERE, who=who, day=day)).first() is not None


async def _revoke_keys(caller: Caller, who: UUID) -> None:
    alive: Any = select(ApiKey).where(ApiKey.principal_id == who, ApiKey.revoked_at == None).order_by(ApiKey.id)  # noqa: E711
    for key in (await caller.session.exec(alive)).all():
        key.revoked_at = caller.at
        await db.keep(caller, key, "revoke", fields=["revoked_at"])
