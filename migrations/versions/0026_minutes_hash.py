"""Approved minutes carry the hash of their text."""

from migrations import statements

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    statements.run("0026_minutes_hash.sql")
