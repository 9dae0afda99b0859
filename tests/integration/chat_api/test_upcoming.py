"""/upcoming: the next days, with the occurrences that series will bring in them."""

from typing import Any
from uuid import UUID

import pytest

from functions.kernel.identity import occurrence_id
from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-080")


async def upcoming(person: Person, first: str = "2031-01-06", days: int = 7) -> list[dict[str, Any]]:
    return (await person.get("/upcoming", **{"from": first, "days": days}))["entries"]


def shown(entries: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    return [(entry["at"], entry["task"]["title"], entry["expected"]) for entry in entries]


async def test_tasks_and_what_recurs_are_in_the_order_of_their_times(sam: Person) -> None:
    await sam.create(title="Noon", due_local="2031-01-07T12:00:00")
    await sam.create(title="Plants", due_on="2031-01-06", rrule="FREQ=DAILY;INTERVAL=3")
    await sam.create(title="Day", due_on="2031-01-07")
    await sam.create(title="Before", due_on="2031-01-05")
    await sam.create(title="After", due_on="2031-01-13")
    await sam.create(title="Some day")
    assert shown(await upcoming(sam)) == [
        ("2031-01-06", "Plants", False),
        ("2031-01-07", "Day", False),
        ("2031-01-07T12:00:00", "Noon", False),
        ("2031-01-09", "Plants", True),
        ("2031-01-12", "Plants", True),
    ]


async def test_an_occurrence_to_come_has_the_id_that_it_will_have(sam: Person) -> None:
    task = await sam.create(title="Plants", due_local="2031-01-06T09:00:00", zone="UTC", rrule="FREQ=DAILY")
    _, following, *_ = await upcoming(sam)
    assert following["task"] == task | {
        "id": str(occurrence_id(UUID(task["series_id"]), "20310107T090000")),
        "recurrence_id": "20310107T090000",
        "due_local": "2031-01-07T09:00:00",
        "due_at": "2031-01-07T09:00:00Z",
        "version": 0,
    }


async def test_days_and_times_are_those_of_the_person(taskwake: World) -> None:
    kim = await taskwake.person(zone="Pacific/Auckland")  # 13 hours before UTC
    await kim.create(title="Noon in UTC", due_local="2031-01-05T12:00:00", zone="UTC", rrule="FREQ=DAILY")
    await kim.create(title="Floats", due_local="2031-01-06T00:30:00", rrule="FREQ=DAILY")
    await kim.create(title="Passport", due_on="2031-01-06")
    assert shown(await upcoming(kim, days=1)) == [
        ("2031-01-06", "Passport", False),
        ("2031-01-06T00:30:00", "Floats", False),
        ("2031-01-06T01:00:00", "Noon in UTC", False),
    ]
    assert shown(await upcoming(kim, "2031-01-07", days=1)) == [
        ("2031-01-07T00:30:00", "Floats", True),
        ("2031-01-07T01:00:00", "Noon in UTC", True),
    ]


async def test_what_is_taken_out_does_not_come_and_what_is_added_does(sam: Person) -> None:
    await sam.create(due_on="2031-01-06", rrule="FREQ=DAILY", exdates=["2031-01-08"], rdates=["2031-01-12"])
    await sam.create(title="Ends", due_on="2031-01-06", rrule="FREQ=DAILY;COUNT=2")
    days = [(entry["at"][-2:], entry["task"]["title"]) for entry in await upcoming(sam, days=4)]
    assert sorted(days) == [("06", "Call Sam"), ("06", "Ends"), ("07", "Call Sam"), ("07", "Ends"), ("09", "Call Sam")]


async def test_what_is_overdue_comes_next_after_today_as_completing_it_would_bring_it(sam: Person) -> None:
    await sam.create(title="Plants", due_on="2020-01-01", rrule="FREQ=DAILY", catch_up="none")
    seen = await sam.get("/upcoming", days=2)
    [following] = seen["entries"]
    assert following["expected"]
    assert seen["from"] < following["at"] < seen["until"]


async def test_what_recurs_after_completion_has_nothing_to_come(sam: Person) -> None:
    await sam.create(due_on="2031-01-06", rrule="FREQ=DAILY", anchor="completion")
    assert [entry["expected"] for entry in await upcoming(sam)] == [False]


async def test_of_what_comes_all_day_long_four_a_day_are_shown(sam: Person) -> None:
    await sam.create(due_local="2031-01-05T00:00:00", zone="UTC", rrule="FREQ=MINUTELY;INTERVAL=10")
    entries = await upcoming(sam, days=2)
    assert [(entry["at"], entry["more_that_day"]) for entry in entries] == [
        (f"2031-01-{day}T00:{minute}0:00", minute == 3) for day in ("06", "07") for minute in range(4)
    ]


async def test_a_change_of_a_series_is_a_change_of_what_it_will_bring(taskwake: World, sam: Person) -> None:
    task = await sam.create(title="Plants", due_on="2031-01-06", rrule="FREQ=DAILY;INTERVAL=2")
    await sam.change(task, title="Herbs", scope="following")
    assert [entry["task"]["title"] for entry in await upcoming(sam, days=3)] == ["Herbs", "Herbs"]
    await sam.complete(task)
    await taskwake.settled()
    assert shown(await upcoming(sam, days=3)) == [("2031-01-08", "Herbs", False)]


async def test_list_mates_see_it_and_nobody_else(taskwake: World, sam: Person, kim: Person) -> None:
    await sam.create(due_on="2031-01-06", rrule="FREQ=DAILY")
    assert await upcoming(kim) == []
    mate = await taskwake.person(name="Mate")
    await sam.share(sam.list_id, mate)
    assert len(await upcoming(mate)) == len(await upcoming(sam)) == 7


@pytest.mark.parametrize(
    ("query", "field"),
    [({"days": 0}, "days"), ({"days": 63}, "days"), ({"from": "1"}, "from"), ({"from": "9999-12-31"}, "from")],
)
async def test_what_is_wrong_is_a_problem_of_its_parameter(sam: Person, query: dict[str, Any], field: str) -> None:
    answer = await sam.http.get("/upcoming", params=query)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
