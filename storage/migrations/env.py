"""How Alembic runs the migrations: over the connection that storage/migrate.py gives it."""

from alembic import context

connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    # A second process that starts at the same time waits, then finds nothing to do.
    connection.exec_driver_sql("select pg_advisory_xact_lock(7316410)")
context.configure(connection=connection, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
