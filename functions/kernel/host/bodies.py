"""The body of a request: how slowly it may come.

Uvicorn waits for a body for any time, and who is to read it waits with it (encode/uvicorn#157). A deadline for the
whole would shut out who sends much over a bad line, so there is one for each part.
"""

import asyncio

from functions.kernel.host.heads import BoundedHead

MAX_BODY_SECONDS = 30.0
MIN_BODY_BYTES = 32 * 1024
"""About a kilobyte a second: a thirtieth of a bad line's pace."""


class BoundedRequest(BoundedHead):
    """Bounds on bodies, too: of one that is not all there, `min_body_bytes` come in each `max_body_seconds`, else it is
    answered 408. Of what was answered before it was all there, no more is taken than comes in that time."""

    max_body_seconds = MAX_BODY_SECONDS
    min_body_bytes = MIN_BODY_BYTES
    _body_bytes = 0
    _watching: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._watch_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Watch over a body that is not all there."""
        super().data_received(data)
        if not self._in_head and self._watching is None and not self.transport.is_closing():
            self._watch()

    def on_body(self, body: bytes) -> None:
        """A part of it."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """It is all there."""
        super().on_message_complete()
        if self._watching and self.cycle.response_complete:
            # Uvicorn counts the time of a connection that is kept from its answer on, and no more once something comes.
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
        self._watch_no_more()

    def _watch(self) -> None:
        self._body_bytes = 0
        self._watching = self.loop.call_later(self.max_body_seconds, self._look)

    def _watch_no_more(self) -> None:
        if self._watching:
            self._watching.cancel()
            self._watching = None

    def _look(self) -> None:
        # Whoever is not listened to for now is not to blame.
        comes = self.flow.read_paused or self._body_bytes >= self.min_body_bytes
        if comes and not self.cycle.response_complete:
            self._watch()
        else:
            self._refuse(
                "408 Request Timeout",
                f"{self.min_body_bytes} bytes of its body, or the last of it, must come every "
                f"{self.max_body_seconds:g} seconds",
            )
