"""Access: people and service accounts, what they were granted and until when, and `app.enter`, which turns a credential into a scope."""

from migrations import policies, statements

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    statements.run("0003_access.sql")
    managed = policies.unit(policies.WRITE)
    policies.guard("role", select="true", insert="false")
    policies.grant("role", "select")
    policies.guard(
        "principal",
        select=f"id = (select app.principal()) or {managed}",
        insert=managed,
        update=f"id = (select app.principal()) or {managed}",
    )
    policies.grant("principal")
    policies.guard("granted", select=f"{policies.OWN} or {managed}", insert=managed)
    policies.grant("granted")
    policies.guard("invitation", select=managed, insert=managed)
    policies.grant("invitation")
    policies.guard("api_key", select=f"{policies.OWN} or {managed}", insert=managed)
    policies.grant("api_key")
    # Secrets have no row the api role may ask for: they are reached only through the functions of schema app.
    for table in ("session", "credential", "scope", "signing_key"):
        policies.guard(table, select="false", insert="false")
