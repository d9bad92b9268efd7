"""Figures of an association's many municipalities are read past row security as fast as those of one."""

from alembic import op

from migrations import policies

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.execute(f"alter policy observation_select on observation using ({policies.place_among_many(policies.READ)})")
