"""Whether a rate rose or fell between two periods, or whether the cases are too few to tell: an exact test, said in plain words.

Of the cases of both periods together, those of one are binomial (Przyborowski and Wilenski 1940), so that the limits of Clopper and Pearson
(1934) for their share are limits of the ratio of the two rates: (share / (1 - share)) x (residents then / residents now). The share's
limits are quantiles of the beta distribution; its integral is computed here by its continued fraction (DLMF 8.17.22), and tests hold all of
it against scipy to 1e-6.
"""

from enum import StrEnum
from math import ceil, exp, floor, inf, lgamma, log, log1p

from pydantic import BaseModel, ConfigDict

HALF, DOUBLE = 0.5, 2.0
"""An interval that holds both tells nothing: the rate may have halved or doubled. This project's own measure of too few."""
ALPHA = 0.05
MOST = 1_000_000
"""A million cases tell as much as anybody needs: more are taken for so many, which errs to the wide side and bounds the work."""
TINY = 1e-300


class Verdict(StrEnum):
    """What can be said of two periods."""

    FELL = "fell"
    ROSE = "rose"
    NO_CLEAR_CHANGE = "no-clear-change"
    TOO_FEW = "too-few"


WORDS = {
    Verdict.FELL: {
        "en": "The rate fell: chance alone does not explain the difference.",
        "es": "La tasa bajó: el azar por sí solo no explica la diferencia.",
        "pt": "A taxa caiu: o acaso, sozinho, não explica a diferença.",
    },
    Verdict.ROSE: {
        "en": "The rate rose: chance alone does not explain the difference.",
        "es": "La tasa subió: el azar por sí solo no explica la diferencia.",
        "pt": "A taxa subiu: o acaso, sozinho, não explica a diferença.",
    },
    Verdict.NO_CLEAR_CHANGE: {
        "en": "No clear change: chance alone makes differences like this one.",
        "es": "Sin cambio claro: el azar por sí solo produce diferencias como esta.",
        "pt": "Sem mudança clara: o acaso, sozinho, produz diferenças como esta.",
    },
    Verdict.TOO_FEW: {
        "en": "Too few to tell: with so few cases the rate may as well have halved as doubled.",
        "es": "Muy pocos casos para saberlo: con tan pocos, la tasa pudo tanto reducirse a la mitad como duplicarse.",
        "pt": "Poucos casos para saber: com tão poucos, a taxa tanto pode ter caído à metade como dobrado.",
    },
}


class Ratio(BaseModel):
    """How many times the rate of one period is that of another."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    ratio: float | None
    """The rate divided by the one it is held against: 0.8 is a fifth less. Null where there was no case to divide by."""
    low: float | None
    """Lower limit of its exact 95 % interval."""
    high: float | None
    """Upper limit; null where there is none, since there was no case to divide by."""
    p_value: float
    """Of the exact test that both rates are the same, two-sided: twice the smaller tail, at most 1."""
    verdict: Verdict
    """fell and rose: the interval does not hold 1; too-few: it holds both a half and two."""
    words: str
    """The verdict in the caller's language."""


def compared(now: tuple[float, float], then: tuple[float, float], language: str) -> Ratio:
    """Count and exposure (residents x time, above 0) of one period against those of another. Of a count that is no whole number, converted
    to other boundaries, what tells less: the wider interval and the larger p."""
    (count, exposure), (other, against) = _bounded(*now), _bounded(*then)
    under, over = (floor(count), ceil(other)), (ceil(count), floor(other))
    times = against / exposure
    low, opposite = (_odds(least(*each)) for each in (under, over[::-1]))
    low, high = low * times, times / opposite if opposite else inf
    at = exposure / (exposure + against)
    p = min(1.0, 2 * min(beta(at, under[0], under[1] + 1), beta(1 - at, over[1], over[0] + 1)))
    verdict = _verdict(low, high)
    return Ratio(
        ratio=round(count / other * times, 6) if other else None, low=round(low, 6) if count or other else None,
        high=round(high, 6) if high < inf else None, p_value=round(p, 6), verdict=verdict, words=WORDS[verdict][language],
    )  # fmt: skip


def _bounded(count: float, exposure: float) -> tuple[float, float]:
    """Rounded to what a share of a case can be told by, so that the noise of a sum makes no whole number a broken one."""
    return (MOST, exposure * MOST / count) if count > MOST else (round(count, 6), exposure)


def _verdict(low: float, high: float) -> Verdict:
    if low > 1:
        return Verdict.ROSE
    if high < 1:
        return Verdict.FELL
    return Verdict.TOO_FEW if low <= HALF and high >= DOUBLE else Verdict.NO_CLEAR_CHANGE


def _odds(share: float) -> float:
    return share / (1 - share)


def least(count: int, other: int) -> float:
    """The lower exact 95 % limit (Clopper, Pearson) of the share that `count` is of both; the upper is what the least of `other` leaves."""
    return quantile(ALPHA / 2, count, other + 1) if count else 0.0


def beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function: how probable it is that at least `a` of a + b - 1 cases fall where each does with
    probability `x`. 1 for a = 0, 0 for b = 0."""
    if a == 0 or x >= 1:
        return 1.0
    if b == 0 or x <= 0:
        return 0.0
    if x > (a + 1) / (a + b + 2):
        return 1 - beta(1 - x, b, a)
    return exp(_log_density(x, a, b)) * x * (1 - x) / a * _fraction(x, a, b)


def _log_density(x: float, a: float, b: float) -> float:
    return (a - 1) * log(x) + (b - 1) * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b)


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function by the method of Lentz; it settles in about the root of a + b steps."""
    d = 1 / _not_zero(1 - (a + b) * x / (a + 1))
    c, product = 1.0, d
    for m in range(1, 100_000):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 / _not_zero(1 + step * d), _not_zero(1 + step / c)
            product *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return product


def _not_zero(x: float) -> float:
    return x if abs(x) > TINY else TINY


def quantile(p: float, a: float, b: float) -> float:
    """Where the incomplete beta function of a, b reaches `p`: by Newton's steps, halving where one would leave what is known to hold it."""
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(200):
        off = beta(x, a, b) - p
        low, high = (x, high) if off < 0 else (low, x)
        step = x - off / max(exp(_log_density(x, a, b)), TINY)
        following = step if low < step < high else (low + high) / 2
        if abs(following - x) <= 1e-13 * x:
            return following
        x = following
    return x
