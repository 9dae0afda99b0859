-- Two roles that own nothing. chat-api acts for one person at a time and sees only what that person may see;
-- the event functions act for everybody. Logins are granted one of them (taskwake migrate --help).
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'taskwake_api') THEN CREATE ROLE taskwake_api NOLOGIN; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'taskwake_functions') THEN CREATE ROLE taskwake_functions NOLOGIN; END IF;
END $$;

CREATE TABLE users (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    email text,
    zone text NOT NULL DEFAULT 'UTC',
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE credentials (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('login', 'session', 'token')),
    hash bytea NOT NULL UNIQUE,
    name text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    used_at timestamptz
);

CREATE TABLE lists (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE list_members (
    list_id uuid NOT NULL REFERENCES lists ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role text NOT NULL DEFAULT 'editor' CHECK (role IN ('owner', 'editor', 'viewer')),
    PRIMARY KEY (list_id, user_id)
);
CREATE INDEX list_members_by_user ON list_members (user_id, list_id);

CREATE TABLE series (
    id uuid PRIMARY KEY,
    list_id uuid NOT NULL REFERENCES lists ON DELETE CASCADE,
    rrule text NOT NULL,
    dtstart timestamp NOT NULL,
    all_day boolean NOT NULL,
    zone text,
    anchor text NOT NULL DEFAULT 'schedule' CHECK (anchor IN ('schedule', 'completion')),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tasks (
    id uuid PRIMARY KEY,
    list_id uuid NOT NULL REFERENCES lists ON DELETE CASCADE,
    title text NOT NULL,
    notes text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done')),
    due_on date,
    due_local timestamp,
    zone text,
    due_at timestamptz,
    series_id uuid REFERENCES series ON DELETE CASCADE,
    recurrence_id text,
    reminders jsonb NOT NULL DEFAULT '[]',
    version bigint NOT NULL DEFAULT 1,
    created_by uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz,
    deleted_at timestamptz,
    UNIQUE (series_id, recurrence_id)
);
CREATE INDEX tasks_by_list ON tasks (list_id, status, id) WHERE deleted_at IS NULL;

CREATE TABLE reminders (
    id uuid PRIMARY KEY,
    task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    list_id uuid NOT NULL REFERENCES lists ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('due', 'before')),
    minutes_before bigint NOT NULL DEFAULT 0,
    remind_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    fired_at timestamptz,
    UNIQUE (task_id, user_id, minutes_before)
);
CREATE INDEX reminders_due ON reminders (remind_at, id) WHERE fired_at IS NULL;

CREATE TABLE notices (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    task_id uuid NOT NULL,
    event_id text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    body text NOT NULL DEFAULT '',
    remind_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    read_at timestamptz
);
CREATE INDEX notices_by_user ON notices (user_id, created_at);

CREATE TABLE webhooks (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    url text NOT NULL,
    topics text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhooks_by_user ON webhooks (user_id);

CREATE TABLE deliveries (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    task_id uuid NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'webhook')),
    webhook_id uuid REFERENCES webhooks ON DELETE CASCADE,
    title text NOT NULL,
    body text NOT NULL DEFAULT '',
    event json,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    delivered_at timestamptz
);
CREATE INDEX deliveries_by_user ON deliveries (user_id, requested_at);

CREATE TABLE events (
    id uuid PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    topic text NOT NULL,
    key uuid NOT NULL,
    list_id uuid,
    user_id uuid,
    event json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at timestamptz
);
CREATE INDEX events_by_position ON events (tx, seq);
CREATE INDEX events_unpublished ON events (seq) WHERE published_at IS NULL;

CREATE TABLE inbox (
    function text NOT NULL,
    source text NOT NULL,
    event_id text NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (function, source, event_id)
);

CREATE TABLE attempts (
    function text NOT NULL,
    source text NOT NULL,
    event_id text NOT NULL,
    attempts bigint NOT NULL DEFAULT 1,
    last_error text NOT NULL,
    last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (function, source, event_id)
);

CREATE TABLE dead_letters (
    id uuid PRIMARY KEY,
    function text NOT NULL,
    topic text NOT NULL,
    source text NOT NULL,
    event_id text NOT NULL,
    reason text NOT NULL,
    attempts bigint NOT NULL,
    event text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    replayed_at timestamptz,
    UNIQUE (function, source, event_id)
);

