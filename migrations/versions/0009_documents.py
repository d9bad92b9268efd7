"""Documents: who reads one is decided by its own class."""

from alembic import op

from migrations import policies, statements

revision = "0009"
down_revision = "0008"

READ, WRITE, PERSONAL = policies.READ, policies.WRITE, policies.PERSONAL


def upgrade() -> None:
    statements.run("0009_documents.sql")
    op.execute("revoke execute on function app.unfiled(text[]) from public")
    op.execute("grant execute on function app.unfiled(text[]) to amuprev_api")
    personal = f"(access_rights = 'personal' and ({policies.municipality(PERSONAL)}))"
    seen = f"access_rights = 'public' or (access_rights = 'committee' and ({policies.municipality(READ)})) or {personal}"
    policies.guard("document", select=seen, insert=f"({policies.municipality(WRITE)}) and (access_rights <> 'personal' or {personal})")
    policies.grant("document")
