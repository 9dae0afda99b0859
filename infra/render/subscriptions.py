"""components/subscriptions.yaml: who is handed what, how, and where it goes when it cannot be handled."""

from collections.abc import Iterator, Sequence
from itertools import chain, repeat

from functions.kernel.dapr.bus import PUBSUB
from functions.kernel.host.function import RINGING_TOPIC, Function
from infra.render.document import Value, resource, yaml_file
from infra.render.topics import lanes

MAX_AWAIT_MILLISECONDS = 20

WHY = f"""\
/events         what a function handles. A failure is retried as resiliency.yaml says; what still fails becomes a
                dead letter of that function.
/wake           what a function is only told of, to look into the event log. The body is nobody's: raw, so that
                none is too broken to be told of. No dead letters: the event is handled, or dead, elsewhere.
/warm           a reminder's moment is near: be awake when it comes. Nobody's body, and no dead letters, either.
/dead-letters/  the dead letters of one function, with none of their own: they wait in the topic until stored. Raw,
                since one that is no JSON would block its partition for ever otherwise.

bulkSubscribe   maxMessagesCount is what a function takes in one transaction. daprd hands a partition's events over
                when there are so many, and at each tick of a clock of maxAwaitDurationMs: one that comes alone
                waits 0 to {MAX_AWAIT_MILLISECONDS} ms."""


def render(functions: Sequence[Function]) -> str:
    """The file's text."""
    comments = chain([WHY], repeat(""))
    return yaml_file(*zip(comments, chain.from_iterable(_of(f, functions) for f in functions), strict=False))


def _of(function: Function, functions: Sequence[Function]) -> Iterator[Value]:
    if function.consumes:
        dead_letters = {"deadLetterTopic": function.dead_letter_topic}
        for lane in lanes(function):
            yield _subscription(function, function.consumes.topic, "/events", dead_letters, lane)
    for event_type in function.watches:
        yield _subscription(function, event_type.topic, "/wake", {"metadata": {"rawPayload": "true"}})
    if function.warmed:
        ringing = _subscription(function, RINGING_TOPIC, "/warm", {"metadata": {"rawPayload": "true"}})
        ringing["spec"].pop("bulkSubscribe", None)
        yield ringing
    for origin in functions:
        if function.dead_letters and origin.consumes:
            route = f"/dead-letters/{origin.name}"
            yield _subscription(function, origin.dead_letter_topic, route, {"metadata": {"rawPayload": "true"}})


def _subscription(
    function: Function, topic: str, route: str, more: dict[str, Value], lane: str = PUBSUB
) -> dict[str, Value]:
    spec: dict[str, Value] = {"pubsubname": lane, "topic": topic, "routes": {"default": route}} | more
    if function.max_batch > 1:
        spec["bulkSubscribe"] = {
            "enabled": True,
            "maxMessagesCount": function.max_batch,
            "maxAwaitDurationMs": MAX_AWAIT_MILLISECONDS,
        }
    name = f"{function.name}.{topic}" + lane.removeprefix(PUBSUB)
    return resource("Subscription", name, spec, [function.name], version="v2alpha1")
