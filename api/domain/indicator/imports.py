"""What an import must say of itself."""

from collections.abc import Mapping
from typing import Any

from api.domain.errors import Conflict, Invalid, NotAllowed


def source_for(row: Mapping[str, int] | None) -> int:
    """The key of a source. Raises Invalid where there is none of that code."""
    if row is None:
        raise Invalid("There is no such source; see GET /v1/sources.", "source-unknown", pointer="query/source")
    return row["id"]


def territory(country_id: int | None, admin1_id: int | None, admin1: str | None) -> tuple[int, int | None]:
    """Where names are looked up. Raises Invalid where the country or its first level is not known."""
    if country_id is None:
        raise Invalid(
            "Say in which country names are looked up, or give `scheme` for a column of codes.", "country-unknown", pointer="query/country"
        )
    if admin1 is not None and admin1_id is None:
        raise Invalid("There is no such first level in this country.", "admin1-unknown", pointer="query/admin1")
    return country_id, admin1_id


def assignable(place: Mapping[str, Any] | None, assigned: int | None) -> None:
    """Whether parked rows may be said to be of `place`. Raises Invalid where it is not known, NotAllowed where its country is not the
    caller's to
    write, Conflict where they were assigned to another place before."""
    if place is None:
        raise Invalid("No municipality has this key or code.", "place-unknown", pointer="/municipality")
    if not place["may"]:
        raise NotAllowed("What a source means by a place is said by the coordinator of its country.")
    if assigned not in (None, place["id"]):
        raise Conflict("These rows were assigned to another municipality.", "assigned-otherwise", pointer="/municipality")
