"""Sessions as iCalendar (RFC 5545), for the calendars of telephones. Local times float: a session is at 17:30 where it meets."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar, Event

from api.domain.session.calendars import TITLES

MEDIA = "text/calendar"
STATUS = {"planned": "TENTATIVE", "cancelled": "CANCELLED"}
"""Of an event; whatever else became of a session, it is, or was, confirmed."""
USUAL = timedelta(hours=2)
"""Length of a session that does not say."""


def calendar(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The calendar of rows of app.calendar_of, of which there is at least one."""
    every = list(rows)
    made = Calendar()
    made.add("prodid", "-//AMUPREV//sessions//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", every[0]["committee"])
    made.add("refresh-interval", timedelta(hours=12), {"value": "DURATION"})
    for row in every:
        if row["session_id"]:
            made.add_component(_event(row))
    return bytes(made.to_ical())


def _event(row: Mapping[str, Any]) -> Event:
    event = Event()
    event.add("uid", f"{row['session_id']}@amuprev")
    event.add("dtstamp", row["updated_at"].astimezone(UTC))
    event.add("sequence", row["version"])
    event.add("summary", f"{TITLES[row['kind']][row['language']]}: {row['body']}")
    event.add("status", STATUS.get(row["state"], "CONFIRMED"))
    for name, value in zip(("dtstart", "dtend"), _span(row), strict=True):
        event.add(name, value)
    for name, value in (("location", row["place"]), ("url", row["online"])):
        if value:
            event.add(name, value)
    return event


def _span(row: Mapping[str, Any]) -> tuple[date, date]:
    """First and last of it: local times, or whole days where it does not say when it begins."""
    day: date = row["meets_on"]
    if row["meets_at"] is None:
        return day, day + timedelta(days=1)
    start = datetime.combine(day, time.fromisoformat(row["meets_at"]))
    return start, start + (timedelta(minutes=row["duration_minutes"]) if row["duration_minutes"] else USUAL)
