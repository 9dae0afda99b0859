"""Idempotency keys: what was answered to a write, for when it is sent again."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE idempotency_keys (
            user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
            key text NOT NULL,
            fingerprint bytea NOT NULL,
            status bigint,
            headers jsonb,
            body bytea,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (user_id, key)
        );
        CREATE INDEX idempotency_keys_by_age ON idempotency_keys (user_id, created_at);
        GRANT SELECT, INSERT, DELETE ON idempotency_keys TO taskwake_api;
        GRANT UPDATE (status, headers, body) ON idempotency_keys TO taskwake_api;
        ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON idempotency_keys TO taskwake_api USING (user_id = asking_user());
        """
    )
