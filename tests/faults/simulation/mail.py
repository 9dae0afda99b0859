"""The receiver of e-mail. A second message of the same delivery is recognisable as such, and counts once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from functions.kernel.ports import Message
from tests.faults.simulation.world import Process, World


class Mail:
    """`received` says when each delivery came first, and with which title."""

    def __init__(self, world: World, failing: float) -> None:
        self.faults = True
        self.received: dict[UUID, tuple[datetime, str]] = {}
        self._world = world
        self._failing = failing

    def channels(self, process: Process) -> Any:
        """The port `channels` of delivery-requested in this process."""
        return _Channels(self, process)

    async def take(self, process: Process, message: Message) -> None:
        await process.turn("before an e-mail is sent")
        if self._fails():
            raise ConnectionError("the mail server hung up")
        again = "again" if message.delivery_id in self.received else "first"
        self._world.note(f"{process.name} sent {str(message.delivery_id)[:8]} ({again}): {message.title}")
        self.received.setdefault(message.delivery_id, (self._world.now(), message.title))
        await process.turn("after an e-mail was sent")
        if self._fails():
            raise TimeoutError("the mail server took it, and did not say so")

    def _fails(self) -> bool:
        return self.faults and self._world.random.random() < self._failing


class _Channels:
    def __init__(self, mail: Mail, process: Process) -> None:
        self._mail = mail
        self._process = process

    async def notifier(self, _: str) -> "_Channels":
        return self

    async def send(self, message: Message) -> None:
        await self._mail.take(self._process, message)
