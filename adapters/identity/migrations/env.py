"""Alembic's environment: runs the migrations on the connection that it is given, in that one's transaction."""

from __future__ import annotations

from alembic import context

from adapters.identity.schema import VERSION_TABLE
from adapters.identity.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
