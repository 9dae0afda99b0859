"""Every other place that takes an id — a query's, a body's, a command's, a tool's — with another's, asked by strangers
and by members of every role, in each way in which the routes are asked (test_foreign_ids.py)."""

from collections.abc import Iterator
from typing import Any, get_args

import httpx
import pytest

from functions.chat_api.api import create_app
from functions.chat_api.context import ApiContext
from functions.chat_api.mcp.server import server
from functions.chat_api.models.commands import CommandType
from tests.integration.chat_api.foreign import (
    ANYBODY,
    MEMBERS,
    NOBODY,
    ROLES,
    WRITERS,
    Case,
    Role,
    client,
    filled,
    foreign_to,
)
from tests.integration.chat_api.test_foreign_ids import CASES
from tests.integration.world import Person, World, soon

pytestmark = [pytest.mark.requirement("PROD-024"), pytest.mark.requirement("PROD-175")]

WRONG = frozenset({422})
"""A body's or query's id of what is not there for who asks is a wrong field."""
REFUSED = frozenset({400})
"""A tool says no more of an error than its words."""
WEBHOOK = {"url": "http://127.0.0.1:9/", "topics": ["task.due.v1"]}
MCP = {"accept": "application/json, text/event-stream"}


def command(kind: str, **args: Any) -> dict[str, Any]:
    return {"commands": [{"type": kind, "uuid": "{uuid}", "args": args}]}


