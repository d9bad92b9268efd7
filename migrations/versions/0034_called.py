"""Associations by their acronym, and institutions that the register has not by their name, as they are called."""

from migrations import statements

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    statements.run("0034_called.sql")
