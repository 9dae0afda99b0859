-- What a token may do; null: everything its person may.
ALTER TABLE credentials ADD COLUMN scopes text[];
CREATE INDEX credentials_by_user ON credentials (user_id, kind, created_at, id);

-- A person sees what they let in, and takes it back; the hash nobody reads.
GRANT SELECT (id, user_id, kind, name, scopes, created_at, expires_at, used_at) ON credentials TO taskwake_api;
GRANT INSERT (id, user_id, kind, hash, name, scopes, expires_at) ON credentials TO taskwake_api;
GRANT DELETE ON credentials TO taskwake_api;
CREATE POLICY seen ON credentials FOR SELECT TO taskwake_api USING (user_id = asking_user() AND kind <> 'login');
CREATE POLICY made ON credentials FOR INSERT TO taskwake_api WITH CHECK (user_id = asking_user() AND kind = 'token');
CREATE POLICY revoked ON credentials FOR DELETE TO taskwake_api USING (user_id = asking_user() AND kind <> 'login');

-- With which credential somebody asks; `unnoted` when its last use was noted an hour ago or longer.
CREATE FUNCTION credential_of(secret_hash bytea, kinds text[])
    RETURNS TABLE (credential_id uuid, kind text, scopes text[], unnoted boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT c.id, c.kind, c.scopes, c.used_at IS NULL OR c.used_at < now() - interval '1 hour' FROM credentials c
        WHERE c.hash = secret_hash AND c.kind = ANY (kinds) AND (c.expires_at IS NULL OR c.expires_at > now());
    END;

CREATE FUNCTION note_use(secret_hash bytea) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        UPDATE credentials SET used_at = now()
        WHERE hash = secret_hash AND (used_at IS NULL OR used_at < now() - interval '1 hour');
    END;

-- As the one without a name, which a chat-api that is just being replaced still calls.
CREATE FUNCTION open_session(login_hash bytea, session_hash bytea, lifetime interval, browser text) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        WITH login AS (
            DELETE FROM credentials WHERE hash = login_hash AND kind = 'login' AND expires_at > now() RETURNING user_id
        )
        INSERT INTO credentials (id, user_id, kind, hash, name, expires_at)
        SELECT gen_random_uuid(), user_id, 'session', session_hash, browser, now() + lifetime FROM login
        RETURNING user_id;
    END;

CREATE TABLE identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_by_user ON identities (user_id);
ALTER TABLE identities ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION user_of_identity(of_issuer text, of_subject text) RETURNS SETOF users
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT u.* FROM identities i JOIN users u ON u.id = i.user_id
        WHERE i.issuer = of_issuer AND i.subject = of_subject;
    END;

-- An account for somebody new. Two at once: the second waits for the first's identity, and finds it.
CREATE FUNCTION add_identity(of_issuer text, of_subject text, called text, in_zone text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
    DECLARE
        new_user uuid := gen_random_uuid();
        new_list uuid := gen_random_uuid();
    BEGIN
        INSERT INTO users (id, name, zone) VALUES (new_user, called, in_zone);
        INSERT INTO identities (issuer, subject, user_id) VALUES (of_issuer, of_subject, new_user)
            ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            DELETE FROM users WHERE id = new_user;
            RETURN;
        END IF;
        INSERT INTO lists (id, owner_id, name) VALUES (new_list, new_user, 'Inbox');
        INSERT INTO list_members (list_id, user_id, role) VALUES (new_list, new_user, 'owner');
    END $$;

CREATE TABLE list_invitations (
    id uuid PRIMARY KEY,
    list_id uuid NOT NULL REFERENCES lists ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('editor', 'viewer')),
    hash bytea NOT NULL UNIQUE,
    created_by uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX list_invitations_by_list ON list_invitations (list_id, created_at, id);
CREATE INDEX list_invitations_by_user ON list_invitations (created_by);
GRANT SELECT (id, list_id, role, created_by, created_at, expires_at) ON list_invitations TO taskwake_api;
GRANT INSERT, DELETE ON list_invitations TO taskwake_api;
ALTER TABLE list_invitations ENABLE ROW LEVEL SECURITY;
CREATE POLICY owned ON list_invitations TO taskwake_api
    USING (list_id IN (SELECT id FROM lists WHERE owner_id = asking_user()))
    WITH CHECK (created_by = asking_user() AND list_id IN (SELECT id FROM lists WHERE owner_id = asking_user()));

-- Who has the secret learns what it is about.
CREATE FUNCTION invitation_of(secret_hash bytea)
    RETURNS TABLE (list_id uuid, list_name text, role text, invited_by text, expires_at timestamptz, is_member boolean,
                   members bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT i.list_id, l.name, i.role, u.name, i.expires_at,
               EXISTS (SELECT FROM list_members m WHERE m.list_id = i.list_id AND m.user_id = asking_user()),
               (SELECT count(*) FROM list_members m WHERE m.list_id = i.list_id)
        FROM list_invitations i JOIN lists l ON l.id = i.list_id JOIN users u ON u.id = i.created_by
        WHERE i.hash = secret_hash AND i.expires_at > now();
    END;

-- Used once: the invitation's row goes in the statement that lets its bearer in. Who is a member already uses none.
CREATE FUNCTION accept_invitation(secret_hash bytea) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        WITH used AS (
            DELETE FROM list_invitations i
            WHERE hash = secret_hash AND expires_at > now() AND asking_user() IS NOT NULL AND NOT EXISTS (
                SELECT FROM list_members m WHERE m.list_id = i.list_id AND m.user_id = asking_user()
            )
            RETURNING list_id, role
        )
        INSERT INTO list_members (list_id, user_id, role) SELECT list_id, asking_user(), role FROM used
        ON CONFLICT DO NOTHING RETURNING list_id;
    END;

-- The members of a list that one is a member of oneself.
CREATE FUNCTION members_of(of_list uuid) RETURNS TABLE (user_id uuid, name text, role text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT m.user_id, u.name, m.role FROM list_members m JOIN users u ON u.id = m.user_id
        WHERE m.list_id = of_list AND of_list IN (SELECT member_lists())
        ORDER BY m.role <> 'owner', u.name, u.id;
    END;

-- Roles of the others are the owner's to change; that of the owner itself only by handing the list over.
GRANT UPDATE (role) ON list_members TO taskwake_api;
CREATE POLICY changed ON list_members FOR UPDATE TO taskwake_api
    USING (user_id <> asking_user() AND list_id IN (SELECT id FROM lists WHERE owner_id = asking_user()))
    WITH CHECK (role IN ('editor', 'viewer'));
-- A list always has its owner as a member: they can't be removed, and nobody is added as a second one.
DROP POLICY invited ON list_members;
CREATE POLICY invited ON list_members FOR INSERT TO taskwake_api
    WITH CHECK (list_id IN (SELECT id FROM lists WHERE owner_id = asking_user())
                AND (role <> 'owner' OR user_id = asking_user()));
DROP POLICY removed ON list_members;
CREATE POLICY removed ON list_members FOR DELETE TO taskwake_api
    USING (role <> 'owner'
           AND (user_id = asking_user() OR list_id IN (SELECT id FROM lists WHERE owner_id = asking_user())));

CREATE FUNCTION hand_over(of_list uuid, to_user uuid) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        WITH handed AS (
            UPDATE lists SET owner_id = to_user
            WHERE id = of_list AND owner_id = asking_user() AND to_user <> asking_user()
              AND EXISTS (SELECT FROM list_members m WHERE m.list_id = of_list AND m.user_id = to_user)
            RETURNING id
        )
        UPDATE list_members SET role = CASE user_id WHEN to_user THEN 'owner' ELSE 'editor' END
        FROM handed WHERE list_id = handed.id AND user_id IN (to_user, asking_user()) RETURNING list_id;
    END;

GRANT DELETE ON lists TO taskwake_api;
CREATE POLICY removed ON lists FOR DELETE TO taskwake_api USING (owner_id = asking_user());

-- Nobody is reminded of what they may not see: a reminder goes with the membership, however that ends.
DELETE FROM reminders r
    WHERE NOT EXISTS (SELECT FROM list_members m WHERE m.list_id = r.list_id AND m.user_id = r.user_id);
ALTER TABLE reminders
    DROP CONSTRAINT reminders_list_id_fkey,
    ADD CONSTRAINT reminders_of_members FOREIGN KEY (list_id, user_id) REFERENCES list_members ON DELETE CASCADE;

-- Deleting a list deletes what is in it, without reading everybody's.
CREATE INDEX series_by_list ON series (list_id);
CREATE INDEX misses_by_task ON misses (task_id);
CREATE INDEX misses_by_series ON misses (series_id);

REVOKE ALL ON FUNCTION credential_of, note_use, open_session(bytea, bytea, interval, text), user_of_identity,
    add_identity, invitation_of, accept_invitation, members_of, hand_over FROM PUBLIC;
GRANT EXECUTE ON FUNCTION credential_of, note_use, open_session(bytea, bytea, interval, text), user_of_identity,
    add_identity, invitation_of, accept_invitation, members_of, hand_over TO taskwake_api;
