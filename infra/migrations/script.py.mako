"""${message}"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand only: the former release runs on it while this one rolls out (specs/decisions/0012)."""
    ${upgrades if upgrades else "op.execute('')"}
