"""The refusals of an operation: those that follow from its shape, beside those that are written down."""

from collections.abc import Iterator, Mapping
from typing import Any

from functions.chat_api.etags import UNQUOTED
from functions.chat_api.parameters import EXAMPLE_ID
from functions.chat_api.permissions import check, needed
from functions.chat_api.refusals.by_input import BY_INPUT
from functions.chat_api.refusals.by_state import BY_STATE, CHANGEABLE, CHANGED, CHANGED_TASK, GIVEN, UNKNOWN
from functions.chat_api.refusals.refusal import Refusal, invalid, refused
from functions.kernel.errors import InsufficientScopeError, NotFoundError, OutdatedError

Operation = Mapping[str, Any]
"""As the OpenAPI document has it."""

_NO_ID = "7"
_PYDANTIC = "Input should be a valid UUID, invalid length: found 1"


def refusals_of(method: str, path: str, operation: Operation) -> list[Refusal]:
    """What it refuses, by example, in the order of the statuses; of those that every operation refuses alike, none."""
    name = operation["operationId"]
    told = [*BY_STATE.get(name, ()), *([BY_INPUT[name]] if name in BY_INPUT else [])]
    statuses = {each.problem.status for each in told}
    told += [each for each in _by_parameters(operation) if each.problem.status not in statuses]
    if operation.get("security") != []:
        told += _by_scope(method, path, operation["tags"])
    return sorted(told, key=lambda each: each.problem.status)


def examples_of(method: str, path: str, operation: Operation) -> dict[int, dict[str, Any]]:
    """The same as the document has it: by status, then numbered."""
    examples: dict[int, dict[str, Any]] = {}
    for each in refusals_of(method, path, operation):
        alike = examples.setdefault(each.problem.status, {})
        alike[str(len(alike) + 1)] = each.example
    return examples


def _by_parameters(operation: Operation) -> Iterator[Refusal]:
    parameters = operation.get("parameters", [])
    given = next((GIVEN[tag] for tag in operation["tags"] if tag in GIVEN), "")
    in_path = [each["name"] for each in parameters if each["in"] == "path"]
    if in_path and in_path[0] in UNKNOWN:
        yield refused(NotFoundError(UNKNOWN[in_path[0]].format(EXAMPLE_ID)), given)
        yield invalid(in_path[0], _PYDANTIC, given, path={in_path[0]: _NO_ID})
    names = {each["name"] for each in parameters}
    if "If-Match" in names:
        changed = CHANGED_TASK if in_path[:1] == ["task_id"] else CHANGED
        there = CHANGEABLE[in_path[0]] if in_path else given
        yield refused(OutdatedError(changed), there, headers={"If-Match": '"1"'})
    if "If-None-Match" in names and not in_path:
        yield invalid("If-None-Match", UNQUOTED, headers={"If-None-Match": "7"})


def _by_scope(method: str, path: str, tags: list[str]) -> Iterator[Refusal]:
    """The token has no scope that this needs, but all others."""
    try:
        check((), needed(method.upper(), path, tags), f"{method.upper()} {path}")
    except InsufficientScopeError as error:
        yield refused(error, f"a token without the scope {' '.join(error.missing)}")
