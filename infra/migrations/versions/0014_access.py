"""Access: tokens with scopes, people of an OpenID provider, invitations, and who leaves a list is reminded no more."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
