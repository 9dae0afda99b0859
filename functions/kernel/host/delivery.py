"""What was delivered to a function: an event, or what was to be one."""

import hashlib
import json
from dataclasses import dataclass

from functions.kernel.cloudevent import CloudEvent
from functions.kernel.errors import InvalidEventError
from functions.kernel.host.function import Function
from functions.kernel.storage.attempts import Failure, Position


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event as it came: parsed, or the error that says why it is none. `raw` is its text or decoded JSON,
    `position` where the broker has it (null: nobody said, as in the embedded way, which has no broker)."""

    event: CloudEvent | InvalidEventError
    raw: object
    position: Position | None = None

    @property
    def text(self) -> str:
        """As it came, for a dead letter."""
        return self.raw if isinstance(self.raw, str) else json.dumps(self.raw, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class DeadLettered:
    """What the messaging gave up on: the event's text, the function that could not handle it, and where it was."""

    function: str
    text: str
    position: Position | None = None


def key_of(delivery: Delivery) -> str:
    """What the event must stay in order with; itself, when it does not say."""
    event = delivery.event
    if isinstance(event, InvalidEventError):
        return delivery.text
    return str(event.extensions.get("partitionkey") or event.subject or event.id)


def failure_of(function: Function, delivery: Delivery, reason: str) -> Failure:
    """How a delivery that failed is kept; one without a readable id goes by the hash of its text."""
    topic = function.consumes.topic if function.consumes else ""
    event = delivery.event
    if isinstance(event, CloudEvent):
        return Failure(function.name, topic, event.source, event.id, reason, delivery.text, delivery.position)
    source, event_id = _claimed_identity(delivery.text)
    return Failure(function.name, topic, source, event_id, reason, delivery.text, delivery.position)


def _claimed_identity(text: str) -> tuple[str, str]:
    digest = "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    try:
        attributes = json.loads(text)
    except (ValueError, RecursionError):
        return "", digest
    if not isinstance(attributes, dict):
        return "", digest
    source, event_id = attributes.get("source"), attributes.get("id")
    readable = isinstance(source, str) and isinstance(event_id, str) and event_id
    return (source, event_id) if readable else ("", digest)  # type: ignore[return-value]
