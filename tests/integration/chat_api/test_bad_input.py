"""Bad input gets a problem that names the field, and changes nothing anywhere."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.integration.world import PATIENCE_SECONDS, Person, World

pytestmark = pytest.mark.requirement("FLOW-003")

NEW_TASK: list[tuple[str, dict[str, Any], str]] = [
    ("no-title", {}, "title"),
    ("title-null", {"title": None}, "title"),
    ("title-empty", {"title": ""}, "title"),
    ("title-blank", {"title": " \t\n "}, "title"),
    ("title-number", {"title": 5}, "title"),
    ("title-list", {"title": ["a"]}, "title"),
    ("title-object", {"title": {"a": 1}}, "title"),
    ("title-true", {"title": True}, "title"),
    ("title-too-long", {"title": "a" * 501}, "title"),
    ("title-nul", {"title": "a\0b"}, "title"),
    ("title-escape", {"title": "a\x1b[31mb"}, "title"),
    ("title-half-a-surrogate-pair", {"title": "a\ud800"}, "title"),
    ("notes-number", {"title": "a", "notes": 1.5}, "notes"),
    ("notes-nul", {"title": "a", "notes": "\0"}, "notes"),
    ("notes-surrogate", {"title": "a", "notes": "\udfff"}, "notes"),
    ("notes-too-long", {"title": "a", "notes": "a" * 50_001}, "notes"),
    ("unknown", {"title": "a", "prio": 1}, "prio"),
    ("unknown-surrogate", {"title": "a", "\ud800": 1}, None),
    ("unknown-nul", {"title": "a", "\0": 1}, None),
    ("read-only-id", {"title": "a", "id": "1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd"}, "id"),
    ("read-only-status", {"title": "a", "status": "done"}, "status"),
    ("due-on-number", {"title": "a", "due_on": 20310101}, "due_on"),
    ("due-on-number-in-quotes", {"title": "a", "due_on": "0"}, "due_on"),
    ("due-on-seconds-in-quotes", {"title": "a", "due_on": "1700006400"}, "due_on"),
    ("due-on-true", {"title": "a", "due_on": True}, "due_on"),
    ("due-on-no-date", {"title": "a", "due_on": "tomorrow"}, "due_on"),
    ("due-on-empty", {"title": "a", "due_on": ""}, "due_on"),
    ("due-on-30-february", {"title": "a", "due_on": "2031-02-30"}, "due_on"),
    ("due-on-year-0", {"title": "a", "due_on": "0000-01-01"}, "due_on"),
    ("due-on-year-10000", {"title": "a", "due_on": "10000-01-01"}, "due_on"),
    ("due-on-negative-year", {"title": "a", "due_on": "-0001-01-01"}, "due_on"),
    ("due-on-huge", {"title": "a", "due_on": "9" * 1000}, "due_on"),
    ("due-local-number", {"title": "a", "due_local": 1}, "due_local"),
    ("due-local-number-in-quotes", {"title": "a", "due_local": "1700000000"}, "due_local"),
    ("due-local-with-offset", {"title": "a", "due_local": "2031-01-01T09:00:00Z"}, "due_local"),
    ("due-local-hour-25", {"title": "a", "due_local": "2031-01-01T25:00:00"}, "due_local"),
    ("due-local-after-all", {"title": "a", "due_local": "9999-12-31T23:00", "zone": "America/New_York"}, "due_local"),
    ("due-local-before-all", {"title": "a", "due_local": "0001-01-01T00:00:00", "zone": "Asia/Tokyo"}, "due_local"),
    ("due-at-number", {"title": "a", "due_at": 1700000000}, "due_at"),
    ("due-at-float", {"title": "a", "due_at": 1e300}, "due_at"),
    ("due-at-number-in-quotes", {"title": "a", "due_at": "1700000000"}, "due_at"),
    ("due-at-without-offset", {"title": "a", "due_at": "2031-01-01T09:00:00"}, "due_at"),
    ("due-at-offset-of-a-day", {"title": "a", "due_at": "2031-01-01T09:00:00+24:00"}, "due_at"),
    ("due-at-year-0", {"title": "a", "due_at": "0000-01-01T00:00:00Z"}, "due_at"),
    ("due-at-year-10000", {"title": "a", "due_at": "10000-01-01T00:00:00Z"}, "due_at"),
    ("due-at-leaves-the-calendar", {"title": "a", "due_at": "9999-12-31T23:59:59Z", "zone": "Asia/Tokyo"}, "zone"),
    ("due-at-object", {"title": "a", "due_at": {}}, "due_at"),
    ("due-twice", {"title": "a", "due_on": "2031-01-01", "due_at": "2031-01-01T00:00:00Z"}, "due_at"),
    ("due-local-and-at", {"title": "a", "due_local": "2031-01-01T00:00", "due_at": "2031-01-01T00:00Z"}, "due_at"),
    ("zone-unknown", {"title": "a", "due_local": "2031-01-01T09:00:00", "zone": "Europe/Berlinn"}, "zone"),
    ("zone-number", {"title": "a", "due_local": "2031-01-01T09:00:00", "zone": 1}, "zone"),
    ("zone-empty", {"title": "a", "due_local": "2031-01-01T09:00:00", "zone": ""}, "zone"),
    ("zone-nul", {"title": "a", "due_local": "2031-01-01T09:00:00", "zone": "\0"}, "zone"),
    ("zone-surrogate", {"title": "a", "due_local": "2031-01-01T09:00:00", "zone": "\ud800"}, "zone"),
    ("zone-path", {"title": "a", "due_local": "2031-01-01T09:00:00", "zone": "../../../etc/passwd"}, "zone"),
    ("zone-absolute-path", {"title": "a", "due_local": "2031-01-01T09:00:00", "zone": "/etc/passwd"}, "zone"),
    ("zone-huge", {"title": "a", "due_local": "2031-01-01T09:00:00", "zone": "a/" * 100_000}, "zone"),
    ("zone-folder", {"title": "a", "due_local": "2031-01-01T09:00:00", "zone": "Europe"}, "zone"),
    ("zone-of-a-day", {"title": "a", "due_on": "2031-01-01", "zone": "Europe/Berlin"}, "zone"),
    ("zone-alone", {"title": "a", "zone": "Europe/Berlin"}, "zone"),
    ("rrule-garbage", {"title": "a", "due_on": "2031-01-01", "rrule": "every day"}, "rrule"),
    ("rrule-empty", {"title": "a", "due_on": "2031-01-01", "rrule": ""}, "rrule"),
    ("rrule-number", {"title": "a", "due_on": "2031-01-01", "rrule": 7}, "rrule"),
    ("rrule-nul", {"title": "a", "due_on": "2031-01-01", "rrule": "FREQ=DAILY\0"}, "rrule"),
    ("rrule-interval-0", {"title": "a", "due_on": "2031-01-01", "rrule": "FREQ=DAILY;INTERVAL=0"}, "rrule"),
    ("rrule-never", {"title": "a", "due_on": "2031-01-01", "rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rrule"),
    ("rrule-over-already", {"title": "a", "due_on": "2031-01-01", "rrule": "FREQ=DAILY;UNTIL=20300101"}, "rrule"),
    ("rrule-hourly-all-day", {"title": "a", "due_on": "2031-01-01", "rrule": "FREQ=HOURLY"}, "rrule"),
    ("rrule-without-due", {"title": "a", "rrule": "FREQ=DAILY"}, "rrule"),
    ("rrule-huge", {"title": "a", "due_on": "2031-01-01", "rrule": "FREQ=DAILY;BYDAY=" + "MO," * 100_000}, "rrule"),
    ("rrule-long-number", {"title": "a", "due_on": "2031-01-01", "rrule": "FREQ=DAILY;COUNT=" + "9" * 5000}, "rrule"),
    ("anchor-alone", {"title": "a", "due_on": "2031-01-01", "anchor": "completion"}, "anchor"),
    ("anchor-unknown", {"title": "a", "due_on": "2031-01-01", "rrule": "FREQ=DAILY", "anchor": "done"}, "anchor"),
    ("list-garbage", {"title": "a", "list_id": "inbox"}, "list_id"),
    ("list-number", {"title": "a", "list_id": 1}, "list_id"),
    ("list-of-nobody", {"title": "a", "list_id": "1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd"}, "list_id"),
    ("reminders-number", {"title": "a", "reminders": 10}, "reminders"),
    ("reminders-numbers", {"title": "a", "reminders": [10]}, "reminders.0"),
    ("reminders-0", {"title": "a", "reminders": [{"minutes_before": 0}]}, "reminders.0"),
    ("reminders-negative", {"title": "a", "reminders": [{"minutes_before": -5}]}, "reminders.0.minutes_before"),
    ("reminders-huge", {"title": "a", "reminders": [{"minutes_before": 10**30}]}, "reminders.0.minutes_before"),
    ("reminders-half", {"title": "a", "reminders": [{"minutes_before": 1.5}]}, "reminders.0.minutes_before"),
    ("reminders-text", {"title": "a", "reminders": [{"minutes_before": "5"}]}, "reminders.0.minutes_before"),
    ("reminders-true", {"title": "a", "reminders": [{"minutes_before": True}]}, "reminders.0.minutes_before"),
    ("reminders-unknown", {"title": "a", "reminders": [{"minutes_before": 5, "sound": "x"}]}, "reminders.0.sound"),
    ("reminders-two-forms", {"title": "a", "reminders": [{"minutes_before": 5, "every_minutes": 5}]}, "reminders.0"),
    ("reminders-at-number", {"title": "a", "reminders": [{"at": 1893456000}]}, "reminders.0"),
    ("reminders-at-local", {"title": "a", "reminders": [{"at": "2031-01-01T09:00:00"}]}, "reminders.0.at"),
    ("reminders-time-number", {"title": "a", "reminders": [{"time": 28800}]}, "reminders.0"),
    ("reminders-time-offset", {"title": "a", "reminders": [{"time": "08:00+01:00"}]}, "reminders.0.time"),
    ("reminders-days", {"title": "a", "reminders": [{"time": "08:00", "days_before": -1}]}, "reminders.0.days_before"),
    ("reminders-nag", {"title": "a", "reminders": [{"every_minutes": 4}]}, "reminders.0.every_minutes"),
    ("start-alone", {"title": "a", "start_on": "2031-01-01"}, "start_on"),
    ("start-late", {"title": "a", "due_on": "2031-01-01", "start_on": "2031-01-02"}, "start_on"),
    ("start-twice", {"title": "a", "due_on": "2031-01-03", "start_on": "2031-01-02", "start_local": "2031-01-02T08:00"},
     "start_local"),
    ("reminders-too-many", {"title": "a", "reminders": [{"minutes_before": n} for n in range(1, 22)]}, "reminders"),
]  # fmt: skip

CHANGES: list[tuple[str, dict[str, Any], str]] = [
    ("title-null", {"title": None}, "title"),
    ("title-empty", {"title": ""}, "title"),
    ("title-nul", {"title": "\0"}, "title"),
    ("unknown", {"done": True}, "done"),
    ("list", {"list_id": "1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd"}, "list_id"),
    ("zone-of-no-time", {"zone": "Europe/Berlin"}, "zone"),
    ("due-twice", {"due_on": "2031-01-01", "due_local": "2031-01-01T00:00:00"}, "due_local"),
    ("rrule-garbage", {"rrule": "FREQ=SOMETIMES"}, "rrule"),
    ("rrule-without-due", {"rrule": "FREQ=DAILY"}, "rrule"),
    ("anchor-alone", {"anchor": "schedule"}, "anchor"),
    ("reminders", {"reminders": [{"minutes": 5}]}, "reminders.0"),
]

BODIES: list[tuple[str, bytes, str, int, str | None]] = [
    ("empty", b"", "application/json", 422, "body"),
    ("no-json", b"{title: x}", "application/json", 400, "body"),
    ("cut-off", b'{"title": "x', "application/json", 400, "body"),
    ("array", b'[{"title": "x"}]', "application/json", 422, "body"),
    ("null", b"null", "application/json", 422, "body"),
    ("number", b"5", "application/json", 422, "body"),
    ("nan", b'{"title": NaN}', "application/json", 422, "title"),
    ("huge-number", b'{"title": 1e999999}', "application/json", 422, "title"),
    ("long-integer", b'{"title": ' + b"9" * 5000 + b"}", "application/json", 400, "body"),
    ("deep-arrays", b"[" * 100_000, "application/json", 400, "body"),
    ("deep-objects", b'{"title":' * 50_000 + b"1" + b"}" * 50_000, "application/json", 400, "body"),
    ("latin-1", '{"title": "é"}'.encode("latin-1"), "application/json", 400, "body"),
    ("overlong-utf-8", b'{"title": "\xc0\x80"}', "application/json", 400, "body"),
    ("text", b'{"title": "x"}', "text/plain", 415, "body"),
    ("form", b"title=x", "application/x-www-form-urlencoded", 415, "body"),
    ("xml", b"<title>x</title>", "application/xml", 415, "body"),
    ("too-large", json.dumps({"title": "x", "notes": "a" * 1024 * 1024}).encode(), "application/json", 413, None),
]

QUERIES: list[tuple[str, str, str]] = [
    ("limit-0", "/tasks?limit=0", "limit"),
    ("limit-negative", "/tasks?limit=-1", "limit"),
    ("limit-501", "/tasks?limit=501", "limit"),
    ("limit-word", "/tasks?limit=all", "limit"),
    ("limit-huge", "/tasks?limit=" + "9" * 100, "limit"),
    ("status", "/tasks?status=late", "status"),
    ("list", "/tasks?list_id=x", "list_id"),
    ("filter", "/tasks?filter=todya", "filter"),
    ("filter-empty", "/tasks?filter=", "filter"),
    ("filter-nul", "/tasks?filter=%40a%00", "filter"),
    ("filter-deep", "/tasks?filter=" + "(" * 900, "filter"),
    ("filter-long", "/tasks?filter=" + "a" * 5000, "filter"),
    ("filter-id", "/tasks?filter_id=1", "filter_id"),
    ("search-empty", "/tasks?search=", "search"),
    ("search-nul", "/tasks?search=%00", "search"),
    ("search-long", "/tasks?search=" + "a" * 5000, "search"),
    ("cursor-word", "/tasks?cursor=next", "cursor"),
    ("cursor-not-ascii", "/tasks?cursor=%C3%A9", "cursor"),
    ("cursor-not-utf-8", "/tasks?cursor=%ff%fe", "cursor"),
    ("cursor-nul", "/tasks?cursor=%00", "cursor"),
    ("cursor-half", "/tasks?cursor=MjAzMS0wMS0wMQ", "cursor"),
    ("cursor-long", "/tasks?cursor=" + "a" * 5000, "cursor"),
    ("cursor-empty-of-events", "/events?cursor=-", "cursor"),
    ("cursor-of-events", "/events?cursor=1-2-3", "cursor"),
    ("cursor-of-events-word", "/events?cursor=now", "cursor"),
    ("cursor-of-events-negative", "/events?cursor=-1-0", "cursor"),
    ("cursor-of-events-beyond-64-bits", "/events?cursor=99999999999999999999999-0", "cursor"),
    ("cursor-of-events-beyond-64-bits-seq", "/events?cursor=1-99999999999999999999999", "cursor"),
    ("cursor-of-events-other-digits", "/events?cursor=%D9%A3-%D9%A3", "cursor"),
    ("id-of-a-task", "/tasks/1", "task_id"),
    ("id-of-a-task-nul", "/tasks/%00", "task_id"),
    ("notices", "/notices?limit=0", "limit"),
    ("deliveries", "/deliveries?limit=x", "limit"),
]

NOWHERE = "1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd"
HOOK = {"url": "https://example.org/", "topics": ["task.due.v1"]}
ELSEWHERE: list[tuple[str, str, str, Any, str]] = [
    ("me-zone", "PATCH", "/me", {"zone": "Mars/Olympus"}, "zone"),
    ("me-zone-null", "PATCH", "/me", {"zone": None}, "zone"),
    ("me-name-nul", "PATCH", "/me", {"name": "\0"}, "name"),
    ("me-email", "PATCH", "/me", {"email": "sam"}, "email"),
    ("me-email-nul", "PATCH", "/me", {"email": "a\0@example.org"}, "email"),
    ("me-email-control", "PATCH", "/me", {"email": "a\x01@example.org"}, "email"),
    ("me-email-two-lines", "PATCH", "/me", {"email": "a@example.org\nBcc: b@example.org"}, "email"),
    ("me-unknown", "PATCH", "/me", {"admin": True}, "admin"),
    ("list-name", "POST", "/lists", {"name": ""}, "name"),
    ("list-name-nul", "POST", "/lists", {"name": "\0"}, "name"),
    ("invitation-role", "POST", "/lists/{list}/invitations", {"role": "owner"}, "role"),
    ("webhook-scheme", "POST", "/webhooks", {"url": "file:///etc/passwd", "topics": ["task.due.v1"]}, "url"),
    ("webhook-nul", "POST", "/webhooks", {"url": "http://a/\0", "topics": ["task.due.v1"]}, "url"),
    ("webhook-no-host", "POST", "/webhooks", {"url": "http://", "topics": ["task.due.v1"]}, "url"),
    ("webhook-bad-port", "POST", "/webhooks", {"url": "http://a:b/", "topics": ["task.due.v1"]}, "url"),
    ("webhook-topics", "POST", "/webhooks", {"url": "http://a/", "topics": []}, "topics"),
    ("webhook-topic", "POST", "/webhooks", {"url": "http://a/", "topics": ["task.late.v1"]}, "topics.0"),
    ("webhook-list", "POST", "/webhooks", HOOK | {"list_id": NOWHERE}, "list_id"),
    ("webhook-list-id", "POST", "/webhooks", HOOK | {"list_id": "x"}, "list_id"),
    ("webhook-change-null", "PATCH", "/webhooks/{hook}", {"url": None}, "url"),
    ("webhook-change-topics", "PATCH", "/webhooks/{hook}", {"topics": []}, "topics"),
    ("webhook-change-enabled", "PATCH", "/webhooks/{hook}", {"enabled": None}, "enabled"),
    ("webhook-change-enabled-text", "PATCH", "/webhooks/{hook}", {"enabled": "yes"}, "enabled"),
    ("webhook-change-list", "PATCH", "/webhooks/{hook}", {"list_id": NOWHERE}, "list_id"),
    ("webhook-change-secret", "PATCH", "/webhooks/{hook}", {"secret": "x"}, "secret"),
    ("webhook-dry-run", "POST", "/webhooks/{hook}/dry-run", {"limit": 1001}, "limit"),
    ("webhook-dry-run-none", "POST", "/webhooks/{hook}/dry-run", {"limit": 0}, "limit"),
    ("webhook-deliveries-cursor", "GET", "/webhooks/{hook}/deliveries?cursor=x", None, "cursor"),
    ("webhook-deliveries-limit", "GET", "/webhooks/{hook}/deliveries?limit=101", None, "limit"),
    ("webhook-redeliver-since", "POST", "/webhooks/{hook}/redeliver", {"since": "yesterday"}, "since"),
    ("webhook-redeliver-zone", "POST", "/webhooks/{hook}/redeliver", {"since": "2026-01-01T00:00:00"}, "since"),
    ("webhook-redeliver-id", "POST", "/webhooks/{hook}/deliveries/1/redeliver", None, "delivery_id"),
    ("filter-query", "POST", "/filters", {"name": "a", "query": "todya"}, "query"),
    ("filter-name-nul", "POST", "/filters", {"name": "\0", "query": "p1"}, "name"),
    ("filter-kept-id", "DELETE", "/filters/x", None, "filter_id"),
    ("notice-id", "POST", "/notices/1/read", None, "notice_id"),
    ("webhook-id", "DELETE", "/webhooks/x", None, "webhook_id"),
]


@pytest.mark.parametrize(("body", "field"), [case[1:] for case in NEW_TASK], ids=[case[0] for case in NEW_TASK])
async def test_bad_new_task_is_refused(taskwake: World, sam: Person, body, field) -> None:
    await refused(taskwake, sam, "POST", "/tasks", json.dumps(body).encode(), {422}, field)


@pytest.mark.parametrize(("body", "field"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES])
async def test_bad_change_is_refused(taskwake: World, sam: Person, body, field) -> None:
    task = await sam.create(title="as it was")
    await refused(taskwake, sam, "PATCH", f"/tasks/{task['id']}", json.dumps(body).encode(), {422}, field)
    assert await sam.get(f"/tasks/{task['id']}") == task


@pytest.mark.parametrize(
    ("body", "media_type", "status", "field"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES]
)
async def test_bad_body_is_refused(taskwake: World, sam: Person, body, media_type, status, field) -> None:
    await refused(taskwake, sam, "POST", "/tasks", body, {status}, field, media_type)


@pytest.mark.parametrize(("path", "field"), [case[1:] for case in QUERIES], ids=[case[0] for case in QUERIES])
async def test_bad_query_is_refused(taskwake: World, sam: Person, path, field) -> None:
    await refused(taskwake, sam, "GET", path, b"", {422}, field)


@pytest.mark.parametrize(
    ("method", "path", "body", "field"), [case[1:] for case in ELSEWHERE], ids=[case[0] for case in ELSEWHERE]
)
async def test_bad_input_elsewhere_is_refused(taskwake: World, sam: Person, method, path, body, field) -> None:
    content = b"" if body is None else json.dumps(body).encode()
    hook = (await sam.post("/webhooks", HOOK))["id"] if "{hook}" in path else None
    await refused(taskwake, sam, method, path.format(list=sam.list_id, hook=hook), content, {422}, field)


async def test_body_too_large_is_refused_while_it_still_comes(taskwake: World, sam: Person) -> None:
    async def endless():
        while True:
            yield b"a" * 65_536

    async with asyncio.timeout(PATIENCE_SECONDS):
        try:
            answer = await sam.http.post("/tasks", content=endless())
        except httpx.TransportError:
            return  # it hung up on us, which a sender that goes on may meet
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("PUT", "/tasks", 405),
        ("GET", "/page/" + "a" * 3000, 404),
        ("GET", "/page/%00", 404),
        ("GET", "/page/..%2fapi.py", 404),
        ("GET", "/page/../api.py", 404),
        ("GET", "/page/.", 404),
    ],
)
async def test_path_that_is_not_there_is_a_4xx(sam: Person, method, path, status) -> None:
    answer = await sam.http.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def refused(
    taskwake: World,
    person: Person,
    method: str,
    path: str,
    body: bytes,
    statuses: set[int],
    field: str | None,
    media_type: str = "application/json",
) -> None:
    await taskwake.settled()
    before = await taskwake.everything()
    answer = await person.http.request(method, path, content=body, headers={"content-type": media_type})
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert len(answer.content) < 5_000
    if field is not None:
        assert field in [error["field"] for error in problem["errors"]]
        assert all(error["message"] for error in problem["errors"])
    assert await taskwake.everything() == before
