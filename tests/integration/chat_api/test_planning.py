"""Reminders are planned in the transaction that changes their task: both are seen at once, or neither."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("TIME-014")

DUE = {"due_at": "2031-01-01T09:00:00Z", "reminders": [{"minutes_before": 30}, {"minutes_before": 1440}]}
PUT_OFF = {"due_at": "2031-02-01T09:00:00Z", "reminders": [{"minutes_before": 5}]}

CHANGES: dict[str, Callable[[Person, str], Awaitable[Any]]] = {
    "edited": lambda person, path: person.http.patch(path, json=PUT_OFF),
    "completed": lambda person, path: person.http.post(f"{path}/complete"),
    "skipped": lambda person, path: person.http.post(f"{path}/skip"),
    "deleted": lambda person, path: person.http.delete(path),
}


async def stored(taskwake: World, task: dict[str, Any]) -> list[dict[str, Any]]:
    """The task and what waits for it, each with the transaction that wrote it."""
    return await taskwake.execute(
        """
        SELECT xmin::text AS written_by, version, status, deleted_at, NULL AS name, due_at AS moment
        FROM tasks WHERE id = %s
        UNION ALL (SELECT xmin::text, version, NULL, NULL, name, remind_at FROM reminders WHERE task_id = %s
                   AND fired_at IS NULL ORDER BY remind_at DESC)
        """,
        task["id"],
        task["id"],
    )


@asynccontextmanager
async def no_event_of(taskwake: World, task: dict[str, Any]) -> AsyncIterator[None]:
    """Meanwhile the last write of each change, its event's, fails."""
    await taskwake.execute(
        f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
        CREATE TRIGGER refused BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.key = '{task["id"]}')
            EXECUTE FUNCTION refuse();
        """
    )
    try:
        yield
    finally:
        await taskwake.execute("DROP FUNCTION refuse() CASCADE")


async def test_a_new_task_and_its_reminders_come_with_one_transaction(taskwake: World, sam: Person) -> None:
    task, *waiting = await stored(taskwake, await sam.create(**DUE))
    assert [row["name"] for row in waiting] == ["due", "before/30", "before/1440"]
    assert {row["written_by"] for row in waiting} == {task["written_by"]}


async def test_an_edited_task_and_its_moved_reminders_come_with_one_transaction(taskwake: World, sam: Person) -> None:
    made = await sam.create(**DUE)
    before, *_ = await stored(taskwake, made)
    await sam.change(made, **PUT_OFF)
    task, *waiting = await stored(taskwake, made)
    assert [row["name"] for row in waiting] == ["due", "before/5"]
    assert {row["written_by"] for row in waiting} == {task["written_by"]} != {before["written_by"]}


@pytest.mark.parametrize("change", ["completed", "skipped", "deleted"])
async def test_of_a_task_that_is_done_or_gone_none_waits(taskwake: World, sam: Person, change: str) -> None:
    made = await sam.create(**DUE, rrule="FREQ=DAILY")
    assert (await CHANGES[change](sam, f"/tasks/{made['id']}")).is_success
    _, *waiting = await stored(taskwake, made)
    assert waiting == []


async def test_a_reopened_task_and_its_reminders_come_back_with_one_transaction(taskwake: World, sam: Person) -> None:
    made = await sam.create(**DUE)
    await sam.complete(made)
    await sam.reopen(made)
    task, *waiting = await stored(taskwake, made)
    assert [row["name"] for row in waiting] == ["due", "before/30", "before/1440"]
    assert {row["written_by"] for row in waiting} == {task["written_by"]}


async def test_an_occurrence_and_its_reminders_come_with_one_transaction(taskwake: World, sam: Person) -> None:
    made = await sam.create(**DUE, rrule="FREQ=DAILY")
    await sam.complete(made)
    await taskwake.settled()
    [following] = await sam.tasks()
    task, *waiting = await stored(taskwake, following)
    assert [row["name"] for row in waiting] == ["due", "before/30", "before/1440"]
    assert {row["written_by"] for row in waiting} == {task["written_by"]}


@pytest.mark.parametrize("change", list(CHANGES))
async def test_a_change_that_fails_at_its_end_leaves_the_task_and_its_reminders_as_they_were(
    taskwake: World, sam: Person, change: str
) -> None:
    made = await sam.create(**DUE, rrule="FREQ=DAILY")
    before = await stored(taskwake, made)
    async with no_event_of(taskwake, made):
        answer = await CHANGES[change](sam, f"/tasks/{made['id']}")
    assert answer.status_code >= 500
    assert await stored(taskwake, made) == before


@pytest.mark.requirement("PROD-453")
async def test_a_reminder_that_is_asked_for_twice_is_one(sam: Person) -> None:
    once, at = {"minutes_before": 30}, {"at": "2030-12-31T09:00:00+01:00"}
    task = await sam.create(due_at="2031-01-01T09:00:00Z", reminders=[once, at, once, {"at": "2030-12-31T08:00:00Z"}])
    assert task["reminders"] == [once, {"at": "2030-12-31T08:00:00Z"}]
    changed = await sam.change(task, reminders=[once, once])
    assert changed["reminders"] == [once]
    usual = await sam.http.patch("/me", json={"default_reminders": [once, once]})
    assert usual.json()["default_reminders"] == [once]