CREATE TABLE conversations (
    user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    turns json NOT NULL
);

-- Who asks. Set for one transaction only (set_config with is_local), so that a pooler may hand the
-- connection to somebody else right after; unset it is null, and null sees nothing.
CREATE FUNCTION asking_user() RETURNS uuid LANGUAGE sql STABLE
    RETURN NULLIF(current_setting('taskwake.user_id', true), '')::uuid;

-- SECURITY DEFINER, since a policy on list_members that asked list_members would never end.
CREATE FUNCTION member_lists() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC SELECT list_id FROM list_members WHERE user_id = asking_user(); END;

CREATE FUNCTION writable_lists() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC SELECT list_id FROM list_members WHERE user_id = asking_user() AND role IN ('owner', 'editor'); END;

-- chat-api never reads credentials; it may only ask whose one is.
CREATE FUNCTION authenticate(secret_hash bytea, kinds text[]) RETURNS SETOF users
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT u.* FROM credentials c JOIN users u ON u.id = c.user_id
        WHERE c.hash = secret_hash AND c.kind = ANY (kinds) AND (c.expires_at IS NULL OR c.expires_at > now());
    END;

-- A one-time login becomes a session, once: the login's row goes in the statement that opens the session.
CREATE FUNCTION open_session(login_hash bytea, session_hash bytea, lifetime interval) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        WITH login AS (
            DELETE FROM credentials WHERE hash = login_hash AND kind = 'login' AND expires_at > now() RETURNING user_id
        )
        INSERT INTO credentials (id, user_id, kind, hash, expires_at)
        SELECT gen_random_uuid(), user_id, 'session', session_hash, now() + lifetime FROM login RETURNING user_id;
    END;

CREATE FUNCTION close_session(session_hash bytea) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC DELETE FROM credentials WHERE hash = session_hash AND kind = 'session'; END;

