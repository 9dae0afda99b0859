"""A webhook may be for the tasks of which a filter holds."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE webhooks ADD COLUMN filter text;
        -- Who plans a delivery asks as the webhook's owner.
        GRANT EXECUTE ON FUNCTION fellows_named TO taskwake_functions;
        """
    )
