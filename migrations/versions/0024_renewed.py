"""A transition is ratified again by a commitment of the authority that came."""

from migrations import statements

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    statements.run("0024_renewed.sql")
