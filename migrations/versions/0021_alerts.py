"""Alerts, opened and closed by the clock."""

from migrations import policies, statements

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    statements.run("0021_alerts.sql")
    policies.guard("alert", select=policies.municipality(policies.READ), insert=policies.municipality(policies.WRITE))
    policies.grant("alert")
