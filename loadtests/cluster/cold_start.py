"""cold-start: a function at zero, from an event published to its effect committed; and by plain HTTP, to its answer."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from functions.catalogue import FUNCTIONS
from functions.kernel.events import TaskCreated, TaskDue
from functions.kernel.host.function import Function
from infra.render.scaling import serves_people
from loadtests.cluster import hello
from loadtests.cluster.events import Events, example
from loadtests.cluster.pods import Pods
from loadtests.cluster.site import PATIENCE_SECONDS, Site
from loadtests.percentiles import percentile
from loadtests.result import Result, at_most, reported

NAME = "cold-start"
TARGET_RATIO = 1.25
EVENT, REQUEST = "event", "request"
QUIET_SECONDS = 1.5
"""So long before a trial no pod comes or goes: on few cores, another one's start or end would be measured, too."""
SLEEP_IN_SECONDS = 300
CONDITIONS = (
    "from zero, one at a time, nothing else starting or ending; by event: from before the publish through Dapr to the "
    "commit of its inbox row (alarm: from a job's moment to the commit of its claim; dead-letter: to its row; "
    "hello worlds: to the moment at which they ran); by request: a POST through the gateway until its answer, after "
    "the commit; hello worlds in the pod of a function that handles events, hello-python on the same layers"
)
MAX_VOID = 3
"""Trials in which another function woke, for each one wanted, until it is no use."""
LOG_SECONDS = 0.25

