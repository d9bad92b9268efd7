"""Figures of an association's many municipalities are summed past row security as fast as those of one."""

from alembic import op

from migrations import policies

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    for table in ("figure", "denominator"):
        op.execute(f"alter policy {table}_select on {table} using ({policies.place_among_many(policies.READ)})")
