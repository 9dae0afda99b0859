"""The play itself: a client of the HTTP API that knows nothing of the way Taskwake runs."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from functions.operations.demo.live import Arrivals, Call, live_events, webhook_receiver
from functions.operations.demo.timeline import Timeline


class DemoFailedError(RuntimeError):
    """It could not be played to its end; the text says why."""


Event = Mapping[str, Any]

RECURRING_TITLE = "Water the plants"
DUE_IN = timedelta(seconds=3)
EMAIL = "demo@taskwake.example"
TOPICS = ("task.created.v1", "task.due.v1", "task.recurred.v1")
TYPE = "dev.taskwake."


@dataclass
class Stage:
    """Where the play is given. `limit_seconds` is for each step."""

    client: httpx.AsyncClient
    timeline: Timeline
    events: Arrivals[dict[str, Any]]
    calls: Arrivals[Call]
    webhook_secret: str
    mails: Arrivals[str] | None
    limit_seconds: float

    async def post(self, path: str, body: object = None) -> Any:
        answer = await self.client.post(path, json=body)
        answer.raise_for_status()
        return answer.json()

    async def event(self, topic: str, task_id: str, what: str) -> Event | None:
        """Wait for this event of this task on the live stream."""
        arrival = await self.events.first(
            lambda event: event["type"] == TYPE + topic and _task_of(event) == task_id, self.limit_seconds
        )
        if arrival is None:
            self.timeline.miss(f"{topic} of {what!r} on the live stream, {self.limit_seconds:.0f} s long")
            return None
        event, at = arrival
        self.timeline.see(f"{topic}: {what}", "live stream", at=at, since=_time(event["time"]), named="the event")
        return event

    async def call(self, topic: str, task_id: str, what: str) -> None:
        """Wait for this event of this task at the webhook, and check its signature."""
        arrival = await self.calls.first(lambda call: _is_about(call, topic, task_id), self.limit_seconds)
        if arrival is None:
            self.timeline.miss(f"{topic} of {what!r} at the webhook, {self.limit_seconds:.0f} s long")
            return
        call, at = arrival
        try:
            Webhook(self.webhook_secret).verify(call.body, call.headers)
        except WebhookVerificationError as error:
            self.timeline.miss(f"a valid signature of {topic} at the webhook: {error}")
            return
        since = _time(json.loads(call.body)["time"])
        self.timeline.see(f"{topic}: {what}, signature verified", "webhook", at=at, since=since, named="the event")

    async def mail(self, words: str) -> None:
        """Wait for an e-mail that holds these words."""
        if self.mails is None:
            return
        arrival = await self.mails.first(lambda text: words in text, self.limit_seconds)
        if arrival is None:
            self.timeline.miss(f"an e-mail about {words!r}, {self.limit_seconds:.0f} s long")
        else:
            self.timeline.see(f"e-mail: {words}", "mail server", at=arrival[1])

    async def notice(self, task_id: str, kind: str, what: str) -> None:
        """Wait for the notice, and see how late it was; one that came early, or twice, is missing as it should be."""
        found = await self._until(lambda: self._notices(task_id, kind))
        if not found:
            self.timeline.miss(f"the notice of {what!r} ({kind}), {self.limit_seconds:.0f} s long")
            return
        written = _time(found[0]["created_at"])
        remind_at = _time(found[0]["remind_at"]) if found[0]["remind_at"] else None
        if remind_at and written < remind_at:
            self.timeline.miss(f"patience: the notice of {what!r} was {remind_at - written} early")
        if len(found) > 1:
            self.timeline.miss(f"restraint: {len(found)} notices of {what!r} instead of one")
        named = "its moment" if remind_at else ""
        self.timeline.see(f"notice: {found[0]['title']}", "app", at=written, since=remind_at, named=named)

    async def _notices(self, task_id: str, kind: str) -> list[dict[str, Any]]:
        answer = await self.client.get("/notices", params={"limit": 500})
        answer.raise_for_status()
        return [n for n in answer.json()["notices"] if (n["task_id"], n["kind"]) == (task_id, kind)]

    async def _until(self, ask: Callable[[], Awaitable[list[dict[str, Any]]]]) -> list[dict[str, Any]]:
        try:
            async with asyncio.timeout(self.limit_seconds):
                # The live stream has no event of its own for a notice, so it is asked for.
                while not (found := await ask()):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError:
            return []
        return found


async def play(
    url: str, token: str, *, mails: Arrivals[str] | None = None, limit_seconds: float = 20, say: Callable[[str], None]
) -> Timeline:
    """Play it as the person of this token; `mails` is where their e-mail arrives. Whatever is not seen within the
    limit is missing from the timeline. Raises httpx.HTTPError when the API itself does not answer."""
    headers = {"authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, timeout=limit_seconds) as client,
        webhook_receiver() as (hook_url, calls),
        live_events(client) as events,
    ):
        timeline = Timeline()
        made = await client.post("/webhooks", json={"url": hook_url, "topics": TOPICS})
        made.raise_for_status()
        webhook = made.json()
        before = (await client.get("/me")).raise_for_status().json()["email"]
        try:
            if mails is not None:
                (await client.patch("/me", json={"email": EMAIL})).raise_for_status()
            await _acts(Stage(client, timeline, events, calls, webhook["secret"], mails, limit_seconds), say)
        finally:
            await client.delete(f"/webhooks/{webhook['id']}")
            await client.patch("/me", json={"email": before})
    return timeline


async def _acts(stage: Stage, say: Callable[[str], None]) -> None:
    once, recurring = await asyncio.gather(_ask_in_chat(stage), _ask_to_recur(stage))
    say(f"Two tasks are due in {DUE_IN.seconds} s; waiting for their reminders …")
    await asyncio.gather(_reminded(stage, once), _reminded(stage, recurring))
    await asyncio.gather(_done_in_chat(stage, once), _comes_back(stage, recurring))


async def _ask_in_chat(stage: Stage) -> dict[str, Any]:
    # Not the only Sam that this person has to call, perhaps.
    about = "".join(random.choices("bcdfgklmnprstvz", k=5))  # noqa: S311 - a name, not a secret
    task = await _say(stage, f"remind me to call Sam about {about} in {DUE_IN.seconds} seconds")
    await stage.event("task.created.v1", task["id"], task["title"])
    return task


async def _ask_to_recur(stage: Stage) -> dict[str, Any]:
    due_at = (datetime.now(UTC) + DUE_IN).isoformat()
    task: dict[str, Any] = await stage.post(
        "/tasks", {"title": RECURRING_TITLE, "due_at": due_at, "rrule": "FREQ=DAILY"}
    )
    stage.timeline.see(f"created “{RECURRING_TITLE}”, every day", "POST /tasks")
    await asyncio.gather(
        stage.event("task.created.v1", task["id"], task["title"]),
        stage.call("task.created.v1", task["id"], task["title"]),
    )
    return task


async def _reminded(stage: Stage, task: dict[str, Any]) -> None:
    await asyncio.gather(
        stage.event("task.due.v1", task["id"], task["title"]),
        stage.notice(task["id"], "due", task["title"]),
        stage.call("task.due.v1", task["id"], task["title"]),
        stage.mail(task["title"]),
    )


async def _done_in_chat(stage: Stage, task: dict[str, Any]) -> None:
    await _say(stage, f"done with {task['title']}")
    await stage.event("task.completed.v1", task["id"], task["title"])


async def _say(stage: Stage, text: str) -> dict[str, Any]:
    """Say it in the chat; the task that the answer is about."""
    answer = await stage.post("/chat", {"text": text})
    if len(answer["tasks"]) != 1:
        raise DemoFailedError(f"the chat did not understand “{text}”: {answer['answer']}")
    stage.timeline.see(f"said “{text}”; answered “{answer['answer']}”", "chat")
    task: dict[str, Any] = answer["tasks"][0]
    return task


async def _comes_back(stage: Stage, task: dict[str, Any]) -> None:
    await stage.post(f"/tasks/{task['id']}/complete")
    stage.timeline.see(f"completed “{RECURRING_TITLE}”", "POST /tasks/…/complete")
    await stage.event("task.completed.v1", task["id"], task["title"])
    arrival = await stage.events.first(
        lambda event: event["type"] == TYPE + "task.recurred.v1" and event["data"]["previous_task_id"] == task["id"],
        stage.limit_seconds,
    )
    if arrival is None:
        stage.timeline.miss(f"the next occurrence of {RECURRING_TITLE!r}, {stage.limit_seconds:.0f} s long")
        return
    event, at = arrival
    following = event["data"]["task"]
    what = f"task.recurred.v1: next {following['due_local']}"
    stage.timeline.see(what, "live stream", at=at, since=_time(event["time"]), named="the event")
    read = (await stage.client.get(f"/tasks/{following['id']}")).raise_for_status().json()
    if read["status"] != "open":
        stage.timeline.miss(f"an open next occurrence: it is {read['status']}")
    await asyncio.gather(
        stage.notice(following["id"], "recurred", following["title"]),
        stage.call("task.recurred.v1", following["id"], following["title"]),
        stage.mail(f"Next: {RECURRING_TITLE}"),
    )
    # What was made here is taken away again, so that it does not ring every day.
    (await stage.client.delete(f"/tasks/{following['id']}")).raise_for_status()


def _task_of(event: Event) -> str:
    data = event["data"]
    task_id: str = data["task"]["id"] if "task" in data else data["task_id"]
    return task_id


def _is_about(call: Call, topic: str, task_id: str) -> bool:
    event = json.loads(call.body)
    return event["type"] == TYPE + topic and _task_of(event) == task_id


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
