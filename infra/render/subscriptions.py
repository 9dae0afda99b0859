"""components/subscriptions.yaml: who is handed what, how, and where it goes when it cannot be handled."""

from collections.abc import Iterator, Sequence

from functions.kernel.dapr.bus import PUBSUB
from functions.kernel.host.function import Function
from infra.render.document import Value, resource, yaml_file

MAX_AWAIT_MILLISECONDS = 20

WHY_HANDLED = """\
{function} handles {topic}: {batch}.
A failure is retried as resiliency.yaml says; what still fails becomes a dead letter of this function."""
BATCHED = f"""\
at most {{count}} at a time. daprd flushes a partition every {MAX_AWAIT_MILLISECONDS} ms by a ticker,
so a lone event waits 0 to {MAX_AWAIT_MILLISECONDS} ms"""
WHY_WATCHED = """\
{function} is only told that something happened, and looks into the event log. The body is nobody's: raw, so that
none is too broken to be told of. No dead letters: the event's own function has handled it, or has its dead letter."""
WHY_DEAD = """\
The dead letters of {origin}. They have no dead letters of their own: they wait in the topic until stored."""


def render(functions: Sequence[Function]) -> str:
    """The file's text."""
    return yaml_file(*(document for function in functions for document in _of(function, functions)))


def _of(function: Function, functions: Sequence[Function]) -> Iterator[tuple[str, Value]]:
    if function.consumes:
        topic = function.consumes.topic
        batch = BATCHED.format(count=function.max_batch) if function.max_batch > 1 else "one at a time"
        why = WHY_HANDLED.format(function=function.name, topic=topic, batch=batch)
        yield why, _subscription(function, topic, "/events", {"deadLetterTopic": function.dead_letter_topic})
    for event_type in function.watches:
        raw = {"metadata": {"rawPayload": "true"}}
        yield (
            WHY_WATCHED.format(function=function.name),
            _subscription(function, event_type.topic, "/wake", raw),
        )
    if function.dead_letters:
        for origin in functions:
            if origin.consumes:
                yield (
                    WHY_DEAD.format(origin=origin.name),
                    _subscription(function, origin.dead_letter_topic, f"/dead-letters/{origin.name}", {}),
                )


def _subscription(function: Function, topic: str, route: str, more: dict[str, Value]) -> dict[str, Value]:
    spec: dict[str, Value] = {"pubsubname": PUBSUB, "topic": topic, "routes": {"default": route}} | more
    if function.max_batch > 1:
        spec["bulkSubscribe"] = {
            "enabled": True,
            "maxMessagesCount": function.max_batch,
            "maxAwaitDurationMs": MAX_AWAIT_MILLISECONDS,
        }
    name = f"{function.name}.{topic}"
    return resource("Subscription", name, spec, [function.name], version="v2alpha1")
