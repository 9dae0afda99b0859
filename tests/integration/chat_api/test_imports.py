"""Files of other programs, taken over."""

import json

import httpx
import pytest

from tests.integration.world import Person, World

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Nextcloud Tasks v0.14
BEGIN:VTODO
UID:bread
SUMMARY:Bake bread
DUE;TZID=Europe/Berlin:20300107T090000
RRULE:FREQ=WEEKLY
PRIORITY:1
CATEGORIES:home,kitchen
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER;RELATED=END:-PT15M
END:VALARM
END:VTODO
BEGIN:VTODO
UID:flour
SUMMARY:Buy flour
RELATED-TO:bread
END:VTODO
BEGIN:VTODO
UID:nothing
END:VTODO
END:VCALENDAR
"""


async def send(person: Person, text: str | bytes, media_type: str = "text/calendar", **query) -> httpx.Response:
    return await person.http.post("/import", content=text, headers={"content-type": media_type}, params=query)


@pytest.mark.requirement("PROD-063")
async def test_a_file_is_taken_over_and_what_cannot_be_is_told(sam: Person) -> None:
    answer = await send(sam, CALENDAR)
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert (report["created"], report["skipped_count"], report["remarks"]) == (2, 1, [])
    [skipped] = report["skipped"]
    assert skipped["where"] == "VTODO, line 21"
    bread, flour = sorted(await sam.tasks(), key=lambda task: task["title"])
    assert bread["due_at"] == "2030-01-07T08:00:00Z"
    assert bread["reminders"] == [{"minutes_before": 15}]
    assert flour["parent_id"] == bread["id"]


APPOINTMENTS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Google Inc//Google Calendar 70.9054//EN
BEGIN:VEVENT
UID:choir
SUMMARY:Choir
DTSTART;TZID=Europe/Berlin:20291224T190000
RRULE:FREQ=WEEKLY
END:VEVENT
BEGIN:VEVENT
UID:choir
SUMMARY:Choir
RECURRENCE-ID;TZID=Europe/Berlin:20300107T190000
DTSTART;TZID=Europe/Berlin:{moved}T190000
STATUS:{status}
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.requirement("PROD-063")
@pytest.mark.parametrize(("moved", "status"), [("20300107", "CANCELLED"), ("20200107", "CONFIRMED")])
async def test_an_appointment_that_is_cancelled_or_over_ahead_leaves_those_before_it(
    taskwake: World, sam: Person, moved: str, status: str
) -> None:
    assert (await send(sam, APPOINTMENTS.format(moved=moved, status=status))).json()["skipped"] == []
    days = []
    for _ in range(3):
        [task] = await sam.tasks(status="open")
        days.append(task["due_local"][:10])
        await sam.complete(task)
        await taskwake.settled()
    assert days == ["2029-12-24", "2029-12-31", "2030-01-14"]


@pytest.mark.requirement("PROD-064")
async def test_the_same_file_again_changes_nothing_and_a_changed_one_only_what_it_changed(sam: Person) -> None:
    await send(sam, CALENDAR)
    before = await sam.tasks()
    again = (await send(sam, CALENDAR)).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert await sam.tasks() == before
    changed = (await send(sam, CALENDAR.replace("Buy flour", "Buy rye flour"))).json()
    assert (changed["created"], changed["updated"], changed["unchanged"]) == (0, 1, 1)
    titles = {task["id"]: task["title"] for task in before}
    [flour] = [task for task in await sam.tasks() if task["title"] != titles[task["id"]]]
    assert (flour["title"], flour["version"]) == ("Buy rye flour", 2)


@pytest.mark.requirement("PROD-064")
async def test_what_was_done_here_is_not_undone_by_the_same_file(sam: Person) -> None:
    await send(sam, CALENDAR)
    [flour] = [task for task in await sam.tasks() if task["title"] == "Buy flour"]
    await sam.complete(flour)
    assert (await send(sam, CALENDAR)).json()["unchanged"] == 2
    assert [task["title"] for task in await sam.tasks()] == ["Bake bread"]


@pytest.mark.requirement("PROD-064")
async def test_a_series_that_went_on_here_is_not_replaced(taskwake: World, sam: Person) -> None:
    await send(sam, CALENDAR)
    [bread] = [task for task in await sam.tasks() if task["title"] == "Bake bread"]
    await sam.complete(bread)
    await taskwake.settled()
    report = (await send(sam, CALENDAR.replace("FREQ=WEEKLY", "FREQ=DAILY"))).json()
    assert "occurrences of it were closed here since" in report["skipped"][-1]["reason"]
    assert {task["rrule"] for task in await sam.tasks(status="all") if task["rrule"]} == {"FREQ=WEEKLY"}


@pytest.mark.requirement("PROD-063")
async def test_a_series_that_did_not_go_on_is_replaced(sam: Person) -> None:
    await send(sam, CALENDAR)
    report = (await send(sam, CALENDAR.replace("FREQ=WEEKLY", "FREQ=DAILY"))).json()
    assert (report["updated"], report["skipped_count"]) == (1, 1)
    assert [task["rrule"] for task in await sam.tasks(status="all") if task["rrule"]] == ["FREQ=DAILY"]


@pytest.mark.requirement("PROD-063")
async def test_a_dry_run_tells_the_same_and_changes_nothing(taskwake: World, sam: Person) -> None:
    before = await taskwake.everything()
    told = (await send(sam, CALENDAR, dry_run="true")).json()
    assert await taskwake.everything() == before
    assert told == (await send(sam, CALENDAR)).json() | {"dry_run": True}


@pytest.mark.requirement("PROD-063")
@pytest.mark.parametrize(
    ("text", "media_type", "says"),
    [
        ("", "text/calendar", "no BEGIN:VCALENDAR"),
        ("hello", "text/calendar", "line 1: an iCalendar file begins with BEGIN:VCALENDAR"),
        ("BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:x", "text/calendar", "ends within the VTODO that begins at line 2"),
        ("BEGIN:VCALENDAR\nEND:VTODO", "text/calendar", "line 2: END:VTODO ends nothing"),
        (b"BEGIN:VCALENDAR\nX:\xff\nEND:VCALENDAR", "text/calendar", "line 2: not UTF-8"),
        ("a,b\n1,2", "text/csv", "no column TYPE"),
        ("{}", "application/json", "a list of projects"),
        ('{"format": "taskwake-export", "lists": []}', "application/json", "`taskwake export --ics`"),
        ("[", "application/json", "not JSON"),
        ("PK", "application/zip", "not a zip that can be read"),
    ],
)
async def test_a_file_that_cannot_be_read_changes_nothing_and_says_where(
    taskwake: World, sam: Person, text: str, media_type: str, says: str
) -> None:
    before = await taskwake.everything()
    answer = await send(sam, text, media_type)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == "body"
    assert says in error["message"]
    assert await taskwake.everything() == before


@pytest.mark.requirement("PROD-063")
async def test_another_kind_of_file_a_foreign_list_and_one_too_large_are_refused(sam: Person, kim: Person) -> None:
    assert (await send(sam, "x", "text/plain")).status_code == 415
    foreign = await send(sam, CALENDAR, list_id=str(kim.list_id))
    assert (foreign.status_code, foreign.json()["errors"][0]["field"]) == (422, "list_id")
    assert (await send(sam, b"x" * (10 * 1024 * 1024 + 1))).status_code == 413
    assert await sam.tasks(status="all") == await kim.tasks(status="all") == []


@pytest.mark.requirement("PROD-063")
async def test_what_is_imported_rings_at_its_time_but_not_for_what_has_passed(taskwake: World, sam: Person) -> None:
    past = CALENDAR.replace("DUE;TZID=Europe/Berlin:20300107T090000\nRRULE:FREQ=WEEKLY", "DUE:20200107T090000Z")
    await send(sam, past)
    await send(sam, CALENDAR.replace("UID:bread", "UID:other"))
    rows = await taskwake.execute("SELECT remind_at FROM reminders WHERE user_id = %s ORDER BY remind_at", sam.id)
    assert [row["remind_at"].isoformat() for row in rows] == ["2030-01-07T07:45:00+00:00", "2030-01-07T08:00:00+00:00"]


@pytest.mark.requirement("PROD-063")
async def test_each_imported_task_is_an_event(taskwake: World, sam: Person) -> None:
    await send(sam, CALENDAR)
    rows = await taskwake.execute("SELECT topic FROM events WHERE list_id = %s", sam.list_id)
    assert [row["topic"] for row in rows] == ["task.created.v1"] * 2


@pytest.mark.requirement("PROD-063")
async def test_an_appointment_that_has_passed_is_done_and_a_series_of_them_goes_on_from_now(sam: Person) -> None:
    text = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Google Inc//Google Calendar 70.9054//EN
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VEVENT
UID:past
SUMMARY:Dentist
DTSTART:20200107T080000Z
DTEND:20200107T083000Z
END:VEVENT
BEGIN:VEVENT
UID:weekly
SUMMARY:Choir
DTSTART;TZID=Europe/Berlin:20200107T190000
DURATION:PT1H30M
RRULE:FREQ=WEEKLY
END:VEVENT
END:VCALENDAR
"""
    report = (await send(sam, text)).json()
    assert (report["created"], report["skipped"], report["remarks"]) == (2, [], [])
    [choir] = await sam.tasks()
    assert choir["due_local"] > "2026"
    assert choir["estimate_minutes"] == 90
    [dentist] = await sam.tasks(status="done")
    assert (dentist["due_local"], dentist["zone"]) == ("2020-01-07T09:00:00", "Europe/Berlin")


