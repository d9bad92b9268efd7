"""The levels: countries, first levels, municipalities, their successions; organisations, associations, programmes; who belongs to whom."""

from migrations import policies, statements

revision = "0002"
down_revision = "0001"

TERRITORY = ("country", "admin1", "municipality", "succession")
READ, WRITE = policies.READ, policies.WRITE


def upgrade() -> None:
    statements.run("0002_levels.sql")
    for table in TERRITORY:
        policies.guard(table, select="true", insert=policies.REGION)
        policies.grant(table)
    own = f"{policies.REGION} or country_id = any((select app.write_countries())::int[])"
    of_country = "select o.id from organisation o where o.country_id = any((select app.write_countries())::int[])"
    policies.guard(
        "scheme", select="true", insert=f"{policies.REGION} or {policies.organisation(WRITE)} or organisation_id in ({of_country})"
    )
    policies.grant("scheme")
    policies.guard("organisation", select="true", insert=f"{own} or {policies.organisation(WRITE, 'id')}")
    policies.guard("association", select="true", insert=f"{own} or {policies.organisation(WRITE)}")
    policies.guard("programme", select="true", insert=f"{policies.REGION} or {policies.organisation(WRITE, 'id')}")
    policies.guard("participation", select="true", insert=f"{policies.REGION} or {policies.organisation(WRITE, 'programme_id')}")
    policies.guard("affiliation", select=policies.unit(READ), insert=policies.unit(WRITE))
    policies.guard("external_id", select="true", insert=policies.unit(WRITE))
    for table in ("organisation", "association", "programme", "participation", "affiliation", "external_id"):
        policies.grant(table)
