"""Alembic's environment: one connection, given by the caller in the configuration's attributes."""

from alembic import context
from sqlmodel import SQLModel

import functions.kernel.storage.tables  # noqa: F401 - importing it is what fills the metadata

target_metadata = SQLModel.metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=target_metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
