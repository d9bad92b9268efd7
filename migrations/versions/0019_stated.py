"""Whether values of an indicator are kept: what they mean does not change under them."""

from alembic import op

from migrations import statements

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    statements.run("0019_stated.sql")
    op.execute("revoke execute on function app.indicator_stated(int) from public")
    op.execute("grant execute on function app.indicator_stated(int) to amuprev_api")
