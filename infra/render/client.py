"""functions/operations/client/: a Python client, from the OpenAPI document."""

import keyword
import re
import subprocess
import sys
from collections.abc import Iterator
from textwrap import fill, indent
from typing import Any

from functions.chat_api.api import create_app
from infra.render.document import MARK

Schema = dict[str, Any]

_FORMATS = {
    "uuid": "UUID",
    **{"date-time": "datetime", "local-date-time": "datetime"},
    **{"date": "date", "time": "time", "local-time": "time"},
}
_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_GET_BODY = "text/event-stream"
_JSON = "application/json"


def rendered() -> dict[str, str]:
    """The text of each of its rendered files, by name."""
    document = create_app().openapi()
    return {
        "models.py": _formatted("\n".join(_models(document["components"]["schemas"]))),
        "api.py": _formatted("\n".join(_api(document))),
    }


def _formatted(code: str) -> str:
    """With the imports that it needs, as ruff has it; the settings are those of the project."""
    command = [sys.executable, "-m", "ruff"]
    for arguments in (["check", "--select", "F401,I", "--fix", "--quiet"], ["format"]):
        name = ["--stdin-filename", "functions/operations/client/api.py"]
        done = subprocess.run(
            [*command, *arguments, *name, "-"], input=code, capture_output=True, text=True, check=True
        )
        code = done.stdout
    return code


def _models(schemas: dict[str, Schema]) -> Iterator[str]:
    yield f"# {MARK}"
    yield '"""What the API takes and answers."""'
    yield "from __future__ import annotations"
    yield "from datetime import date, datetime, time"
    yield "from typing import Any, Literal"
    yield "from uuid import UUID"
    yield "from pydantic import Field"
    yield "from functions.operations.client.connection import Model"
    for name, schema in sorted(schemas.items()):
        if schema.get("type") != "object" or not schema.get("properties"):
            yield f"{name} = {_type(schema)}"
            continue
        yield f"class {name}(Model):"
        yield indent(_docstring(schema.get("description", f"{name}.")), "    ")
        required = schema.get("required", [])
        for member, value in schema["properties"].items():
            yield f"    {_member(member, value, member in required)}"


def _member(name: str, schema: Schema, required: bool) -> str:
    python = _identifier(name)
    written = _type(schema)
    alias = "" if python == name else f"alias={name!r}"
    if required:
        return f"{python}: {written}" + (f" = Field({alias})" if alias else "")
    default = schema.get("default")
    if default is None and not re.search(r"\bNone\b|\bAny\b", written):
        written += " | None"
    if default in ([], {}) or alias:
        value = f"default={default!r}" if alias else f"default_factory={type(default).__name__}"
        return f"{python}: {written} = Field({', '.join(part for part in (value, alias) if part)})"
    return f"{python}: {written} = {default!r}"


