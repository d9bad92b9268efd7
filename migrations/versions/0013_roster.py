"""Bodies, seats, who holds them for which days, and the names behind them, which only the personal scope opens."""

from alembic import op

from migrations import policies, statements

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    statements.run("0013_roster.sql")
    for table in ("body", "seat", "term"):
        policies.guard(table, select=policies.municipality(policies.READ), insert=policies.municipality(policies.WRITE))
        policies.grant(table)
    personal = policies.municipality(policies.PERSONAL)
    policies.guard("person", select=personal, insert=f"({personal}) and ({policies.municipality(policies.WRITE)})")
    policies.grant("person")
    op.execute("revoke execute on function app.groups_of(uuid, date) from public")
    op.execute("grant execute on function app.groups_of(uuid, date) to amuprev_api")
