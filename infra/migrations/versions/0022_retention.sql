-- What was dropped of the event log: whole months, the oldest first. (tx, seq) is the position of the last event of all
-- that are gone; null while none ever was.
CREATE TABLE retentions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partition text NOT NULL,
    begins_at timestamptz NOT NULL,
    tx xid8,
    seq bigint,
    events bigint NOT NULL,
    dropped_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE retentions ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON retentions TO taskwake_api;
CREATE POLICY everybody ON retentions FOR SELECT TO taskwake_api USING (true);

-- Where the event log begins, and the position of the last event that was dropped; no row while it is whole.
CREATE FUNCTION log_begins() RETURNS TABLE (at timestamptz, tx xid8, seq bigint) LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT r.begins_at, r.tx, r.seq FROM retentions r ORDER BY r.id DESC LIMIT 1;
    END;
REVOKE ALL ON FUNCTION log_begins FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log_begins TO taskwake_api;

-- The months of the event log, the oldest first; none while it is one table. They follow each other without a gap, and
-- the first begins with the log (from_at null). What is written when there is no month for it is kept in
-- events_default, which is none of them.
CREATE FUNCTION event_months() RETURNS TABLE (name text, from_at timestamptz, until_at timestamptz) LANGUAGE sql STABLE
    SET search_path = public, pg_temp AS $$
        SELECT c.relname::text, (regexp_match(bound, 'FROM \(''([^'']+)''\)'))[1]::timestamptz,
               (regexp_match(bound, 'TO \(''([^'']+)''\)'))[1]::timestamptz
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid, pg_get_expr(c.relpartbound, c.oid) AS bound
        WHERE i.inhparent = 'public.events'::regclass AND bound <> 'DEFAULT' ORDER BY 3
    $$;
REVOKE ALL ON FUNCTION event_months FROM PUBLIC;

-- A table for a part of the event log: as `events`, and with each id once, which PostgreSQL cannot keep for all parts
-- together. Reached through `events` only.
CREATE FUNCTION make_part_of_events(name text) RETURNS void LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
    BEGIN
        EXECUTE format('CREATE TABLE public.%I (LIKE public.events INCLUDING DEFAULTS)', name);
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE UNIQUE INDEX %I ON public.%I (id)', name || '_id', name);
        EXECUTE format('CREATE UNIQUE INDEX %I ON public.%I (undoes) WHERE undoes IS NOT NULL', name || '_undoes', name);
    END $$;
REVOKE ALL ON FUNCTION make_part_of_events FROM PUBLIC;

-- See to it that the present and the next month have their part of the event log; returns whether that changed anything,
-- which is then to be committed at once. Asked every hour by the alarm, whose login owns nothing. Nobody waits for it
-- for long: what it does not get now it gets in an hour, and a month is made a month ahead.
CREATE FUNCTION prepare_months() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET lock_timeout = '500ms' SET timezone = 'UTC' AS $$
    DECLARE
        this_month CONSTANT timestamptz := date_trunc('month', clock_timestamp());
        wanted CONSTANT timestamptz := this_month + interval '2 months';
        behind timestamptz := (SELECT max(until_at) FROM event_months());
        following timestamptz;
        newest timestamptz;
        part text;
    BEGIN
        IF behind >= wanted OR (behind IS NULL AND NOT EXISTS (
            SELECT FROM pg_constraint WHERE conrelid = 'public.events'::regclass AND conname = 'events_first_month'
        )) OR NOT pg_try_advisory_xact_lock(7305164216) THEN
            RETURN false;  -- all is there, or the log is one table, or another divides, prepares or drops just now
        END IF;
        IF behind IS NULL THEN
            -- Who was to divide the log was killed: what they had begun with would refuse writes one day.
            ALTER TABLE events DROP CONSTRAINT IF EXISTS events_first_month;
            RETURN true;
        END IF;
        SELECT max(created_at) INTO newest FROM events_default;
        IF newest IS NOT NULL THEN
            -- Written while no month was there for it: its table becomes one, and another waits for the next time.
            following := date_trunc('month', greatest(newest, this_month)) + interval '1 month';
            part := 'events_' || to_char(following - interval '1 day', 'YYYY_MM');
            ALTER TABLE events DETACH PARTITION events_default;
            EXECUTE format('ALTER TABLE public.events_default RENAME TO %I', part);
            EXECUTE format('ALTER INDEX public.events_default_id RENAME TO %I', part || '_id');
            EXECUTE format('ALTER INDEX public.events_default_undoes RENAME TO %I', part || '_undoes');
            EXECUTE format('ALTER TABLE public.events ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                part, behind, following);
            PERFORM make_part_of_events('events_default');
            ALTER TABLE events ATTACH PARTITION events_default DEFAULT;
            behind := following;
        END IF;
        WHILE behind < wanted LOOP
            -- Without a gap: the first one after a long sleep reaches back to the last one before it.
            following := greatest(behind, this_month) + interval '1 month';
            part := 'events_' || to_char(following - interval '1 day', 'YYYY_MM');
            PERFORM make_part_of_events(part);
            EXECUTE format('ALTER TABLE public.events ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                part, behind, following);
            behind := following;
        END LOOP;
        RETURN true;
    EXCEPTION WHEN OTHERS THEN
        -- Reminders come first: the sweep goes on, what is written is kept in events_default, and the doctor finds it.
        RAISE WARNING 'the event log was not given its months, again in an hour: %', SQLERRM;
        RETURN false;
    END $$;
REVOKE ALL ON FUNCTION prepare_months FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prepare_months TO taskwake_functions;
