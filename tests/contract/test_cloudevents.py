"""CloudEvents 1.0.2, case by case: what is an event is read as it is meant, what is none is refused by name."""

from base64 import b64encode
from typing import Any

import pytest

from functions.kernel.cloudevent import CloudEvent, parse_http
from functions.kernel.errors import InvalidEventError
from tests.cloudevent_vectors import BATCHES, BINARY, STRUCTURED, Vector, http_message

pytestmark = pytest.mark.requirement("TRUST-060")


@pytest.mark.parametrize("vector", [*STRUCTURED, *BINARY], ids=lambda vector: vector["name"])
def test_event_is_read_or_refused_as_the_specification_says(vector: Vector) -> None:
    if refused := vector.get("refused"):
        with pytest.raises(InvalidEventError) as error:
            parse_http(*http_message(vector))
        assert error.value.attribute == refused
        return
    [event] = parse_http(*http_message(vector))
    assert isinstance(event, CloudEvent)
    assert {name: said(event, name) for name in vector["reads"]} == vector["reads"]


@pytest.mark.parametrize("vector", BATCHES, ids=lambda vector: vector["name"])
def test_batch_is_read_event_by_event_or_refused(vector: Vector) -> None:
    if refused := vector.get("refused"):
        with pytest.raises(InvalidEventError) as error:
            parse_http(*http_message(vector))
        assert error.value.attribute == refused
        return
    events = parse_http(*http_message(vector))
    assert [getattr(event, "attribute", None) for event in events] == vector["results"]


def said(event: CloudEvent, name: str) -> Any:
    if name == "data_bytes":
        assert isinstance(event.data, bytes)
        return b64encode(event.data).decode()
    value = getattr(event, name)
    return value.isoformat() if name == "time" and value else value