@pytest.mark.requirement("PROD-065")
async def test_todoists_csv_is_taken_over(sam: Person) -> None:
    text = (
        "\ufeffTYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE\r\n"
        "section,Groceries,,,,,,,,\r\n"
        'task,"Buy milk, bread @shop",From the corner,1,1,Sam (1),,2030-09-04,en,Europe/Berlin\r\n'
        "task,Rye,,4,2,Sam (1),,,en,Europe/Berlin\r\n"
        "note,Ask about the sourdough,,,,Sam (1),,,,\r\n"
        ",,,,,,,,,\r\n"
        "section,Plants,,,,,,,,\r\n"
        "task,Water the plants,,3,1,Sam (1),,every monday at 9:00,en,Europe/Berlin\r\n"
        "task,Oil the window,,2,1,Sam (1),,jährlich,de,Europe/Berlin\r\n"
    )
    report = (await send(sam, text, "text/csv")).json()
    assert (report["created"], report["skipped"]) == (4, [])
    [remark] = report["remarks"]
    assert "jährlich" in remark["reason"]
    tasks = {task["title"]: task for task in await sam.tasks()}
    milk, rye, plants, window = (
        tasks[title] for title in ("Buy milk, bread", "Rye", "Water the plants", "Oil the window")
    )
    assert (milk["labels"], milk["due_on"], milk["priority"]) == (["shop", "Groceries"], "2030-09-04", 1)
    assert (rye["parent_id"], rye["notes"]) == (milk["id"], "Ask about the sourdough")
    assert (plants["rrule"], plants["zone"], plants["labels"]) == ("FREQ=WEEKLY;BYDAY=MO", "Europe/Berlin", ["Plants"])
    assert window["notes"] == "Date: jährlich"
    assert (await send(sam, text, "text/csv")).json()["unchanged"] == 4


