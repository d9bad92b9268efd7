"""Certificates of training, which anybody can check and nobody is named by."""

from alembic import op

from migrations import policies, statements

revision = "0028"
down_revision = "0026"


def upgrade() -> None:
    statements.run("0028_certificates.sql")
    policies.guard("certificate", select=policies.municipality(policies.READ), insert=policies.municipality(policies.WRITE), delete="false")
    policies.grant("certificate", "select, insert, update")
    op.execute("revoke execute on function app.certificate_of(text) from public")
    op.execute("grant execute on function app.certificate_of(text) to amuprev_api")
