"""A completed occurrence brings exactly one next one."""

import pytest

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("FLOW-006")


@pytest.mark.parametrize(
    ("due", "rrule", "following"),
    [
        ({"due_on": "2031-01-31"}, "FREQ=MONTHLY", {"due_on": "2031-03-31"}),
        ({"due_on": "2031-01-06"}, "RRULE:FREQ=WEEKLY;BYDAY=MO,TH", {"due_on": "2031-01-09"}),
        ({"due_local": "2031-01-06T09:30:00"}, "freq=daily", {"due_local": "2031-01-07T09:30:00", "zone": None}),
        (
            {"due_local": "2031-03-29T09:00:00", "zone": "Europe/Berlin"},
            "FREQ=DAILY",
            {"due_local": "2031-03-30T09:00:00", "due_at": "2031-03-30T07:00:00Z", "zone": "Europe/Berlin"},
        ),
        (
            {"due_at": "2031-03-29T09:00:00+01:00", "zone": "Europe/Berlin"},
            "FREQ=DAILY",
            {"due_local": "2031-03-30T09:00:00", "due_at": "2031-03-30T07:00:00Z"},
        ),
    ],
)
async def test_next_occurrence_follows_the_rule_on_wall_clock_time(
    taskwake: World, sam: Person, due, rrule, following
) -> None:
    task = await sam.create(title="water", notes="all", rrule=rrule, **due)
    await sam.complete(task)
    await taskwake.settled()
    [nxt] = await sam.tasks()
    assert {name: nxt[name] for name in following} == following
    assert (nxt["title"], nxt["notes"], nxt["series_id"]) == ("water", "all", task["series_id"])
    assert [notice["kind"] for notice in await sam.notices(nxt)] == ["recurred"]


async def test_completing_again_after_reopening_brings_no_second(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    for _ in range(3):
        await sam.complete(task)
        await taskwake.settled()
        await sam.reopen(task)
    await sam.complete(task)
    await taskwake.settled()
    assert [task["due_on"] for task in await sam.tasks()] == ["2031-01-02"]


async def test_series_with_a_count_ends(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY;COUNT=2")
    await sam.complete(task)
    await taskwake.settled()
    [last] = await sam.tasks()
    await sam.complete(last)
    await taskwake.settled()
    assert await sam.tasks() == []


async def test_overdue_occurrence_brings_one_to_come_and_none_that_was_missed(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2020-01-01", rrule="FREQ=DAILY")
    done = await sam.complete(task)
    await taskwake.settled()
    [nxt] = await sam.tasks()
    assert nxt["due_on"] > done["completed_at"][:10]


async def test_completing_again_days_after_reopening_brings_no_second(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2020-01-01", rrule="FREQ=DAILY")
    await sam.complete(task)
    await taskwake.settled()
    [nxt] = await sam.tasks()
    # As if days had passed since: by now another occurrence would be computed than the one that is there.
    assert taskwake.owner is not None
    await taskwake.owner.execute("UPDATE tasks SET recurrence_id = '20991231' WHERE id = %s", (nxt["id"],))

    await sam.reopen(task)
    await sam.complete(task)
    await taskwake.settled()

    assert [task["id"] for task in await sam.tasks()] == [nxt["id"]]
