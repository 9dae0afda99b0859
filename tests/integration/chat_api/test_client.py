"""The rendered client, against the API that it is rendered from."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import uuid4

import pytest

from functions.operations.client import ApiError, Client
from functions.operations.client.models import (
    At,
    Before,
    Command,
    Commands,
    DryRun,
    Missed,
    Nag,
    NewInvitation,
    NewTask,
    NewTaskList,
    NewToken,
    NewWebhook,
    OnDay,
    Said,
    TaskChange,
    WebhookChange,
)
from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-042")

OPENAPI = Path(__file__).parents[3] / "specs/001-event-flow/contracts/openapi.json"


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


async def test_what_has_several_forms_comes_back_in_the_one_it_was_given(client: Client) -> None:
    reminders = [
        Before(minutes_before=30),
        At(at=datetime(2030, 12, 31, 8, tzinfo=UTC)),
        OnDay(time=time(8), days_before=1),
        Nag(every_minutes=5),
    ]

    def live() -> None:
        new = NewTask(
            title="Call Sam",
            due_local=datetime.fromisoformat("2031-01-06T09:00"),
            zone="Europe/Berlin",
            reminders=reminders,
        )
        task = client.create_task(new)
        assert (task.due_local, task.due_at) == (new.due_local, datetime(2031, 1, 6, 8, tzinfo=UTC))
        assert task.reminders == reminders
        assert client.change_task(task.id, TaskChange(due_local=None)).due_local is None

    await asyncio.to_thread(live)


async def test_a_copy_is_kept_by_what_changed_since(client: Client) -> None:
    def live() -> None:
        begun = client.sync()
        kept, gone = (client.create_task(NewTask(title=title)) for title in ("Call Sam", "Call Kim"))
        changed = client.sync(cursor=begun.cursor)
        assert [task.id for task in changed.tasks] == [kept.id, gone.id]
        client.delete_task(gone.id)
        assert client.sync(cursor=changed.cursor).deleted.tasks == [gone.id]
        first = client.list_tasks(limit=1, status="all")
        assert first.tasks == [kept]
        assert first.next_cursor is None

    await asyncio.to_thread(live)


async def test_many_writes_go_in_one_request_and_each_says_how_it_went(client: Client) -> None:
    def live() -> None:
        make = Command(type="task_create", uuid=uuid4(), temp_id="it", args={"title": "Call Sam"})
        finish = Command(type="task_complete", uuid=uuid4(), args={"id": "it"})
        skip = Command(type="task_skip", uuid=uuid4(), args={"id": "it"})
        done = client.run_commands(Commands(commands=[make, finish, skip]))
        assert [each.status for each in done.results] == ["ok", "ok", "error"]
        refused = done.results[2].problem
        assert refused is not None
        assert refused.status == 409
        assert client.read_task(done.temp_id_mapping["it"]).status == "done"

    await asyncio.to_thread(live)


async def test_two_share_a_list_and_a_token_does_what_its_scopes_say(
    taskwake: World, client: Client, kim: Person
) -> None:
    def live() -> None:
        house = client.create_list(NewTaskList(name="House"))
        with Client(taskwake.base_url, kim.token) as hers:
            invitation = client.create_invitation(house.id, NewInvitation(role="viewer"))
            assert invitation.secret
            assert hers.accept_invitation(invitation.secret).role == "viewer"
            with pytest.raises(ApiError) as refused:
                hers.create_task(NewTask(title="Feed the cat", list_id=house.id))
            assert refused.value.status == 403
        made = client.create_token(NewToken(name="Kitchen", scopes=["tasks:read"]))
        assert made.secret
        with Client(taskwake.base_url, made.secret) as reading:
            assert [each.name for each in reading.list_lists()][-1] == "House"
            with pytest.raises(ApiError, match="tasks:write"):
                reading.create_list(NewTaskList(name="Garden"))
        client.revoke_token(made.id)

    await asyncio.to_thread(live)


@pytest.mark.requirement("PROD-451")
async def test_a_webhook_is_tried_and_asked_for_again_only_with_the_scope_for_it(
    taskwake: World, client: Client
) -> None:
    def live() -> None:
        client.create_task(NewTask(title="Call Sam"))
        hook = client.create_webhook(NewWebhook(url="https://taskwake.invalid/hook", topics=["task.created.v1"]))
        assert client.dry_run(hook.id, DryRun(limit=10)).wanted == 1
        writing = client.create_token(NewToken(name="Kitchen", scopes=["tasks:read", "tasks:write"]))
        assert writing.secret
        since = Missed(since=datetime.now(UTC))
        with Client(taskwake.base_url, writing.secret) as other:
            for asked in (lambda: other.dry_run(hook.id, DryRun()), lambda: other.redeliver_since(hook.id, since)):
                with pytest.raises(ApiError, match="account"):
                    asked()
        client.change_webhook(hook.id, WebhookChange(enabled=False))
        with pytest.raises(ApiError) as off:
            client.redeliver_since(hook.id, since)
        assert off.value.status == 409

    await asyncio.to_thread(live)


async def test_the_document_that_is_served_is_the_one_that_is_kept(sam: Person) -> None:
    kept = json.loads(OPENAPI.read_text())
    assert await sam.get("/openapi.json") == {name: part for name, part in kept.items() if name != "x-rendered"}
