"""/mcp, by the official client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-105")


@asynccontextmanager
async def client(person: Person) -> AsyncIterator[Client]:
    headers = {"authorization": f"Bearer {person.token}"}
    async with (
        httpx2.AsyncClient(headers=headers, verify=False) as http,
        Client(streamable_http_client(f"{person.http.base_url}/mcp", http_client=http)) as mcp,
    ):
        yield mcp


async def call(mcp: Client, tool: str, **arguments: Any) -> Any:
    result = await mcp.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def refused(mcp: Client, tool: str, **arguments: Any) -> str:
    result = await mcp.call_tool(tool, arguments)
    assert result.is_error
    return result.content[0].text


async def test_a_program_sees_the_tools_and_what_each_takes(sam: Person) -> None:
    async with client(sam) as mcp:
        tools = {tool.name: tool for tool in (await mcp.list_tools()).tools}
    assert tools.keys() >= {"say", "find_tasks", "create_task", "change_task", "complete_task", "delete_task"}
    assert all(tool.description for tool in tools.values())
    assert tools["find_tasks"].annotations.read_only_hint is True
    assert tools["delete_task"].annotations.destructive_hint is True
    assert "due_at" in str(tools["create_task"].input_schema)


async def test_a_sentence_is_done_and_says_how_to_take_it_back(sam: Person) -> None:
    async with client(sam) as mcp:
        answer = await call(mcp, "say", text="remind me to call Kim tomorrow at 9")
    assert answer["answer"].startswith("Added “call Kim”")
    assert answer["undo"] == "undo"
    assert [task["title"] for task in await sam.tasks()] == ["call Kim"]


async def test_a_task_lives_by_tools_as_by_the_api(sam: Person) -> None:
    due_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    async with client(sam) as mcp:
        task = await call(mcp, "create_task", task={"title": "Call Kim", "due_at": due_at, "rrule": "FREQ=DAILY"})
        changed = await call(mcp, "change_task", task_id=task["id"], change={"title": "Call Kim back"})
        assert changed == await sam.get(f"/tasks/{task['id']}")
        assert await call(mcp, "get_task", task_id=task["id"]) == changed
        assert (await call(mcp, "find_tasks", filter="tomorrow", search="kim"))["tasks"] == [changed]
        assert (await call(mcp, "find_tasks", filter="overdue"))["tasks"] == []
        done = await call(mcp, "complete_task", task_id=task["id"])
        assert done["status"] == "done"
        assert (await call(mcp, "reopen_task", task_id=task["id"]))["status"] == "open"
        await call(mcp, "delete_task", task_id=task["id"])
        lists = await call(mcp, "list_lists")
    assert await sam.tasks() == []
    assert [found["id"] for found in lists["result"]] == [str(sam.list_id)]


async def test_what_is_wrong_is_told_and_changes_nothing(sam: Person, kim: Person) -> None:
    foreign = await kim.create()
    async with client(sam) as mcp:
        assert "there is no task" in await refused(mcp, "complete_task", task_id=foreign["id"])
        assert "there is no task" in await refused(mcp, "get_task", task_id=str(uuid4()))
        assert "rrule" in await refused(mcp, "create_task", task={"title": "x", "rrule": "FREQ=NEVER"})
        assert "title" in await refused(mcp, "create_task", task={"title": ""})
        assert "filter" in await refused(mcp, "find_tasks", filter="todya")
        assert "colour" in await refused(mcp, "create_task", task={"title": "x", "colour": "red"})
    assert await sam.tasks() == []
    assert (await kim.tasks())[0]["status"] == "open"


@pytest.mark.requirement("PROD-168")
async def test_a_token_that_may_only_read_has_the_reading_tools(sam: Person) -> None:
    task = await sam.create(title="Call Kim")
    made = await sam.post("/tokens", {"name": "reader", "scopes": ["tasks:read"]})
    reader = replace(sam, token=made["secret"])
    async with client(reader) as mcp:
        assert [found["id"] for found in (await call(mcp, "find_tasks"))["tasks"]] == [task["id"]]
        assert (await call(mcp, "list_notices"))["notices"] == []
        for tool, arguments in (
            ("complete_task", {"task_id": task["id"]}),
            ("say", {"text": "what is due today"}),
            ("undo", {}),
        ):
            assert "tasks:write" in await refused(mcp, tool, **arguments)
    assert (await sam.get(f"/tasks/{task['id']}"))["status"] == "open"


@pytest.mark.requirement("PROD-168")
async def test_tasks_are_moved_and_changes_undone_by_tools(sam: Person) -> None:
    one, two = [await sam.create(title=title) for title in ("One", "Two")]
    async with client(sam) as mcp:
        await call(mcp, "move_task", task_id=two["id"], to={"before": one["id"]})
        assert [task["id"] for task in await sam.tasks(sort="position")] == [two["id"], one["id"]]
        await call(mcp, "complete_task", task_id=one["id"])
        await call(mcp, "undo")
        assert "notice" in await refused(mcp, "snooze_notice", notice_id=str(uuid4()), snooze={"minutes": 10})
    assert (await sam.get(f"/tasks/{one['id']}"))["status"] == "open"


@pytest.mark.requirement("PROD-164")
async def test_a_choice_is_made_by_its_question(sam: Person) -> None:
    for title in ("One", "Two"):
        await sam.create(title=title)
    async with client(sam) as mcp:
        yes, _ = (await call(mcp, "say", text="complete everything"))["choices"]
        assert not (await call(mcp, "say", text="yes", question=str(uuid4())))["understood"]
        yes, _ = (await call(mcp, "say", text="complete everything"))["choices"]
        assert (await call(mcp, "say", text="yes", question=yes["question"]))["understood"]


async def test_a_crash_says_nothing_of_itself(sam: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    async def crash(*_: Any) -> None:
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr("functions.chat_api.chat.respond", crash)
    async with client(sam) as mcp:
        assert "1234" not in await refused(mcp, "say", text="buy milk")


async def test_without_a_token_nothing_is_served_and_a_session_is_none(taskwake: World, sam: Person) -> None:
    async with httpx2.AsyncClient(base_url=taskwake.base_url, verify=False) as nobody:
        for headers in ({}, {"cookie": "taskwake_session=x"}, {"authorization": "Bearer nonsense"}):
            answer = await nobody.post("/mcp", json={}, headers=headers)
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert (await sam.http.get("/mcp")).status_code == 405
