"""The places that rows name, each once, as a layout understands them."""

from api.readers import Place, Tally, folded, words
from api.readers.headers import Header
from api.readers.layouts import Layout, Role

ROLES: tuple[Role, ...] = ("code", "name", "scheme", "admin1", "country", "apart")

ALL: tuple[Role, ...] = ("admin1", "country")


class Places:
    """Rows name the same places again and again: what a combination of cells means is worked out once."""

    def __init__(self, layout: Layout, header: Header, tally: Tally) -> None:
        self.layout, self.header, self.tally = layout, header, tally
        self.columns = [header.roles[role] for role in ROLES if role in header.roles]
        self.known = {folded(name): code for name, code in layout.known.items()}
        self.aggregates = {folded(name) for name in layout.aggregates}
        self.seen: dict[tuple[str, ...], tuple[int, str, bool]] = {}

    def number(self, row: list[str]) -> tuple[int, str]:
        """The number of the place of `row`, and what is wrong with it, if anything."""
        key = tuple([row[n] for n in self.columns])
        found = self.seen.get(key)
        if found is None:
            found = self.seen[key] = self._found(row)
        self.tally.healed += found[2]
        return found[:2]

    def _of_all(self, row: list[str]) -> bool:
        """Whether the row itself names a country or first level, and no place in it: then it is about all of it."""
        return any(self.header.role(role, row) for role in ALL if self.header.has(role))

    def _found(self, row: list[str]) -> tuple[int, str, bool]:
        code, name, scheme, admin1, country, apart = (self.header.role(role, row) for role in ROLES)
        if words.is_total(name or code, coded=bool(code and name)):
            return -1, "total-row", False
        if folded(name) in self.aggregates:
            return -1, "place-aggregate", False
        if not code and not name and not self._of_all(row):
            return -1, "place-missing", False
        if means := self.known.get(folded(name)):
            scheme, _, code = means.partition(":")
            admin1 = country = ""
        elif not scheme and ":" in code:
            scheme, _, code = code.partition(":")
        healed = code.isdigit() and len(code) < words.DIGITS.get(scheme, 0)
        if healed:
            code = code.zfill(words.DIGITS[scheme])
        if apart and not code:
            code = f"{self.layout.columns['apart'][0]} {apart}"
        said = (code, name, scheme, admin1, country)
        return self.tally.place(Place(*(part[:120] for part in said))), "", healed
