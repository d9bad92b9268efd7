"""/alert-settings, /alert-rules: by which rules alerts open, and when in a country."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api import db, pages, problems
from api.access import Caller, IfMatch, Public, Writing
from api.collection import ReadRoute, UnitName, publish
from api.domain.alert.alerts import AlertRules, shipped
from api.domain.alert.settings import (
    AlertSetting,
    AlertSettingDefinition,
    AlertSettingNew,
    AlertSettingOut,
    AlertSettingPatch,
    of_a_rule,
)
from api.domain.errors import Conflict
from api.domain.fields import made, merged
from api.domain.levels import Level
from api.domain.roles import Action, Target
from api.idempotency import Creating
from api.levels import Shape
from api.offices import country_of
from api.pages import Listing
from api.pages.statements import ENTERED, prepared

router = APIRouter(tags=["alerts"], route_class=ReadRoute)


class AlertSettingQuery(pages.Query):
    """How settings are listed."""

    rule: Annotated[str | None, Field(max_length=63)] = None


SETTINGS = Listing(
    "alert-settings",
    AlertSettingOut,
    "alert_setting t join country c on c.id = t.country_id",
    Shape(public=True, municipality=None),
    (("t.rule", "text"), ("t.id", "uuid")),
    AlertSettingQuery,
    {"rule": "t.rule = {value}"},
    {"country": "c.iso2"},
)
publish(
    router,
    SETTINGS,
    public=True,
    levels=(Level.REGION, Level.COUNTRY),
    flat="/v1/alert-settings",
    about="How long before its day a rule alerts in a country, where that is not what comes with the service, by rule.",
    one=("alert_setting", "One setting."),
)
SET = prepared(f"""select e.who, (select coalesce(json_object_agg(x.iso2, x.days), json_build_object()) from (
    select c.iso2, json_object_agg(t.rule, t.days) as days from alert_setting t join country c on c.id = t.country_id group by 1) x)::text
  as countries from {ENTERED}""")


@router.get("/v1/alert-rules", response_model=AlertRules)
async def list_alert_rules(reading: Public) -> Any:
    """The rules by which alerts open, where each comes from, and the days that countries set otherwise."""
    row = await pages.ask(reading, SET, pages.known_of(reading))
    return AlertRules(rules=list(shipped()), countries=json.loads(row["countries"]))


async def _written(caller: Caller, row: AlertSetting, status: int = 200) -> Response:
    return await pages.written(caller, SETTINGS, row.id, f"/v1/alert-settings/{row.id}", status=status)


@router.post("/v1/countries/{unit}/alert-settings", status_code=201, response_model=AlertSettingOut, responses=problems.refusals(Conflict))
async def add_alert_setting(unit: UnitName, body: AlertSettingNew, caller: Creating) -> Response:
    """Have a rule alert earlier or later in the country. The clock opens and closes alerts by it within a minute. Needs `alerts:write`
    there."""
    country = await country_of(caller, unit, Action.WRITE_ALERTS)
    of_a_rule(body.rule)
    row = made(AlertSetting, body, country_id=country.country_id)
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> AlertSetting:
    row = await db.fetch(caller, AlertSetting, id, SETTINGS.shape.seen())
    caller.require(Action.WRITE_ALERTS, Target(country_id=row.country_id))
    await pages.unchanged(caller, SETTINGS, id, row.version, if_match)
    return row


@router.patch("/v1/alert-settings/{id}", response_model=AlertSettingOut, responses=problems.CHANGES)
async def change_alert_setting(id: UUID, body: AlertSettingPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Say other days, or another reason. Needs `alerts:write` there."""
    row = await _fetch(caller, id, if_match)
    await db.keep(caller, row, "change", fields=merged(row, body, AlertSettingDefinition))
    return await _written(caller, row)


@router.delete("/v1/alert-settings/{id}", status_code=204, responses=problems.CHANGES)
async def remove_alert_setting(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Go back to the days that come with the service. Needs `alerts:write` there."""
    await db.remove(caller, await _fetch(caller, id, if_match))
    return Response(status_code=204)
