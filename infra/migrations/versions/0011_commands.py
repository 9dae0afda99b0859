"""Commands: what was answered to those of /commands, for when one is sent again."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE commands (
            user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
            uuid uuid NOT NULL,
            fingerprint bytea NOT NULL,
            answer json,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (user_id, uuid)
        );
        CREATE INDEX commands_by_age ON commands (user_id, created_at);
        GRANT SELECT, INSERT, DELETE ON commands TO taskwake_api;
        GRANT UPDATE (answer) ON commands TO taskwake_api;
        ALTER TABLE commands ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON commands TO taskwake_api USING (user_id = asking_user());
        """
    )
