"""The whole Dapr way as its tests meet it: somebody's view of it, and the owner's view of its database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
            user = accounts.first_user(stack.owner_url)
            token = accounts.issue(stack.owner_url, user, "token")
            headers = {"authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=PATIENCE_SECONDS) as http:
                yield World(stack, mail[1], user, token, http)
