"""Calendar feeds and the export: a person's tasks as iCalendar text."""

import asyncio
import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from functions.chat_api.calendars.item import Item
from functions.chat_api.calendars.reading import read_calendar
from functions.chat_api.calendars.writing import CALENDAR_END, calendar_head, todos
from tests.integration.world import NO_TLS, Person, World
from tests.unit.chat_api.calendars.items import items as item_strategy


async def feed(person: Person, **fields: Any) -> dict[str, Any]:
    return await person.post("/calendar-feeds", {"name": "Home"} | fields)


async def read(url: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(verify=NO_TLS, timeout=15) as anybody:
        return await anybody.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()})


async def items(url: str) -> list[Item]:
    answer = await read(url)
    assert answer.status_code == 200, answer.text
    return list(read_calendar(answer.content, "UTC").items)


@pytest.mark.requirement("PROD-060")
async def test_a_feed_is_read_by_whoever_knows_its_address_until_it_is_revoked(sam: Person) -> None:
    await sam.create(title="Call Kim; today, \\o/", due_local="2030-01-07T09:00:00", zone="Europe/Berlin")
    made = await feed(sam)
    answer = await read(made["url"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "SUMMARY:Call Kim\\; today\\, \\\\o/\r\n" in answer.text
    assert "DUE;TZID=Europe/Berlin:20300107T090000\r\n" in answer.text
    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n" in answer.text
    [listed] = (await sam.get("/calendar-feeds"))["feeds"]
    assert "url" not in listed
    assert listed["read_at"] is not None
    assert (await sam.http.delete(f"/calendar-feeds/{made['id']}")).status_code == 204
    assert (await read(made["url"])).status_code == 404
    assert (await sam.get("/calendar-feeds"))["feeds"] == []


@pytest.mark.requirement("PROD-060")
async def test_the_secret_is_kept_nowhere_and_a_request_sent_again_shows_it_again(taskwake: World, sam: Person) -> None:
    headers = {"idempotency-key": '"feed"'}
    first, again = [(await sam.http.post("/calendar-feeds", json={"name": "Home"}, headers=headers)) for _ in range(2)]
    assert first.json() == again.json()
    secret = re.search(r"/calendar/(\w{64})\.ics", first.json()["url"])[1]
    for row in await taskwake.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        found = await taskwake.execute(f"SELECT t::text AS text FROM {row['tablename']} t")  # noqa: S608
        assert not [each for each in found if secret in each["text"]], row["tablename"]


@pytest.mark.requirement("PROD-061")
async def test_a_feed_that_is_known_is_not_sent_again_until_a_task_changes(sam: Person) -> None:
    task = await sam.create(due_on="2030-01-07")
    made = await feed(sam)
    first = await read(made["url"])
    known = await read(made["url"], If_None_Match=first.headers["etag"])
    assert (known.status_code, known.content) == (304, b"")
    since = await read(made["url"], If_Modified_Since=first.headers["last-modified"])
    assert since.status_code == 304
    assert (await read(made["url"])).content == first.content
    await sam.change(task, title="Call Kim")
    changed = await read(made["url"], If_None_Match=first.headers["etag"])
    assert changed.status_code == 200
    assert "SUMMARY:Call Kim\r\nSTATUS" in changed.text
    assert "SEQUENCE:2" in changed.text
    await sam.delete(task)
    gone = await read(made["url"], If_None_Match=changed.headers["etag"])
    assert (gone.status_code, "VTODO" in gone.text) == (200, False)


@pytest.mark.requirement("PROD-060")
async def test_a_feed_has_its_lists_only_and_nothing_that_its_owner_does_not_see(sam: Person, kim: Person) -> None:
    work = await sam.post("/lists", {"name": "Work"})
    await sam.create(title="at home")
    await sam.create(title="at work", list_id=work["id"])
    await kim.create(title="foreign")
    assert [item.state.title for item in await items((await feed(sam, list_ids=[work["id"]]))["url"])] == ["at work"]
    assert len(await items((await feed(sam))["url"])) == 2
    refused = await sam.http.post("/calendar-feeds", json={"name": "x", "list_ids": [str(kim.list_id)]})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "list_ids.0")
    theirs = await feed(sam)
    assert (await kim.http.delete(f"/calendar-feeds/{theirs['id']}")).status_code == 404
    assert (await kim.get("/calendar-feeds"))["feeds"] == []


@pytest.mark.requirement("PROD-060")
async def test_what_is_done_is_in_it_only_if_asked_for(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_local="2030-01-07T09:00:00", zone="UTC", rrule="FREQ=DAILY")
    await sam.complete(task)
    await taskwake.settled()
    without = (await read((await feed(sam))["url"])).text
    assert "EXDATE;X-TASKWAKE-PASSED=TRUE:20300107T090000Z\r\n" in without
    assert "COMPLETED" not in without
    whole = (await read((await feed(sam, done=True))["url"])).text
    assert "RECURRENCE-ID:20300107T090000Z\r\n" in whole
    assert "STATUS:COMPLETED\r\n" in whole


@pytest.mark.requirement("PROD-060")
async def test_for_calendars_that_show_appointments_a_due_time_is_one(sam: Person) -> None:
    await sam.create(title="timed", due_local="2030-01-07T09:00:00", zone="UTC", reminders=[{"minutes_before": 10}])
    await sam.create(title="all day", due_on="2030-01-08")
    await sam.create(title="never due")
    text = (await read((await feed(sam, components=["VEVENT"]))["url"])).text
    assert text.count("BEGIN:VEVENT") == 2
    assert "VTODO" not in text
    assert "DTSTART:20300107T090000Z\r\nDURATION:PT15M\r\n" in text
    assert "DTSTART;VALUE=DATE:20300108\r\n" in text
    assert "TRIGGER;RELATED=START:-PT10M\r\n" in text


@pytest.mark.requirement("PROD-062")
async def test_all_that_was_exported_is_the_same_in_an_empty_account(taskwake: World, sam: Person, kim: Person) -> None:
    zoned = {"due_local": "2030-01-07T09:00:00", "zone": "Europe/Berlin"}
    parent = await sam.create(title="Trip", notes="a\r\nb;c,d\\n", labels=["home"], priority=2, **zoned)
    await sam.create(title="Pack", parent_id=parent["id"], start_on="2030-01-05", due_on="2030-01-06")
    daily = await sam.create(
        title="Water", rrule="FREQ=DAILY;COUNT=30", exdates=["2030-01-09T09:00:00"], rdates=["2030-03-01T12:00:00"],
        reminders=[{"minutes_before": 5}, {"every_minutes": 30}, {"time": "07:00:00"}], catch_up="all",
        estimate_minutes=20, deadline_on="2030-01-08", start_local="2030-01-07T08:00:00", **zoned,
    )  # fmt: skip
    await sam.complete(daily)
    await taskwake.settled()
    [second] = [task for task in await sam.tasks() if task["title"] == "Water"]
    await sam.post(f"/tasks/{second['id']}/skip")
    await taskwake.settled()
    [third] = [task for task in await sam.tasks() if task["title"] == "Water"]
    await sam.change(third, scope="this", due_local="2030-01-11T15:00:00", title="Water them all")
    after = await sam.create(title="Filter", rrule="FREQ=MONTHLY", anchor="completion", due_on="2030-01-31")
    await sam.complete(after)
    ended = await sam.create(title="Twice", rrule="FREQ=DAILY;COUNT=1", due_on="2030-01-31")
    await sam.complete(ended)
    await sam.complete(done := await sam.create(title="Done"))
    await sam.post(f"/tasks/{done['id']}/move", {"before": parent["id"]})
    await taskwake.settled()
    export = await sam.http.get("/export.ics")
    report = await kim.http.post("/import", content=export.content, headers={"content-type": "text/calendar"})
    assert report.json()["skipped"] == report.json()["remarks"] == []
    assert await shown(kim) == await shown(sam)
    again = (await sam.http.post("/import", content=export.content, headers={"content-type": "text/calendar"})).json()
    assert (again["created"], again["updated"], again["skipped_count"]) == (0, 0, 0)


async def shown(person: Person) -> list[tuple[dict[str, Any], Any]]:
    """All that a person's tasks and their series say, without their ids, and to the second."""
    own = {"id", "list_id", "parent_id", "series_id", "version", "created_by"}
    tasks = await person.tasks(status="all")
    titles = {task["id"]: task["title"] for task in tasks}
    said = []
    for task in sorted(tasks, key=lambda task: (task["title"], task["recurrence_id"] or "")):
        series = await person.get(f"/tasks/{task['id']}/series") if task["series_id"] else {}
        values = {name: value for name, value in task.items() if name not in own}
        values |= {name: (task[name] or "")[:19].rstrip("Z") for name in ("created_at", "completed_at")}
        dtstart = {} if series.get("anchor") == "completion" else {"dtstart": series.get("dtstart")}
        others = {name: value for name, value in series.items() if name not in ("id", "dtstart")}
        said.append((values | {"parent": titles.get(task["parent_id"])}, others | dtstart))
    return said


# The service, in another thread, draws random numbers for itself while an example is drawn.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
@pytest.mark.requirement("PROD-062")
async def test_random_tasks_and_series_are_the_same_in_the_next_account(taskwake: World) -> None:
    loop = asyncio.get_running_loop()

    async def moves_on(drawn: list[Item]) -> None:
        first, second = await taskwake.person(), await taskwake.person()
        text = calendar_head("x", drawn) + "".join(map(todos, drawn)) + CALENDAR_END
        for person, file in ((first, text.encode()), (second, None)):
            content = file or (await first.http.get("/export.ics")).content
            answer = await person.http.post("/import", content=content, headers={"content-type": "text/calendar"})
            assert answer.status_code == 200, answer.text
            assert file or answer.json()["skipped"] == []
            # What was missed long ago is caught up with.
            await taskwake.settled()
        assert await exported(second) == await exported(first)

    @settings(max_examples=20, deadline=None, database=None, phases=[Phase.generate])
    @given(st.lists(item_strategy(), min_size=1, max_size=5, unique_by=lambda item: item.uid))
    def law(drawn: list[Item]) -> None:
        asyncio.run_coroutine_threadsafe(moves_on(drawn), loop).result(60)

    await asyncio.to_thread(law)


async def exported(person: Person) -> list[Item]:
    """What their export says, without the ids, which are another account's."""
    found = read_calendar((await person.http.get("/export.ics")).content, "UTC").items
    titles = {item.uid: item.state.title for item in found}
    return sorted((replace(item, uid="", parent=titles.get(item.parent or "")) for item in found), key=repr)
