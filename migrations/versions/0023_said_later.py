"""What is added to a commitment after it was recorded counts from that day."""

from migrations import statements

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    statements.run("0023_said_later.sql")
