"""GET /tasks?sort=: the pages, put together, are the whole in its order."""

import random
from typing import Any

import pytest

from tests.integration.world import Person

pytestmark = pytest.mark.requirement("PROD-015")
SORTS = ["created", "due", "priority", "position", "title"]


def key(sort: str) -> Any:
    """What a task is ordered by, of a person in UTC."""

    def due(task: dict[str, Any]) -> str:
        if task["due_on"]:
            return f"{task['due_on']}T24"
        return (task["due_at"] or "").rstrip("Z")

    keys = {
        "created": lambda task: task["created_at"],
        "due": due,
        "priority": lambda task: task["priority"],
        "position": lambda task: task["position"],
        "title": lambda task: task["title"].lower(),
    }
    return keys[sort]


async def paged(sam: Person, limit: int, **query: Any) -> list[dict[str, Any]]:
    seen, cursor = [], None
    while True:
        page = await sam.get("/tasks", limit=limit, **query, **({"cursor": cursor} if cursor else {}))
        seen += page["tasks"]
        if (cursor := page["next_cursor"]) is None:
            return seen


async def test_pages_put_together_are_the_whole_in_each_order(sam: Person) -> None:
    choose = random.Random(7)
    dues = [{}, {"due_on": "2035-06-01"}, {"due_at": "2035-06-01T23:59:59Z"}, {"due_at": "2035-06-02T00:00:01Z"}]
    made = [
        await sam.create(
            title=choose.choice(["b", "B", "ä", "Zeit", "%_'"]), priority=choose.choice([1, 4]), **choose.choice(dues)
        )
        for _ in range(17)
    ]
    for sort in SORTS:
        for name, backwards in ((sort, False), (f"-{sort}", True)):
            got = await paged(sam, choose.choice([1, 3, 4]), sort=name)
            whole = await sam.tasks(sort=name)
            assert got == whole, name
            assert sorted(task["id"] for task in got) == sorted(task["id"] for task in made)
            dated = [task for task in whole if sort != "due" or key(sort)(task)]
            assert whole[: len(dated)] == dated, "what has no due time is last"
            if sort != "title":
                keys = [(key(sort)(task), task["created_at"]) for task in dated]
                assert keys == sorted(keys, reverse=backwards), name


async def test_titles_are_in_order_whatever_their_case(sam: Person) -> None:
    for title in ("b", "C", "a", "B"):
        await sam.create(title=title)
    assert [task["title"].lower() for task in await sam.tasks(sort="title")] == ["a", "b", "b", "c"]


async def test_a_cursor_holds_the_longest_title(sam: Person) -> None:
    for _ in range(3):
        await sam.create(title="\N{GRINNING FACE}" * 500)
    assert len(await paged(sam, 1, sort="title")) == 3


async def test_a_cursor_of_another_order_and_what_is_none_is_refused(sam: Person) -> None:
    for _ in range(2):
        await sam.create(due_on="2035-06-01")
    cursor = (await sam.get("/tasks", sort="due", limit=1))["next_cursor"]
    for sort, text in (("-due", cursor), ("title", cursor), ("due", "x"), ("due", cursor[:-9]), ("size", None)):
        answer = await sam.http.get("/tasks", params={"sort": sort} | ({"cursor": text} if text else {}))
        assert answer.status_code == 422, (sort, text)
