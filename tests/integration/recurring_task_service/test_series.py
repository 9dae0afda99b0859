"""Completing, skipping and reopening occurrences: each against the model, and each promise by its name."""

import asyncio
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.integration.world import Person, World
from tests.series_model import SeriesModel

TODAY = datetime.now(UTC).date()


def day_of(task: dict[str, Any]) -> str:
    return (task["due_on"] or task["due_local"])[:10]


async def series_of(sam: Person, first: dict[str, Any]) -> list[dict[str, Any]]:
    return [task for task in await sam.tasks(status="all") if task["series_id"] == first["series_id"]]


async def the_open_one(sam: Person, first: dict[str, Any]) -> dict[str, Any]:
    [task] = [task for task in await series_of(sam, first) if task["status"] == "open"]
    return task


@pytest.mark.requirement("TIME-016")
@pytest.mark.requirement("TIME-017")
@pytest.mark.requirement("TIME-018")
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("start", "rrule", "gives"),
    [
        (date(2020, 1, 31), "FREQ=MONTHLY", lambda day: day.day == 31),
        (date(2035, 1, 31), "FREQ=MONTHLY", lambda day: day.day == 31),
        (date(2020, 2, 29), "FREQ=YEARLY", lambda day: (day.month, day.day) == (2, 29)),
        (date(2035, 3, 24), "FREQ=DAILY", lambda day: True),
        (date(2035, 10, 27), "FREQ=DAILY", lambda day: True),
    ],
    ids=["month-end-many-cycles-late", "month-end-early", "leap-day-late", "spring-gap-early", "autumn-fold-early"],
)
async def test_any_course_of_completing_skipping_changing_and_reopening_agrees_with_the_model(
    taskwake: World, sam: Person, start: date, rrule: str, gives: Any, seed: int
) -> None:
    choice = random.Random(seed)
    model = SeriesModel(start, TODAY, gives)
    first = await sam.create(due_local=f"{start}T02:30:00", zone="Europe/Berlin", rrule=rrule)
    closed: list[dict[str, Any]] = []
    current = first
    for _ in range(6):
        step = choice.choice(["complete", "complete", "skip", "reopen", "change"])
        if step in ("complete", "skip"):
            path = f"/tasks/{current['id']}/{step}"
            answers = await asyncio.gather(*(sam.post(path) for _ in range(choice.choice([1, 3]))))
            assert len({answer["version"] for answer in answers}) == 1
            model.close("done" if step == "complete" else "skipped")
            closed.append(current)
        elif step == "change":
            await sam.change(current, title=f"changed {choice.random()}")
            model.current.changed = True
        elif closed:
            answer = await sam.http.post(f"/tasks/{closed[-1]['id']}/reopen")
            assert answer.status_code == (200 if model.reopen() else 409), answer.text
            if answer.is_success:
                closed.pop()
        await taskwake.settled()
        current = await the_open_one(sam, first)
        assert sorted(
            (day_of(task), task["status"], task["skipped"]) for task in await series_of(sam, first)
        ) == sorted(
            (str(one.day), "open" if one.status == "open" else "done", one.status == "skipped") for one in model.history
        )


@pytest.mark.requirement("TIME-016")
@pytest.mark.parametrize("days", [-400, 0, 40])
async def test_task_repeated_by_completion_goes_on_late_on_the_day_and_early_again_and_again(
    taskwake: World, sam: Person, days: int
) -> None:
    start = TODAY + timedelta(days=days)
    model = SeriesModel(start, TODAY, lambda day: True, every=3)
    task = await sam.create(due_on=str(start), rrule="FREQ=DAILY;INTERVAL=3", anchor="completion")
    for close in ("complete", "complete", "skip", "complete"):
        current = await the_open_one(sam, task)
        assert day_of(current) == str(model.current.day)
        await sam.post(f"/tasks/{current['id']}/{close}")
        model.close("done" if close == "complete" else "skipped")
        await taskwake.settled()
    assert day_of(await the_open_one(sam, task)) == str(model.current.day)


@pytest.mark.requirement("TIME-016")
async def test_two_clients_completing_at_the_same_instant_bring_one_next(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2035-01-01", rrule="FREQ=DAILY")
    answers = await asyncio.gather(*(sam.complete(task) for _ in range(8)))
    await taskwake.settled()
    assert all(answer == answers[0] for answer in answers)
    assert [day_of(one) for one in await sam.tasks()] == ["2035-01-02"]


@pytest.mark.requirement("TIME-016")
@pytest.mark.requirement("TIME-017")
async def test_completing_and_reopening_at_the_same_instant_leave_one_open_occurrence(
    taskwake: World, sam: Person
) -> None:
    task = await sam.create(due_on="2035-01-01", rrule="FREQ=DAILY")
    for _ in range(5):
        await asyncio.gather(sam.complete(task), sam.reopen(task), sam.complete(task), sam.reopen(task))
        await taskwake.settled()
        await the_open_one(sam, task)


@pytest.mark.requirement("TIME-017")
async def test_reopening_takes_the_next_occurrence_and_its_reminders_back(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_local="2035-01-01T09:00:00", rrule="FREQ=DAILY")
    await sam.complete(task)
    await taskwake.settled()
    following = await the_open_one(sam, task)
    opened = await sam.reopen(task)
    await taskwake.settled()
    assert await sam.tasks(status="all") == [opened]
    assert opened | {"version": task["version"]} == task
    waiting = await taskwake.execute("SELECT task_id FROM reminders WHERE user_id = %s AND fired_at IS NULL", sam.id)
    assert [str(row["task_id"]) for row in waiting] == [task["id"]]

    await sam.complete(task)
    await taskwake.settled()
    again = await the_open_one(sam, task)
    assert again["id"] == following["id"]
    assert again["version"] > following["version"] + 1, "a client that saw it deleted takes it as news"


@pytest.mark.requirement("TIME-017")
@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("POST", "/complete", None, "completed; reopen that one first"),
        ("POST", "/skip", None, "skipped; reopen that one first"),
        ("PATCH", "", {"title": "other"}, "changed"),
        ("DELETE", "", None, "deleted, which ended the series"),
    ],
)
async def test_reopening_is_refused_with_the_reason_when_the_next_was_touched(
    taskwake: World, sam: Person, method: str, path: str, body: Any, said: str
) -> None:
    task = await sam.create(due_on="2035-01-01", rrule="FREQ=DAILY")
    await sam.complete(task)
    await taskwake.settled()
    following = await the_open_one(sam, task)
    await sam.http.request(method, f"/tasks/{following['id']}{path}", json=body)
    await taskwake.settled()
    before = await sam.tasks(status="all")

    refused = await sam.http.post(f"/tasks/{task['id']}/reopen")

    assert (refused.status_code, said in refused.json()["detail"]) == (409, True), refused.text
    assert await sam.tasks(status="all") == before


@pytest.mark.requirement("TIME-018")
async def test_task_of_no_series_is_not_skipped(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2035-01-01")
    refused = await sam.http.post(f"/tasks/{task['id']}/skip")
    assert refused.status_code == 409
    assert "complete or delete" in refused.json()["detail"]
    assert await sam.tasks() == [task]
