"""What a series says: the light of a month, months made smooth, one period against another; each made of one series at one instant."""

from dataclasses import replace
from datetime import date
from typing import Any

from api.access import Reading
from api.answers.headings import Heading
from api.answers.series import Asked, Series, series
from api.domain.indicator.comparison import Held, Spans, held, label, moved
from api.domain.indicator.figures import FIRST_YEAR, By, unprotected
from api.domain.indicator.light import BASE, Light, lit
from api.domain.indicator.trends import LEAD, Smooth, smooth
from api.levels import Lens


class LightOf(Heading, Light):
    """The light of an indicator."""


class Comparison(Heading, Held):
    """A period against another one."""


class Trend(Heading):
    """Months made smooth."""

    points: list[Smooth]


async def _open(reading: Reading, lens: Lens, asked: Asked) -> Series:
    """The series; refused where `series` refuses it, and of a sensitive indicator to who may not write it."""
    found = await series(reading, lens, asked)
    unprotected(found.protected)
    return found


def told(found: Series) -> dict[str, Any]:
    """The heading of a series, for another answer made of it."""
    return {name: getattr(found, name) for name in Heading.model_fields}


async def light(reading: Reading, lens: Lens, asked: Asked) -> LightOf:
    """The light of the month `asked.last`, else of the last one with a value. Refuses what `_open` refuses."""
    first = max(moved(asked.last, -BASE), date(FIRST_YEAR, 1, 1)) if asked.last else None
    found = await _open(reading, lens, replace(asked, by=By.MONTH, first=first))
    points = {p.period: p for p in found.points}
    month = label(asked.last, By.MONTH) if asked.last else max((p.period for p in found.points if p.value is not None), default=None)
    day = date(int(month[:4]), int(month[5:]), 1) if month else None
    before = [points.get(label(moved(day, -n), By.MONTH)) for n in range(BASE, 0, -1)] if day else []
    shown = lit(points.get(month or ""), before, found.measure == "count", found.direction, reading.language)
    return LightOf(**told(found), **shown.model_dump())


async def trend(reading: Reading, lens: Lens, asked: Asked, partial: bool) -> Trend:
    """The months of a level made smooth; windows reach back before the first month asked for. Refuses what `_open` refuses."""
    first = max(moved(asked.first, -LEAD), date(FIRST_YEAR, 1, 1)) if asked.first else None
    found = await _open(reading, lens, replace(asked, by=By.MONTH, first=first))
    points = smooth(found.points, label(asked.first, By.MONTH) if asked.first else None, partial)
    return Trend(**told(found), points=points)


async def compare(reading: Reading, lens: Lens, asked: Asked, spans: Spans) -> Comparison:
    """One span of a series against another. Refuses what `_open` refuses."""
    first, last = spans.around()
    found = await _open(reading, lens, replace(asked, by=spans.by, first=first, last=last))
    return Comparison(**told(found), **held(found.points, spans, reading.language).model_dump())
