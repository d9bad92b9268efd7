"""When rules alert is a country's to say."""

from migrations import policies, statements

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    statements.run("0037_alert_settings.sql")
    policies.guard("alert_setting", select="true", insert="country_id = any((select app.write_countries())::int[])")
    policies.grant("alert_setting")
