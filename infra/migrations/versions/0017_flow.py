"""A task's flow: its events by its key, and who handled them."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE INDEX events_by_key ON events (key, seq);

        -- chat-api reads nothing of the inbox, but who took up an event that the person may see.
        CREATE FUNCTION handled(events_of_task uuid[], functions text[])
            RETURNS TABLE (event_id uuid, function text, handled_at timestamptz)
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
            BEGIN ATOMIC
                SELECT events.id, inbox.function, inbox.handled_at
                FROM events JOIN inbox ON inbox.function = ANY (functions) AND inbox.source = '/taskwake'
                    AND inbox.event_id = events.id::text
                WHERE events.id = ANY (events_of_task)
                  AND (events.user_id = asking_user() OR events.list_id IN (SELECT member_lists()));
            END;
        REVOKE ALL ON FUNCTION handled FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION handled TO taskwake_api;
        """
    )
