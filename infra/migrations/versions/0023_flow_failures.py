"""Of a task's flow, which function could not handle an event."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- That an event waits as a dead letter is told to whom it concerns; why it does, to operators alone.
        CREATE FUNCTION not_handled(events_of_task uuid[], functions text[])
            RETURNS TABLE (event_id uuid, function text, given_up_at timestamptz)
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
            BEGIN ATOMIC
                SELECT events.id, dead.function, dead.created_at
                FROM events JOIN dead_letters dead ON dead.function = ANY (functions) AND dead.source = '/taskwake'
                    AND dead.event_id = events.id::text AND dead.replayed_at IS NULL
                WHERE events.id = ANY (events_of_task)
                  AND (events.user_id = asking_user() OR events.list_id IN (SELECT member_lists()));
            END;
        REVOKE ALL ON FUNCTION not_handled FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION not_handled TO taskwake_api;
        """
    )
