"""{level}/alerts: what somebody should do something about."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee, worded
from api.domain.alert.alerts import AlertOut, worded_by
from api.pages import Listing

router = APIRouter(tags=["alerts"], route_class=ReadRoute)


class AlertsQuery(OfCommittee):
    """How alerts are listed."""

    rule: Annotated[str | None, Field(max_length=63)] = None
    state: Literal["open", "closed", "all"] = "open"
    """Open ones where nothing is said."""


ALERTS = Listing(
    "alerts",
    AlertOut,
    "alert t join committee c on c.id = t.committee_id",
    HERE,
    (("t.happens_on", "date"), ("t.id", "uuid")),
    AlertsQuery,
    OF_COMMITTEE | {"rule": "t.rule = {value}", "state": "{value}::text = 'all' or ({value}::text = 'open') = (t.closed_at is null)"},
    {
        "committee": "c.name",
        "why": worded("t.rule", worded_by("why")),
        "what": worded("t.rule", worded_by("what")),
    },
)

publish(
    router,
    ALERTS,
    flat="/v1/alerts",
    about="""Open alerts, the most urgent day first: which rule fired, why, about what, and what to do. The clock opens and closes them
within a minute of what changed, and when a day comes; the feed tells of both as `alert`.""",
)
