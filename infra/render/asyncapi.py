"""contracts/asyncapi.yaml: which function publishes and hears which topic (AsyncAPI 3.0)."""

from collections.abc import Sequence
from inspect import getdoc

from functions.kernel.events import EVENT_TYPES, TYPE_PREFIX, Event
from functions.kernel.host.function import Function
from infra.render.document import Value, yaml_file

BINDING_VERSION = "0.5.0"
DESCRIPTION = """\
Every event is a CloudEvent 1.0 in the JSON format (structured mode), at most 256 KiB, the value of one Kafka record
whose key is its partitionkey. Events of one key arrive in the order they were written, each at least once: equal ids
mean the same fact. Functions are handed them by Dapr (POST /events, single or in bulk), which also puts a function's
dead letters aside.
"""


def render(functions: Sequence[Function]) -> str:
    """The file's text."""
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
        "components": {"messages": {event_type.__name__: _message(event_type) for event_type in EVENT_TYPES}},
    }
    return yaml_file(("", document))


def _channels(functions: Sequence[Function]) -> dict[str, Value]:
    events = {
        event_type.topic: _channel(event_type.topic, event_type, _first_line(event_type)) for event_type in EVENT_TYPES
    }
    dead_letters = {
        function.dead_letter_topic: _channel(
            function.dead_letter_topic,
            function.consumes,
            f"What {function.name} could not handle, as it was; even what is no CloudEvent at all.",
        )
        for function in functions
        if function.consumes
    }
    return events | dead_letters


def _channel(topic: str, event_type: type[Event], description: str) -> Value:
    return {
        "address": topic,
        "description": description,
        "messages": {event_type.__name__: {"$ref": f"#/components/messages/{event_type.__name__}"}},
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


def _operations(functions: Sequence[Function]) -> dict[str, Value]:
    operations: dict[str, Value] = {}
    for function in functions:
        for event_type in function.emits:
            summary = f"{function.name} publishes it."
            operations[f"{function.name}.send.{event_type.topic}"] = _operation(
                "send", event_type.topic, event_type, summary
            )
        heard = [(event_type, "is told of it, and reads the event log.") for event_type in function.watches]
        if function.consumes:
            heard.append((function.consumes, f"handles it; its dead letters: {function.dead_letter_topic}."))
        for event_type, what in heard:
            operations[f"{function.name}.receive.{event_type.topic}"] = _operation(
                "receive", event_type.topic, event_type, f"{function.name} {what}"
            ) | _group(function)
        for origin in functions:
            if function.dead_letters and origin.consumes:
                topic, summary = origin.dead_letter_topic, f"{function.name} stores it."
                operations[f"{function.name}.receive.{topic}"] = _operation(
                    "receive", topic, origin.consumes, summary
                ) | _group(function)
    return operations


def _operation(action: str, topic: str, event_type: type[Event], summary: str) -> dict[str, Value]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{topic}/messages/{event_type.__name__}"}],
    }


def _group(function: Function) -> dict[str, Value]:
    group = {"type": "string", "enum": [function.name]}
    return {"bindings": {"kafka": {"groupId": group, "bindingVersion": BINDING_VERSION}}}


def _first_line(event_type: type[Event]) -> str:
    return (getdoc(event_type) or "").splitlines()[0]