-- Publishing is done for everybody, after the commit, by whoever wrote.
CREATE FUNCTION mark_published(ids uuid[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC UPDATE events SET published_at = clock_timestamp() WHERE id = ANY (ids) AND published_at IS NULL; END;

-- The owner of a list finds who is to join it by e-mail address; nothing else of a person is shown.
CREATE FUNCTION user_by_email(address text) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC SELECT id FROM users WHERE lower(email) = lower(address) ORDER BY created_at LIMIT 1; END;

REVOKE ALL ON FUNCTION authenticate, open_session, close_session, mark_published, user_by_email, member_lists, writable_lists FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authenticate, open_session, close_session, mark_published, user_by_email, member_lists, writable_lists
    TO taskwake_api;
GRANT EXECUTE ON FUNCTION mark_published, member_lists, writable_lists TO taskwake_functions;
GRANT USAGE ON SCHEMA public TO taskwake_api, taskwake_functions;

GRANT SELECT, UPDATE ON users TO taskwake_api;
GRANT SELECT, INSERT, UPDATE ON lists, tasks, series TO taskwake_api;
GRANT SELECT, INSERT, DELETE ON list_members TO taskwake_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON reminders, webhooks, conversations TO taskwake_api;
GRANT SELECT, UPDATE ON notices TO taskwake_api;
GRANT SELECT, INSERT, UPDATE ON deliveries TO taskwake_api;
GRANT SELECT, INSERT ON events TO taskwake_api;
GRANT SELECT ON attempts, dead_letters TO taskwake_api;

GRANT SELECT ON users, lists, list_members, series, webhooks TO taskwake_functions;
GRANT SELECT, INSERT, UPDATE ON tasks, reminders, deliveries, events TO taskwake_functions;
GRANT SELECT, INSERT, UPDATE, DELETE ON dead_letters, attempts TO taskwake_functions;
GRANT DELETE ON reminders TO taskwake_functions;
GRANT SELECT, INSERT ON inbox, notices TO taskwake_functions;

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE credentials ENABLE ROW LEVEL SECURITY;
ALTER TABLE lists ENABLE ROW LEVEL SECURITY;
ALTER TABLE list_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE series ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
ALTER TABLE reminders ENABLE ROW LEVEL SECURITY;
ALTER TABLE notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE inbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE dead_letters ENABLE ROW LEVEL SECURITY;
ALTER TABLE conversations ENABLE ROW LEVEL SECURITY;

CREATE POLICY self ON users TO taskwake_api USING (id = asking_user());
CREATE POLICY seen ON lists FOR SELECT TO taskwake_api
    USING (owner_id = asking_user() OR id IN (SELECT member_lists()));
CREATE POLICY made ON lists FOR INSERT TO taskwake_api WITH CHECK (owner_id = asking_user());
CREATE POLICY owned ON lists FOR UPDATE TO taskwake_api USING (owner_id = asking_user());
CREATE POLICY seen ON list_members FOR SELECT TO taskwake_api USING (list_id IN (SELECT member_lists()));
CREATE POLICY invited ON list_members FOR INSERT TO taskwake_api
    WITH CHECK (list_id IN (SELECT id FROM lists WHERE owner_id = asking_user()));
CREATE POLICY removed ON list_members FOR DELETE TO taskwake_api
    USING (user_id = asking_user() OR list_id IN (SELECT id FROM lists WHERE owner_id = asking_user()));
CREATE POLICY seen ON series FOR SELECT TO taskwake_api USING (list_id IN (SELECT member_lists()));
CREATE POLICY made ON series FOR INSERT TO taskwake_api WITH CHECK (list_id IN (SELECT writable_lists()));
CREATE POLICY changed ON series FOR UPDATE TO taskwake_api USING (list_id IN (SELECT writable_lists()));
CREATE POLICY seen ON tasks FOR SELECT TO taskwake_api USING (list_id IN (SELECT member_lists()));
CREATE POLICY made ON tasks FOR INSERT TO taskwake_api WITH CHECK (list_id IN (SELECT writable_lists()));
CREATE POLICY changed ON tasks FOR UPDATE TO taskwake_api USING (list_id IN (SELECT writable_lists()));
CREATE POLICY seen ON reminders FOR SELECT TO taskwake_api USING (list_id IN (SELECT member_lists()));
CREATE POLICY written ON reminders TO taskwake_api USING (list_id IN (SELECT writable_lists()));
CREATE POLICY own ON notices TO taskwake_api USING (user_id = asking_user());
CREATE POLICY own ON webhooks TO taskwake_api USING (user_id = asking_user());
CREATE POLICY own ON deliveries TO taskwake_api USING (user_id = asking_user());
CREATE POLICY own ON conversations TO taskwake_api USING (user_id = asking_user());
-- A person sees how their own deliveries fail; a delivery's event has its id.
CREATE POLICY own_deliveries ON attempts FOR SELECT TO taskwake_api
    USING (function = 'delivery-requested'
           AND event_id IN (SELECT id::text FROM deliveries WHERE user_id = asking_user()));
CREATE POLICY own_deliveries ON dead_letters FOR SELECT TO taskwake_api
    USING (function = 'delivery-requested'
           AND event_id IN (SELECT id::text FROM deliveries WHERE user_id = asking_user()));
CREATE POLICY seen ON events FOR SELECT TO taskwake_api
    USING (user_id = asking_user() OR list_id IN (SELECT member_lists()));
CREATE POLICY written ON events FOR INSERT TO taskwake_api
    WITH CHECK (user_id = asking_user() OR list_id IN (SELECT writable_lists()));

CREATE POLICY everybody ON users TO taskwake_functions USING (true);
CREATE POLICY everybody ON lists TO taskwake_functions USING (true);
CREATE POLICY everybody ON list_members TO taskwake_functions USING (true);
CREATE POLICY everybody ON series TO taskwake_functions USING (true);
CREATE POLICY everybody ON tasks TO taskwake_functions USING (true);
CREATE POLICY everybody ON reminders TO taskwake_functions USING (true);
CREATE POLICY everybody ON notices TO taskwake_functions USING (true);
CREATE POLICY everybody ON webhooks TO taskwake_functions USING (true);
CREATE POLICY everybody ON deliveries TO taskwake_functions USING (true);
CREATE POLICY everybody ON events TO taskwake_functions USING (true);
CREATE POLICY everybody ON inbox TO taskwake_functions USING (true);
CREATE POLICY everybody ON attempts TO taskwake_functions USING (true);
CREATE POLICY everybody ON dead_letters TO taskwake_functions USING (true);
