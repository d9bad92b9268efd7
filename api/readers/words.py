"""The words of offices: months, periods, totals, places that are none, and columns that tell who somebody is."""

import csv
import re
from datetime import date
from functools import lru_cache
from pathlib import Path

from api.readers import folded

WORDS = Path(__file__).parent.parent / "data" / "words.csv"
DIGITS = {"mx-inegi": 5, "gt-ine": 4, "hn-ine": 4, "ni-inide": 4, "pa-inec": 4, "cr-dta": 3, "do-one": 4, "us-fips": 5}
"""How many digits the codes of a scheme have: a shorter one has lost its leading zeros in a spreadsheet."""
DAY = re.compile(r"((?:19|20)\d\d)-(\d\d)(?:-01)?")
QUARTER = re.compile(r"((?:19|20)\d\d)-?[qt]([1-4])|[qt]([1-4])[ -]((?:19|20)\d\d)")
NAMED = re.compile(r"([a-z]+)\.?(?:[ /-]| de | del )((?:19|20)\d\d)")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
YEAR = re.compile(r"((?:19|20)\d\d)(?:\.0)?")


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    with WORDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["kind"], {})[folded(row["word"])] = row["means"]
    return found


@lru_cache(maxsize=4096)
def month(said: str) -> int | None:
    """The number of a month by its name, capitals or not; None where it is none."""
    means = _words()["month"].get(folded(said).rstrip("."))
    return int(means) if means else None


@lru_cache(maxsize=4096)
def year(said: str) -> int | None:
    """A year; None where it is none."""
    found = YEAR.fullmatch(said.strip())
    return int(found.group(1)) if found else None


@lru_cache(maxsize=4096)
def period(said: str) -> tuple[str, str] | None:
    """First day and length (A, Q, M) of a period as offices write it: 2024, 2024-Q1, 2024-01, 2024-01-01, `Enero 2024`, `enero de 2024`.
    None where it is none."""
    plain = folded(said)
    if found := YEAR.fullmatch(plain):
        return f"{found.group(1)}-01-01", "A"
    if found := QUARTER.fullmatch(plain):
        which, when = found.group(2) or found.group(3), found.group(1) or found.group(4)
        return f"{when}-{3 * int(which) - 2:02}-01", "Q"
    if (found := DAY.fullmatch(plain)) and 1 <= int(found.group(2)) <= 12:
        return date(int(found.group(1)), int(found.group(2)), 1).isoformat(), "M"
    if (found := NAMED.fullmatch(plain)) and (number := month(found.group(1))):
        return f"{found.group(2)}-{number:02}-01", "M"
    return None


@lru_cache(maxsize=4096)
def is_total(name: str, coded: bool = False) -> bool:
    """Whether a row of this name sums up others; `coded`: it has the code of a place beside it, as Suma in Yucatán has."""
    plain = folded(name).rstrip(":")
    means = _words()["total"].get(plain)
    return plain.startswith("total ") if means is None else means != "without-code" or not coded


@lru_cache(maxsize=4096)
def is_unspecified(name: str) -> bool:
    """Whether a name says that the office could not place it."""
    return folded(name).rstrip(".") in _words()["unspecified"]


@lru_cache(maxsize=4096)
def indicator(word: str) -> str | None:
    """The code of an indicator by a word for it, or the code itself; None where it can be neither."""
    plain = folded(word)
    return _words()["indicator"].get(plain) or (plain if SLUG.fullmatch(plain) else None)


def identities(header: list[str], case: bool) -> list[str]:
    """The columns that tell who somebody is: those called so, and those that have an unmistakable word for it in their name. Where a row is
    one `case`, a number, a point or an address leads to a person as well; where it is a place, it is that of the place."""
    return [name for name in header if _tells(" ".join(re.sub(r"[\W_]+", " ", folded(name)).split()), case)]


def _tells(plain: str, case: bool) -> bool:
    called = plain in _words()["identity"] or (case and plain in _words()["identity-of-case"])
    return called or any(f" {word} " in f" {plain} " for word in _words()["identity-word"])
