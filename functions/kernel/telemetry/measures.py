"""What is measured of a running Taskwake. specs/005-trust/quickstart.md says what to make of each.

Seconds are seconds; nothing that is measured names a person, a task or an address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from functions.kernel.events import Event, TaskDue
from functions.kernel.telemetry.spans import NOTHING, Attributes

Kind = Literal["histogram", "counter", "gauge"]

FAST = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""The bounds that OpenTelemetry's conventions advise for durations."""
LATE = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400)


@dataclass(frozen=True, slots=True)
class Measure:
    """One instrument: its unit as UCUM writes it, and the bounds of its buckets."""

    name: str
    kind: Kind
    unit: str
    description: str
    bounds: tuple[float, ...] = ()


REQUEST = Measure("http.server.request.duration", "histogram", "s", "From a request to the end of its answer.", FAST)
CALL = Measure("http.client.request.duration", "histogram", "s", "Of a webhook's call.", FAST)
PROCESS = Measure("messaging.process.duration", "histogram", "s", "Of a batch of events in a function.", FAST)
LATENESS = Measure(
    "taskwake.reminder.lateness", "histogram", "s", "From a reminder's moment until it was claimed, or told.", LATE
)
LAG = Measure("taskwake.event.lag", "histogram", "s", "From an event to its effects in a function.", LATE)
DUPLICATES = Measure("taskwake.inbox.duplicates", "counter", "{event}", "Events that came once more.")
LEFT_BEHIND = Measure("taskwake.outbox.left_behind", "counter", "{event}", "Events that an outbox check published.")
OUTBOX_AGE = Measure("taskwake.outbox.age", "gauge", "s", "Of the oldest event that the last outbox check found.")
DEAD_LETTERS = Measure("taskwake.dead_letters", "counter", "{event}", "Events that a function could not handle.")
COLD_START = Measure(
    "taskwake.cold_start.duration", "histogram", "s", "From a process's start until it is ready.", FAST
)

MEASURES = (
    REQUEST,
    CALL,
    PROCESS,
    LATENESS,
    LAG,
    DUPLICATES,
    LEFT_BEHIND,
    OUTBOX_AGE,
    DEAD_LETTERS,
    COLD_START,
)


class Meter(Protocol):
    """Who keeps what is measured."""

    def keep(self, measure: Measure, value: float, attributes: Attributes) -> None:
        """One more value."""


_meter: Meter | None = None


def keeps(meter: Meter | None) -> None:
    """From now on this one keeps them; null: nobody."""
    global _meter
    _meter = meter


def measured(measure: Measure, value: float, attributes: Attributes = NOTHING) -> None:
    """Keep it, where anybody does."""
    if _meter:
        _meter.keep(measure, value, attributes)


def handled(function: str, events: Sequence[Event], duplicates: int, now: datetime) -> None:
    """A function's effects of these events are committed, and of so many others were there already."""
    if _meter is None:
        return
    by = {"taskwake.function": function}
    for event in events:
        measured(LAG, _since(event.time, now), by)
        if isinstance(event, TaskDue):
            told("app", event.remind_at, now)
    if duplicates:
        measured(DUPLICATES, duplicates, by)


def rang(claimed: Sequence[Event], left: Sequence[Event], now: datetime) -> None:
    """The alarm emitted the first, and found the others, the oldest first, left behind in the outbox."""
    if _meter is None:
        return
    for event in claimed:
        if isinstance(event, TaskDue):
            measured(LATENESS, _since(event.remind_at, now), {"taskwake.stage": "claimed"})
    measured(OUTBOX_AGE, max((_since(event.time, now) for event in left), default=0.0))
    if left:
        measured(LEFT_BEHIND, len(left))


def told(channel: str, remind_at: datetime | None, now: datetime) -> None:
    """A person can see it there now, if it is a reminder."""
    if remind_at:
        measured(LATENESS, _since(remind_at, now), {"taskwake.stage": "told", "taskwake.channel": channel})


def _since(moment: datetime, now: datetime) -> float:
    """Clocks of two machines may disagree by a little: never below zero."""
    return max(0.0, (now - moment).total_seconds())
