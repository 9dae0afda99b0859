"""The cases of tests/vectors/cloudevents, each as the HTTP message that it is."""

import json
from pathlib import Path
from typing import Any

Vector = dict[str, Any]

_FOLDER = Path(__file__).parent / "vectors" / "cloudevents"


def _read(name: str, media_type: str | None) -> list[Vector]:
    vectors = json.loads((_FOLDER / f"{name}.json").read_text())
    return [vector | ({"headers": {"content-type": media_type}} if media_type else {}) for vector in vectors]


STRUCTURED = _read("structured", "application/cloudevents+json")
BATCHES = _read("batch", "application/cloudevents-batch+json; charset=utf-8")
BINARY = _read("binary", None)


def http_message(vector: Vector) -> tuple[dict[str, str], bytes]:
    """Its headers and body."""
    text = vector.get("text", vector.get("body"))
    body = json.dumps(vector["event"]) if text is None else text
    return vector["headers"], body.encode()
