"""Webhooks worth relying on: of a list, turned off and on, with rotated secrets; each attempt of a delivery, and when
the next one is."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE webhooks
            ADD COLUMN list_id uuid REFERENCES lists ON DELETE CASCADE,
            ADD COLUMN secret_generation bigint NOT NULL DEFAULT 0,
            ADD COLUMN secret_rotated_at timestamptz,
            ADD COLUMN failing_since timestamptz,
            ADD COLUMN disabled_at timestamptz,
            ADD COLUMN disabled_reason text;
        GRANT UPDATE (failing_since, disabled_at, disabled_reason) ON webhooks TO taskwake_functions;

        ALTER TABLE deliveries
            ADD COLUMN failures bigint NOT NULL DEFAULT 0,
            ADD COLUMN next_attempt_at timestamptz,
            ADD COLUMN given_up_at timestamptz;
        CREATE INDEX deliveries_waiting ON deliveries (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
        CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, requested_at, id) WHERE webhook_id IS NOT NULL;

        CREATE TABLE delivery_attempts (
            id uuid PRIMARY KEY,
            delivery_id uuid NOT NULL REFERENCES deliveries ON DELETE CASCADE,
            user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
            attempted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            milliseconds bigint NOT NULL,
            status bigint,
            error text,
            response text NOT NULL DEFAULT ''
        );
        CREATE INDEX delivery_attempts_by_delivery ON delivery_attempts (delivery_id, attempted_at);
        GRANT SELECT ON delivery_attempts TO taskwake_api;
        GRANT SELECT, INSERT ON delivery_attempts TO taskwake_functions;
        ALTER TABLE delivery_attempts ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON delivery_attempts TO taskwake_api USING (user_id = asking_user());
        CREATE POLICY everybody ON delivery_attempts TO taskwake_functions USING (true);

        -- Whether anybody's webhook wants such events of this list: all that a writer may know of others' webhooks.
        CREATE FUNCTION webhook_wants(list uuid, wanted text) RETURNS boolean
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
            BEGIN ATOMIC
                SELECT EXISTS (
                    SELECT FROM list_members m JOIN webhooks w ON w.user_id = m.user_id
                    WHERE m.list_id = list AND w.disabled_at IS NULL AND wanted = ANY (w.topics)
                      AND (w.list_id IS NULL OR w.list_id = list)
                );
            END;
        REVOKE ALL ON FUNCTION webhook_wants FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION webhook_wants TO taskwake_api, taskwake_functions;
        """
    )
