"""What the operations find: two people who share a list, and one of each thing that has an id."""

import io
import zipfile
from typing import Any
from uuid import UUID, uuid4

import psycopg

from functions.chat_api.models.calendars import CALENDAR_EXAMPLE
from functions.operations import accounts
from functions.operations.client import Client
from functions.operations.client.models import (
    NewCalendarFeed,
    NewFilter,
    NewInvitation,
    NewTask,
    NewTaskList,
    NewWebhook,
)
from tests.served import Served

DUE = "task.due.v1"


def make(served: Served, token: str) -> dict[str, list[str]]:
    """Make the first person an operator with something of everything; ids, by the names of parameters."""
    me = served.first_user()
    kim, lee = (accounts.add_user(served.owner_url, name, None, "UTC") for name in ("Kim", "Lee"))
    accounts.set_operator(served.owner_url, me, True)
    with Client(served.base_url, token) as client:
        home = client.list_lists()[0].id
        client.create_list(NewTaskList(name="Elsewhere"))
        tasks = [client.create_task(NewTask(title=title, list_id=home)).id for title in ("Call Sam", "Buy milk")]
        event = client.list_task_activity(tasks[0]).activity[0].id
        hook = client.create_webhook(NewWebhook(url="https://taskwake.invalid/hook", topics=[DUE])).id
        there = {
            "list_id": [home],
            "task_id": tasks,
            "assignee_id": [me, kim],
            "user_id": [lee],
            "filter_id": [client.create_filter(NewFilter(name="Today", query="today")).id],
            "webhook_id": [hook],
            "feed_id": [client.create_calendar_feed(NewCalendarFeed(name="Home")).id],
            "event_id": [event],
            "secret": [client.create_invitation(home, NewInvitation()).secret],
        }
    # Kim stays, so that she may be assigned something, and Lee comes and goes. What Kim did, no undoing takes back.
    rows = _rows(served.owner_url, me, [(home, kim, "editor"), (home, lee, "viewer")], tasks[0], hook)
    with Client(served.base_url, accounts.issue(served.owner_url, kim, "token")) as client:
        there["parent_id"] = [client.create_task(NewTask(title="Move house", list_id=home)).id]
    return {name: [str(each) for each in ids] for name, ids in (there | rows).items()}


def _rows(
    owner_url: str, me: UUID, members: list[tuple[UUID, UUID, str]], task: UUID, hook: UUID
) -> dict[str, list[UUID]]:
    """What no request makes at once."""
    notice, delivery, letter = uuid4(), uuid4(), uuid4()
    with psycopg.connect(owner_url) as connection:
        for member in members:
            connection.execute("INSERT INTO list_members VALUES (%s, %s, %s)", member)
        connection.execute(
            "INSERT INTO notices (id, user_id, task_id, event_id, kind, title) VALUES (%s, %s, %s, 'x', 'due', 'x')",
            (notice, me, task),
        )
        connection.execute(
            "INSERT INTO deliveries (id, user_id, task_id, channel, title, webhook_id, event)"
            " SELECT %s, %s, %s, 'webhook', 'x', %s, event::json FROM events WHERE key = %s LIMIT 1",
            (delivery, me, task, hook, task),
        )
        connection.execute(
            """
            INSERT INTO dead_letters (id, function, topic, source, event_id, reason, attempts, event)
            SELECT %s, 'task-created', 'task.created.v1', '/taskwake', id::text, 'the disk is full', 8, event::text
            FROM events WHERE key = %s LIMIT 1
            """,
            (letter, task),
        )
    return {"notice_id": [notice], "delivery_id": [delivery], "letter_id": [letter]}


def files() -> dict[str, Any]:
    """What is in a file of each type that may be imported, of a zip in hexadecimal digits."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("home.ics", CALENDAR_EXAMPLE)
    return {
        "text/calendar": CALENDAR_EXAMPLE,
        "text/csv": "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,DATE\r\ntask,Call Sam,,1,1,every monday\r\n",
        "application/json": [{"id": 1, "title": "Home", "tasks": [{"id": 1, "title": "Call Sam"}]}],
        "application/zip": packed.getvalue().hex(),
    }
