"""The feed: who sees which change records. Records of access are for those who manage them, not for everyone who reads the unit."""

from alembic import op

from migrations import policies, statements

revision = "0005"
down_revision = "0004"

ACCESS = "noun = any('{principal,granted,invitation,api_key}'::text[])"


def upgrade() -> None:
    statements.run("0005_feed.sql")
    op.execute("revoke execute on function app.offices_of(uuid, date) from public")
    op.execute("grant execute on function app.offices_of(uuid, date) to amuprev_api")
    unit = f"case when {ACCESS} then {policies.unit(policies.WRITE)} else {policies.unit(policies.READ)} end"
    op.execute(f"alter policy change_select on change using (is_public or {policies.OWN} or {unit})")
