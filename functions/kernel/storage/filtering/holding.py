"""Of which tasks a person's filter holds, whoever asks."""

from collections.abc import Collection
from uuid import UUID

from functions.kernel.domain.filters import parse
from functions.kernel.domain.phrases import Habits
from functions.kernel.domain.recurrence import WEEKDAYS
from functions.kernel.domain.wall_time import to_local
from functions.kernel.errors import InvalidInputError
from functions.kernel.storage.database import Connection
from functions.kernel.storage.filtering.condition import Condition


async def of_which_it_holds(
    connection: Connection, user_id: UUID, filter_text: str, task_ids: Collection[UUID], *, people: str
) -> set[UUID]:
    """Those of the tasks, as they are now, deleted or not, of which the filter holds by this person's lists, zone and
    habits. A filter that cannot be read any more, as when the person writes dates another way since, holds of none. The
    transaction is this person's from then on. `people`: see Condition.
    """
    cursor = await connection.execute(
        "SELECT zone, date_order, week_start, now() AS now, set_config('taskwake.user_id', %s, true) FROM users"
        " WHERE id = %s",
        (str(user_id), user_id),
    )
    [person] = await cursor.fetchall()
    zone, now = person["zone"], person["now"]
    try:
        tree = parse(
            filter_text, to_local(now, zone), Habits(person["date_order"], WEEKDAYS.index(person["week_start"]), zone)
        )
    except InvalidInputError:
        return set()
    condition = Condition(user_id, zone, now, people)
    found = await connection.execute(
        f"SELECT id FROM tasks WHERE id = ANY(%(asked)s) AND ({condition.of(tree)})",  # noqa: S608 - no text of a person's
        {"asked": list(task_ids)} | condition.parameters,
    )
    return {row["id"] for row in await found.fetchall()}
