"""Sessions of committees: attendance and quorum, decisions and votes, minutes, agreements, and the calendars of who follows them."""

from alembic import op

from migrations import policies, statements

revision = "0017"
down_revision = "0016"

OF_MUNICIPALITIES = (
    *("committee_session", "session_attendance", "decision", "session_vote"),
    *("minutes", "erratum", "agreement"),
)


def upgrade() -> None:
    statements.run("0017_sessions.sql")
    read, write = policies.municipality(policies.READ), policies.municipality(policies.WRITE)
    for table in OF_MUNICIPALITIES:
        policies.guard(table, select=read, insert=write)
        policies.grant(table)
    policies.guard("inauguration", select="true", insert=write)
    policies.grant("inauguration")
    mine = f"({policies.OWN}) and ({read})"
    policies.guard("calendar_feed", select=f"{policies.OWN} or {write}", insert=mine, update=f"{policies.OWN} or {write}", delete="false")
    policies.grant("calendar_feed", "select, insert, update")
    op.execute("revoke execute on function app.calendar_of(uuid, text, timestamptz) from public")
    op.execute("grant execute on function app.calendar_of(uuid, text, timestamptz) to amuprev_api")
