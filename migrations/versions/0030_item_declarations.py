"""Declarations of items of GOPI-Prevención."""

from migrations import policies, statements

revision = "0030"
down_revision = "0028"


def upgrade() -> None:
    statements.run("0030_item_declarations.sql")
    policies.guard("item_declaration", select=policies.municipality(policies.READ), insert=policies.municipality(policies.WRITE))
    policies.grant("item_declaration")