def tool(name: str, **arguments: Any) -> dict[str, Any]:
    params = {"name": name, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


NEW_IN_LIST = {"title": "x", "list_id": "{list_id}"}
PLACES: dict[str, Case] = {
    "GET /tasks parent_id": Case(ANYBODY, query={"parent_id": "{task_id}", "status": "all"}),
    "GET /tasks filter_id": Case(NOBODY, query={"filter_id": "{filter_id}"}),
    "GET /tasks id_prefix": Case(ANYBODY, query={"id_prefix": "{task_id}", "status": "all"}),
    "GET /activity user_id": Case(ANYBODY, query={"user_id": "{user_id}"}),
    "POST /tasks parent_id": Case(WRITERS, {"title": "x", "parent_id": "{task_id}"}, refused=WRONG),
    "POST /tasks assignee_id": Case(NOBODY, {"title": "x", "assignee_id": "{user_id}"}, refused=WRONG),
    "POST /tasks list_id assignee_id": Case(WRITERS, NEW_IN_LIST | {"assignee_id": "{user_id}"}, refused=WRONG),
    "PATCH /tasks/{own_task_id} list_id": Case(WRITERS, {"list_id": "{list_id}"}, refused=WRONG),
    "PATCH /tasks/{own_task_id} list_id parent_id": Case(
        WRITERS, {"list_id": "{list_id}", "parent_id": "{task_id}"}, refused=WRONG
    ),
    "PATCH /tasks/{own_task_id} parent_id": Case(NOBODY, {"parent_id": "{task_id}"}, refused=WRONG | {403}),
    "PATCH /tasks/{own_task_id} assignee_id": Case(NOBODY, {"assignee_id": "{user_id}"}, refused=WRONG),
    "POST /tasks/{own_task_id}/move before": Case(NOBODY, {"before": "{task_id}"}, refused=WRONG),
    "POST /tasks/{own_task_id}/move after": Case(NOBODY, {"after": "{task_id}"}, refused=WRONG),
    "POST /calendar-feeds list_ids": Case(MEMBERS, {"name": "x", "list_ids": ["{list_id}"]}, refused=WRONG),
    "POST /webhooks list_id": Case(MEMBERS, WEBHOOK | {"list_id": "{list_id}"}, refused=WRONG),
    "PATCH /webhooks/{own_webhook_id} list_id": Case(MEMBERS, {"list_id": "{list_id}"}, refused=WRONG),
    "POST /chat list_id": Case(MEMBERS, {"text": "find {title}", "list_id": "{list_id}"}, refused=WRONG, echoes=True),
    "POST /commands task_create": Case(WRITERS, command("task_create", **NEW_IN_LIST), refused=WRONG),
    "POST /commands task_update": Case(WRITERS, command("task_update", id="{task_id}", title="mine")),
    "POST /commands task_complete": Case(WRITERS, command("task_complete", id="{task_id}")),
    "POST /commands task_reopen": Case(WRITERS, command("task_reopen", id="{task_id}")),
    "POST /commands task_skip": Case(WRITERS, command("task_skip", id="{task_id}")),
    "POST /commands task_delete": Case(WRITERS, command("task_delete", id="{task_id}")),
    "POST /commands list_create": Case(ANYBODY, command("list_create", name="x")),
    "POST /commands notice_acknowledge": Case(NOBODY, command("notice_acknowledge", id="{notice_id}")),
    "POST /commands notice_snooze": Case(NOBODY, command("notice_snooze", id="{notice_id}", minutes=5)),
    "POST /mcp say": Case(ANYBODY, tool("say", text="find {title}"), echoes=True),
    "POST /mcp find_tasks": Case(ANYBODY, tool("find_tasks", search="{title}", status="all")),
    "POST /mcp get_task": Case(MEMBERS, tool("get_task", task_id="{task_id}"), refused=REFUSED),
    "POST /mcp list_lists": Case(ANYBODY, tool("list_lists")),
    "POST /mcp create_task": Case(WRITERS, tool("create_task", task=NEW_IN_LIST), refused=REFUSED),
    "POST /mcp change_task": Case(
        WRITERS, tool("change_task", task_id="{task_id}", change={"title": "mine"}), refused=REFUSED
    ),
    "POST /mcp complete_task": Case(WRITERS, tool("complete_task", task_id="{task_id}"), refused=REFUSED),
    "POST /mcp skip_task": Case(WRITERS, tool("skip_task", task_id="{task_id}"), refused=REFUSED),
    "POST /mcp reopen_task": Case(WRITERS, tool("reopen_task", task_id="{task_id}"), refused=REFUSED),
    "POST /mcp delete_task": Case(WRITERS, tool("delete_task", task_id="{task_id}"), refused=REFUSED),
    "POST /mcp move_task": Case(WRITERS, tool("move_task", task_id="{task_id}", to={"first": True}), refused=REFUSED),
    "POST /mcp list_notices": Case(ANYBODY, tool("list_notices")),
    "POST /mcp snooze_notice": Case(
        NOBODY, tool("snooze_notice", notice_id="{notice_id}", snooze={"minutes": 5}), refused=REFUSED
    ),
    "POST /mcp undo": Case(NOBODY, tool("undo", event_id="{event_id}"), refused=REFUSED),
}
"""By the route and the place. Each is asked with a new task of the other's, and another of one's own."""
NOT_ANOTHERS = {
    "POST /commands uuid": "what a program calls its own command",
    "POST /chat question": "a question of one's own conversation, the only one that is looked into",
}


def outcome(answer: httpx.Response) -> int:
    """The status; of a command its own, and of a tool 200 or, for whatever error, 400."""
    if answer.is_success and answer.request.url.path == "/commands":
        [result] = answer.json()["results"]
        return result["problem"]["status"] if result["problem"] else 200
    if answer.is_success and answer.request.url.path == "/mcp":
        return 400 if answer.json()["result"].get("isError") else 200
    return answer.status_code


def uuids_in(schema: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    """The members of a body, at any depth, that are UUIDs or lists of them."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for name, member in schema.get("properties", {}).items():
        if is_uuid(member):
            yield name
        for part in (member, member.get("items", {})):
            yield from uuids_in(part, document) if "$ref" in part else ()


def is_uuid(schema: dict[str, Any]) -> bool:
    forms = [schema, *schema.get("anyOf", [])]
    return any(form.get("format") == "uuid" or form.get("items", {}).get("format") == "uuid" for form in forms)


def test_every_id_that_a_query_or_a_body_takes_has_its_case() -> None:
    document = create_app().openapi()
    taken = set[str]()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            query = [each for each in operation.get("parameters", []) if each["in"] == "query"]
            names = [each["name"] for each in query if is_uuid(each["schema"])]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                names += uuids_in(content["schema"], document)
            taken |= {f"{method.upper()} {path} {name}" for name in names}
    asked = {f"{route} {name}" for route, case in CASES.items() for name in [*case.query, *(case.body or ())]}
    for place in PLACES:
        method, path, *names = place.split()
        asked |= {f"{method} {path.replace('own_', '')} {name}" for name in names}
    assert taken
    assert taken - asked == set(NOT_ANOTHERS)


async def test_every_command_and_every_tool_has_its_case() -> None:
    commands = {f"POST /commands {kind}" for kind in get_args(CommandType)}
    tools = {f"POST /mcp {each.name}" for each in await server().list_tools()}
    assert commands | tools == {place for place in PLACES if place.startswith(("POST /commands", "POST /mcp"))}


@pytest.mark.parametrize("role", ROLES)
async def test_every_place_shows_and_changes_what_the_role_allows(
    taskwake: World, sam: Person, api: ApiContext, role: Role, request: pytest.FixtureRequest
) -> None:
    alone = request.node.callspec.params["api"] == "unfiltered"
    foreign = await foreign_to(taskwake, sam, role)
    hidden = [foreign.hidden, foreign.shown] if role == "stranger" else [foreign.hidden]
    own_webhook = (await sam.post("/webhooks", WEBHOOK))["id"]
    async with client(api, sam) as http:
        for asked, case in PLACES.items():
            task = await foreign.person.create(
                title=foreign.shown, list_id=foreign.list_id, due_at=soon(86_400), rrule="FREQ=DAILY"
            )
            await foreign.person.create(title=foreign.shown, parent_id=task["id"])
            own_task = await sam.create(title="own")
            ids = foreign.ids | {
                "task_id": task["id"],
                "own_task_id": own_task["id"],
                "own_webhook_id": own_webhook,
                "uuid": own_task["id"],
            }
            await taskwake.settled()
            before = await foreign.fingerprint(taskwake)
            method, path, *_ = asked.split()
            answer = await http.request(
                method, filled(path, ids), params=filled(case.query, ids), json=filled(case.body, ids), headers=MCP
            )
            status, may = outcome(answer), role in case.allowed
            expected = REFUSED if path == "/mcp" else case.refused_to(role)
            # By row-level security alone what is refused may be an error, and what finds nothing a success.
            assert may or alone or status in expected, (asked, status, answer.text)
            assert not may or alone or status < 300, (asked, status, answer.text)
            for text in () if case.echoes else hidden:
                assert text not in answer.text, asked
            await taskwake.settled()
            if method == "GET" or case.allowed == ANYBODY or not may:
                assert await foreign.fingerprint(taskwake) == before, asked
