"""One history: a seed decides what people do, in which order everything happens, and what breaks."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from functions.kernel.host import ring
from functions.kernel.storage import unit_of_work
from tests.faults.simulation.checker import Finding, check
from tests.faults.simulation.faults import Faults
from tests.faults.simulation.history import History
from tests.faults.simulation.installation import Installation
from tests.faults.simulation.loop import SimulatedLoop
from tests.faults.simulation.mail import Mail
from tests.faults.simulation.people import Person, look, settle_in
from tests.faults.simulation.server import Server
from tests.faults.simulation.world import World

BEGINS = datetime(2030, 1, 7, 8, tzinfo=UTC)
PEOPLE = {"sam": True, "kim": False}
"""And whether they have an e-mail address."""
DEEDS = 7
"""Of each."""
AFTERWARDS = timedelta(hours=2, minutes=30)
"""Two sweeps after the last moment that anybody asked for: what is not told by then never is."""


@dataclass(frozen=True)
class Run:
    """What one seed came to: the findings, the history, and its `lines`, one for each thing that happened."""

    seed: int
    findings: list[Finding]
    history: History
    lines: list[str]
    kills: Counter[str]


def simulate(server: Server, seed: int) -> Run:
    """Run the history that this seed decides."""
    loop = SimulatedLoop()
    with _same_each_time(loop, seed), asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(_simulate(server, loop, seed))


async def _simulate(server: Server, loop: SimulatedLoop, seed: int) -> Run:
    server.begin_anew(BEGINS)
    world = World(server, loop, seed, BEGINS)
    history = History(members=list(PEOPLE), mailed_to=[name for name, has_mail in PEOPLE.items() if has_mail])
    faults = Faults.of(world)
    mail = Mail(world, faults.mail_fails)
    installation = Installation(world, mail, duplicates=faults.duplicates, twice=faults.rings_twice)
    list_id, tokens = settle_in(world, PEOPLE)
    people = [Person(installation, history, name, tokens[name], list_id) for name in PEOPLE]
    installation.start()
    breaking = world.start(faults.go_on(installation, history))
    await asyncio.gather(*(world.start(person.live(DEEDS)) for person in people))
    last = max(person.last_moment for person in people)
    await asyncio.sleep(max(timedelta(), last - world.now()).total_seconds())
    breaking.cancel()
    faults.stop(installation, mail)
    await asyncio.sleep(AFTERWARDS.total_seconds())
    await _look(history, installation, mail, people)
    await world.end()
    return Run(seed, check(history), history, world.lines, world.kills)


async def _look(history: History, installation: Installation, mail: Mail, people: list[Person]) -> None:
    """What everybody finds in the end."""
    history.ended = installation.world.now()
    history.sweeps = installation.jobs.sweeps
    history.tasks = {task["id"]: task for task in (await people[0].get("/tasks?status=all&limit=500"))["tasks"]}
    for person in people:
        await look(person, history, mail.received)
    dead = installation.world.server.execute("SELECT function, event_id, reason FROM dead_letters")
    history.failures += [f"a dead letter: {row}" for row in dead]


@contextmanager
def _same_each_time(loop: SimulatedLoop, seed: int) -> Iterator[None]:
    """Ids are random, and time is measured here and there: both as the seed has it."""
    bits = random.Random(seed)
    urandom = os.urandom
    clock: Any = SimpleNamespace(monotonic=loop.time)
    real = ring.time
    os.urandom = random._urandom = bits.randbytes  # uuid's, and that of secrets
    ring.time = unit_of_work.time = clock
    try:
        yield
    finally:
        os.urandom = random._urandom = urandom
        ring.time = unit_of_work.time = real
