"""Older reports have every member that reports have."""

from migrations import statements

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    statements.run("0038_reports_whole.sql")
