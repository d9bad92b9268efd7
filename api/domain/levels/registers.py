"""What a register that is sent as a table changes: rows that are new, rows that ended, and with a snapshot those it no longer holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from api.domain.errors import Conflict, Invalid
from api.domain.indicator.imports import Report, RowError
from api.domain.levels.ties import Affiliation, State

Kind = TypeVar("Kind")


@dataclass
class Ledger:
    """The report under way: every row is used or refused."""

    rows_in: int
    refused: dict[str, tuple[str, list[int]]] = field(default_factory=dict)
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0
    would_end: list[str] = field(default_factory=list)

    def refuse(self, row: int, refusal: Invalid | Conflict) -> None:
        """Note that a row was refused, and why."""
        self.refused.setdefault(refusal.code, (refusal.detail, []))[1].append(row)

    def report(self) -> Report:
        """As it is kept and read."""
        refused = sum(len(rows) for _, rows in self.refused.values())
        errors = [RowError(code=code, detail=said, count=len(rows), rows=rows[:100]) for code, (said, rows) in sorted(self.refused.items())]
        return Report(
            rows_in=self.rows_in,
            rows_used=self.rows_in - refused,
            rows_stored=self.rows_in - refused,
            rows_summed=0,
            rows_parked=0,
            rows_refused=refused,
            rows_ignored=0,
            values=self.created + self.changed + self.unchanged,
            created=self.created,
            changed=self.changed,
            unchanged=self.unchanged,
            not_yet_reported=0,
            ended=self.ended,
            would_end=self.would_end[:100],
            errors=errors,
        )


def day(said: Mapping[str, str], column: str) -> date | None:
    """The day in a column; None where it is empty. Raises Invalid where it is no ISO date."""
    try:
        return date.fromisoformat(said[column]) if column in said else None
    except ValueError:
        raise Invalid("A day is written as 2024-05-01.", "date-invalid") from None


def code(said: str) -> tuple[str, str]:
    """The scheme and value of `scheme:value`. Raises Invalid where it has not that shape."""
    scheme, _, value = said.partition(":")
    if not scheme or not value:
        raise Invalid("A code is written as scheme:value.", "code-invalid")
    return scheme, value


def standing(known: Sequence[Affiliation], starts_on: date | None, ends_on: date | None) -> Affiliation | None:
    """Which of a municipality's affiliations a row speaks of; None where of a new one.

    Raises Conflict where it would overlap one with another first day, or reopen one that ended.
    """
    for row in known:
        if row.state is State.DECLINED:
            continue
        same = starts_on in (None, row.starts_on)
        if same and row.ends_on and not ends_on and starts_on is not None:
            raise Conflict("This affiliation ended; a new one starts on a later day.", "ended-already")
        if same and (row.ends_on is None or starts_on is not None):
            return row
        overlaps = (ends_on is None or row.starts_on < ends_on) and (row.ends_on is None or (starts_on or row.ends_on) < row.ends_on)
        if overlaps and starts_on is not None:
            raise Conflict("It overlaps an affiliation with another first day.", "affiliation-overlaps")
    return None


def confirmed_ends(would_end: Sequence[Kind], confirm: int | None) -> Sequence[Kind]:
    """What a snapshot ends: nothing unless the caller confirms how many. Raises Conflict where it would be another number."""
    if confirm is None:
        return ()
    if confirm != len(would_end):
        raise Conflict(
            f"It would end {len(would_end)}, not {confirm}; send it without confirm_ends to see which.",
            "ends-differ",
            pointer="query/confirm_ends",
        )
    return would_end
