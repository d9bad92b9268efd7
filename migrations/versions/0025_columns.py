"""Reports of imports say which column a row was refused for."""

from migrations import statements

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    statements.run("0025_columns.sql")
