"""/blackouts: the days on which a country's law refuses acts because an election is near, and what that means at a municipality."""

import json
from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api import db, pages, problems
from api.access import Caller, IfMatch, Public, Writing
from api.collection import ReadRoute, UnitName, publish
from api.domain.errors import Conflict
from api.domain.fields import found, made, merged, new_id, patch_of
from api.domain.levels import Level
from api.domain.roles import Action, Target
from api.domain.transition.blackouts import LABELS, UNTIL, Blackout, BlackoutFields, BlackoutNow, BlackoutOut, PublicAct, blackout_of
from api.idempotency import Creating
from api.levels import Shape
from api.offices import country_of
from api.pages import AsOf, Listing
from api.pages.statements import ENTERED, prepared

router = APIRouter(tags=["transitions"], route_class=ReadRoute)
BlackoutPatch = patch_of(BlackoutFields)


class BlackoutNew(BlackoutFields):
    """The body that adds a window."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class BlackoutQuery(pages.Query):
    """How windows are listed."""

    in_force: bool | None = None
    """Only those that refuse something on `as_of`, or only the others."""
    act: PublicAct | None = None


IN_FORCE = "(t.starts_on <= {as_of} and t.ends_on > {as_of})"


def _says() -> str:
    """SQL of the sentence that a window is, in the caller's language."""

    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    def by_language() -> Iterator[str]:
        for language in ("es", "pt", "en"):
            labels = " ".join(f"when '{act}' then {quoted(LABELS[act][language])}" for act in PublicAct)
            listed = f"(select string_agg(case a {labels} end, ', ' order by a) from unnest(t.acts) a)"
            before, between, after = UNTIL[language].replace("{act}", "{until}").replace("{basis}", "{until}").split("{until}")[:3]
            said = f"{quoted(before)} || t.ends_on || {quoted(between)} || {listed} || {quoted(after)} || t.legal_basis || '.'"
            yield f"when '{language}' then {said}"

    return f"case {{language}} {' '.join(by_language())} end"


BLACKOUTS = Listing(
    "blackouts",
    BlackoutOut,
    "blackout_window t join country c on c.id = t.country_id",
    Shape(public=True, municipality=None),
    (("t.starts_on", "date"), ("t.id", "uuid")),
    BlackoutQuery,
    {"in_force": f"{IN_FORCE} = {{value}}", "act": "{value} = any(t.acts)"},
    {"country": "c.iso2", "in_force": IN_FORCE, "says": _says()},
)
publish(
    router,
    BLACKOUTS,
    public=True,
    levels=(Level.REGION, Level.COUNTRY),
    flat="/v1/blackouts",
    about="Days on which acts are refused because an election is near, by first day: what, until when, and by which law.",
    one=("blackout_window", "One window."),
)


async def _written(caller: Caller, row: Blackout, status: int = 200) -> Response:
    return await pages.written(caller, BLACKOUTS, row.id, f"/v1/blackouts/{row.id}", status=status)


@router.post("/v1/countries/{unit}/blackouts", status_code=201, response_model=BlackoutOut, responses=problems.refusals(Conflict))
async def add_blackout(unit: UnitName, body: BlackoutNew, caller: Creating) -> Response:
    """Say on which days the country's law refuses acts. It counts from the next request on. Needs `blackouts:write` there."""
    country = await country_of(caller, unit, Action.WRITE_BLACKOUTS)
    row = made(Blackout, body, country_id=country.country_id)
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> Blackout:
    row = await db.fetch(caller, Blackout, id, BLACKOUTS.shape.seen())
    caller.require(Action.WRITE_BLACKOUTS, Target(country_id=row.country_id))
    await pages.unchanged(caller, BLACKOUTS, id, row.version, if_match)
    return row


@router.patch("/v1/blackouts/{id}", response_model=BlackoutOut, responses=problems.CHANGES)
async def change_blackout(id: UUID, body: BlackoutPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Correct a window, such as after an election was moved. Needs `blackouts:write` there."""
    row = await _fetch(caller, id, if_match)
    await db.keep(caller, row, "change", fields=merged(row, body, BlackoutFields))
    return await _written(caller, row)


@router.delete("/v1/blackouts/{id}", status_code=204, responses=problems.CHANGES)
async def remove_blackout(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Remove a window that was entered by mistake. Needs `blackouts:write` there."""
    await db.remove(caller, await _fetch(caller, id, if_match))
    return Response(status_code=204)


WINDOWS = "select x.* from blackout_window x where x.country_id = m.country_id and x.ends_on > {as_of}"
NOW = prepared(f"""
select e.who, q.* from {ENTERED}
left join lateral (
  select m.id, c.iso2, (select coalesce(json_agg(row_to_json(w)), '[]') from ({WINDOWS}) w)::text as windows
  from municipality m join country c on c.id = m.country_id where e.who is not null and m.id = app.municipality_of({{unit}})) q on true""")


@router.get("/v1/municipalities/{unit}/blackout", response_model=BlackoutNow)
async def read_blackout(
    unit: UnitName,
    reading: Public,
    response: Response,
    as_of: AsOf = None,
) -> Any:
    """What is refused at a municipality on a day because an election is near, until when, and by which law. Reading never is."""
    day = as_of or reading.at.date()
    row = await pages.ask(reading, NOW, pages.known_of(reading) | {"unit": unit, "as_of": day})
    found(row["id"])
    response.headers["Content-Language"] = reading.language
    windows = [_window(said) for said in json.loads(row["windows"])]
    return blackout_of((row["id"], row["iso2"]), windows, day, reading.language)


def _window(said: dict[str, Any]) -> BlackoutFields:
    return BlackoutFields.model_validate({name: said[name] for name in BlackoutFields.model_fields})
