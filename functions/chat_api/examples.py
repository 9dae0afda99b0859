"""Examples for the OpenAPI document, from its schemas: what a field says of itself, else what its name stands for."""

from typing import Any

Schema = dict[str, Any]

_IDS = "{}0f0c1d-14d1-4b15-9a30-7d4cb3aeefcd"
NAMED: Schema = {
    "answer": "Added “Call Sam”, due tomorrow at 09:00.",
    "created_at": "2026-11-22T18:30:00Z",
    "detail": "title: Field required",
    "due_at": "2026-11-23T08:00:00Z",
    "due_local": "2026-11-23T09:00:00",
    "due_on": None,
    "email": "sam@example.org",
    "end": 8,
    "exdates": [],
    "is_now": "2026-11-23T14:00:00Z",
    "kind": "due",
    "last_error": None,
    "dtstart": "2026-11-23T09:00:00",
    "channel": "email",
    "body": "Call Sam is due.",
    "label": "home",
    "list_name": "Home",
    "lateness_ms": 12,
    "minutes_before": 10,
    "name": "Sam",
    "next_cursor": None,
    "nominal": "2026-11-30",
    "notes": "Ask about **Sunday**.",
    "owner_id": _IDS.format("5a"),
    "created_by": _IDS.format("5a"),
    "quiet_from": "22:00:00",
    "quiet_until": "07:00:00",
    "rdates": [],
    "recurrence_id": None,
    "role": "editor",
    "rrule": None,
    "rule": "FREQ=WEEKLY;BYDAY=MO",
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    "series_id": None,
    "start": 0,
    "start_local": None,
    "start_on": None,
    "task_id": _IDS.format("7a"),
    "text": "remind me to call Sam tomorrow at 9",
    "title": "Call Sam",
    "topics": ["task.due.v1"],
    "url": "https://example.org/hooks/taskwake",
    "user_id": _IDS.format("5a"),
    "version": 1,
    "words": "tomorrow",
    "zone": "Europe/Berlin",
}
"""By a member's name: what it is in an example, unless its schema says."""

_FORMATS = {
    "uuid": _IDS.format("1d"),
    "date-time": "2026-11-23T08:00:00Z",
    "date": "2026-11-23",
    "local-date-time": "2026-11-23T09:00:00",
    "local-time": "09:00:00",
    "duration": "PT10M",
    "binary": "",
}


_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def example(schema: Schema, schemas: dict[str, Schema], name: str = "") -> Any:
    """A value of this schema; `schemas` are those that it refers to, `name` the member that it is for."""
    if "examples" in schema:
        return schema["examples"][0]
    if name in NAMED and _fits(NAMED[name], schema, schemas):
        return NAMED[name]
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    for one_of in ("oneOf", "anyOf", "allOf"):
        if one_of in schema:
            return example(schema[one_of][0], schemas, name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("default") is not None and schema.get("type") != "object":
        return schema["default"]
    return _by_type(schema, schemas, name)


def _by_type(schema: Schema, schemas: dict[str, Schema], name: str) -> Any:
    match schema.get("type"):
        case "object":
            members = schema.get("properties", {})
            # Of a body in which nothing has to be, its first member.
            shown = [member for member in members if _is_shown(member, schema)] or list(members)[:1]
            return {member: example(members[member], schemas, member) for member in shown}
        case "array":
            return [example(schema["items"], schemas, name.removesuffix("s"))]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case "null":
            return None
        case _:
            return _FORMATS.get(schema.get("format", ""), name or "text")


def _is_shown(member: str, schema: Schema) -> bool:
    """What is required, and what has a value when it is not named: an example stays short."""
    return member in schema.get("required", []) or schema["properties"][member].get("default") is not None


def _fits(value: Any, schema: Schema, schemas: dict[str, Schema]) -> bool:
    """Whether the value is of a type that the schema takes."""
    if "$ref" in schema:
        return _fits(value, schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return any(_fits(value, choice, schemas) for choice in choices)
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    return isinstance(value, _TYPES.get(schema.get("type", ""), object))
