"""After the service was off: what is late says so, series do what their policy says, and each miss is written down."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.kernel.domain.recurrence import recurrence_id
from tests.integration.world import Person, World, soon

pytestmark = pytest.mark.requirement("TIME-020")

BERLIN = ZoneInfo("Europe/Berlin")
FAR = date(2035, 1, 31)
"""A day that is to come, and that every rule of these tests gives."""


def ago(**span: float) -> datetime:
    """A local time in UTC, whole minutes, and so late that no test is slow enough to make it another one."""
    moment = datetime.now(UTC) - timedelta(minutes=2) - timedelta(**span)
    return moment.replace(second=0, microsecond=0, tzinfo=None)


async def missed(
    world: World,
    sam: Person,
    start: date,
    rrule: str,
    zone: str = "UTC",
    catch_up: str = "latest",
    parts: tuple[str, ...] = (),
    **fields: Any,
) -> dict[str, Any]:
    """The first occurrence of a series, written in time, which fell due at this day or local time while the service was
    off; then it rings. It is created for a day to come and put back in one statement, which no alarm comes between."""
    timed = isinstance(start, datetime)
    clock = start.time() if isinstance(start, datetime) else time(9)
    far, local = datetime.combine(FAR, clock), datetime.combine(start, clock)
    due = {"due_local": far.isoformat(), "zone": zone} if timed else {"due_on": str(FAR)}
    task = await sam.create(rrule=rrule, **due, **fields)
    for title in parts:
        await sam.create(title=title, parent_id=task["id"])
    moment, far_moment = (at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for at in (local, far))
    await world.execute(
        """
        WITH of_series AS (
            UPDATE series SET dtstart = %s, catch_up = %s WHERE id = %s
        ), of_task AS (
            UPDATE tasks SET due_local = %s, due_on = %s, due_at = %s, recurrence_id = %s WHERE id = %s
        )
        UPDATE reminders SET remind_at = remind_at - %s, planned_at = '-infinity' WHERE task_id = %s
        """,
        local if timed else datetime.combine(start, time()),
        catch_up,
        task["series_id"],
        local if timed else None,
        None if timed else start,
        moment if timed else None,
        recurrence_id(start),
        task["id"],
        far_moment - moment,
        task["id"],
    )
    await world.taskwake.look_again()
    await world.settled()
    return task


async def series_of(sam: Person, first: dict[str, Any]) -> list[dict[str, Any]]:
    """Its occurrences, by their names."""
    found = [task for task in await sam.tasks(status="all") if task["series_id"] == first["series_id"]]
    return sorted(found, key=lambda task: task["recurrence_id"])


async def told(sam: Person, kind: str) -> list[dict[str, Any]]:
    return [notice for notice in await sam.notices() if notice["kind"] == kind]


async def misses(sam: Person) -> list[dict[str, Any]]:
    return (await sam.get("/reminders/misses"))["misses"]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (timedelta(minutes=1, seconds=5), "1 min late"),
        (timedelta(days=1, minutes=1), "1 d 0 h late"),
        (timedelta(days=365, minutes=1), "365 d 0 h late"),
    ],
)
async def test_a_reminder_that_comes_once_rings_late_and_says_so(
    taskwake: World, sam: Person, late: timedelta, said: str
) -> None:
    task = await sam.create(due_at="2035-01-31T09:00:00Z")
    await taskwake.execute(
        "UPDATE reminders SET remind_at = now() - %s, planned_at = '-infinity' WHERE task_id = %s", late, task["id"]
    )
    await taskwake.taskwake.look_again()
    await taskwake.settled()
    [notice] = await sam.notices(task)
    assert said in notice["body"]
    assert await misses(sam) == []


def daily(start: datetime) -> list[datetime]:
    return [start + timedelta(days=n) for n in range(400)]


def minutely(start: datetime) -> list[datetime]:
    return [start + timedelta(minutes=n) for n in range(30)]


def hourly(start: datetime) -> list[datetime]:
    return [start + timedelta(hours=n) for n in range(60)]


def on_31st(start: datetime) -> list[datetime]:
    days = (start + timedelta(days=n) for n in range(400))
    return [day for day in days if day.day == 31]


def a_31st_about_a_year_ago() -> datetime:
    return next(day for day in (ago(days=365 + n) for n in range(70)) if day.day == 31)


@pytest.mark.parametrize(
    ("start", "zone", "rrule", "all_of"),
    [
        (lambda: ago(minutes=1), "UTC", "FREQ=MINUTELY", minutely),
        (lambda: ago(days=1), "UTC", "FREQ=DAILY", daily),
        (lambda: ago(days=365), "UTC", "FREQ=DAILY", daily),
        (lambda: ago(hours=49), "UTC", "FREQ=HOURLY", hourly),
        (a_31st_about_a_year_ago, "UTC", "FREQ=MONTHLY", on_31st),
        (lambda: ago(days=365).replace(hour=2, minute=30), "Europe/Berlin", "FREQ=DAILY", daily),
    ],
    ids=["minute", "day", "year", "hours", "month-end", "clocks"],
)
async def test_latest_tells_of_the_last_one_due_and_writes_down_those_before(
    taskwake: World,
    sam: Person,
    start: Callable[[], datetime],
    zone: str,
    rrule: str,
    all_of: Callable[[datetime], list[datetime]],
) -> None:
    first = start()
    task = await missed(taskwake, sam, first, rrule, zone)

    skipped, latest = await series_of(sam, task)
    now = moment(skipped["completed_at"])
    due = [at for at in all_of(first) if at.replace(tzinfo=ZoneInfo(zone)) <= now]
    assert (skipped["id"], skipped["status"], skipped["skipped"]) == (task["id"], "done", True)
    assert (latest["status"], moment(latest["due_local"])) == ("open", due[-1])
    [notice] = await told(sam, "due")
    assert notice["task_id"] == latest["id"]
    assert moment(notice["remind_at"]) == due[-1].replace(tzinfo=ZoneInfo(zone))
    [recurred] = await told(sam, "recurred")
    count = len(due) - 1
    assert f"missed {'once' if count == 1 else f'{count:,} times'} while the service was off" in recurred["body"]
    [miss] = await misses(sam)
    assert miss == {
        "task_id": task["id"],
        "series_id": task["series_id"],
        "title": task["title"],
        "catch_up": "latest",
        "missed": count,
        "first_at": miss["first_at"],
        "last_at": miss["last_at"],
        "created_at": skipped["completed_at"],
    }
    assert [moment(miss[name]) for name in ("first_at", "last_at")] == [
        at.replace(tzinfo=ZoneInfo(zone)) for at in (due[0], due[-2])
    ]


async def test_a_rule_by_the_minute_over_a_year_is_counted_as_far_as_is_promised(taskwake: World, sam: Person) -> None:
    await missed(taskwake, sam, ago(days=365), "FREQ=MINUTELY")
    [miss] = await misses(sam)
    assert miss["missed"] == 10_000
    assert moment(miss["last_at"]) > datetime.now(UTC) - timedelta(minutes=5)


async def test_latest_of_an_all_day_series_is_told(taskwake: World, sam: Person) -> None:
    day = (datetime.now(UTC) - timedelta(hours=9)).date()
    task = await missed(taskwake, sam, day - timedelta(days=30), "FREQ=DAILY")
    _, latest = await series_of(sam, task)
    assert latest["due_on"] == str(day)
    assert [notice["task_id"] for notice in await told(sam, "due")] == [latest["id"]]


async def test_an_occurrence_after_which_none_has_come_due_rings_late_and_stays(taskwake: World, sam: Person) -> None:
    task = await missed(taskwake, sam, ago(hours=3), "FREQ=DAILY")
    assert [one["status"] for one in await series_of(sam, task)] == ["open"]
    [notice] = await sam.notices(task)
    assert "3 h" in notice["body"]
    assert await misses(sam) == []


async def test_all_tells_of_each_in_its_turn_and_leaves_all_open(taskwake: World, sam: Person) -> None:
    start = ago(days=5)
    task = await missed(taskwake, sam, start, "FREQ=DAILY", catch_up="all")

    found = await series_of(sam, task)
    assert [moment(one["due_local"]) for one in found] == daily(start)[:6]
    assert {one["status"] for one in found} == {"open"}
    notices = await told(sam, "due")
    assert [notice["task_id"] for notice in reversed(notices)] == [one["id"] for one in found]
    assert "5 d" in notices[-1]["body"]
    assert await misses(sam) == []

    for one in found[:-1]:
        await sam.complete(one)
    await taskwake.settled()
    assert len(await series_of(sam, task)) == 6, "the next one is there already"
    await sam.complete(found[-1])
    await taskwake.settled()
    assert [moment(one["due_local"]) for one in await sam.tasks()] == [start + timedelta(days=6)]


async def test_reopening_takes_none_back_that_came_to_catch_up(taskwake: World, sam: Person) -> None:
    task = await missed(taskwake, sam, ago(days=2), "FREQ=DAILY", catch_up="all")
    before = await series_of(sam, task)
    await sam.complete(before[1])
    await taskwake.settled()
    opened = await sam.reopen(before[1])
    assert await series_of(sam, task) == [before[0], opened, before[2]]

    await sam.complete(before[2])
    await taskwake.settled()
    await sam.reopen(before[2])
    assert len(await series_of(sam, task)) == 3, "what completing it brought goes with it"


async def test_reopening_what_was_skipped_takes_the_latest_back(taskwake: World, sam: Person) -> None:
    task = await missed(taskwake, sam, ago(days=4), "FREQ=DAILY")
    opened = await sam.reopen(task)
    await taskwake.settled()
    assert (opened["status"], opened["skipped"]) == ("open", False)
    assert [one["id"] for one in await series_of(sam, task)] == [task["id"]]


@pytest.mark.requirement("TRUST-003")
async def test_what_a_series_left_out_by_itself_is_not_the_last_thing_that_a_person_did(
    taskwake: World, sam: Person
) -> None:
    wrote = await sam.create(title="Post the letter")
    task = await missed(taskwake, sam, ago(days=4), "FREQ=DAILY", parts=("first", "then"))
    before = await series_of(sam, task)
    assert (await sam.post("/undo"))["task"] is None, "the last part that was written is deleted"
    assert (await sam.post("/undo"))["task"] is None
    assert [one["status"] for one in before] == [one["status"] for one in await series_of(sam, task)]
    assert wrote["id"] in {one["id"] for one in await sam.tasks()}


async def test_none_tells_of_nothing_and_goes_on_with_one_to_come(taskwake: World, sam: Person) -> None:
    start = ago(days=5)
    task = await missed(taskwake, sam, start, "FREQ=DAILY", catch_up="none", reminders=[{"minutes_before": 30}])

    skipped, following = await series_of(sam, task)
    assert (skipped["skipped"], following["status"]) == (True, "open")
    assert moment(following["due_local"]) == start + timedelta(days=6)
    assert await told(sam, "due") == await told(sam, "before") == []
    waits = await taskwake.execute(
        "SELECT name FROM reminders WHERE task_id = %s AND fired_at IS NULL ORDER BY 1", following["id"]
    )
    assert [row["name"] for row in waits] == ["before/30", "due"]
    [miss] = await misses(sam)
    assert (miss["catch_up"], miss["missed"]) == ("none", 6)


@pytest.mark.parametrize("catch_up", ["latest", "all", "none"])
async def test_alarms_that_ring_at_once_catch_up_once(taskwake: World, sam: Person, catch_up: str) -> None:
    tasks = [await sam.create(due_on=str(FAR), rrule="FREQ=DAILY", reminders=[{"minutes_before": 5}]) for _ in range(5)]
    ids = [task["id"] for task in tasks]
    day = (datetime.now(UTC) - timedelta(hours=9)).date() - timedelta(days=3)
    await taskwake.execute(
        """
        WITH of_series AS (
            UPDATE series SET dtstart = %s, catch_up = %s WHERE id = ANY(%s)
        ), of_task AS (
            UPDATE tasks SET due_on = %s, recurrence_id = %s WHERE id = ANY(%s)
        )
        UPDATE reminders SET remind_at = remind_at - make_interval(days => %s), planned_at = '-infinity'
        WHERE task_id = ANY(%s)
        """,
        *(datetime.combine(day, time()), catch_up, [task["series_id"] for task in tasks]),
        *(day, recurrence_id(day), ids, (FAR - day).days, ids),
    )
    await asyncio.gather(*(taskwake.taskwake.look_again() for _ in range(4)))
    await taskwake.settled()
    for task in tasks:
        found = await series_of(sam, task)
        statuses = [one["status"] for one in found]
        assert statuses == (["open"] * 4 if catch_up == "all" else ["done", "open"])
    assert len(await told(sam, "due")) == {"latest": 5, "all": 20, "none": 0}[catch_up]
    assert len(await misses(sam)) == (0 if catch_up == "all" else 5)


async def test_an_occurrence_that_rang_in_time_stays_open_however_late_its_nag_is(taskwake: World, sam: Person) -> None:
    start = ago(days=5)
    task = await sam.create(
        due_local=start.isoformat(), zone="UTC", rrule="FREQ=DAILY", reminders=[{"every_minutes": 30}]
    )
    await sam.is_told(task)
    await taskwake.execute(
        """
        UPDATE reminders SET planned_at = '-infinity', remind_at = now() - interval '4 days'
        WHERE task_id = %s AND kind = 'nag'
        """,
        task["id"],
    )
    await taskwake.taskwake.look_again()
    await taskwake.settled()
    assert await series_of(sam, task) == [task]
    assert len(await told(sam, "nag")) == 1
    assert await misses(sam) == []


async def test_who_sets_a_due_time_that_has_passed_has_missed_nothing(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_at=soon(-5 * 24 * 3600), rrule="FREQ=DAILY")
    await sam.is_told(task)
    await taskwake.settled()
    changed = await sam.change(task, due_at=soon(-3 * 24 * 3600))
    await sam.is_told(task, times=2)
    await taskwake.settled()
    assert await series_of(sam, task) == [changed]
    assert await misses(sam) == []


async def test_an_occurrence_whose_completion_brought_it_too_late_is_caught_up_with(
    taskwake: World, sam: Person
) -> None:
    """As if the service had stopped between a completion and what follows it."""
    task = await sam.create(due_local=str(ago(days=6)), rrule="FREQ=DAILY", zone="UTC")
    await sam.is_told(task)
    await sam.complete(task)
    await taskwake.settled()
    [brought] = await sam.tasks()
    await taskwake.execute("DELETE FROM tasks WHERE id = %s", brought["id"])
    await taskwake.execute("UPDATE tasks SET completed_at = now() - interval '5 days 1 hour' WHERE id = %s", task["id"])
    await taskwake.execute(
        """
        WITH forgotten AS (
            DELETE FROM inbox USING events WHERE events.id::text = event_id AND function = 'task-completed'
                AND events.key = %s
        )
        UPDATE events SET published_at = NULL WHERE key = %s AND topic = 'task.completed.v1'
        """,
        task["id"],
        task["id"],
    )
    await taskwake.taskwake.look_again()
    await taskwake.settled()
    [latest] = await sam.tasks()
    assert moment(latest["due_local"]) == ago()
    assert [miss["missed"] for miss in await misses(sam)] == [5]


async def test_misses_come_in_pages_and_to_their_own_person_only(taskwake: World, sam: Person, kim: Person) -> None:
    tasks = [await missed(taskwake, sam, ago(days=days), "FREQ=DAILY") for days in (3, 4, 5)]
    seen: list[dict[str, Any]] = []
    cursor = None
    for _ in tasks:
        page = await sam.get("/reminders/misses", limit=1, **({"cursor": cursor} if cursor else {}))
        seen += page["misses"]
        cursor = page["next_cursor"]
    assert cursor is None
    assert [miss["task_id"] for miss in seen] == [task["id"] for task in reversed(tasks)]
    assert [miss["missed"] for miss in seen] == [5, 4, 3]
    assert await misses(kim) == []


@pytest.mark.parametrize(("parameter", "value"), [("cursor", "x"), ("limit", 0), ("limit", 501)])
async def test_what_is_wrong_is_a_problem_of_its_parameter(sam: Person, parameter: str, value: Any) -> None:
    answer = await sam.http.get("/reminders/misses", params={parameter: value})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [parameter]


async def policy(sam: Person, task: dict[str, Any]) -> str:
    return (await sam.get(f"/tasks/{task['id']}/series"))["catch_up"]


async def test_a_series_says_what_it_does_and_a_change_of_that_begins_no_other(sam: Person) -> None:
    task = await sam.create(due_on="2035-01-01", rrule="FREQ=DAILY")
    assert await policy(sam, task) == "latest"
    for given, kept in (("all", "all"), (None, "latest"), ("none", "none")):
        changed = await sam.change(task, catch_up=given)
        assert changed["series_id"] == task["series_id"]
        assert await policy(sam, task) == kept
    again = await sam.change(task, catch_up="none")
    assert again["version"] == changed["version"], "what changes nothing is no event"
    for change in ({"rrule": "FREQ=WEEKLY"}, {"due_on": "2035-01-03", "scope": "following"}):
        changed = await sam.change(task, **change)
        assert changed["series_id"] != task["series_id"]
        assert await policy(sam, task) == "none", "a series that takes another's place does as that did"
    assert await policy(sam, await sam.create(due_on="2035-01-01", rrule="FREQ=DAILY", catch_up="all")) == "all"


async def test_a_policy_without_a_series_or_of_another_name_changes_nothing(sam: Person) -> None:
    single, recurring = await sam.create(due_on="2035-01-01"), await sam.create(due_on="2035-01-01", rrule="FREQ=DAILY")
    before = await sam.tasks()
    for method, path, body in (
        ("POST", "/tasks", {"title": "x", "due_on": "2035-01-01", "catch_up": "all"}),
        ("PATCH", f"/tasks/{single['id']}", {"catch_up": "all"}),
        ("PATCH", f"/tasks/{recurring['id']}", {"catch_up": "some"}),
        ("PATCH", f"/tasks/{recurring['id']}", {"catch_up": "all", "scope": "this"}),
    ):
        answer = await sam.http.request(method, path, json=body)
        assert answer.status_code == 422, answer.text
        assert [error["field"] for error in answer.json()["errors"]] == ["catch_up"]
    assert await sam.tasks() == before
    assert await policy(sam, recurring) == "latest"


@pytest.mark.requirement("PROD-014")
@pytest.mark.parametrize(("catch_up", "before"), [("latest", "done"), ("none", "done"), ("all", "open")])
async def test_subtasks_are_left_out_and_come_anew_with_their_occurrence(
    taskwake: World, sam: Person, catch_up: str, before: str
) -> None:
    task = await missed(taskwake, sam, ago(days=1), "FREQ=DAILY", catch_up=catch_up, parts=("one", "two"))
    of_first = await sam.tasks(status="all", parent_id=task["id"])
    assert [(part["title"], part["status"], part["skipped"]) for part in of_first] == [
        (title, before, before == "done") for title in ("one", "two")
    ]
    latest = (await series_of(sam, task))[-1]
    of_latest = await sam.tasks(status="all", parent_id=latest["id"], sort="position")
    assert [(part["title"], part["status"]) for part in of_latest] == [("one", "open"), ("two", "open")]
