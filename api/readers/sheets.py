"""Opens what a file is written in, so that readers see numbered rows of text: CSV with whatever divides it, NDJSON, or a workbook.

Nothing is guessed: the header is the first row, among the first thirty, that holds the columns asked for, and a CSV is divided by what
makes such a header. A text is UTF-8 where all of it is, else Windows-1252, which is how offices of the region save.
"""

import csv
import datetime
import io
import itertools
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, TextIO

from python_calamine import CalamineError, CalamineWorkbook, ZipError

from api.domain.errors import Invalid

DIVIDERS = (",", ";", "\t", "|")
TITLE_ROWS = 30
"""Where a header may stand."""
WORKBOOK_BYTES = 128 << 20
"""What the parts of a workbook may hold, unpacked: they are read whole."""
UNKEPT = re.compile("[\x00\ud800-\udfff]")
"""What JSON can spell and PostgreSQL does not keep."""
Row = tuple[int, list[str]]
Lacks = Callable[[list[str]], list[str]]
"""Which of the columns asked for a header lacks."""


@dataclass
class Sheet:
    """A table whose header was found."""

    header: list[str]
    header_row: int
    rows: Iterator[Row]
    """The rows below the header."""
    name: str | None = None


def opened(file: IO[bytes], lacks: Lacks, fields: list[str] | None = None) -> Sheet:
    """The table in `file`. `fields` are the members of a line where NDJSON is taken.

    Raises Invalid where the file is none of these, or no row holds what `lacks` asks for.
    """
    file.seek(0)
    if file.read(2) == b"PK":
        return _of_workbook(file, lacks)
    text = decoded(file)
    if fields is not None and text.read(1) == "{":
        text.seek(0)
        return Sheet(fields, 0, _lines(text, fields))
    return _of_text(text, lacks)


def decoded(file: IO[bytes]) -> TextIO:
    """The file as text: UTF-8 where all of it is, else Windows-1252; NUL is refused as Invalid."""
    file.seek(0)
    sound = True
    decoder = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        while piece := decoder.read(1 << 20):
            if "\x00" in piece:
                raise Invalid("This is not a text file; save it as CSV or as XLSX.", "not-text")
    except UnicodeDecodeError:
        sound = False
    raw = decoder.detach()
    raw.seek(0)
    return io.TextIOWrapper(raw, encoding="utf-8-sig" if sound else "cp1252", errors="strict" if sound else "replace", newline="")


def rows(text: TextIO, divider: str = ",") -> Iterator[Row]:
    """The rows of a CSV with their numbers, counted as lines of the table. Raises Invalid where it cannot be read as one."""
    reader = csv.reader(text, delimiter=divider)
    try:
        yield from enumerate(reader, 1)
    except csv.Error as error:
        raise Invalid(f"The file cannot be read as CSV near row {reader.line_num}.", "csv-unreadable") from error


def _header(found: Iterable[Row], lacks: Lacks) -> tuple[Row | None, list[str]]:
    """The header, or what the best candidate for it lacks."""
    least: list[str] | None = None
    for n, row in itertools.islice(found, TITLE_ROWS):
        missing = lacks(row)
        if not missing:
            return (n, row), []
        if least is None or len(missing) < len(least):
            least = missing
    return None, least if least is not None else lacks([])


def _missing(columns: list[str]) -> Invalid:
    return Invalid(f"The file has no column {', '.join(columns)}; is this the right reader?", "columns-missing", choices=columns)


def _of_text(text: TextIO, lacks: Lacks) -> Sheet:
    least: list[str] | None = None
    for divider in DIVIDERS:
        text.seek(0)
        found = rows(text, divider)
        header, missing = _header(found, lacks)
        if header:
            return Sheet(header[1], header[0], found)
        least = missing if least is None or len(missing) < len(least) else least
    raise _missing(least or [])


def _lines(text: TextIO, fields: list[str]) -> Iterator[Row]:
    """NDJSON: one object a line. Raises Invalid where a line is none, or has a member that is not understood."""
    for n, line in enumerate(text, 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or any(isinstance(value, dict | list) or UNKEPT.search(str(value)) for value in said.values()):
            raise Invalid(f"Line {n} is not a flat JSON object.", "ndjson-unreadable")
        if strange := sorted(set(said) - set(fields)):
            raise Invalid(f"Line {n} has members that are not understood.", "columns-differ", choices=[name[:60] for name in strange[:20]])
        yield n, ["" if said.get(name) is None else str(said[name]) for name in fields]


def _of_workbook(file: IO[bytes], lacks: Lacks) -> Sheet:
    """The first sheet of the workbook that has the header."""
    least: list[str] | None = None
    for name, found in sheets(file):
        header, missing = _header(found, lacks)
        if header:
            return Sheet(header[1], header[0], found, name)
        least = missing if least is None or len(missing) < len(least) else least
    raise _missing(least if least is not None else lacks([]))


def sheets(file: IO[bytes]) -> Iterator[tuple[str, Iterator[Row]]]:
    """The sheets of a workbook. Raises Invalid where it is none, or holds more than is read whole."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as parts:
            if sum(part.file_size for part in parts.infolist()) > WORKBOOK_BYTES:
                raise Invalid("The workbook is too large; save the sheet as CSV.", "workbook-too-large")
            if parts.testzip() is not None:
                raise zipfile.BadZipFile
            unread = _unread(parts)
        file.seek(0)
        book = CalamineWorkbook.from_filelike(file)
        for name in book.sheet_names:
            yield name, _cells(book.get_sheet_by_name(name), unread)
    except (CalamineError, ZipError, zipfile.BadZipFile, IndexError, ValueError, OSError, NotImplementedError) as error:
        raise Invalid("The file is neither CSV nor a workbook that can be read.", "table-unreadable") from error


FAULTY = re.compile(
    rb'<c r="([A-Z]{1,3}\d{1,7})"(?=[^>]*\st="e")[^>]*>'
    rb'|<c r="([A-Z]{1,3}\d{1,7})"[^>]*>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)


def _unread(parts: zipfile.ZipFile) -> frozenset[str]:
    """Cells, in any sheet, that hold an error or a formula without its value: they would come out blank, and blank is not yet reported."""
    found: set[str] = set()
    for part in parts.namelist():
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part):
            found.update((error or formula).decode() for error, formula in FAULTY.findall(parts.read(part)))
    return frozenset(found)


def _cells(sheet: Any, unread: frozenset[str]) -> Iterator[Row]:
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for n, row in enumerate(sheet.iter_rows(), 1):
        said = left + [_text(cell) for cell in row]
        if unread:
            said = [cell or ("=" if f"{_letters(at)}{n}" in unread else "") for at, cell in enumerate(said)]
        yield n, said


def _letters(at: int) -> str:
    """The letters of a column, from 0."""
    return (_letters(at // 26 - 1) if at >= 26 else "") + chr(65 + at % 26)


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.9f}".rstrip("0")
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, datetime.date) else str(cell)
