"""What was said to be missing or suppressed is found by itself."""

from migrations import statements

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    statements.run("0033_unvalued.sql")
