"""Following the relay: a chat-api with live streams hears of every event, whichever replica it is."""

import asyncio
import logging
from urllib.parse import urlsplit

from functions.chat_api.feed import Wake
from functions.chat_api.relay import HEARTBEAT_SECONDS, WAKE
from functions.kernel.dapr import app_token as dapr_token

AGAIN_SECONDS = 1
PATIENCE_SECONDS = 2 * HEARTBEAT_SECONDS

log = logging.getLogger(__name__)


class Following:
    """Listens to the relay of this address; `app_token` is what Dapr shows to functions, and functions to the relay."""

    def __init__(self, relay_url: str, app_token: str | None) -> None:
        self._relay = urlsplit(relay_url)
        self._app_token = app_token

    async def follow(self, wake: Wake) -> None:
        """Call `wake` when something happened, or may have happened unheard; until cancelled."""
        while True:
            try:
                await self._listen(wake)
            except (OSError, TimeoutError, ValueError) as error:
                log.warning("the relay is not heard: %s: %s", type(error).__name__, error)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(self, wake: Wake) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection(self._relay.hostname, self._relay.port or 80)
        try:
            token = f"{dapr_token.HEADER}: {self._app_token}\r\n" if self._app_token else ""
            writer.write(f"GET /wakes HTTP/1.1\r\nhost: {self._relay.netloc}\r\n{token}\r\n".encode())
            async with asyncio.timeout(PATIENCE_SECONDS):
                status = await reader.readline()
            if b" 200 " not in status:
                raise ConnectionError(f"it answered {status.decode(errors='replace').strip()!r}")
            await wake()
            while True:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    line = await reader.readline()
                if not line:
                    raise ConnectionError("it hung up")
                # Headers, the chunks' lengths and heartbeats say nothing.
                if line == WAKE:
                    await wake()
        finally:
            writer.close()
