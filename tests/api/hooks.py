"""What a program does that a schema can't say."""

from typing import Any
from uuid import uuid4

import schemathesis
from schemathesis import Case, GenerationMode, HookContext

KEY = "Idempotency-Key"
TAGS = ("If-Match", "If-None-Match")


@schemathesis.hook
def before_call(_: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Of a request that is meant to be right: a key of its own, and no cursor that no answer gave."""
    if case.meta and case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    for name in case.headers or {}:
        if name == KEY:
            case.headers[name] = f'"{uuid4()}"'
        # Its coverage phase (4.32) calls the number 0 right, whatever type and pattern the header's schema has.
        if name in TAGS and case.headers[name] == "0":
            case.headers[name] = '"0"'
    if case.query:
        case.query.pop("cursor", None)
