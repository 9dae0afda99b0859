"""Catch-up: what a series does about what was due while the service was off, and what it left out."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE series
            ADD COLUMN catch_up text NOT NULL DEFAULT 'latest' CHECK (catch_up IN ('latest', 'all', 'none'));

        -- Of those that are there already nobody knows; what was due while this was installed was missed.
        ALTER TABLE reminders ADD COLUMN planned_at timestamptz NOT NULL DEFAULT '-infinity';
        ALTER TABLE reminders ALTER COLUMN planned_at SET DEFAULT now();

        CREATE TABLE misses (
            id uuid PRIMARY KEY,
            user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
            series_id uuid NOT NULL REFERENCES series ON DELETE CASCADE,
            task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
            title text NOT NULL,
            catch_up text NOT NULL CHECK (catch_up IN ('latest', 'none')),
            missed bigint NOT NULL,
            first_at timestamptz NOT NULL,
            last_at timestamptz NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX misses_by_user ON misses (user_id, created_at, id);
        GRANT SELECT ON misses TO taskwake_api;
        GRANT INSERT ON misses TO taskwake_functions;
        ALTER TABLE misses ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON misses FOR SELECT TO taskwake_api USING (user_id = asking_user());
        CREATE POLICY everybody ON misses FOR INSERT TO taskwake_functions WITH CHECK (true);
        """
    )
