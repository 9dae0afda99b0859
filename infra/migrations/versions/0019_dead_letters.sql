-- lock: dead_letters: a few rows
-- Where the broker had it; null where there was none.
ALTER TABLE dead_letters ADD COLUMN broker_partition integer, ADD COLUMN broker_offset bigint;
CREATE INDEX dead_letters_by_time ON dead_letters (created_at, id);

-- Not a column of users, whose rows the API's role may change: nobody makes themselves an operator through it.
CREATE TABLE operators (
    user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    granted_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE operators ENABLE ROW LEVEL SECURITY;

-- `by_user` did it through the API, `by_login` on a machine; of who left, neither.
CREATE TABLE dead_letter_audit (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    by_user uuid,
    by_login text,
    action text NOT NULL CHECK (action IN ('replay', 'drop')),
    outcome text NOT NULL CHECK (outcome IN ('handed on', 'not in the log', 'dropped')),
    dead_letter_id uuid NOT NULL,
    function text NOT NULL,
    source text NOT NULL,
    event_id text NOT NULL,
    reason text NOT NULL
);
CREATE INDEX dead_letter_audit_by_time ON dead_letter_audit (at, id);
CREATE INDEX dead_letter_audit_by_letter ON dead_letter_audit (dead_letter_id, at);
ALTER TABLE dead_letter_audit ENABLE ROW LEVEL SECURITY;

-- Append-only, for the owner too. Only the traces of a person go from it, when they leave (remove_person).
CREATE FUNCTION keep_dead_letter_audit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'UPDATE' OR (OLD.id, OLD.at, OLD.action, OLD.outcome, OLD.dead_letter_id)
            IS DISTINCT FROM (NEW.id, NEW.at, NEW.action, NEW.outcome, NEW.dead_letter_id) THEN
            RAISE 'what was done with dead letters is kept: dead_letter_audit is only added to'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON dead_letter_audit
    FOR EACH ROW EXECUTE FUNCTION keep_dead_letter_audit();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON dead_letter_audit
    FOR EACH STATEMENT EXECUTE FUNCTION keep_dead_letter_audit();

CREATE FUNCTION is_operator(person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT EXISTS (SELECT FROM operators WHERE user_id = person);
    END;

-- Who asks is an operator; or nobody asks, and the login is that of the tables' owner, as on the command line. The
-- functions below give and change nothing otherwise.
CREATE FUNCTION may_operate() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT CASE WHEN asking_user() IS NULL
            THEN pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = 'operators'::regclass), 'MEMBER')
            ELSE is_operator(asking_user()) END;
    END;

-- The id by which an event stands in the log, if it is one of ours.
CREATE FUNCTION logged_id(source text, event_id text) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN source = '/taskwake' AND event_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        THEN event_id::uuid END;

