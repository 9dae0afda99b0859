"""Spans: pieces of work, each a part of a trace. Recorded where `records` was told by whom, else only their ids."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal, Protocol

from functions.kernel.events import Event
from functions.kernel.telemetry import trace
from functions.kernel.telemetry.trace import TraceContext

Kind = Literal["server", "consumer", "producer", "client"]
Value = str | int | float | bool
Attributes = Mapping[str, Value]
NOTHING: Attributes = {}


class Span(Protocol):
    """A piece of work that is under way. What is said of it is nothing personal, and no secret."""

    context: TraceContext

    def name(self, name: str) -> None:
        """Call it so, now that it is known what it is."""

    def tell(self, name: str, value: Value) -> None:
        """Say this of it."""

    def end(self, error: str | None) -> None:
        """It is over; `error` names the kind of what went wrong."""


class Recorder(Protocol):
    """Who records spans."""

    def begin(
        self, name: str, kind: Kind, parent: TraceContext | None, links: Sequence[TraceContext], attributes: Attributes
    ) -> Span:
        """A span that begins now."""


class _Unrecorded:
    """Only who it is, for logs and for those who are told of it."""

    def __init__(self, parent: TraceContext | None) -> None:
        self.context = parent.child() if parent else trace.begin()

    def name(self, name: str) -> None:
        pass

    def tell(self, name: str, value: Value) -> None:
        pass

    def end(self, error: str | None) -> None:
        pass


_recorder: Recorder | None = None


def records(recorder: Recorder | None) -> None:
    """From now on this one records them; null: nobody."""
    global _recorder
    _recorder = recorder


@contextmanager
def span(
    name: str,
    kind: Kind,
    parent: TraceContext | None = None,
    links: Sequence[TraceContext] = (),
    attributes: Attributes = NOTHING,
) -> Iterator[Span]:
    """What is done in the block is this span: of its parent's trace, or of a new one where there is no parent."""
    begun = _recorder.begin(name, kind, parent, links, attributes) if _recorder else _Unrecorded(parent)
    token = trace.enter(begun.context)
    error = None
    try:
        yield begun
    except BaseException as failure:
        error = type(failure).__qualname__
        raise
    finally:
        trace.leave(token)
        begun.end(error)


def beginning(topic: str) -> str:
    """The traceparent of an event that is the beginning of a trace of its own, linked with the present work."""
    if _recorder is None:
        return trace.begin().traceparent
    here = trace.current()
    with span(f"create {topic}", "producer", links=[here] if here else (), attributes=destination(topic)) as created:
        return created.context.traceparent


def destination(topic: str) -> dict[str, Value]:
    """What OpenTelemetry's conventions for messaging have said of a topic."""
    return {"messaging.system": "taskwake", "messaging.destination.name": topic}


def traced(event: Event) -> Event:
    """The event as the present work emits it: a part of its trace, unless it carries another."""
    here = trace.current()
    if here is None:
        return event
    carried = trace.parse(event.traceparent)
    if carried is not None and carried.trace_id != here.trace_id:
        return event
    return event.model_copy(update={"traceparent": here.traceparent})
