"""Further forms a list may be read in: what other systems take, each with its media type, its columns and what of the list fits into it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.domain.errors import Invalid


@dataclass(frozen=True)
class Form:
    """How the rows of a list are written for another system. Lines of CSV with a header; of JSON where `json` is set, inside `head` and
    `tail`."""

    media: str
    suffix: str
    columns: Mapping[str, str] = field(default_factory=dict)
    """Name -> SQL over the list's rows."""
    json: str = ""
    """SQL of one JSON object, instead of columns."""
    head: str = ""
    tail: str = ""
    only: str = "true"
    """The rows that can be said in this form."""
    needs: tuple[str, ...] = ()
    """Filters without which rows would stand for the same thing."""

    def __hash__(self) -> int:
        return hash(self.media)

    def given(self, said: Mapping[str, object]) -> None:
        """Raises Invalid where a filter that the form needs was not given."""
        for name in self.needs:
            if said.get(name) is None:
                raise Invalid(f"In this form two {name}s would stand for one; name one.", f"{name}-required", pointer=f"query/{name}")
