"""kill -9 at each point where something could be lost or done twice, made from outside: a proxy before PostgreSQL keeps
a COMMIT or its answer back, a receiver does not answer; then the process is killed and started again.

FAULT_TIMES=50 is the long form (`make soak`): each point so many times.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from tests.faults.proxy import Stop
from tests.faults.receivers import Receiver
from tests.faults.site import PATIENCE_SECONDS, Site

TIMES = int(os.environ.get("FAULT_TIMES", "1"))
RINGS_IN = 0.3
"""Seconds: long enough to be set before it rings, short enough to wait for."""

Point = Callable[[Site, str], AbstractAsyncContextManager[asyncio.Event]]


def at(*words: str, answered: bool = False) -> Point:
    """Where a transaction that said these words says COMMIT, or has its answer coming; {} is the task's title."""

    @asynccontextmanager
    async def stopped(site: Site, title: str) -> AsyncIterator[asyncio.Event]:
        async with site.database_proxy() as proxy:
            stop = proxy.stop_at(*(word.replace("{}", title).encode() for word in words), answered=answered)
            yield stop.reached

    return stopped


def sending(receiver: Callable[[Site], Receiver], topic: str) -> Point:
    """Where a receiver has got the message, and has not answered."""

    @asynccontextmanager
    async def held(site: Site, title: str) -> AsyncIterator[asyncio.Event]:
        reached = asyncio.Event()
        waiting = asyncio.create_task(receiver(site).has(title, topic))
        waiting.add_done_callback(lambda _: reached.set())
        receiver(site).answers.clear()
        try:
            yield reached
        finally:
            waiting.cancel()
            receiver(site).answers.set()

    return held


POINTS: dict[str, Point] = {
    "before the commit of a write": at("{}", "COMMIT"),
    "after the commit of a write, before it is published": at("{}", "COMMIT", answered=True),
    "before the commit of the alarm's claim": at("UPDATE reminders SET fired_at", "task.due.v1", "COMMIT"),
    "after the commit of the alarm's claim, before it is published": at(
        "UPDATE reminders SET fired_at", "task.due.v1", "COMMIT", answered=True
    ),
    "before a handler's commit": at("INSERT INTO inbox", "task-due", "COMMIT"),
    "after a handler's commit, before its answer": at("INSERT INTO inbox", "task-due", "COMMIT", answered=True),
    "after it is published, before it is marked": at("mark_published"),
    "in the middle of a webhook call": sending(lambda site: site.hooks, "task.due.v1"),
    "in the middle of an e-mail": sending(lambda site: site.mails, "e-mail"),
    "before the commit of who takes a delivery": at("INSERT INTO delivery_turns", "COMMIT"),
    "after the commit of who takes a delivery, before it is sent": at(
        "INSERT INTO delivery_turns", "COMMIT", answered=True
    ),
    "after a delivery, before its outcome's commit": at("UPDATE deliveries SET delivered_at", "COMMIT"),
    "after a delivery, after its outcome's commit": at("UPDATE deliveries SET delivered_at", "COMMIT", answered=True),
}


async def kill_at(site: Site, point: Point, title: str, *, after: float = 0) -> None:
    """Ask for a task, and kill the process at the point; `after` so many more seconds."""
    async with point(site, title) as reached:
        writing = asyncio.create_task(site.write(title, rings_in=RINGS_IN))
        await asyncio.wait_for(reached.wait(), PATIENCE_SECONDS)
        await asyncio.sleep(after)
        await site.restart()
        await writing


@pytest.mark.requirement("TRUST-012")
@pytest.mark.requirement("PROD-183")
@pytest.mark.parametrize("point", POINTS)
async def test_killed_at_this_point_it_keeps_every_promise_when_it_runs_again(site: Site, point: str) -> None:
    for _ in range(TIMES):
        title = site.title(point)
        await kill_at(site, POINTS[point], title)
        await site.keeps_its_promises()


@pytest.mark.requirement("TRUST-012")
async def test_killed_between_arming_and_commit_it_leaves_nothing_though_the_alarm_rang(site: Site) -> None:
    for _ in range(TIMES):
        title = site.title("between arming and commit")
        await kill_at(site, POINTS["before the commit of a write"], title, after=2 * RINGS_IN)
        await site.keeps_its_promises()
        assert title not in (await site.found()).tasks


@pytest.mark.requirement("TRUST-012")
async def test_a_reminder_whose_alarm_rang_before_its_commit_rings_after_it(site: Site) -> None:
    title = site.title("committed late")
    async with site.database_proxy() as proxy:
        stop: Stop = proxy.stop_at(title.encode(), b"COMMIT")
        writing = asyncio.create_task(site.write(title, rings_in=RINGS_IN))
        await asyncio.wait_for(stop.reached.wait(), PATIENCE_SECONDS)
        await asyncio.sleep(2 * RINGS_IN)
        stop.release()
        assert await writing == "accepted"
        await site.hooks.has(title, "task.due.v1")
    await site.keeps_its_promises()
