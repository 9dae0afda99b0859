"""Occurrences: what those of a series are made from, and the dates added to its rule and taken out of it."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE series
            ADD COLUMN rdates text[] NOT NULL DEFAULT '{}',
            ADD COLUMN exdates text[] NOT NULL DEFAULT '{}',
            ADD COLUMN template jsonb;
        UPDATE series SET template = newest.template FROM (
            SELECT DISTINCT ON (series_id) series_id,
                   jsonb_build_object(
                       'title', title, 'notes', notes,
                       'reminders', jsonb_path_query_array(reminders, '$[*] ? (!exists(@.at))'),
                       'start_days', coalesce(due_on, due_local::date) - start_on,
                       'start_seconds', extract(epoch FROM coalesce(due_local, due_on::timestamp) - start_local)::bigint
                   ) AS template
            FROM tasks WHERE series_id IS NOT NULL
            ORDER BY series_id, (status = 'open' AND deleted_at IS NULL) DESC, created_at DESC
        ) AS newest WHERE series.id = newest.series_id
        """
    )
