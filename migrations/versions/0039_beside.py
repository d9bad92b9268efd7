"""What a file with unknown words repeated of places is remembered with the words."""

from migrations import statements

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    statements.run("0039_beside.sql")
