-- A list that was deleted, with its memberships, which nobody has meanwhile (specs/decisions/0016).
ALTER TABLE lists ADD COLUMN deleted_at timestamptz;
ALTER TABLE list_members ADD COLUMN deleted_at timestamptz;
-- What somebody was in a list, and who made them leave it; null where the list was deleted.
ALTER TABLE departures ADD COLUMN role text, ADD COLUMN by_id uuid;

-- What everything else is seen by.
CREATE OR REPLACE FUNCTION member_lists() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC SELECT list_id FROM list_members WHERE user_id = asking_user() AND deleted_at IS NULL; END;

CREATE OR REPLACE FUNCTION writable_lists() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT list_id FROM list_members
        WHERE user_id = asking_user() AND role IN ('owner', 'editor') AND deleted_at IS NULL;
    END;

ALTER POLICY seen ON lists
    USING (deleted_at IS NULL AND (owner_id = asking_user() OR id IN (SELECT member_lists())));
ALTER POLICY owned ON lists USING (deleted_at IS NULL AND owner_id = asking_user());
ALTER POLICY removed ON lists USING (deleted_at IS NULL AND owner_id = asking_user());
ALTER POLICY everybody ON lists USING (deleted_at IS NULL);
ALTER POLICY everybody ON list_members USING (deleted_at IS NULL);

