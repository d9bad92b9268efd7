"""Organisations of a municipality (its departments, a school, a parish) are written by whoever keeps the papers of it."""

from alembic import op

from migrations import policies

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    own = f"{policies.REGION} or {policies.municipality('write')} or {policies.organisation('write', 'id')}"
    for policy, said in (("insert", f"with check ({own})"), ("update", f"using ({own}) with check ({own})"), ("delete", f"using ({own})")):
        op.execute(f"alter policy organisation_{policy} on organisation {said}")
