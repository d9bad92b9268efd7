"""What a register that is sent as a table changes: rows that are new, rows that ended, and with a snapshot those it no longer holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from api.domain.errors import Conflict, Invalid, Refusal
from api.domain.fields import Fields
from api.domain.indicator.imports import ImportState, Report, RowError
from api.domain.levels.ties import Affiliation, AffiliationState

Kind = TypeVar("Kind")
Body = TypeVar("Body", bound=Fields)
YES = frozenset({"true", "yes", "y", "1", "si", "s", "sim", "x", "verdadero", "verdadeiro"})
NO = frozenset({"false", "no", "n", "0", "nao", "falso"})
"""How people of the region write it, without accents and capitals."""


class Outcome(StrEnum):
    """What a row came to."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass
class Ledger:
    """The report under way: every row is used or refused."""

    rows_in: int
    header_row: int = 1
    sheet: str | None = None
    refused: dict[tuple[str, str], tuple[str, list[int]]] = field(default_factory=dict)
    """(code, column) -> what is told, and the rows."""
    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    healed: int = 0
    """Codes that had lost their leading zeros."""
    ended: int = 0
    would_end: list[str] = field(default_factory=list)

    def refuse(self, row: int, refusal: Refusal, column: str | None) -> None:
        """Note that a row was refused, why, and for which of its columns."""
        self.refused.setdefault((refusal.code, column or ""), (refusal.detail, []))[1].append(row)

    def report(self) -> Report:
        """As it is kept and read."""
        refused = sum(len(rows) for _, rows in self.refused.values())
        errors = [
            RowError(code=code, detail=said, column=column or None, count=len(rows), rows=rows[:100])
            for (code, column), (said, rows) in sorted(self.refused.items())
        ]
        return Report(
            rows_in=self.rows_in,
            rows_used=self.rows_in - refused,
            rows_stored=self.rows_in - refused,
            rows_summed=0,
            rows_parked=0,
            rows_refused=refused,
            rows_ignored=0,
            values=sum(self.outcomes.values()),
            created=self.outcomes[Outcome.CREATED],
            changed=self.outcomes[Outcome.CHANGED],
            unchanged=self.outcomes[Outcome.UNCHANGED],
            not_yet_reported=0,
            codes_healed=self.healed,
            header_row=self.header_row,
            sheet=self.sheet,
            ended=self.ended,
            would_end=self.would_end[:100],
            errors=errors,
        )

    def state(self, *, dry_run: bool, whole: bool) -> ImportState:
        """What came of the file; `whole` where one row that is refused keeps all others out."""
        if whole and self.refused:
            return ImportState.REFUSED
        return ImportState.CHECKED if dry_run else ImportState.DONE


def stated(fields: type[Body], said: Mapping[str, Any]) -> Body:
    """What a row says, as the body of a request would. Raises Invalid with the member that cannot be used; never says what it holds."""
    try:
        return fields.model_validate(said)
    except ValidationError as error:
        wrong = error.errors()[0]
        member = "/".join(str(part) for part in wrong["loc"][:2])
        if not member:
            raise Invalid(str(wrong["msg"]).removeprefix("Value error, "), "row-invalid") from error
        told = "This column must be filled." if wrong["type"] == "missing" else "This column holds something that cannot be used."
        raise Invalid(told, f"{member.split('/')[0].replace('_', '-')}-invalid", pointer=f"/{member}") from error


def truth(said: str) -> bool | str:
    """Yes or no, where a cell says either; else the cell, which is then refused as what it is."""
    return True if said in YES else False if said in NO else said


def day(said: Mapping[str, str], column: str) -> date | None:
    """The day in a column; None where it is empty. Raises Invalid where it is no ISO date."""
    try:
        return date.fromisoformat(said[column]) if column in said else None
    except ValueError:
        raise Invalid("A day is written as 2024-05-01.", "date-invalid", pointer=f"/{column}") from None


def code(said: str) -> tuple[str, str]:
    """The scheme and value of `scheme:value`. Raises Invalid where it has not that shape."""
    scheme, _, value = said.partition(":")
    if not scheme or not value:
        raise Invalid("A code is written as scheme:value.", "code-invalid", pointer="/external_id")
    return scheme, value


def standing(known: Sequence[Affiliation], starts_on: date | None, ends_on: date | None) -> Affiliation | None:
    """Which of a municipality's affiliations a row speaks of; None where of a new one.

    Raises Conflict where it would overlap one with another first day, or reopen one that ended.
    """
    for row in known:
        if row.state is AffiliationState.DECLINED:
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
