"""Small tables as people keep them: CSV or XLSX with a header, read whole. For registers of hundreds of rows, not for figures."""

from dataclasses import dataclass
from typing import IO

from api.domain.errors import Invalid
from api.readers import folded
from api.readers.sheets import decoded, rows, sheets

MOST = 20_000
"""Rows of one table."""


@dataclass(frozen=True)
class Line:
    """One row with its number, as a spreadsheet shows it; empty cells are left out."""

    row: int
    said: dict[str, str]


def table(file: IO[bytes], columns: dict[str, bool]) -> list[Line]:
    """The rows under the header. `columns` are those understood, and whether each is required.

    Raises Invalid where a required column is missing, one is not understood, the file is no table, or it has more than 20,000 rows.
    """
    file.seek(0)
    sheet = next(sheets(file))[1] if file.read(2) == b"PK" else rows(decoded(file))
    _, header = next(sheet, (1, []))
    names = [folded(name.lstrip("\ufeff")) for name in header]
    missing = [c for c, required in columns.items() if required and c not in names]
    strange = [name for name in names if name and name not in columns]
    if missing or strange:
        raise Invalid(
            f"Columns are {', '.join(columns)}; see `choices` for what is missing or strange.",
            "columns-differ",
            choices=[*missing, *strange],
        )
    found = []
    for n, row in sheet:
        said = {name: cell.strip() for name, cell in zip(names, row, strict=False) if name and cell.strip()}
        if said:
            found.append(Line(n, said))
        if len(found) > MOST:
            raise Invalid(f"At most {MOST} rows at once.", "too-many-rows")
    return found
