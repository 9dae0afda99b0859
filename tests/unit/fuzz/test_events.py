"""Events as they come by HTTP: read or refused, and nothing else."""

import json

import pytest
from hypothesis import strategies as st

from functions.kernel.cloudevent import decode, parse_http, parse_mapping
from functions.kernel.errors import InvalidEventError
from tests.cloudevent_vectors import BATCHES, BINARY, STRUCTURED, http_message
from tests.unit.fuzz.fuzzing import fuzz, mutated, odd_json

pytestmark = pytest.mark.requirement("TRUST-061")

EVENTS = [vector["event"] for vector in STRUCTURED if "event" in vector]
DUE = {
    "specversion": "1.0",
    "id": "1",
    "source": "/taskwake",
    "type": "dev.taskwake.task.due.v1",
    "time": "2026-11-27T09:00:00Z",
    "datacontenttype": "application/json",
    "data": {"reminder_id": "1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd", "title": "Call Sam", "due": None},
}
BODIES = [http_message(vector)[1].decode() for vector in (*STRUCTURED, *BATCHES)]
HEADERS = [json.dumps(vector["headers"]) for vector in BINARY]
TYPES = st.sampled_from(["application/cloudevents+json", "application/cloudevents-batch+json", "application/json", ""])


@fuzz(given=odd_json([*EVENTS, DUE, DUE]))
def test_any_json_value_is_an_event_or_none(given: object) -> None:
    try:
        decode(parse_mapping(given))  # type: ignore[arg-type]
    except InvalidEventError as error:
        assert error.attribute
        str(error).encode()


@fuzz(text=mutated(BODIES, "{", "[", "}" * 40, "[" * 300, ":", ",", "null", '"specversion"', "1e999"), media_type=TYPES)
def test_any_body_holds_events_or_none(text: str, media_type: str) -> None:
    try:
        parse_http({"Content-Type": media_type}, text.encode("utf-8", "surrogatepass"))
    except InvalidEventError as error:
        str(error).encode()


@fuzz(
    text=mutated(HEADERS, "ce-", "%", "%00", "%ff", "content-type", "application/json", "; charset=x"),
    body=st.binary(max_size=9),
)
def test_any_headers_are_an_event_or_none(text: str, body: bytes) -> None:
    try:
        headers = json.loads(text)
    except ValueError:
        headers = {"ce-id": text}
    if isinstance(headers, dict) and all(isinstance(value, str) for value in headers.values()):
        try:
            parse_http(headers, body)
        except InvalidEventError as error:
            str(error).encode()
