"""Search: the words of a task; and filters that a person keeps."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        r"""
        -- Words as they are compared: without case, accents and other widths, and without punctuation, by which
        -- PostgreSQL would take some for addresses and paths, whole. The collation is the same on every server.
        CREATE FUNCTION search_words(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
            RETURN regexp_replace(
                lower(regexp_replace(normalize(words, NFKD), '[\u0300-\u036f]', '', 'g') COLLATE "pg_c_utf8"),
                '[!-/\:-@\[-`{-~]+', ' ', 'g');

        CREATE FUNCTION search_vector(title text, notes text, labels text[]) RETURNS tsvector
            LANGUAGE sql IMMUTABLE PARALLEL SAFE
            RETURN setweight(to_tsvector('simple', search_words(title)), 'A')
                || setweight(to_tsvector('simple', search_words(array_to_string(labels, ' '))), 'B')
                || to_tsvector('simple', search_words(notes));

        ALTER TABLE tasks
            ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (search_vector(title, notes, labels)) STORED;

        -- Of those with whom the asking person shares a list: nobody else can be asked for by name.
        CREATE FUNCTION fellows_named(pattern text) RETURNS SETOF uuid
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
            BEGIN ATOMIC
                SELECT id FROM users
                WHERE id IN (SELECT user_id FROM list_members WHERE list_id IN (SELECT member_lists()))
                  AND (name ILIKE pattern COLLATE "pg_c_utf8" OR email ILIKE pattern COLLATE "pg_c_utf8");
            END;
        REVOKE ALL ON FUNCTION fellows_named FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION fellows_named TO taskwake_api;

        CREATE TABLE filters (
            id uuid PRIMARY KEY,
            user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
            name text NOT NULL,
            query text NOT NULL,
            position double precision NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX filters_by_user ON filters (user_id, position, id);
        GRANT SELECT, INSERT, DELETE ON filters TO taskwake_api;
        GRANT UPDATE (name, query, position) ON filters TO taskwake_api;
        ALTER TABLE filters ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON filters TO taskwake_api USING (user_id = asking_user());
        """
    )