-- The others that ask for members as the schema's owner, whom no policy holds.
CREATE OR REPLACE FUNCTION webhook_wants(list uuid, wanted text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT EXISTS (
            SELECT FROM list_members m JOIN webhooks w ON w.user_id = m.user_id
            WHERE m.list_id = list AND m.deleted_at IS NULL AND w.disabled_at IS NULL AND wanted = ANY (w.topics)
              AND (w.list_id IS NULL OR w.list_id = list)
        );
    END;

CREATE OR REPLACE FUNCTION news(after_tx xid8, after_seq bigint, most bigint,
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
                   WHERE members.deleted_at IS NULL
               )
        FROM settled, counted LEFT JOIN last ON true;
    END;

CREATE OR REPLACE FUNCTION invitation_of(secret_hash bytea)
    RETURNS TABLE (list_id uuid, list_name text, role text, invited_by text, expires_at timestamptz, is_member boolean,
                   members bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT i.list_id, l.name, i.role, u.name, i.expires_at,
               EXISTS (SELECT FROM list_members m WHERE m.list_id = i.list_id AND m.user_id = asking_user()),
               (SELECT count(*) FROM list_members m WHERE m.list_id = i.list_id)
        FROM list_invitations i JOIN lists l ON l.id = i.list_id JOIN users u ON u.id = i.created_by
        WHERE i.hash = secret_hash AND i.expires_at > now() AND l.deleted_at IS NULL;
    END;

CREATE OR REPLACE FUNCTION accept_invitation(secret_hash bytea) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        WITH used AS (
            DELETE FROM list_invitations i
            WHERE hash = secret_hash AND expires_at > now() AND asking_user() IS NOT NULL
              AND NOT EXISTS (
                  SELECT FROM list_members m WHERE m.list_id = i.list_id AND m.user_id = asking_user()
              )
              -- Who deletes it just now is waited for.
              AND EXISTS (
                  SELECT FROM lists l WHERE l.id = i.list_id AND l.deleted_at IS NULL FOR NO KEY UPDATE
              )
            RETURNING list_id, role
        )
        INSERT INTO list_members (list_id, user_id, role) SELECT list_id, asking_user(), role FROM used
        ON CONFLICT DO NOTHING RETURNING list_id;
    END;

CREATE OR REPLACE FUNCTION hand_over(of_list uuid, to_user uuid) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        WITH handed AS (
            UPDATE lists SET owner_id = to_user
            WHERE id = of_list AND owner_id = asking_user() AND to_user <> asking_user() AND deleted_at IS NULL
              AND EXISTS (SELECT FROM list_members m WHERE m.list_id = of_list AND m.user_id = to_user)
            RETURNING id
        )
        UPDATE list_members SET role = CASE user_id WHEN to_user THEN 'owner' ELSE 'editor' END
        FROM handed WHERE list_id = handed.id AND user_id IN (to_user, asking_user()) RETURNING list_id;
    END;

-- To a copy, who is in a deleted list has left it.
CREATE OR REPLACE FUNCTION note_membership() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            INSERT INTO departures (list_id, user_id, role, by_id)
            SELECT OLD.list_id, id, OLD.role, asking_user() FROM users WHERE id = OLD.user_id;
            UPDATE lists SET tx = pg_current_xact_id() WHERE id = OLD.list_id;
            RETURN NULL;
        END IF;
        IF TG_OP = 'UPDATE' AND NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL THEN
            INSERT INTO departures (list_id, user_id) VALUES (NEW.list_id, NEW.user_id);
        END IF;
        UPDATE lists SET tx = pg_current_xact_id() WHERE id = NEW.list_id;
        RETURN NULL;
    END
$$;

-- Delete a list of one's own: nobody is its member, or reminded of what is in it. What rang stays. Statements of their
-- own see who became a member until the list was theirs to change.
CREATE FUNCTION delete_list(of_list uuid) RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        UPDATE lists SET deleted_at = now() WHERE id = of_list AND owner_id = asking_user() AND deleted_at IS NULL;
        DELETE FROM reminders USING lists, tasks
        WHERE lists.id = of_list AND lists.owner_id = asking_user() AND lists.deleted_at IS NOT NULL
          AND tasks.list_id = lists.id AND reminders.task_id = tasks.id AND fired_at IS NULL;
        UPDATE list_members m SET deleted_at = l.deleted_at FROM lists l
        WHERE l.id = of_list AND l.owner_id = asking_user() AND l.deleted_at IS NOT NULL
          AND m.list_id = l.id AND m.deleted_at IS NULL
        RETURNING m.user_id;
    END;

-- Restore it, for all who are still there; to a copy they join it anew, with all that is in it.
CREATE FUNCTION restore_list(of_list uuid) RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        WITH there AS (
            UPDATE lists SET deleted_at = NULL
            WHERE id = of_list AND owner_id = asking_user() AND deleted_at IS NOT NULL RETURNING id
        )
        UPDATE list_members SET deleted_at = NULL, since_tx = pg_current_xact_id() FROM there
        WHERE list_id = there.id RETURNING user_id;
    END;

-- Take back, by its event, that somebody left a list or was removed from it; returns their role. It rests on their last
-- departure, which nobody but a trigger writes: who removed them lets them in again, if it is still their list; and who
-- left does so themselves only while nothing was done in it since, so that they see nothing of what was done without them.
CREATE FUNCTION readmit(departed uuid, most bigint) RETURNS SETOF text
    LANGUAGE sql SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        INSERT INTO list_members (list_id, user_id, role)
        SELECT d.list_id, d.user_id, d.role
        FROM events e
        JOIN LATERAL (
            SELECT * FROM departures WHERE list_id = e.list_id AND user_id = e.user_id ORDER BY id DESC LIMIT 1
        ) d ON d.tx = e.tx
        JOIN lists l ON l.id = d.list_id AND l.deleted_at IS NULL
        WHERE e.id = departed AND d.by_id = asking_user() AND d.role IN ('editor', 'viewer')
          AND (l.owner_id = asking_user() OR (d.user_id = asking_user() AND NOT EXISTS (
              SELECT FROM events later WHERE later.list_id = e.list_id AND later.seq > e.seq)))
          AND (SELECT count(*) FROM list_members m WHERE m.list_id = d.list_id) < most
        FOR NO KEY UPDATE OF l
        ON CONFLICT DO NOTHING RETURNING role;
    END;

REVOKE ALL ON FUNCTION delete_list, restore_list, readmit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delete_list, restore_list, readmit TO taskwake_api;
