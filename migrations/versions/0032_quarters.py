"""The quarter that the clock says has begun, up to which indicators of the steps are counted."""

from alembic import op

from migrations import statements

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    statements.run("0032_quarters.sql")
    for function in ("begin_quarter(date)", "quarter_begun()"):
        op.execute(f"revoke execute on function app.{function} from public")
        op.execute(f"grant execute on function app.{function} to amuprev_api")
