"""Sending the last traces and measures of a function's process. Uvicorn ends it by the signal that it was sent, after
which nothing runs any more; so that a function that is scaled to zero loses nothing, they are sent before."""

import asyncio
import signal
import threading
from types import FrameType

from starlette.types import ASGIApp, Receive, Scope, Send

from functions.kernel.telemetry import switch


class LastWords:
    """To be made in the running event loop, after the server took the signal over."""

    def __init__(self) -> None:
        self._ending = False
        self._loop, self._then = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)
        signal.signal(signal.SIGTERM, self._end)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._ending = True
        # In a thread: what is being handled goes on meanwhile.
        threading.Thread(target=self._flush_first, args=(number,), daemon=True).start()

    def _flush_first(self, number: int) -> None:
        switch.flush()
        if callable(self._then):
            self._loop.call_soon_threadsafe(self._then, number, None)

    def after(self, app: ASGIApp) -> ASGIApp:
        """The app, which the server waits for; what it leaves behind while the process ends is sent, too."""

        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await app(scope, receive, send)
            finally:
                if self._ending:
                    await asyncio.to_thread(switch.flush)

        return answered
