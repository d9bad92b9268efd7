"""One value at a time: what somebody states of a place, indicator, source and period, with what it replaces."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from api import db, pages
from api.access import Caller
from api.domain.fields import found
from api.domain.indicator.catalogue import REDEFINED
from api.domain.indicator.figures import SUMMARISE
from api.domain.indicator.observations import Observation, ObservationFields, ObservationRevision, ObsStatus
from api.domain.indicator.periods import begun, dims_of, existed, period_of, stated
from api.domain.roles import Action, Target
from api.intake.computing import recomputed
from api.intake.placing import BORN, INSTEAD, OUTSIDE
from api.levels import PLACES
from api.pages import Listing


@dataclass(frozen=True)
class Address:
    """Which value is meant."""

    unit: str
    indicator: str
    period: str
    source: str
    dims: str = ""
    noun: str = "municipalities"
    """What `unit` names: municipalities, or territories of any kind."""

    def location(self) -> str:
        """Its address in the API."""
        said = {"source": self.source} | ({"dims": dims_of(self.dims)} if self.dims else {})
        return f"/v1/{self.noun}/{quote(self.unit)}/observations/{quote(self.indicator)}/{self.period}?{urlencode(said)}"

    def text(self) -> str:
        """As a listing takes it. Raises Invalid where the period or the breakdown is none."""
        first, frequency = period_of(self.period)
        return json.dumps([self.unit, self.indicator, self.source, first.isoformat(), frequency, dims_of(self.dims), self.noun])


ADDRESS = """t.territory_id = case {id}::jsonb ->> 6 when 'municipalities' then app.municipality_of({id}::jsonb ->> 0)
      else app.territory_of({id}::jsonb ->> 0) end
    and t.indicator_id = (select x.id from indicator x where x.code = {id}::jsonb ->> 1)
    and t.source_id = (select x.id from source x where x.code = {id}::jsonb ->> 2)
    and t.period_on = ({id}::jsonb ->> 3)::date and t.frequency = {id}::jsonb ->> 4 and t.dims = {id}::jsonb ->> 5"""
ASSISTED = "(select app.assist_municipalities())::int[]"
# Whoever changes a definition holds the same lock alone (db.fetch): what is stated then waits, and is weighed by what it became.
PLACE = f"""select t.territory_id, t.country_id, t.municipality_id, coalesce(t.territory_id = any({ASSISTED}), false) as assisted,
      (select pg_advisory_xact_lock_shared(hashtextextended('indicator ' || i.id, 0)) from indicator i where i.code = :indicator)
    from (select y.id as territory_id, y.country_id, y.municipality_id from territory y where y.id =
      case when :noun = 'municipalities' then app.municipality_of(:unit) else app.territory_of(:unit) end) t
    where {PLACES.seen()} or t.territory_id = any({ASSISTED})"""
WHAT = f"""select i.id as indicator_id, i.code, i.unit, i.origin, s.id as source_id, {REDEFINED.format(since="now()")} as redefined
    from (select 1) one left join indicator i on i.code = :indicator left join source s on s.code = :source"""
THEN = f"""select {INSTEAD.format(b="b", on="cast(:first as date)", frequency=":frequency")} from {BORN} b
    where b.id = :place and {OUTSIDE.format(b="b", on="cast(:first as date)", frequency=":frequency")}"""
ROWS = """(select * from observation where territory_id = :territory and indicator_id = :indicator and source_id = :source
    and period_on >= make_date(:year, 1, 1) and period_on <= make_date(:year, 12, 31))"""
NONE_LEFT = f"""delete from figure where territory_id = :territory and indicator_id = :indicator and source_id = :source and year = :year
    and not exists (select from {ROWS} x where x.value is not null and x.dims = '' and not x.assisted)"""


async def state(caller: Caller, listing: Listing, address: Address, body: ObservationFields, if_match: int | None) -> bool:
    """Keep the value; returns whether it was the first at its address. The same again changes nothing.

    Raises NotFound, NotAllowed where the place is not the caller's, Invalid on an address or value that cannot be, Unconditional or Stale
    where another value stands there.
    """
    key, municipality, draft = await _placed(caller, address, body)
    # With the imports of the same source: two values of one year are summed up one after the other.
    await db.run(caller.session, "select pg_advisory_xact_lock(hashtextextended('observations', :s))", s=key["source_id"])
    old = await caller.session.get(Observation, tuple(key[name] for name in KEY))
    if old is not None and (old.value, old.status, old.assisted) == (body.value, body.status, draft):
        return False
    recording = int((await db.run(caller.session, "select nextval('recording_number')")).scalar())
    if old is not None:
        await pages.unchanged(caller, listing, address.text(), old.version, if_match)
        caller.session.add(_revision(old, caller, body.reason, recording))
    row = old or Observation.model_validate(key | {"value": None, "status": ObsStatus.MISSING})
    row.value, row.status, row.assisted = body.value, body.status, draft
    row.import_id, row.row_numbers, row.recorded_by, row.recording_id = None, None, caller.principal, recording
    row.within(municipality)
    await db.keep(caller, row, "change" if old else "create", fields=["value", "status"])
    year = {"territory": row.territory_id, "indicator": row.indicator_id, "source": row.source_id, "year": row.period_on.year}
    await db.run(caller.session, SUMMARISE.replace("{rows}", ROWS), **year)
    await db.run(caller.session, NONE_LEFT, **year)
    part = ([row.territory_id], row.period_on.year, row.period_on.year)
    await recomputed(await db.driver(caller.session), caller, recording, part)
    await db.run(caller.session, "select app.record(:number, :country)", number=recording, country=row.country_id)
    return old is None


KEY = ("territory_id", "indicator_id", "source_id", "period_on", "frequency", "dims")


async def _placed(caller: Caller, address: Address, body: ObservationFields) -> tuple[dict[str, Any], int, bool]:
    """The key of the row, the municipality it lies in and whether it would be an association's draft."""
    place = (await db.run(caller.session, PLACE, unit=address.unit, noun=address.noun, indicator=address.indicator)).mappings().first()
    found(place)
    target = Target(place["country_id"], place["municipality_id"])
    draft = bool(place["assisted"]) and not caller.may(Action.WRITE_FIGURES, target)
    if not draft:
        caller.require(Action.WRITE_FIGURES, target)
    what = (await db.run(caller.session, WHAT, indicator=address.indicator, source=address.source)).mappings().one()
    stated(body, what)
    first, frequency = period_of(address.period)
    begun(first, caller.at.date())
    when = {"place": place["territory_id"], "first": first, "frequency": frequency}
    existed((await db.run(caller.session, THEN, **when)).scalar())
    key = {"territory_id": place["territory_id"], "country_id": place["country_id"], "indicator_id": what["indicator_id"]}
    key |= {"source_id": what["source_id"], "period_on": first, "frequency": frequency, "dims": dims_of(address.dims)}
    return key, place["municipality_id"], draft


def _revision(old: Observation, caller: Caller, reason: str | None, recording: int) -> ObservationRevision:
    said = {name: getattr(old, name) for name in ObservationRevision.model_fields if name in Observation.model_fields}
    return ObservationRevision.model_validate(
        said
        | {"revision": old.version, "replaced_at": caller.at, "replaced_by": caller.principal, "replaced_import_id": None}
        | {"replaced_recording_id": recording, "reason": reason}
    )
