"""contracts/asyncapi.yaml: which function publishes and hears which topic (AsyncAPI 3.0)."""

from collections.abc import Sequence
from inspect import getdoc

from functions.kernel.events import EVENT_TYPES, TYPE_PREFIX, Event
from functions.kernel.host.function import RINGING_TOPIC, Function
from infra.render.document import Value, yaml_file

BINDING_VERSION = "0.5.0"
RINGING = "AlarmRinging"
DESCRIPTION = """\
Every event is a CloudEvent 1.0 in the JSON format (structured mode), at most 256 KiB, the value of one Kafka record
whose key is its partitionkey. Events of one key arrive in the order they were written, each at least once: equal ids
mean the same fact. Functions are handed them by Dapr (POST /events, single or in bulk), which also puts a function's
dead letters aside.
"""


def render(functions: Sequence[Function]) -> str:
    """The file's text."""
    messages = {event_type.__name__: _message(event_type) for event_type in EVENT_TYPES} | {RINGING: _ringing()}
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Taskwake events",
            "version": "1",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "broker": {
                "host": "{brokers}",
                "protocol": "kafka",
                "description": "Redpanda, or Apache Kafka.",
                "variables": {"brokers": {"description": "host:port", "default": "127.0.0.1:9092"}},
            }
        },
        "channels": _channels(functions),
        "operations": _operations(functions),
        "components": {"messages": messages},
    }
    return yaml_file(("", document))


def _channels(functions: Sequence[Function]) -> dict[str, Value]:
    events = {
        event_type.topic: _channel(event_type.topic, event_type.__name__, _first_line(event_type))
        for event_type in EVENT_TYPES
    }
    dead_letters = {
        function.dead_letter_topic: _channel(
            function.dead_letter_topic,
            function.consumes.__name__,
            f"What {function.name} could not handle, as it was; even what is no CloudEvent at all.",
        )
        for function in functions
        if function.consumes
    }
    ringing = _channel(RINGING_TOPIC, RINGING, "A reminder's moment is near: be awake when it comes.")
    return events | dead_letters | {RINGING_TOPIC: ringing}


def _channel(topic: str, message: str, description: str) -> Value:
    return {
        "address": topic,
        "description": description,
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
        "bindings": {"kafka": {"topic": topic, "bindingVersion": BINDING_VERSION}},
    }


def _message(event_type: type[Event]) -> Value:
    return {
        "name": TYPE_PREFIX + event_type.topic,
        "title": event_type.__name__,
        "summary": _first_line(event_type),
        "description": f"examples/{event_type.topic}.json is one.",
        "contentType": "application/cloudevents+json",
        "payload": {
            "schemaFormat": "application/schema+json;version=2020-12",
            "schema": {"$ref": f"./schemas/{event_type.topic}.json"},
        },
        "bindings": {
            "kafka": {"key": {"type": "string", "format": "uuid"}, "bindingVersion": BINDING_VERSION},
        },
    }


def _ringing() -> Value:
    return {
        "name": RINGING_TOPIC,
        "title": RINGING,
        "summary": "No event, and it says nothing: what is handed over is that it came.",
        "contentType": "application/json",
        "payload": {"type": "object"},
    }


def _operations(functions: Sequence[Function]) -> dict[str, Value]:
    operations: dict[str, Value] = {}
    for function in functions:
        for event_type in function.emits:
            summary = f"{function.name} publishes it."
            operations[f"{function.name}.send.{event_type.topic}"] = _operation(
                "send", event_type.topic, event_type.__name__, summary
            )
        if function.rings:
            summary = f"{function.name} says so when it wakes ahead of a reminder."
            operations[f"{function.name}.send.{RINGING_TOPIC}"] = _operation("send", RINGING_TOPIC, RINGING, summary)
        if function.warmed:
            summary = f"{function.name} gets ready."
            operations[f"{function.name}.receive.{RINGING_TOPIC}"] = _operation(
                "receive", RINGING_TOPIC, RINGING, summary
            ) | _group(function)
        heard = [(event_type, "is told of it, and reads the event log.") for event_type in function.watches]
        if function.consumes:
            heard.append((function.consumes, f"handles it; its dead letters: {function.dead_letter_topic}."))
        for event_type, what in heard:
            operations[f"{function.name}.receive.{event_type.topic}"] = _operation(
                "receive", event_type.topic, event_type.__name__, f"{function.name} {what}"
            ) | _group(function)
        for origin in functions:
            if function.dead_letters and origin.consumes:
                topic, summary = origin.dead_letter_topic, f"{function.name} stores it."
                operations[f"{function.name}.receive.{topic}"] = _operation(
                    "receive", topic, origin.consumes.__name__, summary
                ) | _group(function)
    return operations


def _operation(action: str, topic: str, message: str, summary: str) -> dict[str, Value]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{topic}/messages/{message}"}],
    }


def _group(function: Function) -> dict[str, Value]:
    group = {"type": "string", "enum": [function.name]}
    return {"bindings": {"kafka": {"groupId": group, "bindingVersion": BINDING_VERSION}}}


def _first_line(event_type: type[Event]) -> str:
    return (getdoc(event_type) or "").splitlines()[0]
