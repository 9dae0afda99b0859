"""Turns: which deliveries are under way to a receiver, and which wait; so no transaction is open meanwhile."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE delivery_turns (
            delivery_id uuid PRIMARY KEY REFERENCES deliveries ON DELETE CASCADE,
            target text NOT NULL,
            asked_at timestamptz NOT NULL,
            claimed_until timestamptz,
            called_at timestamptz
        );
        CREATE INDEX delivery_turns_by_target ON delivery_turns (target, asked_at);
        GRANT SELECT, INSERT, UPDATE, DELETE ON delivery_turns TO taskwake_functions;
        ALTER TABLE delivery_turns ENABLE ROW LEVEL SECURITY;
        CREATE POLICY everybody ON delivery_turns TO taskwake_functions USING (true);
        -- A message that became a dead letter was not handled: it is when it is replayed.
        GRANT DELETE ON inbox TO taskwake_functions;
        """
    )
