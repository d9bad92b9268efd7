"""Committees, the councils' instruments about them, what is declared of their past, and their bylaws as rules."""

from migrations import policies, statements

revision = "0012"
down_revision = "0011"

TABLES = ("committee", "council_instrument", "declaration", "bylaws")


def upgrade() -> None:
    statements.run("0012_committee.sql")
    for table in TABLES:
        policies.guard(table, select=policies.municipality(policies.READ), insert=policies.municipality(policies.WRITE))
        policies.grant(table)
