"""What an entry of the matrix is: one operation, who may, who sees, and what is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.isolation.people import Map, Person
from tests.isolation.targets import TARGETS, Target, Thing

Says = Callable[[dict[str, Any], Person], bool]
Fits = Callable[[Target, Person, Map], bool]
Says_of_target = Callable[[str, Target], dict[str, Any]]


def _no_body(operation: str, target: Target) -> dict[str, Any]:
    return {}


def _everyone(target: Target, who: Person, map: Map) -> bool:
    return True


def _nobody(target: Target, who: Person, map: Map) -> bool:
    return False


def at(rule: Says) -> Fits:
    """`rule`, of a thing that lies at the target."""
    return lambda target, who, map: rule(target.row(map), who)


@dataclass(frozen=True)
class Entry:
    """One operation. Whoever `may` gets 2xx; of the others who `sees` gets 403, the rest 404; the public gets 401 unless it is `public`."""

    may: Fits = _everyone
    sees: Fits = _everyone
    clashes: Fits = _nobody
    """Whoever would get 409: they may speak about it, but it is for the other side to decide."""
    thing: Thing | None = None
    """A row is made for each target that the operation is about."""
    body: Says_of_target | None = None
    query: Says_of_target = _no_body
    path: Says_of_target = _no_body
    """Path variables, where they are not the target's own."""
    version: str = ""
    """The table whose row's version goes into If-Match; `table.column` where the key is not `id`."""
    public: bool = False
    open: bool = False
    """Answers whoever has not signed in too: what is public, and of the rest like of what is not there."""
    targets: tuple[Target, ...] = TARGETS
    file: Callable[[Target], str] | None = None
    tells: Callable[[dict[str, Any], bool], bool] | None = None
    """Whether an answer that is granted tells the right things, given whether the person writes there."""
    answers: Callable[[dict[str, Any], bool], bool] | None = None
    """Of operations that answer everybody and refuse inside the answer: whether it is right, given whether the person may."""


def unique(operation: str, target: Target) -> str:
    return f"{operation}-{target.name}".replace("_", "-")
