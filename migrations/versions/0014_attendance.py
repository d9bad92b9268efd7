"""Who was at a training event."""

from migrations import policies, statements

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    statements.run("0014_attendance.sql")
    policies.guard("training_attendance", select=policies.municipality(policies.READ), insert=policies.municipality(policies.WRITE))
    policies.grant("training_attendance")
