"""The 10-5 rule: how counts of sensitive indicators are told to those who may not write them.

Of a place a count below 10 is hidden, zero like nine, and every other one is rounded to the nearest 5. A total is made of the true counts
and then treated the same, so totals need not add up, and what is hidden is not got back by subtracting. Rounding alone would not do: two
hidden places have 18 at most, so a total told as 20 would say that both have 9. A total is therefore told so that, beside what is told of
its members, at least ROOM whole numbers remain for it: one that would leave fewer is told as the multiple of 5 next to it.

That keeps what is hidden, whatever the counts are. Let each member be known to lie in a window, and the total in ROOM neighbouring numbers
between the sums of their ends. The upper end of what is known of a member then cannot fall, nor its lower end rise, so far that fewer than
ROOM numbers were left; totals of totals do the same to a total. So where every total is of parts that do not overlap (municipality, first
level, country, region) no hidden count is ever known to fewer than ROOM numbers. Other sums overlap, which is why only a fixed list of
tables is answered. The functions app.told are the same rule in SQL, and a test holds both equal.

What it does not keep: somebody who may change one of the figures and reads a total can find out where its window ends, by changing that
figure step by step; each step is a revision with a name. And that two sources counted the same is known to nobody here: who knows it from
elsewhere may hold their tables against each other.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from api.domain.errors import Invalid, NotAllowed

HIDDEN_BELOW, BASE, ROOM = 10, 5, 3
LISTED = ["{level}/indicators/{code}/series?by=year", "{level}/indicators/{code}/table?period=YYYY&by=municipality|admin1|country"]
"""The fixed list of tables."""


class Told(NamedTuple):
    """What is told of a count, and the window in which a reader then knows it to lie, both ends included."""

    shown: int | None
    """Null where it is hidden."""
    low: int
    high: int


def rounded(count: float) -> int:
    """The nearest multiple of 5; 0 stands for all that is hidden."""
    return 0 if count < HIDDEN_BELOW else int((count + BASE / 2) // BASE) * BASE


def window(at: int) -> tuple[int, int]:
    """The whole numbers that are rounded to `at`."""
    return (max(at - BASE // 2, HIDDEN_BELOW), at + BASE // 2) if at else (0, HIDDEN_BELOW - 1)


def cell(count: float) -> Told:
    """What is told of a count of one place."""
    at = rounded(count)
    return Told(at or None, *window(at))


def total(count: float, members: Iterable[Told]) -> Told:
    """What is told of the count of a whole, beside what is told of its `members`, each of which belongs to it alone."""
    windows = list(members)
    low, high = sum(m.low for m in windows), sum(m.high for m in windows)
    if high - low + 1 < 2 * ROOM:
        return Told(rounded((low + high) // 2) or None, low, high)
    first, last = rounded(low), rounded(high)
    if window(first)[1] - low + 1 < ROOM:
        first = first + BASE if first else HIDDEN_BELOW
    if high - window(last)[0] + 1 < ROOM:
        last = last - BASE if last > HIDDEN_BELOW else 0
    at = min(max(rounded(count), first), last)
    return Told(at or None, low if at == first else window(at)[0], high if at == last else window(at)[1])


def listed(like_this: bool) -> None:
    """Raises NotAllowed unless an answer is on the fixed list of tables; `like_this` is whether it is asked for as they are."""
    if not like_this:
        raise NotAllowed(
            "This indicator is sensitive. Who may not write its figures gets years of the region, of countries and of municipalities, by"
            " calendar year, on the map of the time and as known now; see `choices`.",
            "protected-table",
            choices=LISTED,
        )


def one_source(sources: Sequence[dict[str, Any]]) -> None:
    """Raises Invalid where a sensitive indicator would be added up over several sources: each is a table of its own."""
    if len(sources) > 1:
        codes = [s["code"] for s in sources]
        raise Invalid("A sensitive indicator is told source by source; name one.", "source-required", pointer="query/source", choices=codes)
