"""Which tasks are asked for, and in which order."""

from uuid import UUID

from pydantic import BaseModel, Field

from functions.chat_api.fields import FILTER
from functions.chat_api.models.task import Status
from functions.chat_api.sorting import MOST_CURSOR, SortKey
from functions.kernel.domain.labels import LONGEST_LABEL


class TaskQuery(BaseModel):
    """The parameters of `GET /tasks`."""

    status: Status | None = Field(None, description="Open ones, unless the filter names a status.")
    list_id: UUID | None = None
    id_prefix: str | None = Field(
        None,
        pattern=r"^([0-9a-f]{4,8}|[0-9a-f]{8}-[0-9a-f-]{0,27})$",
        description="Those whose id begins so, with four characters or more.",
        examples=["3f0c"],
    )
    parent_id: UUID | None = Field(None, description="Its subtasks, not those below them.")
    label: str | None = Field(None, max_length=LONGEST_LABEL, description="With this label; case is one.")
    filter: str | None = Field(
        None,
        description="What is meant, in the language of filters; at most 1,000 characters.",
        examples=["(today | overdue) & p1 & #work & !@waiting"],
        json_schema_extra=FILTER,
    )
    filter_id: UUID | None = Field(None, description="A filter that you keep: one of `GET /filters`.")
    search: str | None = Field(
        None,
        max_length=1_000,
        description="Words that title, notes or labels hold, of the last one its beginning; in quotes: beside each "
        "other; with - before: not.",
        examples=['"call sam" -milk'],
    )
    sort: SortKey | None = Field(
        None,
        description="`-`: the other way round. Without a due time a task is last; of two alike the older is first. "
        "`relevance` goes with `search`: what it finds in titles, and often, is first.",
    )
    limit: int = Field(100, ge=1, le=500)
    cursor: str | None = Field(None, max_length=MOST_CURSOR)
