"""The indicator room: the catalogue, sources, populations, observations with their revisions, the yearly summary, and imports."""

from migrations import policies, statements

revision = "0004"
down_revision = "0003"

READ, WRITE = policies.READ, policies.WRITE
ASSIST = "municipality_id = any((select app.assist_municipalities())::int[])"


def upgrade() -> None:
    statements.run("0004_indicators.sql")
    for table in ("indicator", "source"):
        policies.guard(table, select="true", insert=policies.REGION)
        policies.grant(table)
    policies.guard("population", select=policies.municipality(READ), insert=policies.municipality(WRITE))
    # An association touches nothing but its own drafts; what a municipality or its country states stands.
    policies.guard("observation", select=policies.municipality(READ), insert=f"{policies.municipality(WRITE)} or ({ASSIST} and assisted)")
    for table in ("figure", "observation_revision"):
        policies.guard(table, select=policies.municipality(READ), insert=f"{policies.municipality(WRITE)} or {ASSIST}")
    policies.grant("population")
    policies.grant("figure")
    policies.grant("observation")
    policies.grant("observation_revision", "select, insert")
    policies.guard("import", select=f"{policies.OWN} or {policies.unit(READ)}", insert=policies.OWN)
    policies.grant("import", "select, insert, update")
    policies.guard(
        "parked",
        select=f"{policies.OWN} or country_id = any((select app.read_countries())::int[])",
        insert=f"{policies.OWN} or country_id = any((select app.write_countries())::int[])",
    )
    policies.grant("parked")
    policies.guard(
        "place_match",
        select="country_id = any((select app.read_countries())::int[])",
        insert="country_id = any((select app.write_countries())::int[])",
    )
    policies.grant("place_match")
