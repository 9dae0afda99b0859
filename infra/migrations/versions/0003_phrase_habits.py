"""How a person writes dates: the order of day and month, and the day on which the week begins."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE users
            ADD COLUMN date_order text CHECK (date_order IN ('mdy', 'dmy', 'ymd')),
            ADD COLUMN week_start text NOT NULL DEFAULT 'MO'
                CHECK (week_start IN ('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'))
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
