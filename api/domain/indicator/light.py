"""The traffic light of a month: its count against the mean of the thirty-six months before it (Semáforo Delictivo).

Green where it fell by more than a quarter, red where it rose, yellow otherwise: where it fell by a quarter at most, or stayed the same. Of
what should rise it is the other way round. Grey, with a reason, where a colour would say more than is known.
"""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from api.domain.indicator.catalogue import Direction
from api.domain.indicator.rates import Point
from api.domain.indicator.ratios import Verdict, compared

BASE = 36
"""Months that a month is held against."""
FEWEST = 5
"""A smaller mean of a month gives no colour: one case more or less would change it. This project's own bound."""
QUARTER = 0.25


class Colour(StrEnum):
    """What a light shows."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"


WORDS = {
    "green": {
        "en": "Better than the three years before by more than 25 %.",
        "es": "Mejor que los tres años anteriores en más de 25 %.",
        "pt": "Melhor que os três anos anteriores em mais de 25 %.",
    },
    "yellow": {
        "en": "Better than the three years before by 25 % at most, or the same.",
        "es": "Mejor que los tres años anteriores en 25 % como máximo, o igual.",
        "pt": "Melhor que os três anos anteriores em 25 % no máximo, ou igual.",
    },
    "red": {
        "en": "Worse than the three years before.",
        "es": "Peor que los tres años anteriores.",
        "pt": "Pior que os três anos anteriores.",
    },
    "not-reported": {
        "en": "No colour: this month was not reported.",
        "es": "Sin color: este mes no se reportó.",
        "pt": "Sem cor: este mês não foi reportado.",
    },
    "not-wholly-reported": {
        "en": "No colour: not every municipality reported each of these months.",
        "es": "Sin color: no todos los municipios reportaron cada uno de estos meses.",
        "pt": "Sem cor: nem todos os municípios reportaram cada um destes meses.",
    },
    "too-few": {
        "en": "No colour: with fewer than 5 cases a month, one more or less would change it.",
        "es": "Sin color: con menos de 5 casos al mes, uno más o menos lo cambiaría.",
        "pt": "Sem cor: com menos de 5 casos por mês, um a mais ou a menos a mudaria.",
    },
    "not-a-count": {
        "en": "No colour: this indicator is not a number of cases.",
        "es": "Sin color: este indicador no es un número de casos.",
        "pt": "Sem cor: este indicador não é um número de casos.",
    },
    "does-not-add": {
        "en": "No colour: the values of places cannot be added up.",
        "es": "Sin color: los valores de los lugares no se pueden sumar.",
        "pt": "Sem cor: os valores dos lugares não podem ser somados.",
    },
}
"""Of each colour, and of each reason for none."""


class Light(BaseModel):
    """How the count of a month stands against the thirty-six months before it."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    month: str | None
    """The month asked for, or the last one with a value; null where there is none."""
    colour: Colour
    """green: better by more than 25 %; yellow: better by 25 % at most, or the same; red: worse; grey: see `reason`."""
    reason: str | None
    """Why it is grey: not-a-count, does-not-add, not-reported, not-wholly-reported (the month, or one of the 36) or too-few (their
    mean is below 5)."""
    words: str
    """The colour, or why there is none, in the caller's language."""
    count: float | None
    """Of the month."""
    mean: float | None
    """Mean count of a month of the 36; null where one of them has none."""
    change_percent: float | None
    """By how much the month's count is above the mean; negative below it; null where there is no mean, or it is 0."""
    months_reported: int
    """Of the 36, those that every municipality reported."""
    verdict: Verdict | None
    """What the exact test says of the same difference, since a colour may change by chance; null where there is none."""


def wholly(point: Point | None) -> bool:
    """Whether every municipality of a level reported the whole of a period."""
    return point is not None and point.value is not None and point.reported_months == point.expected_months > 0


def lit(month: Point | None, before: Sequence[Point | None], counted: bool, direction: Direction, language: str) -> Light:
    """The light of `month`, the thirty-six months `before` it given where they have a point; `counted`: it is a number of cases."""
    counts = [each.count for each in before if each is not None and each.count is not None]
    mean = sum(counts) / BASE if len(counts) == BASE else None
    count = month.count if month else None
    reason = _unlit(month, before, counted, mean)
    colour = Colour.GREY if reason or count is None or mean is None else _colour(count, mean, direction)
    return Light(
        month=month.period if month else None, colour=colour, reason=reason, words=WORDS[reason or colour][language], count=count,
        mean=None if mean is None else round(mean, 4),
        change_percent=round(100 * (count / mean - 1), 2) if mean and count is not None else None,
        months_reported=sum(wholly(each) for each in before),
        verdict=None if reason or count is None else compared((count, 1), (sum(counts), BASE), language).verdict,
    )  # fmt: skip


def _unlit(month: Point | None, before: Sequence[Point | None], counted: bool, mean: float | None) -> str | None:
    if not counted:
        return "not-a-count"
    if month is None or month.count is None:
        return month.reason if month and month.reason in WORDS else "not-reported"
    if not all(map(wholly, [month, *before])) or mean is None:
        return "not-wholly-reported"
    return "too-few" if mean < FEWEST else None


def _colour(count: float, mean: float, direction: Direction) -> Colour:
    better, aim = (mean - count, mean * QUARTER) if direction is Direction.DOWN else (count - mean, mean * QUARTER)
    if better < 0:
        return Colour.RED
    return Colour.GREEN if better > aim else Colour.YELLOW
