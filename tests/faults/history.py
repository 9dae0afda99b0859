"""What the fault tests hold Taskwake to: what a client was answered, against what is there when all is quiet again.

Deliveries are made at least once: a receiver may see one twice, but then under the same webhook-id or Message-ID, by
which it knows. Everything within Taskwake is there once.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Answer = Literal["accepted", "refused", "unknown"]
"""Any 2xx; an answer that says no; none, or one that does not say: the write may be there whole, or not at all."""

UNORDERED = {"delivery-requested"}
"""Functions side by side ask for the deliveries of a task, and each that fails is tried again by itself."""


@dataclass(frozen=True)
class Write:
    """A task that a client asked for, once; its title is its own. `rings_at`: when it is to be reminded of (UTC)."""

    title: str
    answer: Answer
    rings_at: datetime | None = None


@dataclass(frozen=True)
class Notice:
    """What somebody was told of: which reminder, for which moment, and when (the database's clock)."""

    title: str
    kind: str
    remind_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Arrival:
    """A webhook call or an e-mail, as its receiver knows it: `delivery` is its webhook-id or Message-ID."""

    title: str
    topic: str
    delivery: str
    at: datetime


@dataclass(frozen=True)
class Logged:
    """A row of the event log, in the log's order: which task, and the task's version then, if it says one."""

    task: str
    topic: str
    version: int | None = None
    published: bool = True


@dataclass(frozen=True)
class Handled:
    """An event that a function handled: its key, its place in the log, and the moment of its transaction."""

    function: str
    key: str
    seq: int
    at: datetime


@dataclass
class Found:
    """What is there when all is quiet. `tasks` are the titles of all tasks, each row once; `left` says what is still
    to be done; `dead` what was given up."""

    tasks: list[str] = field(default_factory=list)
    reminders: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    log: list[Logged] = field(default_factory=list)
    handled: list[Handled] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)


def faults(writes: Sequence[Write], found: Found, *, topics: Sequence[str] = ()) -> list[str]:
    """What is wrong, a line each; none when every promise was kept. `topics`: what the receiver is told of a task that
    was created, and of one whose reminder rang."""
    return [
        *_lost(writes, found, topics),
        *_partly(writes, found),
        *_twice(found),
        *_early(writes, found),
        *_disordered(found),
        *(f"left: {what}" for what in found.left),
        *(f"given up: {what}" for what in found.dead),
    ]


def _lost(writes: Sequence[Write], found: Found, topics: Sequence[str]) -> Iterable[str]:
    there, told = set(found.tasks), {notice.title for notice in found.notices if notice.kind == "due"}
    arrived = {(arrival.title, arrival.topic) for arrival in found.arrivals}
    for write in writes:
        if write.answer == "accepted" and write.title not in there:
            yield f"lost: {write.title} was accepted, and is not there"
        if write.title not in there:
            continue
        if write.rings_at and write.title not in told:
            yield f"lost: the reminder of {write.title}"
        for topic in topics:
            if (write.rings_at or topic == "task.created.v1") and (write.title, topic) not in arrived:
                yield f"lost: {topic} of {write.title} never arrived"


def _partly(writes: Sequence[Write], found: Found) -> Iterable[str]:
    """A write that is there is there whole; one that was refused, or is not there, left nothing."""
    there, reminded = set(found.tasks), set(found.reminders)
    created = {row.task for row in found.log if row.topic == "task.created.v1"}
    for write in writes:
        if write.answer == "refused" and write.title in there:
            yield f"refused, yet there: {write.title}"
        parts = {"the task": write.title in there, "its event": write.title in created}
        if write.rings_at:
            parts["its reminder"] = write.title in reminded
        if len(set(parts.values())) > 1:
            yield f"in part: {write.title}: {', '.join(name for name, has in parts.items() if has)} and no more"


def _twice(found: Found) -> Iterable[str]:
    yield from _repeated("task", found.tasks)
    yield from _repeated("notice", [(notice.title, notice.kind, notice.remind_at) for notice in found.notices])
    yield from _repeated("event", [(row.task, row.topic) for row in found.log if row.topic != "delivery.requested.v1"])
    yield from _repeated("handling", [(row.function, row.key, row.seq) for row in found.handled])
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for arrival in found.arrivals:
        ids[arrival.title, arrival.topic].add(arrival.delivery)
    for (title, topic), known in ids.items():
        if len(known) > 1:
            yield f"twice: {topic} of {title} arrived under {len(known)} ids"


def _repeated(what: str, things: Sequence[Hashable]) -> Iterable[str]:
    seen: dict[Hashable, int] = defaultdict(int)
    for thing in things:
        seen[thing] += 1
    return (f"twice: {what} {thing}, {times} times" for thing, times in seen.items() if times > 1)


def _early(writes: Sequence[Write], found: Found) -> Iterable[str]:
    for notice in found.notices:
        if notice.remind_at and notice.created_at < notice.remind_at:
            yield f"early: {notice.title} by {notice.remind_at - notice.created_at}"
    moments = {write.title: write.rings_at for write in writes if write.rings_at}
    for arrival in found.arrivals:
        moment = moments.get(arrival.title)
        if arrival.topic != "task.created.v1" and moment and moment - arrival.at > timedelta():
            yield f"early: {arrival.topic} of {arrival.title} arrived {moment - arrival.at} before its moment"


def _disordered(found: Found) -> Iterable[str]:
    last: dict[str, int] = {}
    for row in found.log:
        if row.version is None:
            continue
        if row.task in last and row.version < last[row.task]:
            yield f"out of order: version {row.version} of {row.task} stands after {last[row.task]} in the log"
        last[row.task] = row.version
    handled: dict[tuple[str, str], int] = {}
    for done in sorted(
        (row for row in found.handled if row.function not in UNORDERED), key=lambda row: (row.at, row.seq)
    ):
        key = done.function, done.key
        if handled.get(key, -1) > done.seq:
            yield f"out of order: {done.function} handled event {done.seq} of {done.key} after {handled[key]}"
        handled[key] = done.seq
