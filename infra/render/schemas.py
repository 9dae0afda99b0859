"""contracts/schemas/<topic>.json: JSON Schema of a topic's whole CloudEvent, as Taskwake publishes it."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import DatetimeSchema

from functions.kernel.events import SOURCE, TYPE_PREFIX, Event
from infra.render.document import MARK, Value, json_file

LOCAL_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$"
TRACEPARENT = r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$"


class _GenerateSchema(GenerateJsonSchema):
    def datetime_schema(self, schema: DatetimeSchema) -> JsonSchemaValue:
        """A wall-clock time has no offset, which the format date-time (RFC 3339) asks for."""
        if schema.get("tz_constraint") is not None:
            return super().datetime_schema(schema)
        return {"type": "string", "pattern": LOCAL_TIME, "description": "Wall-clock time, without offset."}


def schema(event_type: type[Event]) -> dict[str, Value]:
    """The JSON Schema (2020-12) of this type's CloudEvent."""
    data: dict[str, Any] = event_type.model_json_schema(mode="serialization", schema_generator=_GenerateSchema)
    definitions = data.pop("$defs", {})
    description = data.pop("description")
    attributes: dict[str, Value] = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1, "description": "Equal ids mean the same fact."},
        "source": {"const": SOURCE},
        "type": {"const": TYPE_PREFIX + event_type.topic},
        "subject": {"type": "string", "format": "uuid", "description": "The partition key."},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "partitionkey": {
            "type": "string",
            "format": "uuid",
            "description": "Events of one key are handled in the order they were written.",
        },
        "traceparent": {"type": "string", "pattern": TRACEPARENT, "description": "W3C Trace Context."},
        "data": data,
    }
    rendered: dict[str, Value] = {
        "$comment": MARK,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event_type.__name__,
        "description": description,
        "type": "object",
        "properties": attributes,
        "required": [name for name in attributes if name != "traceparent"],
        # Extension attributes, such as Dapr adds on the way.
        "additionalProperties": {"type": ["string", "integer", "boolean"]},
    }
    return rendered | ({"$defs": definitions} if definitions else {})


def render(event_type: type[Event]) -> str:
    """The file's text."""
    return json_file(schema(event_type))
