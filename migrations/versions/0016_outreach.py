"""Step 1 and 2: commitments of authorities, maps of stakeholders, invitations to institutions and open calls."""

from migrations import policies, statements

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    statements.run("0016_outreach.sql")
    for table in ("commitment", "stakeholder_map", "stakeholder", "seat_invitation", "open_call"):
        policies.guard(table, select=policies.municipality(policies.READ), insert=policies.municipality(policies.WRITE))
        policies.grant(table)
    personal = policies.municipality(policies.PERSONAL)
    policies.guard("stakeholder_stance", select=personal, insert=f"({personal}) and ({policies.municipality(policies.WRITE)})")
    policies.grant("stakeholder_stance")
