"""The row-security policies, rendered from one template per tenant shape; every revision takes its policies from here.

Row security is the net: the queries repeat the same scope as their own predicate (api/levels.py). `(select …)` makes the scope an
init-plan that is evaluated once per statement; a bare function call would be evaluated per row.
"""

from collections.abc import Iterator

from alembic import op

READ, WRITE, PERSONAL = "read", "write", "personal"


def _any(column: str, mode: str, kind: str) -> str:
    # The cast matters: without it `any (select …)` is a subquery whose rows are compared, not an array.
    return f"{column} = any((select app.{mode}_{kind}())::{'uuid' if kind == 'organisations' else 'int'}[])"


def municipality(mode: str, column: str = "municipality_id") -> str:
    """Rows of a municipality: (country_id, municipality_id)."""
    return f"{_any('country_id', mode, 'countries')} or {_any(column, mode, 'municipalities')}"


def territory(mode: str) -> str:
    """Figures of a place of any kind: (country_id, territory_id); the key of a municipality is a territory's too."""
    return municipality(mode, "territory_id")


def place(mode: str) -> str:
    """The same, and communities by the municipality they lie in: looked at last, and of their own keys only."""
    return f"{territory(mode)} or {_community(mode)}"


def _community(mode: str) -> str:
    return f"(territory_id >= 1000000000 and {_any('territory_id', mode, 'communities')})"


def place_among_many(mode: str) -> str:
    """The same as `place`, the municipalities looked up in a hash: of 65,000 rows of an association of 260, an array was searched from its
    start for each, and its page took 1.6 times what it takes without row security (measured; now 1.14)."""
    hashed = f"territory_id in (select unnest((select app.{mode}_municipalities())::int[]))"
    return f"{_any('country_id', mode, 'countries')} or {hashed} or {_community(mode)}"


def organisation(mode: str, column: str = "organisation_id") -> str:
    """Rows of an organisation or programme, reached by one uuid column."""
    return _any(column, mode, "organisations")


def unit(mode: str) -> str:
    """Rows that may belong to any level: the municipality shape, or the organisation shape, or the whole region."""
    return f"{municipality(mode)} or {organisation(mode)} or (select app.{mode}_region())"


ASSIST = "territory_id = any((select app.assist_municipalities())::int[])"
REGION = "(select app.write_region())"
OWN = "principal_id = (select app.principal())"


def guard(table: str, *, select: str, insert: str, update: str | None = None, delete: str | None = None) -> None:
    """Force row security on `table`; the owner keeps a policy of its own, else backfills touch nothing and a dump fails."""
    for statement in _guard(table, select, insert, update or insert, delete or insert):
        op.execute(statement)


def _guard(table: str, select: str, insert: str, update: str, delete: str) -> Iterator[str]:
    yield f"alter table {table} enable row level security"
    yield f"alter table {table} force row level security"
    yield f"create policy {table}_owner on {table} to amuprev_owner using (true) with check (true)"
    yield f"create policy {table}_select on {table} for select to amuprev_api using ({select})"
    yield f"create policy {table}_insert on {table} for insert to amuprev_api with check ({insert})"
    yield f"create policy {table}_update on {table} for update to amuprev_api using ({update}) with check ({update})"
    yield f"create policy {table}_delete on {table} for delete to amuprev_api using ({delete})"


def grant(table: str, rights: str = "select, insert, update, delete") -> None:
    """What the api role may ask of `table` at all; row security then says of which rows."""
    op.execute(f"grant {rights} on {table} to amuprev_api")
