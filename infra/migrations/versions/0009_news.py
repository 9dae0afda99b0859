"""For whom something new is in the event log: one look for all who watch, instead of one for each."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- SECURITY DEFINER, since it is asked for nobody in particular. It tells who is concerned, and nothing of what.
        -- (tx, seq) is the position behind what was looked at (decision 0003); held: there is more, some maybe held
        -- back by an older transaction.
        CREATE FUNCTION news(after_tx xid8, after_seq bigint, most bigint,
                             OUT tx xid8, OUT seq bigint, OUT held boolean, OUT readers uuid[])
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
            BEGIN ATOMIC
                WITH settled AS (
                    SELECT pg_snapshot_xmin(pg_current_snapshot()) AS tx
                ), newer AS (
                    SELECT events.tx, events.seq, events.list_id, events.user_id FROM events
                    WHERE (events.tx, events.seq) > (after_tx, after_seq)
                    ORDER BY events.tx, events.seq LIMIT most
                ), ready AS (
                    SELECT newer.* FROM newer, settled WHERE newer.tx < settled.tx
                ), last AS (
                    SELECT ready.tx, ready.seq FROM ready ORDER BY ready.tx DESC, ready.seq DESC LIMIT 1
                ), counted AS (
                    SELECT (SELECT count(*) FROM newer) AS newer, (SELECT count(*) FROM ready) AS ready
                )
                SELECT CASE WHEN counted.newer = most THEN COALESCE(last.tx, after_tx) ELSE settled.tx END,
                       CASE WHEN counted.newer = most THEN COALESCE(last.seq, after_seq) ELSE 0 END,
                       counted.newer > counted.ready OR counted.newer = most,
                       ARRAY(
                           SELECT ready.user_id FROM ready WHERE ready.user_id IS NOT NULL
                           UNION
                           SELECT members.user_id FROM ready JOIN list_members AS members USING (list_id)
                       )
                FROM settled, counted LEFT JOIN last ON true;
            END;
        REVOKE ALL ON FUNCTION news FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION news TO taskwake_api;
        """
    )
