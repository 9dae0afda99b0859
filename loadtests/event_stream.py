"""A stream of server-sent events, and when each task's event arrived on it."""

import asyncio
import re
from collections.abc import Callable, Collection
from uuid import UUID


class EventStream:
    """`seen`: when (by `clock`, seconds) the first event of each task came that `pattern` finds; its first group is the
    task's id. `opened` is set once the stream began."""

    def __init__(self, pattern: re.Pattern[bytes], clock: Callable[[], float]) -> None:
        self.seen: dict[UUID, float] = {}
        self.opened = asyncio.Event()
        self._pattern = pattern
        self._clock = clock
        self._rest = b""
        self._news = asyncio.Event()

    def read(self, part: bytes) -> None:
        """A part of the stream came."""
        now = self._clock()
        self.opened.set()
        *events, self._rest = (self._rest + part).split(b"\n\n")
        for event in events:
            if found := self._pattern.search(event):
                self.seen.setdefault(UUID(found[1].decode()), now)
        self._news.set()

    async def wait_for(self, tasks: Collection[UUID]) -> None:
        """Return when each was seen."""
        while not set(tasks) <= self.seen.keys():
            self._news.clear()
            await self._news.wait()
