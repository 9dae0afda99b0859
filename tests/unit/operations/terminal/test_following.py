"""Following the log: each event once, and in plain words."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, cast
from uuid import UUID

import pytest

from functions.operations.client import Client, ServerSentEvent, UnreachableError
from functions.operations.client.models import PersonRead
from functions.operations.terminal.following import AGAIN_SECONDS, follow, line_of

pytestmark = pytest.mark.requirement("PROD-116")

ME = PersonRead(id=UUID(int=1), name="Sam", email=None, zone="Europe/Berlin")
NOW = datetime(2026, 11, 26, 12)  # noqa: DTZ001 - local time of whoever looks
TASK = {
    "id": str(UUID(int=2)),
    "list_id": str(UUID(int=3)),
    "title": "Call Kim",
    "version": 1,
    "created_by": str(ME.id),
    "created_at": "2026-11-26T10:00:00Z",
    "due_on": "2026-11-27",
}


def event(topic: str, **data: Any) -> ServerSentEvent:
    return ServerSentEvent("7-1", topic, json.dumps({"time": "2026-11-26T10:00:00Z", "data": data}))


def test_after_a_server_that_was_away_it_goes_on_behind_the_last_event() -> None:
    asked: list[str | None] = []

    class Away:
        def stream_events(self, *, last_event_id: str | None) -> Iterator[ServerSentEvent]:
            asked.append(last_event_id)
            if len(asked) == 2:
                raise UnreachableError("nobody")
            yield ServerSentEvent(f"{len(asked)}-0", "task.created.v1", "{}")
            raise UnreachableError("cut")

    waits: list[float] = []
    ids = [each.id for each in islice(follow(cast(Client, Away()), "0-0", waits.append), 2)]

    assert ids == ["1-0", "3-0"]
    assert asked == ["0-0", "1-0", "1-0"]
    assert waits == [AGAIN_SECONDS, AGAIN_SECONDS]


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (event("task.created.v1", task=TASK, by=str(ME.id)), "11:00:00  you added “Call Kim”, due tomorrow"),
        (
            event("task.updated.v1", task=TASK, by=str(UUID(int=5)), changed=["title"]),
            "11:00:00  somebody changed “Call Kim”: title, due tomorrow",
        ),
        (event("task.completed.v1", task=TASK | {"skipped": True}, by=str(ME.id)),
         "11:00:00  you skipped “Call Kim”, due tomorrow"),
        (event("task.recurred.v1", task=TASK), "11:00:00  “Call Kim” comes again, due tomorrow"),
        (event("task.due.v1", title="Call\x1b Kim", due="2026-11-27"), "11:00:00  ⏰ “Call� Kim”, due 2026-11-27"),
        (event("delivery.requested.v1", channel="email"), ""),
    ],
)  # fmt: skip
def test_an_event_is_a_line_in_plain_words(happened: ServerSentEvent, said: str) -> None:
    assert line_of(happened, ME, NOW) == said


def test_for_a_program_it_is_the_whole_event_with_the_cursor_to_go_on_from() -> None:
    line = json.loads(line_of(event("task.created.v1", task=TASK), ME, NOW, as_json=True))
    assert (line["id"], line["topic"]) == ("7-1", "task.created.v1")
    assert line["event"]["data"]["task"]["title"] == "Call Kim"
