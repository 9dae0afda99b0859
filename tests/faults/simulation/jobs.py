"""The scheduler of Dapr Jobs: keeps jobs, and rings each until it is answered. It may lose all of them."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from grpc import RpcError, StatusCode

from functions.kernel.host.ring import REARM, alarm_named, ring
from tests.faults.simulation.world import Process, World

AGAIN_SECONDS = 1
SWEEP_SECONDS = 3600


class _AlreadyThereError(RpcError):
    def code(self) -> StatusCode:
        return StatusCode.ALREADY_EXISTS


class Jobs:
    """`pick` gives a running process of a function, with its host."""

    def __init__(self, world: World, pick: Callable[[str], Any], twice: float) -> None:
        self.down = False
        self.faults = True
        self.sweeps: list[tuple[datetime, datetime]] = []
        """When each sweep began, and when it was done."""
        self._world = world
        self._pick = pick
        self._twice = twice
        self._ringer = Process(world, "scheduler")
        self._kept: dict[str, asyncio.Task[None]] = {}

    async def take(self, asker: Process, job: Any) -> None:
        """What DaprClient.schedule_job does."""
        await asker.turn("before an alarm is set")
        if self.down:
            raise TimeoutError("the scheduler is away")
        if job.name in self._kept:
            raise _AlreadyThereError
        self._world.note(f"{asker.name} set {job.name}")
        due = datetime.fromisoformat(job.due_time)
        self._kept[job.name] = self._world.start(self._ring(job.name, due))
        await asker.turn("between the alarm and the commit")

    def lose(self) -> None:
        """All of its data is gone."""
        self._world.note(f"the scheduler lost {len(self._kept)} jobs")
        for task in self._kept.values():
            task.cancel()
        self._kept.clear()

    async def sweep(self) -> None:
        """Have the alarms set again from the database, every hour."""
        while True:
            begun = self._world.now()
            await self.call(REARM)
            self.sweeps.append((begun, self._world.now()))
            await asyncio.sleep(SWEEP_SECONDS)

    async def call(self, name: str) -> None:
        """Ring for this job until it is answered."""
        while True:
            await self._ringer.turn("a job")
            process, host = self._pick("alarm")
            if process is not None:
                self._world.note(f"{process.name} rings for {name}")
                try:
                    if await process.run(_answered(process, host, name), SWEEP_SECONDS):
                        return
                except Exception as error:  # noqa: BLE001 - daprd sees a 500
                    self._world.note(f"{process.name} failed: {type(error).__name__}: {error}")
            await asyncio.sleep(AGAIN_SECONDS)

    async def _ring(self, name: str, due: datetime) -> None:
        await asyncio.sleep(max(timedelta(), due - self._world.now()).total_seconds())
        while self.down:  # noqa: ASYNC110 - whoever brings it back tells nobody
            await asyncio.sleep(AGAIN_SECONDS)
        if self.faults and self._world.random.random() < self._twice:
            self._world.start(self.call(name))
        await self.call(name)
        self._kept.pop(name, None)


async def _answered(process: Process, host: Any, name: str) -> bool:
    await ring(host, alarm_named(name))
    await process.turn("after the alarm's commit, before the answer")
    return True