@pytest.mark.requirement("TRUST-062")
async def test_thousands_of_tasks_within_each_other_are_taken_over_as_deep_as_tasks_go(
    taskwake: World, sam: Person
) -> None:
    lines = [f"BEGIN:VTODO\nUID:{n}\nSUMMARY:a\nRELATED-TO:{n + 1}\nEND:VTODO" for n in range(2_000)]
    report = (await send(sam, "BEGIN:VCALENDAR\n" + "\n".join(lines) + "\nEND:VCALENDAR\n")).json()
    assert report["created"] == 2_000
    assert any("6 levels deep" in remark["reason"] for remark in report["remarks"])
    await taskwake.taskwake.look_again()  # their events are more than one batch; no later test is to wait for the rest
    await taskwake.settled()


@pytest.mark.requirement("TRUST-062")
@pytest.mark.parametrize("odd", ["\0", "\ud800", [], {"a": 1}, None, 10**400])
@pytest.mark.parametrize("field", ["id", "title", "created", "description", "labels", "related_tasks"])
async def test_odd_values_of_an_export_are_told_and_never_an_error_of_ours(
    sam: Person, field: str, odd: object
) -> None:
    task = {"id": 1, "title": "Water", "created": "2023-01-13T14:59:49Z"}
    wrong = {**task, "id": 2, field: odd}
    answer = await send(sam, json.dumps([{"title": odd, "tasks": [task, wrong]}]), "application/json")
    assert answer.status_code == 200, answer.text
    assert "Water" in [task["title"] for task in await sam.tasks()]
