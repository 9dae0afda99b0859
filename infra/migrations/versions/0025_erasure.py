"""Erasure: who leaves goes by indexes, at once; the traces of them elsewhere are erased afterwards, by and by."""

from pathlib import Path

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# What is deleted with a person, a list or a task is found by these, not by reading everybody's.
_INDEXES = {
    "lists_by_owner": "lists (owner_id)",
    "tasks_by_creator": "tasks (created_by)",
    "webhooks_by_list": "webhooks (list_id) WHERE list_id IS NOT NULL",
    "imported_items_by_task": "imported_items (task_id) WHERE task_id IS NOT NULL",
    "imported_items_by_series": "imported_items (series_id) WHERE series_id IS NOT NULL",
}


def upgrade() -> None:
    # Beside everybody. One whose building was cut off is there, and of no use.
    with op.get_context().autocommit_block():
        for name, columns in _INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {columns}")
    op.execute(Path(__file__).with_suffix(".sql").read_text())
