"""Small tables as people keep them: CSV or XLSX with a header, read whole. For registers of hundreds of rows, not for figures."""

from dataclasses import dataclass
from typing import IO

from api.domain.errors import Invalid
from api.readers import folded
from api.readers.sheets import opened


@dataclass(frozen=True)
class Line:
    """One row with its number, as a spreadsheet shows it; empty cells are left out."""

    row: int
    said: dict[str, str]
    beyond: bool = False
    """Whether a cell stands where the header has no column: then a text was divided that should have been quoted."""


@dataclass(frozen=True)
class Table:
    """The rows under the header, and where that was found."""

    lines: list[Line]
    header_row: int
    sheet: str | None


def _named(header: list[str]) -> list[str]:
    return [folded(name.lstrip("\ufeff")).replace(" ", "_") for name in header]


def table(file: IO[bytes], columns: dict[str, bool], most: int, *, personal: bool = False) -> Table:
    """The table in a file. `columns` are those understood, and whether each is required; of a `personal` one what is not understood is
    told by its place, because a file without a header has people where the header should be.

    Raises Invalid where a required column is missing, one is not understood, the file is no table, or it has more than `most` rows.
    """

    def lacks(header: list[str]) -> list[str]:
        names = _named(header)
        return [column for column, required in columns.items() if required and column not in names]

    try:
        sheet = opened(file, lacks)
    except Invalid as refusal:
        raise _differ(columns, refusal.more["choices"]) if refusal.code == "columns-missing" else refusal from None
    names = _named(sheet.header)
    strange = [f"column {n}" if personal else name[:60] for n, name in enumerate(names, 1) if name and name not in columns]
    twice = [name for name in columns if names.count(name) > 1]
    if strange or twice:
        raise _differ(columns, strange + twice)
    found = []
    for n, row in sheet.rows:
        said = {name: cell.strip() for name, cell in zip(names, row, strict=False) if name and cell.strip()}
        if said:
            found.append(Line(n, said, any(cell.strip() for cell in row[len(names) :])))
        if len(found) > most:
            raise Invalid(f"At most {most} rows at once.", "too-many-rows")
    return Table(found, sheet.header_row, sheet.name)


def _differ(columns: dict[str, bool], wrong: list[str]) -> Invalid:
    told = f"Columns are {', '.join(columns)}; see `choices` for what is missing, strange or there twice."
    return Invalid(told, "columns-differ", choices=wrong[:20])
