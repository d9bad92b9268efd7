"""What steps came to, as it became known, and waivers."""

from alembic import op

from migrations import policies, statements

revision = "0020"
down_revision = "0019"

FUNCTIONS = ("steps_due(text[], date, int)", "steps_judged(uuid[], date[])")


def upgrade() -> None:
    statements.run("0020_step_records.sql")
    for table in ("step_record", "waiver"):
        policies.guard(table, select=policies.municipality(policies.READ), insert=policies.municipality(policies.WRITE))
        policies.grant(table)
    for table in ("step_due", "clock_mark"):
        policies.guard(table, select="false", insert="false")
    for function in FUNCTIONS:
        op.execute(f"revoke execute on function app.{function} from public")
        op.execute(f"grant execute on function app.{function} to amuprev_api")