-- Up to `most` of them, the newest first, behind (`behind_at`, `behind_id`); a null asks for any.
CREATE FUNCTION find_dead_letters(
    ids uuid[], of_function text, of_topic text, about text, since timestamptz, until timestamptz,
    is_replayed boolean, behind_at timestamptz, behind_id uuid, most integer
) RETURNS TABLE (
    id uuid, function text, topic text, broker_partition integer, broker_offset bigint, source text, event_id text,
    reason text, attempts bigint, created_at timestamptz, replayed_at timestamptz, handled_at timestamptz,
    is_logged boolean
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT d.id, d.function, d.topic, d.broker_partition, d.broker_offset, d.source, d.event_id, d.reason,
               d.attempts, d.created_at, d.replayed_at, i.handled_at,
               EXISTS (SELECT FROM events e WHERE e.id = logged_id(d.source, d.event_id))
        FROM dead_letters d
        LEFT JOIN inbox i ON i.function = d.function AND i.source = d.source AND i.event_id = d.event_id
        WHERE may_operate()
          AND (ids IS NULL OR d.id = ANY (ids))
          AND (of_function IS NULL OR d.function = of_function)
          AND (of_topic IS NULL OR d.topic = of_topic)
          AND (about IS NULL OR strpos(lower(d.reason), lower(about)) > 0)
          AND (since IS NULL OR d.created_at >= since)
          AND (until IS NULL OR d.created_at < until)
          AND (is_replayed IS NULL OR (d.replayed_at IS NOT NULL) = is_replayed)
          AND (behind_at IS NULL OR (d.created_at, d.id) < (behind_at, behind_id))
        ORDER BY d.created_at DESC, d.id DESC LIMIT most;
    END;

CREATE FUNCTION dead_letter_event(which uuid) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT event FROM dead_letters WHERE id = which AND may_operate();
    END;

-- Have their events published again, by the next outbox check: every function that consumes one is handed it, and who
-- handled it already does nothing. What became of each.
CREATE FUNCTION replay_dead_letters(ids uuid[], login text) RETURNS TABLE (id uuid, outcome text)
    LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        WITH dead AS MATERIALIZED (
            SELECT d.id, d.function, d.source, d.event_id, d.reason, logged_id(d.source, d.event_id) AS logged
            FROM dead_letters d WHERE d.id = ANY (ids) AND may_operate() ORDER BY d.id FOR UPDATE
        ), again AS (
            UPDATE events SET published_at = NULL FROM dead WHERE events.id = dead.logged RETURNING events.id
        ), forgotten AS (
            DELETE FROM attempts USING dead
            WHERE dead.logged IN (SELECT again.id FROM again) AND attempts.function = dead.function
              AND attempts.source = dead.source AND attempts.event_id = dead.event_id
        ), marked AS (
            UPDATE dead_letters SET replayed_at = clock_timestamp() FROM dead
            WHERE dead_letters.id = dead.id AND dead.logged IN (SELECT again.id FROM again)
        ), audited AS (
            INSERT INTO dead_letter_audit
                (by_user, by_login, action, outcome, dead_letter_id, function, source, event_id, reason)
            SELECT asking_user(), CASE WHEN asking_user() IS NULL THEN login END, 'replay',
                   CASE WHEN dead.logged IN (SELECT again.id FROM again) THEN 'handed on' ELSE 'not in the log' END,
                   dead.id, dead.function, dead.source, dead.event_id, dead.reason
            FROM dead RETURNING dead_letter_id, outcome
        )
        SELECT audited.dead_letter_id, audited.outcome FROM audited;
    END;

-- Delete them: their events are not handled any more. A delivery that is dropped has failed for good.
CREATE FUNCTION drop_dead_letters(ids uuid[], login text) RETURNS TABLE (id uuid, outcome text)
    LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        WITH gone AS (
            DELETE FROM dead_letters d WHERE d.id = ANY (ids) AND may_operate()
            RETURNING d.id, d.function, d.source, d.event_id, d.reason
        ), forgotten AS (
            DELETE FROM attempts USING gone WHERE attempts.function = gone.function
              AND attempts.source = gone.source AND attempts.event_id = gone.event_id
        ), given_up AS (
            UPDATE deliveries SET given_up_at = clock_timestamp() FROM gone
            WHERE gone.function = 'delivery-requested' AND deliveries.id = logged_id(gone.source, gone.event_id)
              AND deliveries.delivered_at IS NULL AND deliveries.given_up_at IS NULL
        ), audited AS (
            INSERT INTO dead_letter_audit
                (by_user, by_login, action, outcome, dead_letter_id, function, source, event_id, reason)
            SELECT asking_user(), CASE WHEN asking_user() IS NULL THEN login END, 'drop', 'dropped', gone.id,
                   gone.function, gone.source, gone.event_id, gone.reason
            FROM gone RETURNING dead_letter_id, outcome
        )
        SELECT audited.dead_letter_id, audited.outcome FROM audited;
    END;

-- What was done with all of them, or with `letter`, the newest first; `since_then` is how a replay stands now.
CREATE FUNCTION find_dead_letter_audit(letter uuid, behind_at timestamptz, behind_id uuid, most integer) RETURNS TABLE (
    id uuid, at timestamptz, who text, action text, outcome text, dead_letter_id uuid, function text, event_id text,
    reason text, since_then text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT a.id, a.at, COALESCE(u.name, a.by_login, 'somebody who left'), a.action, a.outcome, a.dead_letter_id,
               a.function, a.event_id, a.reason,
               CASE WHEN a.outcome <> 'handed on' THEN NULL
                    WHEN EXISTS (SELECT FROM dead_letter_audit later WHERE later.dead_letter_id = a.dead_letter_id
                                 AND later.at > a.at AND later.action = 'replay') THEN 'replayed again'
                    WHEN i.handled_at IS NOT NULL THEN 'handled'
                    WHEN d.id IS NULL THEN 'dropped'
                    WHEN d.replayed_at IS NULL THEN 'failed again'
                    ELSE 'on its way' END
        FROM dead_letter_audit a
        LEFT JOIN users u ON u.id = a.by_user
        LEFT JOIN inbox i ON i.function = a.function AND i.source = a.source AND i.event_id = a.event_id
        LEFT JOIN dead_letters d ON d.id = a.dead_letter_id
        WHERE may_operate() AND (letter IS NULL OR a.dead_letter_id = letter)
          AND (behind_at IS NULL OR (a.at, a.id) < (behind_at, behind_id))
        ORDER BY a.at DESC, a.id DESC LIMIT most;
    END;

REVOKE ALL ON FUNCTION is_operator, may_operate, find_dead_letters, dead_letter_event, replay_dead_letters,
    drop_dead_letters, find_dead_letter_audit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_operator, may_operate, find_dead_letters, dead_letter_event, replay_dead_letters,
    drop_dead_letters, find_dead_letter_audit TO taskwake_api;
