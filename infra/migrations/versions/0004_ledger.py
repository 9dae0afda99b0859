"""The ledger: a person's reminders in the order of their moments, page by page."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE INDEX reminders_by_user ON reminders (user_id, remind_at, id);
        CREATE INDEX notices_by_moment ON notices (user_id, remind_at, id) WHERE remind_at IS NOT NULL;
        """
    )
