-- An attempt goes with its delivery, which goes with its person: a second key would be looked up in all attempts.
ALTER TABLE delivery_attempts DROP CONSTRAINT delivery_attempts_user_id_fkey;

-- Who left, and of whom traces may be left: `list_ids` were their lists. They are looked for next at `page` of
-- `table_name` ('': the reading is yet to begin), and `seen` says whether any was seen in this reading.
CREATE TABLE erasures (
    user_id uuid PRIMARY KEY,
    email text,
    list_ids uuid[] NOT NULL,
    left_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    table_name text NOT NULL DEFAULT '',
    page bigint NOT NULL DEFAULT 0,
    seen boolean NOT NULL DEFAULT false
);
ALTER TABLE erasures ENABLE ROW LEVEL SECURITY;

-- Everything that is a person's, at once, and found by indexes. The event log, which nobody reads of them any more, and
-- what else may name them are left to erase_traces.
--
-- Who sends to a webhook, rings an alarm or changes a task locks that and then the person; here it is the other way
-- round. So no lock is waited for as long as PostgreSQL waits before it ends one of two who wait for each other: what
-- was done is taken back, with its locks, and done anew.
CREATE OR REPLACE FUNCTION remove_person(person uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET lock_timeout = '500ms' AS $$
    BEGIN
        FOR attempt IN 1..20 LOOP
            BEGIN
                PERFORM FROM users WHERE id = person FOR UPDATE;
                INSERT INTO erasures (user_id, email, list_ids)
                    SELECT id, nullif(email, ''), ARRAY(SELECT id FROM lists WHERE owner_id = person)
                    FROM users WHERE id = person;
                -- What they wrote in others' lists stays, with the list's owner.
                UPDATE tasks SET created_by = lists.owner_id, version = version + 1 FROM lists
                    WHERE tasks.created_by = person AND lists.id = tasks.list_id AND lists.owner_id <> person;
                DELETE FROM users WHERE id = person;
                RETURN;
            EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
                IF attempt = 20 THEN
                    RAISE;
                END IF;
                PERFORM pg_sleep(0.1);  -- holding nothing: else who waited for us could come second again
            END;
        END LOOP;
    END $$;

-- What is said without naming any of these people.
CREATE FUNCTION without_names(said text, people uuid[], emails text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
    DECLARE
        person uuid;
        email text;
    BEGIN
        FOREACH person IN ARRAY people LOOP
            said := replace(said, person::text, '00000000-0000-0000-0000-000000000000');
        END LOOP;
        FOREACH email IN ARRAY emails LOOP
            said := replace(said, email, 'nobody');
        END LOOP;
        RETURN said;
    END $$;

-- Erase the traces of these people in some pages of a table. Of the event log what was theirs goes, and of the dead
-- letters what was in their lists; elsewhere, and in what others keep, nobody is named. Returns whether there were any.
-- A row that somebody has locked is left as it is.
CREATE FUNCTION erase_in_pages(
    named regclass, from_page bigint, until_page bigint, people uuid[], emails text[], list_ids uuid[]
) RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE
        words CONSTANT text[] := people::text[] || emails;
        -- In a row's text bytea is written in hexadecimal digits.
        traces CONSTANT text[] := CASE named WHEN 'idempotency_keys'::regclass
            THEN words || ARRAY(SELECT encode(convert_to(word, 'UTF8'), 'hex') FROM unnest(words) AS word)
            ELSE words END;
        theirs CONSTANT text := CASE
            WHEN named = 'events'::regclass
                OR named IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'events'::regclass)
                THEN '(user_id = ANY ($1) OR list_id = ANY ($3))'
            WHEN named = 'dead_letters'::regclass
                THEN 'EXISTS (SELECT FROM unnest($3) AS list_id WHERE strpos(event, list_id::text) > 0)'
            ELSE 'false' END;
        changes text;
        seen tid[];
    BEGIN
        -- OFFSET: the text of a row is made once, not for each trace.
        EXECUTE format(
            'SELECT array_agg(ctid) FROM %s AS held, LATERAL (SELECT held::text AS said OFFSET 0) AS row
             WHERE ctid >= %L AND ctid < %L
                AND (%s OR EXISTS (SELECT FROM unnest($4) AS trace WHERE strpos(said, trace) > 0))',
            named, format('(%s,0)', from_page), format('(%s,0)', until_page), theirs)
            INTO seen USING people, emails, list_ids, traces;
        IF seen IS NULL THEN
            RETURN false;
        END IF;
        EXECUTE format('SELECT array_agg(ctid) FROM (
                SELECT ctid FROM %s WHERE ctid = ANY ($1) FOR UPDATE SKIP LOCKED
            ) AS free', named) INTO seen USING seen;
        EXECUTE format('DELETE FROM %s WHERE ctid = ANY ($4) AND %s', named, theirs)
            USING people, emails, list_ids, seen;
        SELECT string_agg(format(
            CASE
                WHEN t.typname = 'uuid' AND a.attnotnull
                    THEN '%1$I = CASE WHEN %1$I = ANY ($1) THEN ''00000000-0000-0000-0000-000000000000'' ELSE %1$I END'
                WHEN t.typname = 'uuid' THEN '%1$I = CASE WHEN %1$I = ANY ($1) THEN NULL ELSE %1$I END'
                WHEN t.typname = 'bytea'
                    THEN '%1$I = convert_to(without_names(convert_from(%1$I, ''UTF8''), $1, $2), ''UTF8'')'
                ELSE '%1$I = without_names(%1$I::text, $1, $2)::%2$s' END, a.attname, t.typname), ', ')
            INTO changes
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = named AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                AND (t.typname IN ('uuid', 'text', 'json', 'jsonb', '_text')
                     OR (named, a.attname) = ('idempotency_keys'::regclass, 'body'));
        EXECUTE format('UPDATE %s SET %s WHERE ctid = ANY ($3)', named, changes) USING people, emails, seen;
        RETURN true;
    END $$;

-- Erase traces of who left, for about a tenth of a second. Returns whether to go on at once; if not, nothing is left to
-- erase, or a reading of all tables ended, and the next one is for who asks again.
--
-- Each table is read from its first page to its last, for all together who are looked for at the same place; but not
-- that of who is still here, and may have the same address. A row that is changed meanwhile may move to where was read
-- already: so who left is forgotten here only after a whole reading that found nothing.
CREATE FUNCTION erase_traces() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        pages CONSTANT bigint := 64;
        until CONSTANT timestamptz := clock_timestamp() + interval '100 milliseconds';
        place record;
        people uuid[];
        emails text[];
        lists uuid[];
        named regclass;
    BEGIN
        IF NOT pg_try_advisory_xact_lock(7305164217) THEN
            RETURN false;  -- another does it just now
        END IF;
        SELECT table_name, page, false AS seen INTO place FROM erasures ORDER BY left_at, user_id LIMIT 1;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
        people := ARRAY(SELECT user_id FROM erasures WHERE (table_name, page) = (place.table_name, place.page)
                        ORDER BY left_at, user_id LIMIT 100);
        emails := ARRAY(SELECT email FROM erasures WHERE user_id = ANY (people) AND email IS NOT NULL);
        lists := ARRAY(SELECT unnest(list_ids) FROM erasures WHERE user_id = ANY (people));
        WHILE place.table_name IS NOT NULL AND clock_timestamp() < until LOOP
            named := to_regclass(format('public.%I', place.table_name));
            IF place.page < pg_relation_size(named) / current_setting('block_size')::bigint THEN
                place.seen := erase_in_pages(named, place.page, place.page + pages, people, emails, lists)
                    OR place.seen;
                place.page := place.page + pages;
            ELSE
                place.page := 0;
                place.table_name := (
                    SELECT min(relname::text COLLATE "C") FROM pg_class
                    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                        AND relname NOT IN ('erasures', 'users') AND relname::text COLLATE "C" > place.table_name
                );
            END IF;
        END LOOP;
        UPDATE erasures SET table_name = coalesce(place.table_name, ''), page = place.page, seen = seen OR place.seen
            WHERE user_id = ANY (people);
        IF place.table_name IS NOT NULL THEN
            RETURN true;
        END IF;
        DELETE FROM erasures WHERE user_id = ANY (people) AND NOT seen;
        UPDATE erasures SET seen = false WHERE user_id = ANY (people);
        RETURN false;
    END $$;

REVOKE ALL ON FUNCTION without_names, erase_in_pages, erase_traces FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_traces TO taskwake_functions;
