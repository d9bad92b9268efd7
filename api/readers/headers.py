"""What the columns of a file are for, found in its header by the names that a layout gives them."""

from api.domain.errors import Invalid
from api.readers import folded, words
from api.readers.layouts import PLACES, Layout, Role


class Header:
    """The columns of one file."""

    def __init__(self, layout: Layout, told: dict[str, str]) -> None:
        self.layout = layout
        self.constant: dict[str, str] = told | layout.fixed
        self.roles: dict[str, int] = {}
        self.periods: list[tuple[int, tuple[str, str]]] = []
        """Columns named after a whole period."""
        self.months: list[tuple[int, int]] = []
        """Columns named after a month of the row's year."""
        self.indicators: list[tuple[int, str]] = []
        self.breakdowns: list[tuple[str, int, dict[str, str]]] = []
        self.check: tuple[int, ...] = ()
        self.width = 0
        """How many cells a row must have."""

    def members(self) -> list[str]:
        """The columns as a line of NDJSON names them."""
        parts = [*self.layout.columns.values(), *(part.columns for part in self.layout.breakdowns.values())]
        return [names[0] for names in parts]

    def lacks(self, row: list[str]) -> list[str]:
        """The columns that `row`, were it the header, would lack; the first name of each."""
        at = _at(row)
        self.roles = {role: n for role, names in self.layout.columns.items() if (n := _first(at, names)) is not None}
        missing = [n[0] for role, n in self.layout.columns.items() if role not in self.roles and role not in self.layout.optional]
        if not any(role in self.roles for role in PLACES):
            missing += [self.layout.columns[role][0] for role in PLACES if role in self.layout.columns and role in self.layout.optional]
        if self.layout.across == "indicators":
            missing += [name for name in self.layout.indicators if folded(name) not in at]
        if self.layout.across == "periods":
            missing += self._lacks_periods(at)
        if self.layout.check:
            missing += [
                name for name in (self.layout.check.count, self.layout.check.over, self.layout.check.rate) if folded(name) not in at
            ]
        return missing

    def _lacks_periods(self, at: dict[str, int]) -> list[str]:
        taken = set(self.roles.values())
        self.periods = [(n, found) for name, n in at.items() if n not in taken and (found := words.period(name))]
        self.months = [(n, which) for name, n in at.items() if n not in taken and (which := words.month(name))]
        if not self.periods and not self.months:
            return ["Enero"]
        return self.layout.columns["year"][:1] if self.months and "year" not in self.roles else []

    def settle(self, header: list[str]) -> None:
        """Find every column. Raises Invalid where one tells who somebody is, or is not understood by a layout that understands all."""
        at = _at(header)
        self.lacks(header)
        self.indicators = [(at[folded(name)], code) for name, code in self.layout.indicators.items() if self.layout.across == "indicators"]
        for key, part in self.layout.breakdowns.items():
            if (n := _first(at, part.columns)) is not None:
                self.breakdowns.append((key, n, {folded(word): code for word, code in part.words.items()}))
        if check := self.layout.check:
            self.check = tuple(at[folded(name)] for name in (check.count, check.over, check.rate))
        named = {*self.roles.values(), *(n for n, _ in (*self.periods, *self.months, *self.indicators)), *self.check}
        named |= {n for _, n, _ in self.breakdowns}
        self.width = max(named) + 1
        _nobody([name for n, name in enumerate(header) if n not in named], self.layout.counted)
        strange = [name.strip()[:60] for n, name in enumerate(header) if name.strip() and n not in named]
        if self.layout.strict and strange:
            raise Invalid("The file has columns that are not understood.", "columns-differ", choices=strange[:20])

    def has(self, role: Role) -> bool:
        """Whether the file has a column for `role`."""
        return role in self.roles

    def role(self, role: Role, row: list[str]) -> str:
        """What `row` says for `role`: in its column, else what holds for every row, else nothing."""
        at = self.roles.get(role)
        return self.constant.get(role, "") if at is None else row[at].strip()


def _at(row: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for n, name in enumerate(row):
        found.setdefault(folded(name.lstrip("\ufeff")), n)
    found.pop("", None)
    return found


def _first(at: dict[str, int], names: list[str]) -> int | None:
    return next((at[folded(name)] for name in names if folded(name) in at), None)


def _nobody(others: list[str], case: bool) -> None:
    """Raises Invalid where a column tells who somebody is."""
    if found := words.identities(others, case):
        raise Invalid(
            "The file tells who people are. Nothing of it was kept: take these columns out and send only what is counted.",
            "identities-refused",
            choices=[name.strip()[:60] for name in found[:20]],
        )
