"""Breakdowns by one key, such as sex: whether the parts make up the whole, and what remains of it."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from api.domain.errors import Invalid, NotAllowed


class Part(BaseModel):
    """What was stated of one value of the key."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    code: str
    """The value of the key, such as F."""
    value: float
    """In the indicator's unit, summed over the places that stated it."""
    places: int
    """How many places stated it."""


def remainder(total: float | None, parts: Iterable[Part]) -> float | None:
    """What of the total no part tells; null where there is no total."""
    return None if total is None else round(total - sum(part.value for part in parts), 6)


def incomplete(total: float | None, parts: list[Part], differing: int) -> bool:
    """Whether the parts do not make up the whole: none was stated, or nothing whole, or of `differing` places they sum to something else.

    Places are held one by one: too many here and too few there would look whole together.
    """
    return total is None or not parts or differing > 0


def open_to(sensitive: bool, writes: bool) -> None:
    """Raises NotAllowed where the parts of a sensitive indicator would be told to somebody who may not write them."""
    if sensitive and not writes:
        raise NotAllowed("Breakdowns of a sensitive indicator are for who may write its values here.", "indicator-protected")


def summable(adds: bool, places: int) -> None:
    """Raises Invalid where values of several places would be summed that do not add up."""
    if not adds and places > 1:
        told = "Values of this indicator are not summed over places; ask for one municipality."
        raise Invalid(told, "does-not-add", pointer="path/code")
