"""What a request names: a filter, one that is kept, words to search for, or several of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from functions.chat_api.habits import habits_of
from functions.chat_api.models.person import Person
from functions.kernel.domain.filters import Filter, names_status, parse, read_search
from functions.kernel.domain.wall_time import to_local
from functions.kernel.errors import InvalidInputError, NotFoundError
from functions.kernel.storage.database import Connection
from functions.kernel.storage.filtering.condition import Condition


@dataclass(frozen=True, slots=True)
class Selection:
    """A condition over `tasks`, with the parameters that it calls by name. `relevance` is what the words searched for
    are ranked by, higher first; null: none were. `names_status`: the filter says which status is meant."""

    where: str = "TRUE"
    parameters: dict[str, Any] = field(default_factory=dict)
    names_status: bool = False
    relevance: str | None = None


async def select(
    connection: Connection,
    person: Person,
    now: datetime,
    *,
    filter_text: str | None = None,
    filter_id: UUID | None = None,
    search: str | None = None,
) -> Selection:
    """What is asked for, at `now` (UTC) and by the person's zone and habits; all of it must hold.

    Raises InvalidInputError that names the parameter of the request, and NotFoundError for a filter that is not theirs.
    """
    condition = Condition(person.id, person.zone, now)
    wheres, says_status, relevance = [], False, None
    for name, text in (("filter", filter_text), ("filter_id", await _kept(connection, person, filter_id))):
        if text is not None:
            tree = checked(text, person, now, name)
            wheres.append(f"({condition.of(tree)})")
            says_status = says_status or names_status(tree)
    if search is not None:
        with _named("search"):
            words = read_search(search)
        query = condition.query(words)
        wheres.append(f"tasks.search @@ {query}")
        relevance = f"ts_rank(tasks.search, {query})"
    return Selection(" AND ".join(wheres) or "TRUE", condition.parameters, says_status, relevance)


def checked(text: str, person: Person, now: datetime, name: str) -> Filter:
    """The filter that the text says at `now` (UTC). Raises InvalidInputError for the field `name`."""
    with _named(name):
        return parse(text, to_local(now, person.zone), habits_of(person))


@contextmanager
def _named(name: str) -> Iterator[None]:
    try:
        yield
    except InvalidInputError as error:
        raise InvalidInputError(name, error.message, error.span) from None


async def _kept(connection: Connection, person: Person, filter_id: UUID | None) -> str | None:
    if filter_id is None:
        return None
    rows = await (
        await connection.execute("SELECT query FROM filters WHERE id = %s AND user_id = %s", (filter_id, person.id))
    ).fetchall()
    if not rows:
        raise NotFoundError(f"you have no filter {filter_id}")
    query: str = rows[0]["query"]
    return query
