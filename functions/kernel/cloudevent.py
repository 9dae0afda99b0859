"""CloudEvents 1.0.2: strict parsing and rendering, in the JSON event format and the HTTP binding.

Whatever the specification forbids raises InvalidEventError, whose `attribute` names the offender (`body` for
the whole). Where it leaves a choice: an Integer has neither fraction nor exponent, so 1.0 is refused; of a
JSON member given twice the last one counts; `data` that is not declared JSON must be a string.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pydantic import ValidationError
from pydantic_core import to_json

from functions.kernel import cloudevent_values as values
from functions.kernel.errors import InvalidEventError
from functions.kernel.events import BY_TOPIC, SOURCE, TYPE_PREFIX, Event

MAX_EVENT_BYTES = 256 * 1024
MAX_DEPTH = values.MAX_DEPTH
MAX_BATCH_BYTES = 4 * 1024 * 1024
MAX_BATCH_EVENTS = 1000

_ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema")
_CORE = frozenset((*_ATTRIBUTES, "data", "data_base64"))
_UTF8 = ("utf-8", "us-ascii")


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """An event as it arrived: its attributes are valid, `time` is in UTC.

    `data` is the JSON value (None, too, when there is none), the text of another media type, or the bytes of
    `data_base64` and of a binary-mode body that is not declared JSON.
    """

    id: str
    source: str
    type: str
    subject: str | None = None
    time: datetime | None = None
    datacontenttype: str | None = None
    dataschema: str | None = None
    data: object = None
    extensions: dict[str, str | int | bool] = field(default_factory=dict)


def parse_structured(body: bytes) -> CloudEvent:
    """The event of an `application/cloudevents+json` body. Raises InvalidEventError."""
    _check_size(len(body), MAX_EVENT_BYTES)
    return _read(values.json("body", body))


def parse_mapping(attributes: dict[str, object]) -> CloudEvent:
    """The event of a JSON object that is already decoded. Raises InvalidEventError.

    Its size is that of its compact JSON, so that single and bulk deliveries meet the same cap.
    """
    event = _read(attributes)
    try:
        size = len(to_json(attributes))
    except ValueError:
        raise InvalidEventError("data", "must be a JSON value") from None
    _check_size(size, MAX_EVENT_BYTES)
    return event


def parse_batch(body: bytes) -> list[CloudEvent | InvalidEventError]:
    """The events of an `application/cloudevents-batch+json` body; for a bad one, what is wrong with it.

    Raises InvalidEventError when the body is no JSON array, or more than a batch may be.
    """
    _check_size(len(body), MAX_BATCH_BYTES)
    entries = values.json("body", body)
    if not isinstance(entries, list):
        raise InvalidEventError("body", "must be a JSON array of events")
    if len(entries) > MAX_BATCH_EVENTS:
        raise InvalidEventError("body", f"{len(entries)} events; a batch holds at most {MAX_BATCH_EVENTS}")
    parse = _read if len(body) <= MAX_EVENT_BYTES else parse_mapping
    results: list[CloudEvent | InvalidEventError] = []
    for entry in entries:
        try:
            results.append(parse(entry))
        except InvalidEventError as error:
            results.append(error)
    return results


def parse_binary(headers: Mapping[str, str], body: bytes) -> CloudEvent:
    """The event of an HTTP message in binary content mode. Raises InvalidEventError."""
    from functions.kernel.cloudevent_headers import read_attributes  # no cold start needs it: Dapr sends JSON

    attributes = read_attributes(headers)
    _check_size(len(body) + sum(map(len, attributes.values())), MAX_EVENT_BYTES)
    event = _read(attributes)
    if not body:
        return event
    if event.datacontenttype is None:
        return replace(event, data=body)
    media_type, charset = values.media_type("datacontenttype", event.datacontenttype)
    if not values.declares_json(media_type):
        return replace(event, data=body)
    if charset not in _UTF8:
        raise InvalidEventError("datacontenttype", f"JSON must be UTF-8, not {values.quoted(charset)}")
    data = values.json("data", body)
    values.check_json("data", data)
    return replace(event, data=data)


def parse_http(headers: Mapping[str, str], body: bytes) -> list[CloudEvent | InvalidEventError]:
    """The events of an HTTP message; its Content-Type says the content mode. Raises InvalidEventError."""
    given = next((value.strip() for name, value in headers.items() if name.lower() == "content-type"), "")
    if not given.lower().startswith("application/cloudevents"):
        return [parse_binary(headers, body)]
    media_type, charset = values.media_type("content-type", given)
    if media_type == "application/cloudevents+json" and charset in _UTF8:
        return [parse_structured(body)]
    if media_type == "application/cloudevents-batch+json" and charset in _UTF8:
        return parse_batch(body)
    supported = "application/cloudevents+json or application/cloudevents-batch+json, in UTF-8"
    raise InvalidEventError("content-type", f"{values.quoted(given)} is not supported; send {supported}")


def render(event: Event, source: str = SOURCE) -> dict[str, object]:
    """A catalogue event as the JSON object of a CloudEvent; `source` is a URI-reference."""
    key = str(event.key)
    rendered: dict[str, object] = {
        "specversion": "1.0",
        "id": event.id,
        "source": source,
        "type": TYPE_PREFIX + event.topic,
        "subject": key,
        "time": event.time.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z",
        "datacontenttype": "application/json",
        "partitionkey": key,
    }
    if event.traceparent:
        rendered["traceparent"] = event.traceparent
    rendered["data"] = event.model_dump(mode="json")
    return rendered


def render_json(event: Event, source: str = SOURCE) -> bytes:
    """A catalogue event as an `application/cloudevents+json` body."""
    return to_json(render(event, source))


def decode(cloud_event: CloudEvent) -> Event:
    """The catalogue event it carries; attributes that Dapr or others added are passed over.

    Raises InvalidEventError for a type that is not in the catalogue, and for data that is not valid for its
    type, naming the field by its path (`data.task.id`). Validation is strict: "3" is no integer.
    """
    prefix, topic = cloud_event.type[: len(TYPE_PREFIX)], cloud_event.type[len(TYPE_PREFIX) :]
    event_type = BY_TOPIC.get(topic) if prefix == TYPE_PREFIX else None
    if event_type is None:
        raise InvalidEventError("type", f"{values.quoted(cloud_event.type)} is not in the event catalogue")
    if cloud_event.time is None:
        raise InvalidEventError("time", "required in an event of the catalogue")
    data = cloud_event.data
    if isinstance(data, bytes) and cloud_event.datacontenttype and _is_json(cloud_event.datacontenttype):
        data = values.json("data", data)
        values.check_json("data", data)
    if not isinstance(data, dict):
        raise InvalidEventError("data", "must be a JSON object")
    traceparent = cloud_event.extensions.get("traceparent") or None
    own = {"id": cloud_event.id, "time": cloud_event.time, "traceparent": traceparent}
    try:
        return event_type.model_validate_json(to_json({**data, **own}), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        path, message = ".".join(str(part) for part in first["loc"]), first["msg"]
        if not message.isprintable():
            message = values.quoted(message)
        raise InvalidEventError(path if path in own else f"data.{path}", message) from None


def _read(attributes: object) -> CloudEvent:
    """The event of a decoded JSON value; its size is the caller's to check."""
    if not isinstance(attributes, dict):
        raise InvalidEventError("body", "must be a JSON object")
    get = attributes.get
    if get("specversion") != "1.0":
        raise InvalidEventError("specversion", 'must be the string "1.0"')
    event_id = values.text("id", get("id"))
    source = values.uri_reference("source", get("source"))
    event_type = values.text("type", get("type"))
    if (subject := get("subject")) is not None:
        values.text("subject", subject)
    if (time := get("time")) is not None:
        time = values.timestamp("time", time)
    if (schema := get("dataschema")) is not None:
        values.absolute_uri("dataschema", schema)
    json = (content_type := get("datacontenttype")) is None or _is_json(content_type)
    data = get("data")
    if (encoded := get("data_base64")) is not None:
        if "data" in attributes:
            raise InvalidEventError("data_base64", "must not stand beside data")
        data = values.base64("data_base64", encoded)
    elif data is not None:
        if not json and not isinstance(data, str):
            raise InvalidEventError("data", "must be a string, as datacontenttype does not declare JSON")
        values.check_json("data", data)
    extensions: dict[str, str | int | bool] = {}
    for name, value in attributes.items():
        if name not in _CORE:
            values.check_name(name)
            if value is not None:
                extensions[name] = values.extension(name, value)
    return CloudEvent(event_id, source, event_type, subject, time, content_type, schema, data, extensions)


def _is_json(content_type: object) -> bool:
    return values.declares_json(values.media_type("datacontenttype", content_type)[0])


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise InvalidEventError("body", f"{size} bytes; at most {limit} are taken")
