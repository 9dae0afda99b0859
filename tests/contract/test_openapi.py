"""The OpenAPI document is complete: every operation says what it takes and each answer that it gives, by example."""

import inspect
import json
import keyword
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from jsonschema import Draft202012Validator, FormatChecker

from functions.chat_api.api import create_app
from functions.chat_api.openapi import routes_of
from functions.chat_api.problems import STATUS_OF, problem
from functions.chat_api.refusals.by_input import BY_INPUT
from functions.chat_api.refusals.by_state import BY_STATE
from functions.operations.client import Client

pytestmark = pytest.mark.requirement("PROD-040")

DOCUMENT: dict[str, Any] = json.loads(json.dumps(create_app().openapi()))
OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    operation["operationId"]: (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}

each_operation = pytest.mark.parametrize("name", OPERATIONS)


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    found: Any = part
    while "$ref" in found:
        path = found["$ref"]
        found = DOCUMENT
        for step in path.removeprefix("#/").split("/"):
            found = found[step]
    return found


def statuses(name: str) -> set[str]:
    return set(OPERATIONS[name][2]["responses"])


def media(name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each body of an operation: where, its media type, and what is said of it."""
    operation = OPERATIONS[name][2]
    bodies = [("request", operation["requestBody"])] if "requestBody" in operation else []
    for where, body in [*bodies, *operation["responses"].items()]:
        for media_type, content in resolved(body).get("content", {}).items():
            yield where, media_type, content


def check(value: Any, schema: dict[str, Any]) -> None:
    whole = schema | {"components": DOCUMENT["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(value)


def test_every_operation_has_a_name_of_its_own() -> None:
    assert len(OPERATIONS) == sum(len(methods) for methods in DOCUMENT["paths"].values())


@each_operation
def test_an_operation_says_what_it_does(name: str) -> None:
    operation = OPERATIONS[name][2]
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]


@each_operation
def test_an_operation_names_each_error_that_follows_from_what_it_takes(name: str) -> None:
    method, path, operation = OPERATIONS[name]
    headers = headers_taken(operation)
    expected = {"414", "431", "503"}
    expected |= {"401", "429"} if operation.get("security") != [] else set()
    expected |= {"413"} if method != "get" else set()
    expected |= {"403"} if "401" in expected and name != "read_me" else set()  # any token may ask whose it is
    expected |= {"404"} if "{" in path else set()
    expected |= {"412"} if "If-Match" in headers else set()
    expected |= {"415", "422"} if "requestBody" in operation else set()
    expected |= {"400"} if set(operation.get("requestBody", {}).get("content", ())) == {"application/json"} else set()
    expected |= {"422"} if operation.get("parameters") else set()
    assert expected <= statuses(name)
    assert {status for status in statuses(name) if status >= "4"} - expected <= {"404", "409", "410", "412", "429"}
    assert any(status < "3" for status in statuses(name))


UNCONDITIONAL = {
    "change_member": "a member is read among the others only, and is its role: the one given last counts",
    "remove_member": "as change_member; whatever they were, they are to go",
    "delete_calendar_feed": "a feed is never changed, only revoked",
    "revoke_token": "a token is never changed, only revoked",
    "end_session": "a session is never changed, only ended",
    "revoke_invitation": "an invitation is never changed, only revoked or accepted, and then it is gone",
    "drop_dead_letter": "an event as it came, which nobody changes; that it was replayed is no reason to keep it",
}
"""What has no If-Match, and why."""


@pytest.mark.requirement("PROD-433")
@each_operation
def test_what_changes_a_single_thing_can_be_asked_to_change_only_what_was_read(name: str) -> None:
    method, path, operation = OPERATIONS[name]
    if method not in ("patch", "put", "delete"):
        return
    assert ("If-Match" in headers_taken(operation)) != (name in UNCONDITIONAL)
    if name in UNCONDITIONAL:
        return
    assert "412" in statuses(name)
    [reading] = [each for each, (verb, place, _) in OPERATIONS.items() if (verb, place) == ("get", path)]
    assert "If-None-Match" in headers_taken(OPERATIONS[reading][2])
    assert "304" in statuses(reading)
    for each in (name, reading):
        answers = OPERATIONS[each][2]["responses"]
        assert all("ETag" in answers[status]["headers"] for status in ("200", "304") if status in answers)


def headers_taken(operation: dict[str, Any]) -> set[str]:
    return {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}


@each_operation
def test_every_error_is_a_problem(name: str) -> None:
    for where, media_type, content in media(name):
        assert (media_type == "application/problem+json") == (where[0] in "45"), where
        if where[0] in "45":
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}


@each_operation
def test_every_body_has_an_example_that_its_schema_takes(name: str) -> None:
    for where, media_type, content in media(name):
        if media_type in ("text/event-stream", "application/zip"):
            continue
        assert content["examples"], where
        for example in content["examples"].values():
            check(example["value"], content["schema"])
            if where[0] in "45":
                assert str(example["value"]["status"]) == where


@each_operation
def test_every_parameter_says_what_it_is(name: str) -> None:
    parameters = OPERATIONS[name][2].get("parameters", [])
    assert [each["name"] for each in parameters if not each.get("description")] == []
    assert [each["name"] for each in parameters if each["in"] == "path" and "format" in each["schema"]] == [
        each["name"] for each in parameters if each["in"] == "path" and "example" in each
    ]


@each_operation
def test_every_example_of_a_parameter_is_one_that_it_takes(name: str) -> None:
    for parameter in OPERATIONS[name][2].get("parameters", []):
        for example in parameter["schema"].get("examples", []):
            check(example, parameter["schema"])


def test_no_schema_takes_an_example_of_its_own_for_wrong() -> None:
    found = 0
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for member, value in schema.get("properties", {}).items():
            for example in value.get("examples", []):
                assert Draft202012Validator(value | {"components": DOCUMENT["components"]}).is_valid(example), (
                    name,
                    member,
                )
                found += 1
    assert found


@each_operation
@pytest.mark.requirement("PROD-450")
def test_an_operation_that_refuses_something_of_its_own_shows_it_by_fields_that_it_takes(name: str) -> None:
    """A new one is shown in functions/chat_api/refusals/, and played by tests/integration/chat_api/test_refusals.py."""
    operation = OPERATIONS[name][2]
    taken = {each["name"] for each in operation.get("parameters", [])} | members(operation) | {"body"}
    for where, response in operation["responses"].items():
        if where < "4" or "$ref" in response:
            continue
        examples = response["content"]["application/problem+json"]["examples"].values()
        assert examples, f"no example of {where} of {name}: write one into functions/chat_api/refusals/"
        for refused in (each["value"] for each in examples):
            fields = {error["field"].partition(".")[0] for error in refused["errors"]}
            assert fields <= taken
            assert fields or where != "422"


def members(operation: dict[str, Any]) -> set[str]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return set(resolved(body).get("properties", ()))


@pytest.mark.requirement("PROD-450")
def test_what_is_written_down_of_refusals_is_of_operations_that_there_are() -> None:
    assert {*BY_INPUT, *BY_STATE} <= set(OPERATIONS)


def test_every_error_that_a_person_can_meet_is_in_the_document() -> None:
    shown = {
        example["value"]["status"]
        for name in OPERATIONS
        for where, _, content in media(name)
        if where[0] in "45"
        for example in content["examples"].values()
    }
    assert set(STATUS_OF.values()) <= shown


@pytest.mark.requirement("PROD-450")
def test_what_is_shown_of_an_operation_is_short() -> None:
    assert len(json.dumps(DOCUMENT)) < 400_000


@pytest.mark.requirement("PROD-451")
def test_each_route_has_the_tags_itself_by_which_its_scopes_are_chosen() -> None:
    routes = {route.name: route.tags for route in routes_of(create_app()) if isinstance(route, APIRoute)}
    assert {name: routes[name] for name in OPERATIONS} == {
        name: operation["tags"] for name, (_, _, operation) in OPERATIONS.items()
    }


def test_the_problem_of_the_document_is_the_one_that_is_answered() -> None:
    answered = json.loads(bytes(problem(404, "no such task").body))
    check(answered, DOCUMENT["components"]["schemas"]["Problem"])
    assert set(answered) == set(DOCUMENT["components"]["schemas"]["Problem"]["properties"])


@each_operation
@pytest.mark.requirement("PROD-042")
def test_the_client_has_each_operation_with_what_it_takes(name: str) -> None:
    operation = OPERATIONS[name][2]
    parameters = {re.sub(r"\W", "_", each["name"]).lower() for each in operation.get("parameters", [])}
    taken = set(inspect.signature(getattr(Client, name)).parameters) - {"self", "media_type"}
    assert taken == {each + "_" * keyword.iskeyword(each) for each in parameters} | {"body"} & taken
    assert ("body" in taken) == ("requestBody" in operation)
