"""The events of replayed dead letters, as they are in the log, so that who replays them publishes them at once."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- Those of these dead letters that were replayed and wait in the outbox; for operators, as the others of 0019.
        CREATE FUNCTION replayed_events(letters uuid[]) RETURNS SETOF json
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
            BEGIN ATOMIC
                SELECT e.event FROM dead_letters d JOIN events e ON e.id = logged_id(d.source, d.event_id)
                WHERE d.id = ANY (letters) AND d.replayed_at IS NOT NULL AND e.published_at IS NULL AND may_operate()
                ORDER BY e.seq;
            END;
        REVOKE ALL ON FUNCTION replayed_events FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION replayed_events TO taskwake_api;
        """
    )
