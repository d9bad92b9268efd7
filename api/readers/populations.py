"""A table of residents: a name or code of the municipality and a number; the year and the place it lies in are told beside it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TextIO

from api.domain.errors import Invalid
from api.readers import PIECE, Cell, Tally, folded, number, rows

NAMES = ("municipio", "municipality", "nombre", "name")
CODES = ("codigo", "code", "clave", "cve. municipio")
VALUES = ("poblacion", "population", "habitantes")


@dataclass
class Populations:
    """One row a municipality."""

    year: int
    scheme: str = ""
    """Scheme of the code column, where there is one; names are looked up in the first level told."""
    tally: Tally = field(default_factory=Tally)

    def cells(self, text: TextIO) -> Iterator[list[Cell]]:
        """One cell a row. Raises Invalid where a column is missing."""
        found = rows(text)
        _, header = next(found, (1, []))
        names = [folded(h.lstrip("\ufeff")) for h in header]
        place, value = _column(names, CODES if self.scheme else NAMES), _column(names, VALUES)
        piece: list[Cell] = []
        for n, row in found:
            if any(cell.strip() for cell in row):
                self.tally.rows_in += 1
                piece.append(self._row(n, row, place, value))
            if len(piece) >= PIECE:
                yield piece
                piece = []
        yield piece

    def _row(self, n: int, row: list[str], place: int, value: int) -> Cell:
        if len(row) <= max(place, value):
            return Cell(n, "", "", problem="columns-short")
        said = row[place].strip()
        code, name = (said, "") if self.scheme else ("", said)
        try:
            residents = number(row[value])
        except ValueError:
            return Cell(n, code, name, problem="number-invalid")
        if residents is None or not residents.isdigit():
            return Cell(n, code, name, problem="population-missing" if residents is None else "number-invalid")
        return Cell(n, code, name, "population", f"{self.year}-01-01", "A", residents)


def _column(header: list[str], wanted: tuple[str, ...]) -> int:
    found = next((n for n, name in enumerate(header) if name in wanted), None)
    if found is None:
        raise Invalid(f"The file has none of the columns {', '.join(wanted)}.", "columns-missing", choices=list(wanted))
    return found
