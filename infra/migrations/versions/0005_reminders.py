"""Reminders of every form: named within their task, held by quiet hours, nagging, snoozed and acknowledged."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE tasks ADD COLUMN start_on date, ADD COLUMN start_local timestamp;

        ALTER TABLE reminders
            ADD COLUMN name text NOT NULL DEFAULT 'due',
            ADD COLUMN every interval,
            ADD COLUMN held_from timestamptz;
        UPDATE reminders SET name = 'before/' || minutes_before WHERE minutes_before > 0;
        ALTER TABLE reminders
            DROP COLUMN minutes_before,
            ADD UNIQUE (task_id, user_id, name),
            DROP CONSTRAINT reminders_kind_check,
            ADD CONSTRAINT reminders_kind_check
                CHECK (kind IN ('due', 'before', 'start', 'at', 'day', 'nag', 'snooze'));
        -- Who may only read a list may still put off what they are told.
        CREATE POLICY own ON reminders TO taskwake_api
            USING (user_id = asking_user() AND list_id IN (SELECT member_lists()));

        ALTER TABLE notices ADD COLUMN acknowledged_at timestamptz;

        ALTER TABLE users
            ADD COLUMN quiet_from time,
            ADD COLUMN quiet_until time,
            ADD COLUMN default_reminders jsonb NOT NULL DEFAULT '[]',
            ADD CONSTRAINT users_quiet_check CHECK ((quiet_from IS NULL) = (quiet_until IS NULL));

        -- A floating time is where the one is who is reminded, whoever of the list's members moves it.
        CREATE FUNCTION zone_of_member(member uuid) RETURNS SETOF text
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
            BEGIN ATOMIC
                SELECT zone FROM users WHERE id = member AND (member = asking_user() OR EXISTS (
                    SELECT FROM list_members WHERE user_id = member AND list_id IN (SELECT member_lists())));
            END;
        REVOKE ALL ON FUNCTION zone_of_member FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION zone_of_member TO taskwake_api;
        """
    )
    # Its body keeps the columns that users had when it was made.
    op.execute(
        """
        CREATE OR REPLACE FUNCTION authenticate(secret_hash bytea, kinds text[]) RETURNS SETOF users
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
            BEGIN ATOMIC
                SELECT u.* FROM credentials c JOIN users u ON u.id = c.user_id
                WHERE c.hash = secret_hash AND c.kind = ANY (kinds) AND (c.expires_at IS NULL OR c.expires_at > now());
            END
        """
    )
