"""Communities below municipalities, and figures of places of any kind under row security."""

from alembic import op

from migrations import policies, statements

revision = "0007"
down_revision = "0006"

FIGURES = ("population", "population_revision", "denominator", "observation", "observation_revision", "figure")
DRAFTED = {"observation": f" or ({policies.ASSIST} and assisted)", "observation_revision": f" or {policies.ASSIST}"}
DRAFTED["figure"] = DRAFTED["observation_revision"]


def upgrade() -> None:
    statements.run("0007_places.sql")
    policies.guard("community", select=policies.municipality(policies.READ), insert=policies.municipality(policies.WRITE))
    policies.grant("community", "select, insert, update")
    op.execute("grant usage on sequence community_number to amuprev_api")
    for function in ("read_communities()", "write_communities()", "territory_of(text)"):
        op.execute(f"revoke execute on function app.{function} from public")
        op.execute(f"grant execute on function app.{function} to amuprev_api")
    for table in FIGURES:
        reads, writes = policies.place(policies.READ), policies.place(policies.WRITE) + DRAFTED.get(table, "")
        op.execute(f"alter policy {table}_select on {table} using ({reads})")
        op.execute(f"alter policy {table}_insert on {table} with check ({writes})")
        op.execute(f"alter policy {table}_update on {table} using ({writes}) with check ({writes})")
        op.execute(f"alter policy {table}_delete on {table} using ({writes})")
