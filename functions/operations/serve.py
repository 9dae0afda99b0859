"""`taskwake serve`: the embedded way, until Ctrl-C."""

import asyncio
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from functions.bootstrap.embedded import EmbeddedTaskwake
from functions.chat_api.api import create_app
from functions.chat_api.feed import Feed
from functions.kernel.host.bodies import BoundedRequest
from functions.kernel.host.drain import DRAIN_SECONDS
from functions.kernel.telemetry import logs, switch
from functions.operations import accounts
from functions.operations.terminal.place import ADDRESS_FILE

Say = Callable[[str], None]
SERVICE = "taskwake"
"""What observers know the embedded way as."""


class PortTakenError(RuntimeError):
    """Another program listens there."""


class _Server(uvicorn.Server):
    """Ends the live streams first, which would otherwise hold the shutdown up; the signals are `serve`'s."""

    feed: Feed
    announce: Callable[[], None]

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        switch.ready(SERVICE)
        self.announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self.feed.close()
        await super().shutdown(sockets)


def listen(port: int) -> socket.socket:
    """The socket to serve on; port 0 takes a free one. Raises PortTakenError that says what to do."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
        bound.listen(1024)  # only now is the port ours; who comes early waits
    except OSError as error:
        bound.close()
        raise PortTakenError(f"port {port} is taken ({error.strerror}); choose another: --port 8081") from None
    return bound


async def serve(folder: Path, port: int, say: Say) -> None:
    """Run Taskwake over this folder until SIGINT or SIGTERM. Whatever ends it, nothing accepted is lost."""
    server: _Server | None = None
    serving = asyncio.current_task()
    ended = False

    def end() -> None:
        nonlocal ended
        if server:
            server.should_exit = True
        elif serving and not ended:
            serving.cancel()
        ended = True

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)
    listening = listen(port)
    logs.to_file(folder / "taskwake.log")
    switch.switch_on(SERVICE)
    taskwake = EmbeddedTaskwake(folder)
    try:
        with step("Preparing PostgreSQL", say):
            await taskwake.prepare()
        context = await taskwake.start()
        server = _Server(
            uvicorn.Config(
                create_app(context),
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=DRAIN_SECONDS,
                timeout_keep_alive=30,
                http=BoundedRequest,
            )
        )
        server.feed = context.feed
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, lambda: loop.create_task(taskwake.look_again()))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        (folder / ADDRESS_FILE).write_text(address)
        user = await asyncio.to_thread(accounts.first_user, taskwake.owner_url)
        login = await asyncio.to_thread(accounts.issue, taskwake.owner_url, user, "login")
        server.announce = lambda: say(
            f"Taskwake serves at {address}\n"
            f"  open   {address}/login?login={login}   (once, within 15 minutes)\n"
            f"  token  taskwake token   (for programs)\n"
            f"  stop   Ctrl-C; what was accepted is kept in {folder}"
        )
        await server.serve(sockets=[listening])
    except asyncio.CancelledError:
        if not ended:
            raise
    finally:
        listening.close()
        with step("Stopping", say):
            await taskwake.stop()
            await asyncio.to_thread(switch.flush)


@contextmanager
def step(what: str, say: Say) -> Iterator[None]:
    """Say how long a step took."""
    started = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - started:.1f} s")
