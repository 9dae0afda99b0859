"""The golden examples: what was promised of a topic's events stays true of the code, both ways."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from functions.kernel.cloudevent import decode, parse_structured, render
from functions.kernel.errors import InvalidEventError
from functions.kernel.events import BY_TOPIC

CONTRACTS = Path(__file__).parents[2] / "specs/001-event-flow/contracts"
TOPICS = sorted(BY_TOPIC)

pytestmark = pytest.mark.requirement("FLOW-007")


def golden(topic: str) -> dict[str, Any]:
    example: dict[str, Any] = json.loads((CONTRACTS / f"examples/{topic}.json").read_text())
    return example


def validate(topic: str, event: dict[str, Any]) -> None:
    schema = json.loads((CONTRACTS / f"schemas/{topic}.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(event)


def within(promised: Any, given: Any) -> bool:
    """Whether everything promised is given; more may be given, as a new optional field is."""
    if isinstance(promised, dict) and isinstance(given, dict):
        return all(name in given and within(value, given[name]) for name, value in promised.items())
    return bool(promised == given)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_example_is_valid_for_its_schema(topic: str) -> None:
    validate(topic, golden(topic))


@pytest.mark.parametrize("topic", TOPICS)
def test_the_example_is_read_as_its_class_and_written_as_it_was(topic: str) -> None:
    example = golden(topic)

    event = decode(parse_structured(json.dumps(example).encode()))

    assert type(event) is BY_TOPIC[topic]
    assert within(example, render(event))
    validate(topic, render(event))


@pytest.mark.parametrize("topic", TOPICS)
def test_what_dapr_adds_on_the_way_changes_nothing(topic: str) -> None:
    added = {"topic": topic, "pubsubname": "pubsub", "traceid": "00-1-2-01", "tracestate": ""}
    delivered = golden(topic) | added

    validate(topic, delivered)
    assert decode(parse_structured(json.dumps(delivered).encode())) == decode(
        parse_structured(json.dumps(golden(topic)).encode())
    )


def remove_data(event: dict[str, Any]) -> None:
    del event["data"]


def remove_a_field(event: dict[str, Any]) -> None:
    del event["data"][next(iter(event["data"]))]


def give_a_field_another_type(event: dict[str, Any]) -> None:
    event["data"][next(iter(event["data"]))] = 3


def empty_the_id(event: dict[str, Any]) -> None:
    event["id"] = ""


def name_another_type(event: dict[str, Any]) -> None:
    event["type"] = "dev.taskwake.task.vanished.v1"


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize(
    "damage", [remove_data, remove_a_field, give_a_field_another_type, empty_the_id, name_another_type]
)
def test_a_broken_example_is_refused_by_the_schema_and_by_the_code(
    topic: str, damage: Callable[[dict[str, Any]], None]
) -> None:
    event = copy.deepcopy(golden(topic))
    damage(event)

    with pytest.raises(ValidationError):
        validate(topic, event)
    with pytest.raises(InvalidEventError):
        decode(parse_structured(json.dumps(event).encode()))
