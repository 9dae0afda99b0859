"""A stream of server-sent events, and when each task's event arrived on it."""

import asyncio
import re
from collections.abc import Callable, Collection
from uuid import UUID

ID = re.compile(rb"^id: (\S+)$", re.MULTILINE)


class EventStream:
    """`seen`: when (by `clock`, seconds) the first event of each task came that `pattern` finds; its first group is the
    task's id; `twice` counts those that came again. `opened` is set once the stream began, `last_event_id` is where
    another one would go on."""

    def __init__(self, pattern: re.Pattern[bytes], clock: Callable[[], float]) -> None:
        self.seen: dict[UUID, float] = {}
        self.twice = 0
        self.opened = asyncio.Event()
        self.last_event_id = ""
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
                task = UUID(found[1].decode())
                self.twice += task in self.seen
                self.seen.setdefault(task, now)
            if named := ID.search(event):
                self.last_event_id = named[1].decode()
        self._news.set()

    def cut(self) -> None:
        """The connection was lost: what came of an event in part is forgotten."""
        self._rest = b""
        self.opened.clear()

    async def wait_for(self, tasks: Collection[UUID]) -> None:
        """Return when each was seen."""
        while not set(tasks) <= self.seen.keys():
            self._news.clear()
            await self._news.wait()
