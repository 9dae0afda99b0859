"""One page of the tasks that a person asks for."""

from datetime import datetime
from uuid import UUID

from functions.chat_api.filtering import select
from functions.chat_api.models.person import Person
from functions.chat_api.models.task import TaskPage
from functions.chat_api.models.task_query import TaskQuery
from functions.chat_api.sorting import COMPLETED, Order
from functions.kernel.domain.task import Task
from functions.kernel.storage import tasks as storage
from functions.kernel.storage.database import Connection


async def page(connection: Connection, person: Person, now: datetime, asked: TaskQuery) -> TaskPage:
    """The page of what is meant at `now` (UTC). Raises InvalidInputError, and NotFoundError for a filter not theirs."""
    chosen = await select(
        connection, person, now, filter_text=asked.filter, filter_id=asked.filter_id, search=asked.search
    )
    status = asked.status or ("all" if chosen.names_status else "open")
    order = COMPLETED if status == "done" else Order.of("created")
    if asked.sort:
        order = Order.of(asked.sort, chosen.relevance)
    after = order.read(asked.cursor) if asked.cursor else {}
    wanted = ["tasks.deleted_at IS NULL", storage.SEEN_BY, chosen.where]
    wanted += ["tasks.status = %(status)s"] if status != "all" else []
    wanted += ["tasks.list_id = %(list_id)s"] if asked.list_id else []
    wanted += ["tasks.id BETWEEN %(first_id)s AND %(last_id)s"] if asked.id_prefix else []
    wanted += ["tasks.parent_id = %(parent_id)s"] if asked.parent_id else []
    wanted += (
        ["EXISTS (SELECT FROM unnest(tasks.labels) AS each WHERE lower(each) = lower(%(label)s))"]
        if asked.label
        else []
    )
    wanted += [order.after] if after else []
    parameters = asked.model_dump(include={"list_id", "parent_id", "label"}) | chosen.parameters | after
    if asked.id_prefix:
        digits = asked.id_prefix.replace("-", "")[:32]
        parameters |= {"first_id": UUID(digits.ljust(32, "0")), "last_id": UUID(digits.ljust(32, "f"))}
    parameters |= {"status": status, "seen_by": person.id, "zone": person.zone, "limit": asked.limit + 1}
    found = await connection.execute(
        # Only ids are put in order: of ten thousand tasks no more than the page is read whole.
        f"""
        SELECT {storage.TASK_COLUMNS}, {order.key} AS sort_key
        FROM tasks LEFT JOIN series ON series.id = tasks.series_id
        WHERE tasks.id IN (
            SELECT tasks.id FROM tasks WHERE {" AND ".join(wanted)} ORDER BY {order.by} LIMIT %(limit)s
        )
        ORDER BY {order.by}
        """,  # noqa: S608 - every value is a parameter
        parameters,
    )
    rows = await found.fetchall()
    tasks = [Task(**row) for row in rows[: asked.limit]]
    return TaskPage(tasks=tasks, next_cursor=order.write(rows[asked.limit - 1]) if len(rows) > asked.limit else None)
