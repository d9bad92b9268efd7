"""Terms of office, blackout windows, and what follows when a term of office ends."""

from alembic import op

from migrations import policies, statements

revision = "0018"
down_revision = "0017"

FUNCTIONS = ("enter_house(uuid, text)", "back(text)")


def upgrade() -> None:
    statements.run("0018_transitions.sql")
    policies.guard("office_term", select="true", insert=policies.municipality(policies.WRITE))
    policies.grant("office_term")
    policies.guard("blackout_window", select="true", insert="country_id = any((select app.write_countries())::int[])")
    policies.grant("blackout_window")
    for table, rights in (("transition", "select, insert, update, delete"), ("handover_file", "select, insert")):
        policies.guard(table, select=policies.municipality(policies.READ), insert=policies.municipality(policies.WRITE))
        policies.grant(table, rights)
    for function in FUNCTIONS:
        op.execute(f"revoke execute on function app.{function} from public")
        op.execute(f"grant execute on function app.{function} to amuprev_api")
