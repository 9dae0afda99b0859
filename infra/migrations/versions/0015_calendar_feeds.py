"""Calendar feeds, what was imported, and when a task was last changed."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- What LAST-MODIFIED says. Of those that are there already nobody knows better than this.
        ALTER TABLE tasks ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
        UPDATE tasks SET changed_at = coalesce(completed_at, created_at);
        CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN NEW.changed_at := now(); RETURN NEW; END;
        $$;
        CREATE TRIGGER task_changed BEFORE UPDATE ON tasks FOR EACH ROW
            WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION note_change();

        CREATE TABLE calendar_feeds (
            id uuid PRIMARY KEY,
            user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
            name text NOT NULL,
            secret_hash bytea NOT NULL UNIQUE,
            list_ids uuid[],
            components text[] NOT NULL,
            done boolean NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            read_at timestamptz,
            etag text,
            changed_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX calendar_feeds_by_user ON calendar_feeds (user_id);
        GRANT SELECT, INSERT, DELETE ON calendar_feeds TO taskwake_api;
        GRANT UPDATE (read_at, etag, changed_at) ON calendar_feeds TO taskwake_api;
        ALTER TABLE calendar_feeds ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON calendar_feeds TO taskwake_api USING (user_id = asking_user());

        -- Who reads a feed shows its secret only; it says whose it is.
        CREATE FUNCTION calendar_feed(hash bytea) RETURNS SETOF calendar_feeds
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
            BEGIN ATOMIC SELECT * FROM calendar_feeds WHERE secret_hash = hash; END;
        REVOKE ALL ON FUNCTION calendar_feed FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION calendar_feed TO taskwake_api;

        CREATE TABLE imported_items (
            user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
            uid text NOT NULL,
            task_id uuid REFERENCES tasks ON DELETE CASCADE,
            series_id uuid REFERENCES series ON DELETE CASCADE,
            fingerprint bytea NOT NULL,
            imported_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (user_id, uid)
        );
        GRANT SELECT, INSERT, DELETE ON imported_items TO taskwake_api;
        GRANT UPDATE (task_id, series_id, fingerprint, imported_at) ON imported_items TO taskwake_api;
        ALTER TABLE imported_items ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON imported_items TO taskwake_api USING (user_id = asking_user());
        """
    )
