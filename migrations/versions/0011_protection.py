"""Counts of sensitive indicators, as they are told to who may not write them."""

from alembic import op

from migrations import statements

revision = "0011"
down_revision = "0010"

FUNCTIONS = ("rounded(numeric)", "told(numeric)", "told(numeric, numeric, numeric)")


def upgrade() -> None:
    statements.run("0011_protection.sql")
    for function in FUNCTIONS:
        op.execute(f"revoke execute on function app.{function} from public")
        op.execute(f"grant execute on function app.{function} to amuprev_api")