def _type(schema: Schema) -> str:
    """The Python type of a value of this schema."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    if choices := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " | ".join(dict.fromkeys(_type(choice) for choice in choices))
    match schema.get("type"):
        case "array":
            return f"list[{_type(schema.get('items', {}))}]"
        case "object":
            values = schema.get("additionalProperties")
            return f"dict[str, {_type(values) if isinstance(values, dict) else 'Any'}]"
        case list() as kinds:
            return " | ".join(_TYPES[kind] for kind in kinds)
        case "string":
            return _FORMATS.get(schema.get("format", ""), "str")
        case kind:
            return _TYPES.get(str(kind), "Any")


def _api(document: dict[str, Any]) -> Iterator[str]:
    models = sorted(document["components"]["schemas"])
    yield f"# {MARK}"
    yield '"""Each operation of the API as a method of its name."""'
    yield "from collections.abc import Iterator"
    yield "from datetime import date, datetime, time"
    yield "from typing import Any, Literal, cast"
    yield "from urllib.parse import quote"
    yield "from uuid import UUID"
    yield "from functions.operations.client.connection import Connection, ServerSentEvent"
    yield f"from functions.operations.client.models import {', '.join(models)}"
    yield "class Client(Connection):"
    yield '    """The API of one Taskwake, asked as one person. Each method raises ApiError and UnreachableError."""'
    yield '    def __enter__(self) -> "Client":'
    yield "        return self"
    operations = [(path, *each) for path, methods in document["paths"].items() for each in methods.items()]
    for path, method, operation in sorted(operations, key=lambda each: each[2]["operationId"]):
        yield from _method(path, method, operation)


def _method(path: str, method: str, operation: Schema) -> Iterator[str]:
    parameters = {where: [each for each in operation.get("parameters", []) if each["in"] == where] for where in _PLACES}
    keyed = any(each["name"] == "Idempotency-Key" for each in parameters["header"])
    named = [each for where in ("query", "header") for each in parameters[where]]
    body_type, media_types = _body(operation)
    arguments = ["self", *(_argument(each) for each in parameters["path"])]
    arguments += [f"body: {body_type}"] if body_type else []
    arguments += [f"media_type: Literal[{', '.join(map(repr, media_types))}]"] if len(media_types) > 1 else []
    arguments += (
        ["*", *(_argument(each) for each in sorted(named, key=lambda each: not each["required"]))] if named else []
    )
    answer = _answer(operation)
    yield f"    def {operation['operationId']}({', '.join(arguments)}) -> {answer}:"
    yield indent(_docstring(operation.get("description", "")), "        ")
    place = path
    for each in parameters["path"]:
        name = _identifier(each["name"])
        place = place.replace(f"{{{each['name']}}}", f"{{quote({name}, safe='')}}" if _is_text(each) else f"{{{name}}}")
    asked = [f'f"{place}"' if "{" in place else repr(place)]
    asked += [f"{where}={{{pairs}}}" for where in ("query", "header") if (pairs := _pairs(parameters[where]))]
    asked = [each.replace("header=", "headers=", 1) for each in asked]
    if answer.startswith("Iterator"):
        yield f"        return self._stream({', '.join(asked)})"
        return
    asked += ["body=body"] if body_type else []
    if media_types and media_types != [_JSON]:
        asked.append(f"media_type={'media_type' if len(media_types) > 1 else repr(media_types[0])}")
    asked += ["keyed=True"] if keyed else []
    call = f"self._call({answer}, {method.upper()!r}, {', '.join(asked)})"
    yield f"        {call}" if answer == "None" else f"        return cast({answer}, {call})"


_PLACES = ("path", "query", "header", "cookie")


def _argument(parameter: Schema) -> str:
    written = _type(parameter["schema"])
    name = _identifier(parameter["name"])
    return f"{name}: {written}" if parameter["required"] else f"{name}: {written} | None = None"


def _is_text(parameter: Schema) -> bool:
    return _type(parameter["schema"]) == "str"


def _pairs(parameters: list[Schema]) -> str:
    return ", ".join(f"{each['name']!r}: {_identifier(each['name'])}" for each in parameters)


def _body(operation: Schema) -> tuple[str, list[str]]:
    """The type of the body and the media types that it may be of; empty, if it takes none."""
    content = operation.get("requestBody", {}).get("content", {})
    media_types = list(content)
    if media_types == [_JSON]:
        return _type(content[_JSON]["schema"]), media_types
    return ("bytes", media_types) if content else ("", [])


def _answer(operation: Schema) -> str:
    """What an operation that succeeds answers."""
    for status, response in sorted(operation["responses"].items()):
        content = response.get("content", {})
        if status.startswith("2") and content:
            if _GET_BODY in content:
                return "Iterator[ServerSentEvent]"
            return _type(content[_JSON].get("schema", {})) if _JSON in content else "bytes"
    return "None"


def _identifier(name: str) -> str:
    python = re.sub(r"\W", "_", name).lower()
    return f"{python}_" if keyword.iskeyword(python) else python


def _docstring(text: str) -> str:
    paragraphs = [fill(" ".join(part.split()), 106, break_long_words=False) for part in text.split("\n\n")]
    whole = "\n\n".join(paragraphs).replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{whole}"""' if "\n" not in whole else f'"""{whole}\n"""'
