"""Which function may publish which topic, and which it may hear."""

from collections.abc import Sequence

from functions.kernel.dapr.bus import PUBSUB
from functions.kernel.events import EVENT_TYPES
from functions.kernel.host.function import RINGING_TOPIC, Function


def lanes(function: Function) -> list[str]:
    """The pub/sub components over which a function is handed its events: the first is everybody's."""
    return [PUBSUB, *(f"{PUBSUB}-lane-{number}" for number in range(2, function.lanes + 1))]


def dead_letter_topics(functions: Sequence[Function]) -> list[str]:
    """One for each function that handles events."""
    return [function.dead_letter_topic for function in functions if function.consumes]


def all_topics(functions: Sequence[Function]) -> list[str]:
    """Every topic there is."""
    return [event_type.topic for event_type in EVENT_TYPES] + [RINGING_TOPIC] + dead_letter_topics(functions)


def published_by(function: Function) -> list[str]:
    """What this function's daprd publishes: its events, and the dead letters that daprd itself puts aside, since
    scopes bind daprd too."""
    dead_letters = [function.dead_letter_topic] if function.consumes else []
    ringing = [RINGING_TOPIC] if function.rings else []
    return [event_type.topic for event_type in function.emits] + ringing + dead_letters


def heard_by(function: Function, functions: Sequence[Function]) -> list[str]:
    """What this function's daprd subscribes to."""
    handled = [function.consumes.topic] if function.consumes else []
    watched = [event_type.topic for event_type in function.watches]
    ringing = [RINGING_TOPIC] if function.warmed else []
    return handled + watched + ringing + (dead_letter_topics(functions) if function.dead_letters else [])
