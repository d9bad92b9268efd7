"""Training and technical assistance: topics, courses, events, and who helped whom."""

from migrations import policies, statements

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    statements.run("0010_training.sql")
    policies.guard("training_topic", select="true", insert="false")
    policies.grant("training_topic", "select")
    policies.guard("course", select="true", insert=policies.unit(policies.WRITE))
    policies.grant("course")
    for table in ("training_event", "technical_assistance"):
        policies.guard(table, select=policies.municipality(policies.READ), insert=policies.municipality(policies.WRITE))
        policies.grant(table)