Say = Callable[[str], None]
Way = Callable[[], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is started: the seconds that it takes, by each way there is."""

    name: str
    ways: dict[str, Way]


@dataclass(frozen=True, slots=True)
class Start:
    """One cold start."""

    subject: str
    way: str
    milliseconds: float


async def measure(site: Site, pods: Pods, subjects: Sequence[Subject], trials: dict[str, int], say: Say) -> list[Start]:
    """So many trials of each subject, by each way. One starts at a time, and while it sleeps in others are tried."""
    waiting = deque(ordered(subjects, trials))
    wanted, void = len(waiting), 0
    starts: list[Start] = []
    while waiting:
        await pods.until(lambda: next_asleep(waiting, pods) is not None, SLEEP_IN_SECONDS, "a function to sleep in")
        await asyncio.sleep(max(0.0, QUIET_SECONDS - pods.quiet_for()))
        trial = next_asleep(waiting, pods)
        if trial is None or pods.quiet_for() < QUIET_SECONDS:
            continue
        waiting.remove(trial)
        subject, way = trial
        began = time.time()
        seconds = await subject.ways[way]()
        # The alarm looks after what others wrote, half a minute later.
        if others := pods.started_since(began, other_than=subject.name):
            void += 1
            if void > MAX_VOID * wanted:
                raise RuntimeError(f"{void} trials in which another function woke: something keeps the cluster awake")
            waiting.append(trial)
            say(f"{subject.name} by {way}: void, since {', '.join(sorted(others))} woke")
            continue
        starts.append(Start(subject.name, way, round(seconds * 1000, 1)))
        say(f"{len(starts)} of {wanted}: {subject.name} by {way} {seconds * 1000:,.0f} ms")
    return starts


def ordered(subjects: Sequence[Subject], trials: dict[str, int]) -> list[tuple[Subject, str]]:
    """Every trial, in rounds of one each, the ways taking turns; each round begins with another subject."""
    rounds = sorted((number, way) for way, count in trials.items() for number in range(count))
    found = []
    for turn, (_, way) in enumerate(rounds):
        shift = turn % len(subjects)
        found += [(subject, way) for subject in [*subjects[shift:], *subjects[:shift]] if way in subject.ways]
    return found


def next_asleep(waiting: Sequence[tuple[Subject, str]], pods: Pods) -> tuple[Subject, str] | None:
    """The first trial whose function is asleep; a pod that is ending takes half a minute for it, and no requests."""
    return next((trial for trial in waiting if not pods.awake(trial[0].name)), None)


def results(starts: Sequence[Start], conditions: str) -> list[Result]:
    """For each subject and way; and how each function compares with hello world in Python, by its first way."""
    by_kind: dict[tuple[str, str], list[float]] = {}
    for start in starts:
        by_kind.setdefault((start.subject, start.way), []).append(start.milliseconds)
    found = []
    for (subject, way), values in sorted(by_kind.items()):
        found.append(reported(f"{NAME}: {subject} by {way}, p50", median(values), "ms", conditions))
        found.append(reported(f"{NAME}: {subject} by {way}, p95", percentile(values, 95), "ms", conditions))
    for subject in sorted({subject for subject, _ in by_kind} - {hello.PYTHON, hello.GO}):
        way = EVENT if (subject, EVENT) in by_kind else REQUEST
        ratio = median(by_kind[subject, way]) / median(by_kind[hello.PYTHON, way])
        found.append(at_most(f"{NAME}: {subject} by {way}, ratio", ratio, "x", TARGET_RATIO, conditions))
    return found


def subjects(site: Site, pods: Pods, events: Events) -> list[Subject]:
    """Both hello worlds, and every function of the catalogue."""
    return [
        *(Subject(name, _hello_ways(site, pods, name)) for name in (hello.PYTHON, hello.GO)),
        *(Subject(function.name, _ways(site, events, function)) for function in FUNCTIONS),
    ]


def _hello_ways(site: Site, pods: Pods, name: str) -> dict[str, Way]:
    async def by_event() -> float:
        event = example(TaskCreated)
        published = await site.publish(event, hello.topic(name), by=name, pubsub=hello.PUBSUB)
        await pods.until(lambda: pods.ready(name) > 0, PATIENCE_SECONDS, f"{name} to be awake")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (asked := await hello.asked_at(site, name, published)) is None:  # noqa: ASYNC110 - it's a log
                await asyncio.sleep(LOG_SECONDS)
        return asked - published

    async def by_request() -> float:
        return await site.deliver(name, "/", example(TaskCreated))

    return {EVENT: by_event, REQUEST: by_request}


def _ways(site: Site, events: Events, function: Function) -> dict[str, Way]:
    if serves_people(function):
        return {REQUEST: lambda: site.ask("POST", "/tasks", {"title": "Benchmark"})}
    if function.rings:
        return _alarm_ways(site, events, function)
    if function.dead_letters:
        return _dead_letter_ways(site, function)
    return _event_ways(site, events, function)


def _event_ways(site: Site, events: Events, function: Function) -> dict[str, Way]:
    consumed = function.consumes
    assert consumed is not None

    async def by_event() -> float:
        event = await events.of(consumed)
        published = await site.publish(event, consumed.topic, by=ALARM.name)
        handled = "SELECT 1 FROM inbox WHERE function = %s AND source = %s AND event_id = %s"
        return await site.committed(handled, function.name, event["source"], event["id"]) - published

    async def by_request() -> float:
        return await site.deliver(function.name, "/events", await events.of(consumed))

    return {EVENT: by_event, REQUEST: by_request}


def _alarm_ways(site: Site, events: Events, function: Function) -> dict[str, Way]:
    async def by_event() -> float:
        due = (datetime.now(UTC) + timedelta(seconds=3)).replace(microsecond=0)
        task = await events.open_task(due)
        await site.set_alarm(due, 0, at=function.name)
        claimed = "SELECT 1 FROM events WHERE topic = %s AND key = %s"
        return await site.committed(claimed, TaskDue.topic, task) - due.timestamp()

    async def by_request() -> float:
        return await site.deliver(function.name, "/job/bench", {})

    return {EVENT: by_event, REQUEST: by_request}


def _dead_letter_ways(site: Site, function: Function) -> dict[str, Way]:
    origin = next(other for other in FUNCTIONS if other.consumes is TaskCreated)

    def dead() -> dict[str, Any]:
        return example(TaskCreated)

    async def by_event() -> float:
        event = dead()
        published = await site.publish(event, origin.dead_letter_topic, by=origin.name, raw=True)
        seconds = await site.committed("SELECT 1 FROM dead_letters WHERE event_id = %s", event["id"]) - published
        await site.bury(event["id"])
        return seconds

    async def by_request() -> float:
        event = dead()
        seconds = await site.deliver(function.name, f"/dead-letters/{origin.name}", event)
        await site.bury(event["id"])
        return seconds

    return {EVENT: by_event, REQUEST: by_request}


ALARM = next(function for function in FUNCTIONS if function.rings)
"""Its daprd publishes any event: it looks after what others left behind."""
