"""Reports of imports tell stored from summed rows, what was passed over, and what is unlike what is known."""

from migrations import statements

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    statements.run("0008_reports.sql")
