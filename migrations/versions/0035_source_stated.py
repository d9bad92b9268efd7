"""Whether values of a source are kept: what they count does not change under them. Those that are only broken down are values too."""

from alembic import op

from migrations import statements

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    statements.run("0035_source_stated.sql")
    op.execute("revoke execute on function app.source_stated(int) from public")
    op.execute("grant execute on function app.source_stated(int) to amuprev_api")
