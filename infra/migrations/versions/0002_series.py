"""Series: which completion brought an occurrence, and what was skipped."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE tasks
            ADD COLUMN skipped boolean NOT NULL DEFAULT false,
            ADD COLUMN previous_id uuid,
            ADD COLUMN first_version bigint NOT NULL DEFAULT 1;
        CREATE UNIQUE INDEX tasks_by_previous ON tasks (previous_id) WHERE previous_id IS NOT NULL;
        UPDATE tasks SET previous_id = brought.previous_id FROM (
            SELECT DISTINCT ON (previous_id) (event->'data'->'task'->>'id')::uuid AS id,
                   (event->'data'->>'previous_task_id')::uuid AS previous_id
            FROM events WHERE topic = 'task.recurred.v1' ORDER BY previous_id, seq
        ) AS brought WHERE tasks.id = brought.id
        """
    )
