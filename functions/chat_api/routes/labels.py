"""/labels: those of the tasks one sees."""

from fastapi import APIRouter

from functions.chat_api.access import Asking
from functions.chat_api.context import Api
from functions.chat_api.models.labels import LabelRead
from functions.kernel.storage.tasks import SEEN_BY

MOST = 1_000
router = APIRouter(tags=["labels"])


@router.get("/labels")
async def list_labels(person: Asking, api: Api) -> list[LabelRead]:
    """The labels of the tasks you see, by name; up to 1,000. Case does not make two of one."""
    rows = await api.database.fetch(
        f"""
        SELECT mode() WITHIN GROUP (ORDER BY label) AS name, count(*) FILTER (WHERE status = 'open') AS open_count
        FROM tasks, unnest(labels) AS label WHERE deleted_at IS NULL AND {SEEN_BY}
        GROUP BY lower(label) ORDER BY lower(label) LIMIT {MOST}
        """,  # noqa: S608 - constants
        {"seen_by": person.id},
        user_id=person.id,
    )
    return [LabelRead(**row) for row in rows]
