"""How alembic runs here: on the connection that api/db.py hands over, as the owner, never as the api role."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table="schema_version", transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
