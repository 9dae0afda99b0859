"""What a task has: labels, priority, parent, assignee, deadline, estimate and its place among its siblings."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE tasks
            ADD COLUMN labels text[] NOT NULL DEFAULT '{}',
            ADD COLUMN priority smallint NOT NULL DEFAULT 4 CHECK (priority BETWEEN 1 AND 4),
            ADD COLUMN parent_id uuid REFERENCES tasks ON DELETE CASCADE CHECK (parent_id <> id),
            ADD COLUMN assignee_id uuid,
            ADD COLUMN deadline_on date,
            ADD COLUMN estimate_minutes integer CHECK (estimate_minutes > 0),
            ADD COLUMN position double precision NOT NULL DEFAULT 0,
            -- Who leaves a list is assigned nothing of it any more, at whatever instant somebody assigned it.
            ADD CONSTRAINT tasks_assignee_is_member FOREIGN KEY (list_id, assignee_id)
                REFERENCES list_members (list_id, user_id) ON DELETE SET NULL (assignee_id);
        -- In the order in which they came; what a release that knows no positions writes comes last, too.
        UPDATE tasks SET position = EXTRACT(epoch FROM created_at);
        ALTER TABLE tasks ALTER COLUMN position SET DEFAULT EXTRACT(epoch FROM now());

        CREATE INDEX tasks_by_parent ON tasks (parent_id) WHERE parent_id IS NOT NULL;
        CREATE INDEX tasks_by_assignee ON tasks (assignee_id, list_id) WHERE assignee_id IS NOT NULL;
        CREATE INDEX tasks_by_position ON tasks (list_id, parent_id, position);
        """
    )
