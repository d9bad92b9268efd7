"""Small tables as people keep them: CSV or XLSX with a header, read whole. For registers of hundreds of rows, not for figures."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from python_calamine import CalamineError, CalamineWorkbook

from api.domain.errors import Invalid
from api.readers import decoded, folded, rows

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
    sheet = _sheet(file) if file.read(2) == b"PK" else rows(decoded(file))
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


def _sheet(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """The first sheet of a workbook. Raises Invalid where it is none."""
    file.seek(0)
    try:
        cells = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError) as error:
        raise Invalid("The file is neither CSV nor a workbook that can be read.", "table-unreadable") from error
    for n, row in enumerate(cells, 1):
        yield n, [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, datetime.date) else str(cell)
