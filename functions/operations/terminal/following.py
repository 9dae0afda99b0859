"""The events of the log, one after the other and for ever, and each in plain words."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from functions.kernel.domain.wall_time import to_local
from functions.operations.client import Client, ServerSentEvent, UnreachableError
from functions.operations.client.models import PersonRead, Task
from functions.operations.terminal.output import printable, said
from functions.operations.terminal.words import due_words

AGAIN_SECONDS = 5.0

_DONE_TO = {
    "task.created.v1": "added",
    "task.updated.v1": "changed",
    "task.completed.v1": "completed",
    "task.reopened.v1": "reopened",
    "task.deleted.v1": "deleted",
}


def follow(client: Client, after: str = "", sleep: Callable[[float], None] = time.sleep) -> Iterator[ServerSentEvent]:
    """Every event behind this one, or from now on; each once, also when the server was away for long."""
    last = after or None
    while True:
        try:
            for event in client.stream_events(last_event_id=last):
                last = event.id
                if event.data:
                    yield event
        except UnreachableError:
            said(f"Nobody answers; asking again every {AGAIN_SECONDS:g} s …")
            sleep(AGAIN_SECONDS)


def line_of(event: ServerSentEvent, me: PersonRead, now: datetime, *, as_json: bool = False) -> str:
    """An event in one line: as JSON with its cursor, topic and CloudEvent; else in words, empty for one that says
    nothing to a person."""
    cloud_event = json.loads(event.data)
    if as_json:
        return json.dumps({"id": event.id, "topic": event.event, "event": cloud_event}, ensure_ascii=False)
    words = _words(event.event, cloud_event.get("data") or {}, me, now)
    at = to_local(datetime.fromisoformat(cloud_event["time"]), me.zone)
    return f"{at:%H:%M:%S}  {printable(words)}" if words else ""


def _words(topic: str, data: dict[str, Any], me: PersonRead, now: datetime) -> str:
    if topic == "task.due.v1":
        return f"⏰ “{data['title']}”" + (f", due {data['due']}" if data.get("due") else "")
    if "task" not in data:
        return ""
    task = Task.model_validate(data["task"])
    due = due_words(task, now, me.zone)
    due = f", due {due}" if due else ""
    if topic == "task.recurred.v1":
        return f"“{task.title}” comes again{due}"
    done = "skipped" if task.skipped and topic == "task.completed.v1" else _DONE_TO.get(topic)
    who = "you" if data.get("by") == str(me.id) else "somebody"
    changed = f": {', '.join(data['changed'])}" if topic == "task.updated.v1" and data.get("changed") else ""
    return f"{who} {done} “{task.title}”{changed}{due}" if done else ""
