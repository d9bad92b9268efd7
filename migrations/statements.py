"""Runs a .sql file beside a revision, one statement per execute: statements end with a semicolon before an empty line."""

import re
from pathlib import Path

from alembic import op

HERE = Path(__file__).parent / "versions"


def read(name: str) -> list[str]:
    """The statements of versions/`name`, without their closing semicolons."""
    parts = re.split(r";[ \t]*\n[ \t]*\n", (HERE / name).read_text(encoding="utf-8").rstrip().removesuffix(";") + "\n")
    return [part.strip().removesuffix(";") for part in parts if re.sub(r"--.*", "", part).strip()]


def run(name: str) -> None:
    """Execute versions/`name`."""
    for statement in read(name):
        op.get_bind().exec_driver_sql(statement)
