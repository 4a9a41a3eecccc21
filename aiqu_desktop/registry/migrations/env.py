"""Alembic's entry: always on a connection that the product opened, inside its transaction."""

from alembic import context

from aiqu_desktop.registry.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
