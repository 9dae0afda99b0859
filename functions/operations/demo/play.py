"""The play itself: a client of the HTTP API that knows nothing of the way Taskwake runs."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx

from functions.kernel.clock import system_clock
from functions.operations.demo.live import Arrivals, live_events, webhook_receiver
from functions.operations.demo.stage import TYPE, Hook, Stage, moment
from functions.operations.demo.timeline import Timeline


class DemoFailedError(RuntimeError):
    """It could not be played to its end; the text says why."""


RECURRING_TITLE = "Water the plants"
DUE_IN = timedelta(seconds=3)
EMAIL = "demo@taskwake.example"
TOPICS = ("task.created.v1", "task.due.v1", "task.recurred.v1")


async def play(
    url: str,
    token: str,
    *,
    say: Callable[[str], None],
    host: str = "",
    webhooks: bool = True,
    mails: Arrivals[str] | None = None,
    limit_seconds: float = 20,
) -> Timeline:
    """Play it as the person of this token. `host` is the Host to ask for where `url` is a gateway's; without
    `webhooks`, which need a Taskwake that can call this machine, none is waited for; `mails` is where the person's
    e-mail arrives. Whatever is not seen within the limit is missing from the timeline. Raises httpx.HTTPError when the
    API itself does not answer."""
    headers = {"authorization": f"Bearer {token}"} | ({"host": host} if host else {})
    async with AsyncExitStack() as stage:
        client = await stage.enter_async_context(
            httpx.AsyncClient(base_url=url, headers=headers, timeout=limit_seconds)
        )
        events = await stage.enter_async_context(live_events(client))
        timeline = Timeline()
        hook = await stage.enter_async_context(_hook(client)) if webhooks else None
        if mails is not None:
            await stage.enter_async_context(_email(client))
        await _acts(Stage(client, timeline, events, hook, mails, limit_seconds), say)
    return timeline


@asynccontextmanager
async def _hook(client: httpx.AsyncClient) -> AsyncIterator[Hook]:
    async with webhook_receiver() as (url, calls):
        made = await client.post("/webhooks", json={"url": url, "topics": TOPICS})
        made.raise_for_status()
        webhook = made.json()
        try:
            yield Hook(webhook["secret"], calls)
        finally:
            await client.delete(f"/webhooks/{webhook['id']}")


@asynccontextmanager
async def _email(client: httpx.AsyncClient) -> AsyncIterator[None]:
    """Have the person's e-mail sent to the demo's own address meanwhile."""
    before = (await client.get("/me")).raise_for_status().json()["email"]
    (await client.patch("/me", json={"email": EMAIL})).raise_for_status()
    try:
        yield
    finally:
        await client.patch("/me", json={"email": before})


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
    due_at = (system_clock() + DUE_IN).isoformat()
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
    stage.timeline.see(what, "live stream", at=at, since=moment(event["time"]), named="the event")
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
