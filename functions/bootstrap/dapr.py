"""The Dapr way: one function in this process, its daprd beside it (or its anchor in front of it)."""

import asyncio
import logging
import signal
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from psycopg import OperationalError

from functions.bootstrap.hosts import host
from functions.kernel.dapr.alarm_clock import DaprAlarmClock
from functions.kernel.dapr.announcement import DaprAnnouncement
from functions.kernel.dapr.bus import DaprEventBus
from functions.kernel.dapr.connection import DaprConnection
from functions.kernel.dapr.http_api import DaprHttp
from functions.kernel.dapr.secret_store import DaprSecretStore
from functions.kernel.host.deliver import FunctionHost
from functions.kernel.host.function import Function
from functions.kernel.host.ring import REARM, alarm_named, ring
from functions.kernel.settings import DaprSettings, oidc_from_environment
from functions.kernel.storage import logins
from functions.kernel.storage.database import Database
from functions.kernel.storage.outbox import Outbox
from functions.kernel.telemetry import switch

if TYPE_CHECKING:
    from types import FrameType

    from fastapi import FastAPI

    from functions.chat_api.feed import Feed

log = logging.getLogger(__name__)

REARM_AGAIN_SECONDS = 5


class DaprTaskwake:
    """Makes what one function works with, once: while it prepares, or at its first request."""

    def __init__(self, settings: DaprSettings) -> None:
        self.settings = settings
        self._daprd = DaprHttp(settings.http_endpoint, settings.api_token)
        self._secrets = DaprSecretStore(self._daprd)
        self._announcement = DaprAnnouncement(self._daprd)
        self._dapr = DaprConnection()
        alarm = settings.alarm_grpc_endpoint
        self._alarm_clock = DaprAlarmClock(DaprConnection(alarm) if alarm else self._dapr, settings.alarm_lead_seconds)
        self._making = asyncio.Lock()
        self._host: FunctionHost | None = None
        self._app: FastAPI | None = None
        self._preparing: asyncio.Task[None] | None = None
        self._rearming: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    def prepare(self, function: Function) -> None:
        """Begin, in the running event loop, what the first request will wait for while it is on its way.

        A failure is the first request's to tell. RuntimeError where no loop runs. See decision 0008.
        """
        loop = asyncio.get_running_loop()
        self._preparing = loop.create_task(self._prepare(function))

    async def _prepare(self, function: Function) -> None:
        try:
            if function.name == "chat-api":
                await self.chat_api()
            else:
                await (await self.host(function)).warm(None)
            switch.ready(function.name)
            if function.emits:
                await self._dapr.prepare()
        except Exception as error:  # noqa: BLE001 - whatever it was, the first request meets it again
            log.warning("%s is not prepared: %s: %s", function.name, type(error).__name__, error)

    async def host(self, function: Function) -> FunctionHost:
        """The host of an event function."""
        async with self._making:
            if self._host is None:
                database = Database(await self._secrets.get(logins.FUNCTIONS.secret))
                bus = DaprEventBus(self._dapr, Outbox(database))
                announce = self._announce if function.rings else None
                # daprd hands over nothing else of a lane while it retries a part of a bulk.
                self._host = host(function, database, bus, self._alarm_clock, self._secrets, announce, held_up=True)
                if function.rings:
                    # Not waited for: what this request rings for is due now.
                    self._rearming = asyncio.get_running_loop().create_task(self._rearm(self._host))
            return self._host

    async def chat_api(self) -> "FastAPI":
        """The application of chat-api."""
        async with self._making:
            if self._app is None:
                self._app = await self._make_chat_api()
            return self._app

    async def _make_chat_api(self) -> "FastAPI":
        # Only chat-api's image holds FastAPI.
        from functions.chat_api.api import create_app
        from functions.chat_api.context import ApiContext
        from functions.chat_api.feed import Feed, WakingBus
        from functions.chat_api.following import Following
        from functions.chat_api.joining import JoiningDatabase
        from functions.chat_api.oidc import Issuer
        from functions.kernel.dapr.conversation_store import DaprConversationStore
        from functions.kernel.dapr.language_model import DaprLanguageModel
        from functions.kernel.dapr.test_notices import DaprTestNotices
        from functions.kernel.storage.unit_of_work import UnitsOfWork

        database = JoiningDatabase(await self._secrets.get(logins.API.secret), max_connections=16)
        await _connect(database)
        relay_url, app_token = self.settings.relay_url, self.settings.app_token
        feed = Feed(database, Following(relay_url, app_token).follow if relay_url else None)
        bus = WakingBus(DaprEventBus(self._dapr, Outbox(database)), feed)
        units = UnitsOfWork(database, bus, self._alarm_clock)
        self._close_at_the_end(feed)
        return create_app(
            ApiContext(
                database,
                units,
                feed,
                DaprConversationStore(self._dapr),
                self._secrets,
                DaprTestNotices(self._dapr),
                DaprLanguageModel(self._daprd),
                app_token,
                oidc=Issuer(provider) if (provider := oidc_from_environment()) else None,
            )
        )

    def _close_at_the_end(self, feed: "Feed") -> None:
        """End the streams when the process is asked to end: the server, which waits for every answer, would wait for
        them in vain, and cut them."""
        loop, then = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)

        def begin() -> None:
            self._closing = loop.create_task(feed.close())

        def end(number: int, frame: "FrameType | None") -> None:
            loop.call_soon_threadsafe(begin)
            if callable(then):
                then(number, frame)

        signal.signal(signal.SIGTERM, end)

    async def _announce(self, at: datetime, reminders: int) -> None:
        await self._announcement.make(at, reminders)
        # While there is time: what rings will be published by the SDK.
        self._dapr.client()

    async def _rearm(self, alarm: FunctionHost) -> None:
        """Set the alarms again from the database: the scheduler may have lost its data while this slept."""
        while True:
            try:
                await ring(alarm, alarm_named(REARM))
            except Exception as error:  # noqa: BLE001 - whatever it was, it is tried until it is done
                log.warning("alarms not set again yet: %s: %s", type(error).__name__, error)
                await asyncio.sleep(REARM_AGAIN_SECONDS)
            else:
                return


async def _connect(database: Database) -> None:
    """Have a connection before requests ask for one: those that waited for a cold start all come at once, and their
    patience would run out while everything else begins, too. Without one, each request says so itself."""
    with suppress(OperationalError):
        await database.wake()
