"""The event flow: tables, roles that own nothing, and row-level security."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0001_event_flow.sql").read_text())
