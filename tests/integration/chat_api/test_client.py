"""The rendered client, against the API that it is rendered from."""

import asyncio
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest

from functions.operations.client import ApiError, Client
from functions.operations.client.models import NewTask, Said, TaskChange
from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-042")


@pytest.fixture
def client(taskwake: World, sam: Person) -> Iterator[Client]:
    with Client(taskwake.base_url, sam.token) as client:
        yield client


async def test_a_task_lives_from_its_creation_to_its_end(client: Client) -> None:
    def live() -> list[str]:
        task = client.create_task(NewTask(title="Call Sam", due_on=date(2031, 1, 6)))
        client.change_task(task.id, TaskChange(title="Call Kim"), if_match=f'"{task.version}"')
        said = client.say(Said(text="add milk")).tasks
        done = client.complete_task(task.id)
        client.delete_task(said[0].id)
        return [done.status, *(task.title for task in client.list_tasks(status="all").tasks)]

    assert await asyncio.to_thread(live) == ["done", "Call Kim"]


async def test_a_refusal_says_what_and_where(client: Client) -> None:
    with pytest.raises(ApiError) as raised:
        await asyncio.to_thread(client.create_task, NewTask(title=" "))
    assert [error.field for error in raised.value.errors] == ["title"]
    with pytest.raises(ApiError, match="404"):
        await asyncio.to_thread(client.read_task, uuid4())
