"""Runs the steps of one store on the connection that the program hands over.

The program sets `attributes["connection"]`; the store's folder is the version location.
Online only: there is no database to reach without the practice's key.
"""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=None,
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
