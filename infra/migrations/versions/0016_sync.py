"""Sync: when each row was changed last, what left a list, and of each event its task, its author and what it undoes."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(_CHANGES)
    op.execute(_DEPARTURES)
    op.execute(_EVENTS)
    op.execute(_REMOVAL)


# A transaction's id, as in the event log (specs/decisions/0003): a row whose tx is below a snapshot's xmin was seen
# in it.
_CHANGES = """
    ALTER TABLE tasks ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id();
    ALTER TABLE lists ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id();
    ALTER TABLE list_members ADD COLUMN since_tx xid8 NOT NULL DEFAULT pg_current_xact_id();
    CREATE INDEX tasks_by_change ON tasks (list_id, tx, id);

    CREATE FUNCTION note_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.tx := pg_current_xact_id(); RETURN NEW; END
    $$;
    CREATE TRIGGER transaction BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION note_transaction();
    CREATE TRIGGER transaction BEFORE UPDATE ON lists FOR EACH ROW EXECUTE FUNCTION note_transaction();
"""

# By trigger, whoever moves, deletes or unshares, and by whichever cascade. As the owner: nobody else may write it.
_DEPARTURES = """
    CREATE TABLE departures (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
        list_id uuid NOT NULL,
        task_id uuid,
        user_id uuid REFERENCES users ON DELETE CASCADE,
        CHECK ((task_id IS NULL) <> (user_id IS NULL))
    );
    CREATE INDEX departures_of_tasks ON departures (list_id, tx, id) WHERE task_id IS NOT NULL;
    CREATE INDEX departures_of_people ON departures (user_id, tx, id) WHERE user_id IS NOT NULL;
    GRANT SELECT ON departures TO taskwake_api;
    ALTER TABLE departures ENABLE ROW LEVEL SECURITY;
    CREATE POLICY seen ON departures FOR SELECT TO taskwake_api
        USING (user_id = asking_user() OR (task_id IS NOT NULL AND list_id IN (SELECT member_lists())));

    CREATE FUNCTION note_departed_tasks() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
        BEGIN
            INSERT INTO departures (list_id, task_id)
            SELECT list_id, id FROM gone WHERE list_id IN (SELECT id FROM lists);
            RETURN NULL;
        END
    $$;
    CREATE FUNCTION note_moved_task() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
        BEGIN INSERT INTO departures (list_id, task_id) VALUES (OLD.list_id, OLD.id); RETURN NULL; END
    $$;
    CREATE FUNCTION note_membership() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                INSERT INTO departures (list_id, user_id) SELECT OLD.list_id, id FROM users WHERE id = OLD.user_id;
                UPDATE lists SET tx = pg_current_xact_id() WHERE id = OLD.list_id;
            ELSE
                UPDATE lists SET tx = pg_current_xact_id() WHERE id = NEW.list_id;
            END IF;
            RETURN NULL;
        END
    $$;
    REVOKE ALL ON FUNCTION note_departed_tasks, note_moved_task, note_membership FROM PUBLIC;
    CREATE TRIGGER departure AFTER DELETE ON tasks REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION note_departed_tasks();
    CREATE TRIGGER move AFTER UPDATE OF list_id ON tasks FOR EACH ROW
        WHEN (OLD.list_id <> NEW.list_id) EXECUTE FUNCTION note_moved_task();
    CREATE TRIGGER membership AFTER INSERT OR UPDATE OR DELETE ON list_members
        FOR EACH ROW EXECUTE FUNCTION note_membership();
"""

_EVENTS = """
    ALTER TABLE events ADD COLUMN task_id uuid, ADD COLUMN by_id uuid, ADD COLUMN undoes uuid;
    UPDATE events SET task_id = coalesce(event->'data'->'task'->>'id', event->'data'->>'task_id')::uuid,
        by_id = (event->'data'->>'by')::uuid;
    CREATE INDEX events_by_task ON events (task_id, seq);
    CREATE INDEX events_by_list ON events (list_id, seq) WHERE list_id IS NOT NULL;
    CREATE INDEX events_by_person ON events (by_id, seq) WHERE by_id IS NOT NULL;
    CREATE UNIQUE INDEX events_undone_once ON events (undoes) WHERE undoes IS NOT NULL;

    -- Who did it, to those who share a list with them; nothing else of a person is shown.
    CREATE FUNCTION names_of_members(people uuid[]) RETURNS TABLE (id uuid, name text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
        BEGIN ATOMIC
            SELECT id, name FROM users WHERE id = ANY (people) AND (id = asking_user() OR EXISTS (
                SELECT FROM list_members WHERE user_id = users.id AND list_id IN (SELECT member_lists())));
        END;
    REVOKE ALL ON FUNCTION names_of_members FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION names_of_members TO taskwake_api;
"""

# Everything of a person. Whatever table comes, its columns are looked through for what is left of them: what others
# keep, such as the log of a shared list, names nobody then.
_REMOVAL = """

    CREATE FUNCTION remove_person(person uuid) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
        DECLARE
            nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
            address text;
            looked record;
        BEGIN
            SELECT email INTO address FROM users WHERE id = person FOR UPDATE;
            DELETE FROM credentials WHERE user_id = person;
            DELETE FROM reminders WHERE user_id = person;
            -- What they wrote in others' lists stays, with the list's owner.
            UPDATE tasks SET created_by = lists.owner_id, version = version + 1 FROM lists
            WHERE tasks.created_by = person AND lists.id = tasks.list_id AND lists.owner_id <> person;
            DELETE FROM events WHERE user_id = person
                OR list_id IN (SELECT id FROM lists WHERE owner_id = person);
            DELETE FROM misses WHERE user_id = person;
            DELETE FROM users WHERE id = person;
            FOR looked IN
                SELECT c.relname AS name, string_agg(format(
                    CASE
                        WHEN t.typname = 'uuid' AND NOT a.attnotnull THEN '%1$I = nullif(%1$I, %2$L)'
                        WHEN t.typname = 'uuid' THEN '%1$I = CASE %1$I WHEN %2$L THEN %3$L ELSE %1$I END'
                        WHEN t.typname = 'bytea' THEN
                            '%1$I = convert_to(replace(replace(convert_from(%1$I, ''UTF8''), %2$L, %3$L), %4$L, '
                            '''nobody''), ''UTF8'')'
                        ELSE '%1$I = replace(replace(%1$I::text, %2$L, %3$L), %4$L, ''nobody'')::' || t.typname
                    END, a.attname, person, nobody, coalesce(nullif(address, ''), person::text)), ', ') AS changes
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                    JOIN pg_type t ON t.oid = a.atttypid
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attgenerated = ''
                    AND (t.typname IN ('uuid', 'text', 'json', 'jsonb', '_text')
                         OR (c.relname, a.attname) = ('idempotency_keys', 'body'))
                GROUP BY c.relname
            LOOP
                -- In a row's text bytea is written in hexadecimal digits.
                EXECUTE format(
                    'UPDATE %I AS held SET %s WHERE EXISTS (SELECT FROM unnest(%L::text[]) AS trace
                     WHERE strpos(held::text, trace) > 0)',
                    looked.name, looked.changes, ARRAY[person::text, encode(person::text::bytea, 'hex'),
                        nullif(address, ''), encode(nullif(address, '')::bytea, 'hex')]);
            END LOOP;
        END
    $$;
    REVOKE ALL ON FUNCTION remove_person FROM PUBLIC;
    CREATE FUNCTION remove_me() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public
        BEGIN ATOMIC SELECT remove_person(asking_user()); END;
    REVOKE ALL ON FUNCTION remove_me FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION remove_me TO taskwake_api;
"""
