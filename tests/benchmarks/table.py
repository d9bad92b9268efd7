"""What was measured, as a table: what the API took, what the baseline took, how many times as much, and whether that was the aim."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from tests.benchmarks.meter import Cost


@dataclass(frozen=True)
class Row:
    """One measurement. `aim` bounds the ratio of CPU times; None where there is none."""

    what: str
    door: Cost
    base: Cost
    beside: str
    """What the baseline is."""
    aim: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.door.cpu_s / self.base.cpu_s if self.base.cpu_s else float("inf")

    @property
    def reached(self) -> bool | None:
        return None if self.aim is None else self.ratio <= self.aim


@dataclass(frozen=True)
class Bound:
    """A measurement of one quantity against a bound, such as memory."""

    what: str
    value: str
    aim: str
    reached: bool


@dataclass(frozen=True)
class Plan:
    """How PostgreSQL runs one of the statements."""

    what: str
    text: str


def _time(cost: Cost) -> str:
    unit, factor = ("s", 1.0) if cost.cpu_s >= 1 else ("ms", 1000.0)
    return f"{cost.cpu_s * factor:.3g} {unit} ({cost.own_s * factor:.3g} + {cost.postgres_s * factor:.3g})"


def _wall(cost: Cost) -> str:
    return f"{cost.wall_s:.3g} s" if cost.wall_s >= 1 else f"{cost.wall_s * 1000:.3g} ms"


def show(console: Console, rows: list[Row], bounds: list[Bound]) -> None:
    """Print everything that was measured."""
    table = Table(title="CPU per operation (application + PostgreSQL)", title_justify="left")
    for name in ("measured", "API: CPU", "by the clock", "baseline: CPU", "baseline", "ratio", "aim", ""):
        table.add_column(name, justify="left" if name in ("measured", "baseline", "") else "right")
    for row in rows:
        aim = "" if row.aim is None else f"<= {row.aim:.3g}x"
        mark = {None: "", True: "[green]reached", False: "[red]missed"}[row.reached]
        table.add_row(
            row.what, _time(row.door), _wall(row.door), _time(row.base), row.beside, f"{row.ratio:.2f}x", aim, f"{mark} {row.note}"
        )
    console.print(table)
    if bounds:
        table = Table(title="Bounds", title_justify="left")
        for name in ("measured", "value", "aim", ""):
            table.add_column(name)
        for bound in bounds:
            table.add_row(bound.what, bound.value, bound.aim, "[green]reached" if bound.reached else "[red]missed")
        console.print(table)


def show_plans(console: Console, plans: list[Plan]) -> None:
    """Print the plans, each under the name of its measurement."""
    for plan in plans:
        console.rule(plan.what, align="left")
        console.print(plan.text, markup=False, highlight=False, soft_wrap=True)
