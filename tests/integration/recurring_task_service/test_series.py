"""Completing, skipping and reopening occurrences: each against the model, and each promise by its name."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.integration.world import Person, World
from tests.series_model import SeriesModel

TODAY = datetime.now(UTC).date()
BERLIN = ZoneInfo("Europe/Berlin")


def day_of(task: dict[str, Any]) -> str:
    return (task["due_on"] or task["due_local"])[:10]


async def series_of(sam: Person, first: dict[str, Any]) -> list[dict[str, Any]]:
    return [task for task in await sam.tasks(status="all") if task["series_id"] == first["series_id"]]


async def the_open_one(sam: Person, first: dict[str, Any]) -> dict[str, Any]:
    [task] = [task for task in await series_of(sam, first) if task["status"] == "open"]
    return task


STARTS: list[tuple[date, str, Callable[[date], bool]]] = [
    (date(2020, 1, 31), "FREQ=MONTHLY", lambda day: day.day == 31),
    (date(2035, 1, 31), "FREQ=MONTHLY", lambda day: day.day == 31),
    (date(2020, 2, 29), "FREQ=YEARLY", lambda day: (day.month, day.day) == (2, 29)),
    (date(2035, 3, 24), "FREQ=DAILY", lambda day: True),
    (date(2035, 10, 27), "FREQ=DAILY", lambda day: True),
]
"""Months' ends many cycles late and early, a leap day, and the nights in which the clocks change."""
TIMES = [time(1, 45), time(2, 30), time(3, 15)]
SCOPES = ["this", "following", "all"]
CLIENTS = st.sampled_from([1, 3])


class Course(RuleBasedStateMachine):
    """Any course of what a person does to a series, by one client or several at the same instant."""

    def __init__(self, taskwake: World, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.taskwake, self.loop = taskwake, loop

    @initialize(start=st.sampled_from(STARTS))
    def begin(self, start: tuple[date, str, Callable[[date], bool]]) -> None:
        day, rrule, gives = start
        self.sam = self.run(self.taskwake.person())
        due = datetime.combine(day, TIMES[1])
        self.run(self.sam.create(due_local=due.isoformat(), zone="Europe/Berlin", rrule=rrule))
        self.model = SeriesModel(due, lambda: datetime.now(BERLIN).replace(tzinfo=None), gives)

    @rule(clients=CLIENTS, step=st.sampled_from(["complete", "skip"]))
    def close(self, clients: int, step: str) -> None:
        path = f"/tasks/{self.current['id']}/{step}"
        answers = self.at_once(*(self.sam.post(path) for _ in range(clients)))
        assert len({answer["version"] for answer in answers}) == 1
        self.model.close("done" if step == "complete" else "skipped")

    @rule(clients=CLIENTS)
    def delete_this(self, clients: int) -> None:
        path = f"/tasks/{self.current['id']}?scope=this"
        answers = self.at_once(*(self.sam.http.delete(path) for _ in range(clients)))
        assert sorted(answer.status_code for answer in answers) == [204, 404, 404][:clients]
        self.model.close("deleted")

    @rule()
    def complete_and_delete_this_at_once(self) -> None:
        path = f"/tasks/{self.current['id']}"
        done, deleted = self.at_once(self.sam.http.post(f"{path}/complete"), self.sam.http.delete(f"{path}?scope=this"))
        assert (done.status_code in (200, 404), deleted.status_code) == (True, 204)
        self.model.close("deleted")

    @rule()
    def reopen(self) -> None:
        closed = self.model.last_closed
        if closed is None:
            return
        [task] = [task for task in self.tasks if task["recurrence_id"] == f"{closed.name:%Y%m%dT%H%M%S}"]
        answer = self.run(self.sam.http.post(f"/tasks/{task['id']}/reopen"))
        assert answer.status_code == (200 if self.model.reopen() else 409), answer.text

    @rule(title=st.uuids(), scope=st.sampled_from(SCOPES))
    def rename(self, title: UUID, scope: str) -> None:
        self.run(self.sam.change(self.current, title=str(title), scope=scope))
        self.model.rename(str(title), scope)

    @rule(at=st.sampled_from(TIMES), scope=st.sampled_from(SCOPES))
    def move(self, at: time, scope: str) -> None:
        due = datetime.combine(self.model.current.name, at)
        self.run(self.sam.change(self.current, due_local=due.isoformat(), scope=scope))
        self.model.move(at, scope)

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "model"):
            return
        self.run(self.taskwake.settled())
        self.tasks = self.run(self.sam.tasks(status="all"))
        [self.current] = [task for task in self.tasks if task["status"] == "open"]
        given = [
            (task["recurrence_id"], task["due_local"], task["title"], task["status"], task["skipped"])
            for task in self.tasks
        ]
        assert sorted(given) == sorted(
            (
                f"{one.name:%Y%m%dT%H%M%S}",
                one.due.isoformat(),
                one.title,
                "open" if one.status == "open" else "done",
                one.status == "skipped",
            )
            for one in self.model.shown
        )

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def at_once(self, *work: Coroutine[Any, Any, Any]) -> Any:
        async def together() -> list[Any]:
            return await asyncio.gather(*work)

        return self.run(together())


@pytest.mark.requirement("TIME-016")
@pytest.mark.requirement("TIME-017")
@pytest.mark.requirement("TIME-018")
@pytest.mark.requirement("TIME-019")
async def test_any_course_of_closing_changing_moving_deleting_and_reopening_agrees_with_the_model(
    taskwake: World,
) -> None:
    loop = asyncio.get_running_loop()
    bounds = settings(max_examples=8, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck))
    await asyncio.to_thread(run_state_machine_as_test, lambda: Course(taskwake, loop), settings=bounds)


@pytest.mark.requirement("TIME-016")
@pytest.mark.parametrize("days", [-400, 0, 40])
async def test_task_repeated_by_completion_goes_on_late_on_the_day_and_early_again_and_again(
    taskwake: World, sam: Person, days: int
) -> None:
    start = datetime.combine(TODAY + timedelta(days=days), time())
    model = SeriesModel(start, lambda: datetime.combine(TODAY, time()), lambda day: True, every=3)
    task = await sam.create(due_on=str(start.date()), rrule="FREQ=DAILY;INTERVAL=3", anchor="completion")
    for close in ("complete", "complete", "skip", "complete"):
        current = await the_open_one(sam, task)
        assert day_of(current) == str(model.current.name.date())
        await sam.post(f"/tasks/{current['id']}/{close}")
        model.close("done" if close == "complete" else "skipped")
        await taskwake.settled()
    assert day_of(await the_open_one(sam, task)) == str(model.current.name.date())


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
