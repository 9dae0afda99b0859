"""Restores: each begins a timeline, so that cursors of what was lost with it are known for what they are."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE restores (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            timeline integer NOT NULL CHECK (timeline BETWEEN 1 AND 65535),
            restored_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        ALTER TABLE restores ENABLE ROW LEVEL SECURITY;
        GRANT SELECT ON restores TO taskwake_api;
        CREATE POLICY everybody ON restores FOR SELECT TO taskwake_api USING (true);

        -- Which life of the database this is; 0 until it was restored (functions/chat_api/timeline.py).
        CREATE FUNCTION timeline() RETURNS integer LANGUAGE sql STABLE
            RETURN coalesce((SELECT r.timeline FROM restores r ORDER BY id DESC LIMIT 1), 0);
        REVOKE ALL ON FUNCTION timeline FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION timeline TO taskwake_api;
        """
    )
