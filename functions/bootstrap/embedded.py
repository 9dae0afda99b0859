"""The embedded way: everything in this process, over a PostgreSQL of its own."""

import asyncio
import logging
from datetime import datetime, timedelta
from pathlib import Path

from functions.bootstrap.hosts import host
from functions.catalogue import FUNCTIONS, consumers_of
from functions.chat_api.context import ApiContext
from functions.chat_api.feed import Feed, WakingBus
from functions.chat_api.joining import JoiningDatabase
from functions.chat_api.oidc import Issuer
from functions.kernel.clock import system_clock
from functions.kernel.embedded.alarm_clock import EmbeddedAlarmClock, Ring, sleep_until
from functions.kernel.embedded.bus import EmbeddedEventBus
from functions.kernel.embedded.conversation_store import DatabaseConversationStore
from functions.kernel.embedded.ending import end
from functions.kernel.embedded.folder_lock import FolderLock
from functions.kernel.embedded.postgres import Postgres, PostgresError
from functions.kernel.embedded.secret_store import FileSecretStore
from functions.kernel.embedded.test_notices import EmbeddedTestNotices
from functions.kernel.events import EVENT_TYPES
from functions.kernel.host.deliver import FunctionHost
from functions.kernel.host.ring import REARM, AlarmRang, alarm_named, ring
from functions.kernel.settings import oidc_from_environment
from functions.kernel.storage import logins
from functions.kernel.storage.database import Database
from functions.kernel.storage.outbox import Outbox
from functions.kernel.storage.reminders import AHEAD
from functions.kernel.storage.unit_of_work import UnitsOfWork
from functions.kernel.webhook_secret import KEY_NAME
from functions.notification_service.turns import end_all

log = logging.getLogger(__name__)


class EmbeddedTaskwake:
    """A whole Taskwake in one process. `folder` holds all of it: the database, the secrets, the logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.secrets = FileSecretStore(self.folder / "secrets.json")
        self._lock = FolderLock(self.folder)
        self._postgres = Postgres(self.folder / "postgres")
        self._sweep: asyncio.Task[None] | None = None
        self._keep: asyncio.Task[None] | None = None

    @property
    def owner_url(self) -> str:
        """The database's address, for its owner."""
        return self._postgres.url()

    async def prepare(self) -> None:
        """Start PostgreSQL, bring the schema up to date, and make what is missing of secrets and logins.

        Raises FolderTakenError when another process does all this already.
        """
        from functions.operations.migrate import ensure_login, migrate

        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock.acquire()
        self.secrets.ensure(KEY_NAME)
        await asyncio.to_thread(self._postgres.start)
        await self._postgres.ready()
        self._keep = asyncio.get_running_loop().create_task(self._keeping_postgres())
        await asyncio.to_thread(migrate, self.owner_url)
        for login in (logins.API, logins.FUNCTIONS):
            await asyncio.to_thread(ensure_login, self.owner_url, login)

    async def start(self) -> ApiContext:
        """Begin to deliver and to ring, with all that was left behind; returns what chat-api works with."""
        self._database = Database(self._postgres.url(logins.FUNCTIONS.name), max_connections=20, prepare=True)
        # Of their own, so that a thousand messages to be sent at once keep no reminder waiting for a connection.
        self._sending_database = Database(self._postgres.url(logins.FUNCTIONS.name), max_connections=8, prepare=True)
        await end_all(self._sending_database)
        api_database = JoiningDatabase(self._postgres.url(logins.API.name), max_connections=12, prepare=True)
        feed = Feed(api_database)
        self._bus = EmbeddedEventBus(Outbox(self._database))
        bus = WakingBus(self._bus, feed)
        self._clock = EmbeddedAlarmClock()
        hosts = {
            function.name: host(
                function,
                self._sending_database if function.name == "delivery-requested" else self._database,
                bus,
                self._clock,
                self.secrets,
            )
            for function in FUNCTIONS
            if function.name != "chat-api"
        }
        topics = {
            event_type.topic: [hosts[function.name] for function in consumers_of(event_type.topic)]
            for event_type in EVENT_TYPES
        }
        self._bus.start(topics, hosts["dead-letter"])
        alarm = self._alarm = hosts["alarm"]

        async def ring_alarm(moment: datetime) -> None:
            await ring(alarm, AlarmRang())

        self._sweep = asyncio.get_running_loop().create_task(self._sweeping(alarm, ring_alarm))
        units = UnitsOfWork(api_database, bus, self._clock)
        self.context = ApiContext(
            api_database,
            units,
            feed,
            DatabaseConversationStore(api_database),
            self.secrets,
            EmbeddedTestNotices(hosts["delivery-requested"]),
            oidc=Issuer(provider) if (provider := oidc_from_environment()) else None,
        )
        return self.context

    async def look_again(self) -> None:
        """Ring now: somebody else changed what is due or to be published."""
        await ring(self._alarm, AlarmRang(left_for=timedelta()))

    async def stop(self) -> None:
        """Stop ringing and delivering, then PostgreSQL. What was accepted is in the database."""
        if self._sweep:
            await end(self._sweep)
            await self._clock.stop()
            await self.context.close()
            await self._bus.stop()
            await self._database.close()
            await self._sending_database.close()
        if self._keep:
            await end(self._keep)
        await asyncio.to_thread(self._postgres.stop)
        self._lock.release()

    async def _keeping_postgres(self) -> None:
        """Start PostgreSQL again when it ended by itself: killed for want of memory, say, or stopped by a full disk."""
        while True:
            await asyncio.to_thread(self._postgres.wait)
            log.error("PostgreSQL ended, and is started again; %s says why", self._postgres.log_file)
            try:
                await asyncio.to_thread(self._postgres.start)
                await self._postgres.ready()
            except (PostgresError, OSError, TimeoutError) as error:
                log.error("PostgreSQL does not start, again in a second: %s", error)  # noqa: TRY400 - its words say it
                await asyncio.sleep(1)

    async def _sweeping(self, alarm: FunctionHost, ring_alarm: Ring) -> None:
        """Publish what the process before left behind; arm what waits, then and every so often: its timers ended
        with it. Only then begin to ring, or a new event of a task could overtake those left behind."""
        rang, begun = AlarmRang(rearm=True, left_for=timedelta()), False  # no other process publishes
        while True:
            try:
                await ring(alarm, rang)
            except Exception as error:  # noqa: BLE001 - asked again, well before the next reminder was missed
                log.warning("alarms not set, again in a second: %s: %s", type(error).__name__, error)
                await asyncio.sleep(1)
            else:
                if not begun:
                    self._clock.start(ring_alarm)
                rang, begun = alarm_named(REARM), True
                await asyncio.to_thread(self._postgres.bound_log)
                await sleep_until(system_clock() + AHEAD / 2)
