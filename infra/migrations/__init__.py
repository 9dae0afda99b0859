"""Alembic migrations; `taskwake migrate` runs them, as the role that owns the tables."""
