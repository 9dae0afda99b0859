"""Where the demo is played: what it waits for, and where it looks."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from functions.operations.demo.live import Arrivals, Call
from functions.operations.demo.timeline import Timeline

Event = Mapping[str, Any]

TYPE = "dev.taskwake."


@dataclass(frozen=True)
class Hook:
    """A webhook of the person: what it is signed with, and what came."""

    secret: str
    calls: Arrivals[Call]


@dataclass
class Stage:
    """Where the play is given; where nothing can arrive (null), nothing is waited for. `limit_seconds` is for each
    step."""

    client: httpx.AsyncClient
    timeline: Timeline
    events: Arrivals[dict[str, Any]]
    hook: Hook | None
    mails: Arrivals[str] | None
    limit_seconds: float

    async def post(self, path: str, body: object = None) -> Any:
        answer = await self.client.post(path, json=body)
        if answer.is_error:
            told = f"POST {path} was answered with {answer.status_code}: {answer.text[:500]}"
            raise httpx.HTTPStatusError(told, request=answer.request, response=answer)
        return answer.json()

    async def event(self, topic: str, task_id: str, what: str) -> Event | None:
        """Wait for this event of this task on the live stream."""
        arrival = await self.events.first(
            lambda event: event["type"] == TYPE + topic and task_of(event) == task_id, self.limit_seconds
        )
        if arrival is None:
            self.timeline.miss(f"{topic} of {what!r} on the live stream, {self.limit_seconds:.0f} s long")
            return None
        event, at = arrival
        self.timeline.see(f"{topic}: {what}", "live stream", at=at, since=moment(event["time"]), named="the event")
        return event

    async def call(self, topic: str, task_id: str, what: str) -> None:
        """Wait for this event of this task at the webhook, and check its signature."""
        if self.hook is None:
            return
        arrival = await self.hook.calls.first(lambda call: _is_about(call, topic, task_id), self.limit_seconds)
        if arrival is None:
            self.timeline.miss(f"{topic} of {what!r} at the webhook, {self.limit_seconds:.0f} s long")
            return
        call, at = arrival
        try:
            Webhook(self.hook.secret).verify(call.body, call.headers)
        except WebhookVerificationError as error:
            self.timeline.miss(f"a valid signature of {topic} at the webhook: {error}")
            return
        since = moment(json.loads(call.body)["time"])
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
        written = moment(found[0]["created_at"])
        remind_at = moment(found[0]["remind_at"]) if found[0]["remind_at"] else None
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


def task_of(event: Event) -> str:
    """The id of the task that it is about."""
    data = event["data"]
    task_id: str = data["task"]["id"] if "task" in data else data["task_id"]
    return task_id


def _is_about(call: Call, topic: str, task_id: str) -> bool:
    event = json.loads(call.body)
    return event["type"] == TYPE + topic and task_of(event) == task_id


def moment(text: str) -> datetime:
    """A time as the API writes it."""
    return datetime.fromisoformat(text)
