-- `events` becomes the partitioned table, what it was its first part. In one transaction, while nobody uses the table:
-- no row is read or written. {part} is the first part's name, {bound} where it ends.
DO $divide$
DECLARE
    -- Those with a parsed body mean the table, not its name; as text they mean whatever has the name.
    bodies CONSTANT text[] := ARRAY(
        SELECT DISTINCT pg_get_functiondef(objid) FROM pg_depend
        WHERE classid = 'pg_proc'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = 'events'::regclass);
    next_seq bigint;
    body text;
BEGIN
    next_seq := nextval(pg_get_serial_sequence('events', 'seq'));
    ALTER TABLE events RENAME TO {part};
    ALTER TABLE {part} ALTER COLUMN seq DROP IDENTITY;
    ALTER INDEX events_pkey RENAME TO {id_index};
    ALTER INDEX events_undone_once RENAME TO {undoes_index};
    ALTER INDEX events_by_position RENAME TO {position_index};
    ALTER INDEX events_by_key RENAME TO {key_index};
    ALTER INDEX events_unpublished RENAME TO {unpublished_index};
    ALTER INDEX events_by_task RENAME TO {task_index};
    ALTER INDEX events_by_list RENAME TO {list_index};
    ALTER INDEX events_by_person RENAME TO {person_index};

    CREATE TABLE events (LIKE {part} INCLUDING DEFAULTS) PARTITION BY RANGE (created_at);
    ALTER TABLE events ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY;
    EXECUTE format('ALTER TABLE events ALTER COLUMN seq RESTART WITH %s', next_seq);
    CREATE INDEX events_by_position ON events (tx, seq);
    CREATE INDEX events_by_key ON events (key, seq);
    CREATE INDEX events_unpublished ON events (seq) WHERE published_at IS NULL;
    CREATE INDEX events_by_task ON events (task_id, seq);
    CREATE INDEX events_by_list ON events (list_id, seq) WHERE list_id IS NOT NULL;
    CREATE INDEX events_by_person ON events (by_id, seq) WHERE by_id IS NOT NULL;

    -- Its check says that every row belongs there, and its indexes are those above: nothing is read.
    ALTER TABLE events ATTACH PARTITION {part} FOR VALUES FROM (MINVALUE) TO ({bound});
    ALTER TABLE {part} DROP CONSTRAINT events_first_month;
    PERFORM make_part_of_events('events_default');
    ALTER TABLE events ATTACH PARTITION events_default DEFAULT;

    ALTER TABLE events ENABLE ROW LEVEL SECURITY;
    GRANT SELECT, INSERT ON events TO taskwake_api;
    GRANT SELECT, INSERT, UPDATE ON events TO taskwake_functions;
    CREATE POLICY seen ON events FOR SELECT TO taskwake_api
        USING (user_id = asking_user() OR list_id IN (SELECT member_lists()));
    CREATE POLICY written ON events FOR INSERT TO taskwake_api
        WITH CHECK (user_id = asking_user() OR list_id IN (SELECT writable_lists()));
    CREATE POLICY everybody ON events TO taskwake_functions USING (true);
    REVOKE ALL ON {part} FROM taskwake_api, taskwake_functions;
    DROP POLICY seen ON {part};
    DROP POLICY written ON {part};
    DROP POLICY everybody ON {part};

    FOREACH body IN ARRAY bodies LOOP
        EXECUTE body;
    END LOOP;
END $divide$
