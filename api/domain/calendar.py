"""Days counted from other days. What would lie beyond the calendar is its last day but one, or its second: the outermost stand for no end
at all (api/domain/fields.py), and whoever asks about the year 9999 gets an answer and not an error."""

import calendar
from datetime import date, timedelta

from api.domain.errors import Invalid

FIRST, LAST = date.min + timedelta(days=1), date.max - timedelta(days=1)


def within(day: date) -> date:
    """The day, or the nearest that is none of the outermost."""
    return min(max(day, FIRST), LAST)


def months_after(day: date, months: int) -> date:
    """The same day of the month `months` later; the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > LAST.year:
        return LAST
    return min(date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1])), LAST)


def days_after(day: date, days: int) -> date:
    """The day `days` later; before it where they are negative."""
    return date.fromordinal(min(max(day.toordinal() + days, FIRST.toordinal()), LAST.toordinal()))


def not_to_come(day: date, today: date, pointer: str) -> None:
    """Raises Invalid at `pointer` where a day on which something is said to have happened is still to come."""
    if day > today:
        raise Invalid("This day is still to come.", "day-to-come", pointer=pointer)
