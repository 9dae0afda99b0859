"""${message}"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand only: old and new code both run while a release rolls out."""
    ${upgrades if upgrades else "op.execute('')"}
