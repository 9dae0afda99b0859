"""The whole Dapr way as its tests meet it: somebody's view of it, and the owner's view of its database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from functions.operations import accounts
from functions.operations.demo.live import Arrivals, mail_sink
from infra.local.stack import DaprStack
from tests.owner_view import OwnerView

PATIENCE_SECONDS = 60
"""A busy machine may be slow without being wrong."""
FIRST_DUE, LAST_DUE, STEP = 2.0, 4.0, 0.5
"""Seconds from now: the kill falls before the first reminder, its consequences on all of them."""


class World(OwnerView):
    """A running stack, somebody's view of it, and the owner's view of its database."""

    def __init__(
        self, stack: DaprStack, mails: Arrivals[str], user_id: UUID, token: str, http: httpx.AsyncClient
    ) -> None:
        super().__init__(stack.owner_url, PATIENCE_SECONDS)
        self.stack = stack
        self.mails = mails
        self.user_id = user_id
        self.token = token
        self.http = http

    async def create(self, **fields: Any) -> dict[str, Any]:
        """A new task of this person."""
        answer = await self.http.post("/tasks", json={"title": "Call Sam"} | fields)
        assert answer.status_code == 201, answer.text
        task: dict[str, Any] = answer.json()
        return task

    async def to_function(self, name: str, path: str, **arguments: Any) -> httpx.Response:
        """Post to a function itself, as its daprd does."""
        headers = {"dapr-api-token": self.stack.tokens.app} | arguments.pop("headers", {})
        return await self.http.post(self.stack.function_url(name) + path, headers=headers, **arguments)

    async def publish(self, topic: str, key: object, event: dict[str, Any]) -> None:
        """Publish as the alarm, which may publish to every topic."""
        answer = await self.http.post(
            f"{self.stack.daprd_url('alarm')}/v1.0/publish/pubsub/{topic}",
            params={"metadata.partitionKey": str(key)},
            headers={"dapr-api-token": self.stack.tokens.api, "content-type": "application/cloudevents+json"},
            json=event,
        )
        assert answer.status_code == 204, answer.text


@asynccontextmanager
async def running(folder: Path, **options: Any) -> AsyncIterator[World]:
    async with mail_sink() as mail:
        assert mail is not None, "aiosmtpd is one of the development dependencies"
        async with DaprStack(folder, smtp_url=mail[0], **options) as stack:
            # In a thread: what stands before the database may be a proxy of this one.
            user = await asyncio.to_thread(accounts.first_user, stack.owner_url)
            token = await asyncio.to_thread(accounts.issue, stack.owner_url, user, "token")
            headers = {"authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=PATIENCE_SECONDS) as http:
                yield World(stack, mail[1], user, token, http)


async def create(world: World, **fields: Any) -> dict[str, Any]:
    """A new task; asked for again while Taskwake says that it cannot promise to keep it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            answer = await world.http.post("/tasks", json=fields)
            if answer.status_code == 201:
                task: dict[str, Any] = answer.json()
                return task
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(float(answer.headers["retry-after"]))


@asynccontextmanager
async def at_stake(world: World, title: str) -> AsyncIterator[None]:
    """Before: tasks that come due in a moment, and an occurrence just completed. After: each reminder was noticed
    once and never early, and there is one next occurrence, told once."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    plants = await create(world, title="Water the plants", due_at=tomorrow, rrule="FREQ=DAILY")
    now = datetime.now(UTC)
    moments = [now + timedelta(seconds=FIRST_DUE + n * STEP) for n in range(int((LAST_DUE - FIRST_DUE) / STEP) + 1)]
    tasks = await asyncio.gather(*(create(world, title=title, due_at=moment.isoformat()) for moment in moments))
    await world.http.post(f"/tasks/{plants['id']}/complete")

    yield

    ids = [task["id"] for task in tasks]
    query = "SELECT * FROM notices WHERE task_id = ANY(%s::uuid[]) AND kind = 'due'"
    notices = await world.until(query, ids, rows=len(ids))
    assert sorted(str(notice["task_id"]) for notice in notices) == sorted(ids)
    assert all(notice["created_at"] >= notice["remind_at"] for notice in notices)
    following = await world.until(
        "SELECT * FROM tasks WHERE series_id = %s AND id <> %s", plants["series_id"], plants["id"]
    )
    told = await world.until("SELECT * FROM notices WHERE task_id = %s", following[0]["id"])
    assert (len(following), [notice["kind"] for notice in told]) == (1, ["recurred"])
