"""A table of residents: a name or code of the municipality and a number; the year and the place it lies in are told beside it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from api.readers import PIECE, Cell, Place, Tally, folded, number, words
from api.readers.sheets import opened

NAMES = ("municipio", "municipality", "nombre", "name")
CODES = ("codigo", "code", "clave", "cve. municipio")
VALUES = ("poblacion", "population", "habitantes")


@dataclass
class Populations:
    """One row a municipality. `told` is the scheme of its codes, or the country and first level its names are looked up in."""

    year: int
    told: dict[str, str]
    repeats: str = "refuse"
    tally: Tally = field(default_factory=Tally)

    @property
    def place(self) -> tuple[str, ...]:
        """The names that the column of the place may have."""
        return CODES if self.told.get("scheme") else NAMES

    def cells(self, file: IO[bytes]) -> Iterator[list[Cell]]:
        """One cell a row. Raises Invalid where a column is missing."""
        sheet = opened(file, lambda row: [names[0] for names in (self.place, VALUES) if _column(row, names) is None])
        self.tally.header_row, self.tally.sheet = sheet.header_row, sheet.name
        place, value = _column(sheet.header, self.place), _column(sheet.header, VALUES)
        assert place is not None
        assert value is not None
        piece: list[Cell] = []
        for n, row in sheet.rows:
            if any(cell.strip() for cell in row):
                self.tally.rows_in += 1
                piece += self._row(n, row, place, value)
            if len(piece) >= PIECE:
                yield piece
                piece = []
        yield piece

    def _row(self, n: int, row: list[str], place: int, value: int) -> list[Cell]:
        if len(row) <= max(place, value):
            return [Cell(n, -1, problem="columns-short")]
        said = row[place].strip()
        if words.is_total(said):
            self.tally.ignore("total-row", n)
            return []
        where = self._place(said)
        try:
            residents = number(row[value])
        except ValueError:
            return [Cell(n, where, problem="formula" if row[value].lstrip().startswith("=") else "number-invalid")]
        residents = residents.removesuffix(".0") if residents else residents
        if residents is None or not residents.isdigit():
            return [Cell(n, where, problem="population-missing" if residents is None else "number-invalid")]
        return [Cell(n, where, "population", f"{self.year}-01-01", "A", residents)]

    def _place(self, said: str) -> int:
        scheme = self.told.get("scheme", "")
        if not scheme:
            return self.tally.place(Place(name=said, admin1=self.told.get("admin1", ""), country=self.told.get("country", "")))
        width = words.DIGITS.get(scheme, 0)
        if said.isdigit() and len(said) < width:
            self.tally.healed += 1
            said = said.zfill(width)
        return self.tally.place(Place(code=said, scheme=scheme))


def _column(header: list[str], wanted: tuple[str, ...]) -> int | None:
    return next((n for n, name in enumerate(header) if folded(name.lstrip("\ufeff")) in wanted), None)
