"""The house: who is asking (app.scope), what changed (change), what was already done (idempotency), which life of the database (epoch)."""

from migrations import policies, statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    statements.run("0001_house.sql")
    visible = f"is_public or {policies.unit(policies.READ)} or {policies.OWN}"
    policies.guard("change", select=visible, insert=policies.OWN, update="false", delete="false")
    policies.grant("change", "select, insert")
    policies.guard("idempotency", select=policies.OWN, insert=policies.OWN)
    policies.grant("idempotency")
    policies.guard("epoch", select="true", insert="false")
    policies.grant("epoch", "select")
    # Alembic made this one; GET /version reads it.
    policies.guard("schema_version", select="true", insert="false")
    policies.grant("schema_version", "select")
