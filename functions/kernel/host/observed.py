"""What an operator sees of a function's work: its span, its measures, and what the logs say of it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from functions.kernel.cloudevent import CloudEvent
from functions.kernel.events import Event
from functions.kernel.host.delivery import Delivery
from functions.kernel.host.function import Function
from functions.kernel.storage.attempts import Failure
from functions.kernel.telemetry import measures, trace
from functions.kernel.telemetry.logs import about
from functions.kernel.telemetry.spans import Value, destination, span

Handled = Callable[[Sequence[Event], datetime], None]


@contextmanager
def handling(function: Function, events: Sequence[Event]) -> Iterator[Handled]:
    """These events are handled in the block: as a part of their trace, or in a trace of its own that is linked with
    theirs where a batch holds several. It says which were new, and when their effects were committed."""
    began = time.monotonic()
    topic = events[0].topic
    contexts = [context for event in events if (context := trace.parse(event.traceparent))]
    parent = contexts[0] if len({context.trace_id for context in contexts}) == 1 else None
    attributes: dict[str, Value] = {
        **destination(topic),
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.consumer.group.name": function.name,
    }
    known = {"function": function.name, "topic": topic}
    if len(events) == 1:
        contexts = []
        attributes["messaging.message.id"] = known["event_id"] = events[0].id
        if task_id := _task_id(events[0]):
            known["task_id"] = task_id
    else:
        attributes["messaging.batch.message_count"] = len(events)
    with about(**known), span(f"process {topic}", "consumer", parent, contexts, attributes):
        yield lambda fresh, now: measures.handled(function.name, fresh, len(events) - len(fresh), now)
    measures.measured(measures.PROCESS, time.monotonic() - began, {"taskwake.function": function.name})


def what_failed(failure: Failure, delivery: Delivery) -> dict[str, str]:
    """What the logs say of a delivery that failed, besides why."""
    known = {"function": failure.function, "topic": failure.topic, "event_id": failure.event_id}
    event = delivery.event
    carried = event.extensions.get("traceparent") if isinstance(event, CloudEvent) else None
    context = trace.parse(carried if isinstance(carried, str) else None)
    return known | ({"trace_id": context.trace_id, "span_id": context.span_id} if context else {})


def _task_id(event: Event) -> str | None:
    task = getattr(event, "task", None)
    found = task.id if task else getattr(event, "task_id", None)
    return str(found) if found else None
