"""What the routes work with; made once, by whoever starts chat-api."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import Depends, Request

from functions.chat_api.feed import Feed
from functions.chat_api.joining import JoiningDatabase
from functions.chat_api.limits import Limits
from functions.chat_api.oidc import Issuer
from functions.kernel.ports import ConversationStore, LanguageModel, SecretStore, TestNotices
from functions.kernel.settings import requests_per_minute, webhook_networks
from functions.kernel.storage.unit_of_work import UnitOfWork, UnitsOfWork

if TYPE_CHECKING:
    from functions.kernel.settings import Network


@dataclass
class ApiContext:
    """The adapters of this process. `database` acts as the role that row-level security binds."""

    database: JoiningDatabase
    units: UnitsOfWork
    feed: Feed
    conversations: ConversationStore
    secrets: SecretStore
    test_notices: TestNotices
    language_model: LanguageModel | None = None
    app_token: str | None = None
    """What Dapr shows (null: there is no Dapr to show anything, and what only Dapr may ask is not served)."""
    limits: Limits = field(default_factory=lambda: Limits(requests_per_minute()))
    webhook_networks: "Sequence[Network]" = field(default_factory=webhook_networks)
    """What webhooks may call besides the internet."""
    oidc: Issuer | None = None
    """Whose tokens are believed besides our own."""
    translating: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """So many ask the language model at once."""
    publishing: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def begin(self, user_id: UUID) -> AsyncIterator[UnitOfWork]:
        """A unit of work for this person; what it emitted is published once it is committed, while the answer is
        already on its way."""
        async with self.units.begin(user_id) as uow:
            yield uow
        self.database.once_committed(lambda: self._publish(uow))

    def _publish(self, uow: UnitOfWork) -> None:
        task = asyncio.get_running_loop().create_task(self.units.publish(uow))
        self.publishing.add(task)
        task.add_done_callback(self.publishing.discard)

    async def close(self) -> None:
        """End the streams, finish publishing, and let go of the OpenID provider and the database."""
        await self.feed.close()
        await asyncio.gather(*self.publishing, return_exceptions=True)
        if self.oidc:
            await self.oidc.close()
        await self.database.close()


async def _context(request: Request) -> ApiContext:  # a plain function would be run in a thread
    context: ApiContext = request.app.state.api
    return context


Api = Annotated[ApiContext, Depends(_context)]
