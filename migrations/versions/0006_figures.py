"""Figures of places of any kind, with what was known when, and a catalogue that countries add to."""

from alembic import op

from migrations import policies, statements

revision = "0006"
down_revision = "0005"

FUNCTIONS = ("unspecified_of(int)", "adds_up(int)", "is_municipality(int)", "record(bigint, int)")


def upgrade() -> None:
    statements.run("0006_figures.sql")
    # A country may add its own indicators and sources beside those of the region.
    own = f"{policies.REGION} or country_id = any((select app.write_countries())::int[])"
    for table in ("indicator", "source"):
        op.execute(f"alter policy {table}_insert on {table} with check ({own})")
        op.execute(f"alter policy {table}_update on {table} using ({own}) with check ({own})")
        op.execute(f"alter policy {table}_delete on {table} using ({own})")
        op.execute(f"grant usage on sequence {table}_number to amuprev_api")
    # When something became known is no secret; what it was is. Only app.record stamps.
    policies.guard("recording", select="true", insert="false")
    policies.grant("recording", "select")
    op.execute("grant usage on sequence recording_number to amuprev_api")
    op.execute("grant select on territory to amuprev_api")
    for function in FUNCTIONS:
        op.execute(f"revoke execute on function app.{function} from public")
        op.execute(f"grant execute on function app.{function} to amuprev_api")
    for table, rights in (("denominator", "select, insert, update, delete"), ("population_revision", "select, insert")):
        policies.guard(table, select=policies.territory(policies.READ), insert=policies.territory(policies.WRITE))
        policies.grant(table, rights)
    statements.run("0006_backfill.sql")
