"""What a function declares of itself, in functions/catalogue.py."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from functions.kernel.events import Event

DEAD_LETTER_PREFIX = "dead-letter."
RINGING_TOPIC = "alarm.ringing"
"""Where the alarm says that a reminder's moment is near (`{"at": …}`), once for each pod that it is worth. Its messages
are no events: they say nothing else, and to miss one costs a cold start."""


@dataclass(frozen=True, slots=True)
class Function:
    """One handler of one event type: one Knative Service, one Dapr app-id, one consumer group.

    `handler` is `module:name`, imported when the function starts. A batch is one transaction: `max_batch` is
    1 for a handler whose effect leaves the database and so could not be taken back.
    """

    name: str
    service: str
    handler: str
    consumes: type[Event] | None = None
    max_batch: int = 1
    lanes: int = 1
    """How many of its batches may be under way at once, and so how many of its pods may have work: daprd hands the
    batches of one Kafka consumer over one after the other, so each lane is a consumer."""
    emits: tuple[type[Event], ...] = ()
    """What it may publish; its daprd refuses everything else."""
    watches: tuple[type[Event], ...] = ()
    """What it is only told of (POST /wake), to look into the event log."""
    secrets: tuple[str, ...] = ()
    """What its daprd hands out to it of the secret store."""
    stores: tuple[str, ...] = ()
    """The Dapr state stores that it alone uses."""
    calls: tuple[str, ...] = ()
    """What it may call of other functions through Dapr: `<function>/<path>`, each a POST."""
    invoked: str | None = None
    """`module:name` of what answers its one call by another function: POST /test-notice."""
    converses: bool = False
    """It may ask a language model, where a component is there for one (Dapr's Conversation API)."""
    rings: bool = False
    """It keeps the jobs of Dapr's scheduler, for all who set an alarm, and is called when they are due."""
    warmed: bool = False
    """It is told of a reminder's moment before it comes (POST /warm), so that it is awake then."""
    dead_letters: bool = False
    """It takes the dead letters of every other function."""
    extra: str | None = None
    """The extra of pyproject.toml that its image holds."""

    @property
    def dead_letter_topic(self) -> str:
        """Where Dapr puts what this function could not handle; one per function, since the message itself
        does not say who failed."""
        return DEAD_LETTER_PREFIX + self.name


def load(reference: str) -> Callable[..., Any]:
    """The function that `module:name` means."""
    module, _, name = reference.partition(":")
    loaded: Callable[..., Any] = getattr(import_module(module), name)
    return loaded
