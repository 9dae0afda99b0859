"""Idempotency-Key: a write that is sent again is done once, and answered as it was the first time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from functions.kernel.storage import logins
from functions.operations import accounts
from tests.integration.notification_service.test_deliveries import Receiver, receiver
from tests.integration.world import Person, World, until

__all__ = ["receiver"]  # the fixture of the deliveries serves here too

pytestmark = pytest.mark.requirement("PROD-001")

KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
NEW = {"title": "Call Sam", "due_at": "2031-01-01T09:00:00Z"}


async def rows(taskwake: World, person: Person) -> list[dict[str, Any]]:
    return await taskwake.execute("SELECT * FROM idempotency_keys WHERE user_id = %s ORDER BY key", person.id)


async def events(taskwake: World, person: Person) -> list[str]:
    """What came of what they did to their tasks."""
    found = await taskwake.execute("SELECT topic FROM events WHERE list_id = %s ORDER BY seq", person.list_id)
    return [row["topic"] for row in found]


def told(answer: httpx.Response) -> tuple[Any, ...]:
    """All of an answer but whether it is a repetition, and when and in which trace it was given."""
    of_this_one = {"date", "idempotency-replayed", "traceresponse"}
    headers = {name: value for name, value in answer.headers.items() if name not in of_this_one}
    return answer.status_code, tuple(sorted(headers.items())), answer.content


def replayed(answer: httpx.Response) -> bool:
    return answer.headers.get("idempotency-replayed") == "true"


@asynccontextmanager
async def no_answer_kept_for(taskwake: World, person: Person) -> AsyncIterator[None]:
    """Meanwhile the last write of a request of this person, which keeps its answer, fails."""
    await taskwake.execute(
        f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
        CREATE TRIGGER refused BEFORE UPDATE ON idempotency_keys FOR EACH ROW WHEN (NEW.user_id = '{person.id}')
            EXECUTE FUNCTION refuse();
        """
    )
    try:
        yield
    finally:
        await taskwake.execute("DROP FUNCTION refuse() CASCADE")


async def test_a_request_sent_again_has_the_same_answer_and_no_other_effect(taskwake: World, sam: Person) -> None:
    first = await sam.http.post("/tasks", json=NEW, headers=KEY)
    again = await sam.http.post("/tasks", json=NEW, headers=KEY)
    assert (first.status_code, replayed(first), replayed(again)) == (201, False, True)
    assert told(again) == told(first)
    assert [task["id"] for task in await sam.tasks()] == [first.json()["id"]]
    assert await events(taskwake, sam) == ["task.created.v1"]


async def test_a_hundred_at_once_have_one_effect_and_a_hundred_equal_answers(taskwake: World, sam: Person) -> None:
    answers = await asyncio.gather(*(sam.http.post("/tasks", json=NEW, headers=KEY) for _ in range(100)))
    assert len({told(answer) for answer in answers}) == 1
    assert answers[0].status_code == 201
    assert sorted(replayed(answer) for answer in answers) == [False] + [True] * 99
    assert len(await sam.tasks(status="all")) == 1
    assert await events(taskwake, sam) == ["task.created.v1"]
    assert len(await rows(taskwake, sam)) == 1


async def test_who_sends_it_again_before_it_is_done_waits_for_its_answer(taskwake: World, sam: Person) -> None:
    task = await sam.create()
    async with await psycopg.AsyncConnection.connect(taskwake.url()) as holding:
        await holding.execute("SELECT 1 FROM tasks WHERE id = %s FOR UPDATE", (task["id"],))
        sending = [asyncio.create_task(sam.http.post(f"/tasks/{task['id']}/complete", headers=KEY)) for _ in range(3)]

        async def all_wait() -> bool:
            waiting = await taskwake.execute(
                "SELECT 1 FROM pg_stat_activity WHERE usename = %s AND wait_event_type = 'Lock'", logins.API.name
            )
            return len(waiting) >= 3

        await until(all_wait)
        await holding.rollback()
    answers = await asyncio.gather(*sending)
    assert len({told(answer) for answer in answers}) == 1
    assert answers[0].json()["status"] == "done"
    assert await events(taskwake, sam) == ["task.created.v1", "task.completed.v1"]


async def test_every_write_of_a_person_takes_a_key(
    taskwake: World, sam: Person, kim: Person, receiver: Receiver
) -> None:
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    hook = await sam.post("/webhooks", {"url": receiver.url, "topics": ["task.due.v1"]})
    notice, delivery = uuid4(), uuid4()
    await taskwake.execute(
        """
        INSERT INTO deliveries (id, user_id, task_id, channel, webhook_id, title, event, given_up_at)
        VALUES (%s, %s, %s, 'webhook', %s, 'x', '{"type": "dev.taskwake.task.due.v1"}', now())
        """,
        delivery,
        sam.id,
        task["id"],
        hook["id"],
    )
    await taskwake.execute(
        "INSERT INTO notices (id, user_id, task_id, event_id, kind, title) VALUES (%s, %s, %s, %s, 'due', 'x')",
        notice,
        sam.id,
        task["id"],
        str(notice),
    )
    session = uuid4()
    await taskwake.execute(
        "INSERT INTO credentials (id, user_id, kind, hash) VALUES (%s, %s, 'session', %s)",
        session,
        sam.id,
        session.bytes,
    )
    invitation = await sam.post(f"/lists/{sam.list_id}/invitations", {})
    await sam.create(title="by mistake")
    await asyncio.to_thread(accounts.set_operator, taskwake.url(), sam.id, True)
    event, letter = (await sam.get("/activity"))["activity"][0]["id"], uuid4()
    await taskwake.execute(
        """
        INSERT INTO dead_letters (id, function, topic, source, event_id, reason, attempts, event)
        VALUES (%s, 'task-created', 'task.created.v1', '/taskwake', %s, 'x', 1, '{}')
        """,
        letter,
        event,
    )
    ids = {
        "event": event,
        "letter": str(letter),
        "session": str(session),
        "invitation": invitation["id"],
        "user": str(kim.id),
        "token": (await sam.post("/tokens", {"name": "x", "scopes": ["account"]}))["id"],
        "filter": (await sam.post("/filters", {"name": "x", "query": "p1"}))["id"],
        "feed": (await sam.post("/calendar-feeds", {"name": "x"}))["id"],
        "task": task["id"],
        "hook": hook["id"],
        "delivery": str(delivery),
        "notice": str(notice),
        "list": str(sam.list_id),
    }
    bodies: dict[str, Any] = {
        "create_task": NEW,
        "change_task": {"title": "Call Kim"},
        "say": {"text": "remind me to call Sam tomorrow at 9"},
        "change_me": {"name": "Sam S."},
        "create_list": {"name": "work"},
        "create_webhook": {"url": "http://127.0.0.1:9/", "topics": ["task.due.v1"]},
        "change_webhook": {"topics": ["task.due.v1", "task.recurred.v1"]},
        "snooze_notice": {"minutes": 10},
        "redeliver_since": {"since": "2020-01-01T00:00:00Z"},
        "change_list": {"name": "home"},
        "change_member": {"role": "viewer"},
        "create_invitation": {},
        "create_token": {"name": "y", "scopes": ["tasks:read"]},
        "create_filter": {"name": "x", "query": "p1"},
        "change_filter": {"name": "y"},
        "create_calendar_feed": {"name": "x"},
        "import_file": [],
        "move_task": {"first": True},
        "run_commands": {"commands": [{"type": "task_create", "uuid": str(uuid4()), "args": {"title": "x"}}]},
    }
    await sam.share(sam.list_id, kim)
    document = await sam.get("/openapi.json")
    writes = {
        operation["operationId"]: (method, path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        # Who deletes their account takes their keys along; what is replayed waits for the next look into the outbox.
        if method != "get"
        and operation["operationId"] not in {"send_test_notice", "dry_run", "delete_me", "replay_dead_letter"}
    }
    # A task that is closed is not snoozed, and one that is gone is not closed.
    order = sorted(
        writes, key=lambda name: (name == "delete_list", name.startswith(("delete", "drop")), name == "skip_task", name)
    )
    foreign = await kim.post(f"/lists/{kim.list_id}/invitations", {})
    for name in order:
        method, path = writes[name]
        for placeholder, value in ids.items():
            path = path.replace(f"{{{placeholder}_id}}", value).replace("{webhook_id}", ids["hook"])
        path = path.replace("{secret}", foreign["secret"])
        headers = {"Idempotency-Key": f"of-{name}"}
        asked = {"json": bodies[name]} if name in bodies else {}
        first = await sam.http.request(method.upper(), path, headers=headers, **asked)
        assert first.is_success, (name, first.text)
        await taskwake.settled()
        before = await taskwake.everything()
        again = await sam.http.request(method.upper(), path, headers=headers, **asked)
        # A secret that nobody keeps is shown once; that too has its own test.
        assert told(again) == told(first) or name in {"create_invitation", "create_token"}, name
        assert (again.status_code, replayed(again)) == (first.status_code, True), name
        assert await taskwake.everything() == before, name
    assert len(await rows(taskwake, sam)) == len(writes) >= 35


async def test_a_quoted_key_and_the_same_one_bare_are_one(taskwake: World, sam: Person) -> None:
    for key in ("a-b", '"a-b"'):
        await sam.http.post("/tasks", json=NEW, headers={"Idempotency-Key": key})
    for key in (r'"a \"b\" \\"', r'"a \"b\" \\"'):
        await sam.http.post("/tasks", json=NEW, headers={"Idempotency-Key": key})
    assert [row["key"] for row in await rows(taskwake, sam)] == ['a "b" \\', "a-b"]
    assert len(await sam.tasks()) == 2


@pytest.mark.requirement("PROD-002")
@pytest.mark.parametrize(
    "key", ["", '""', "x" * 256, '"' + "x" * 256 + '"', '"a', "a b", "a, b", '"a"; b=c', "Schlüssel".encode("latin-1")]
)
async def test_what_is_no_key_is_refused_and_changes_nothing(taskwake: World, sam: Person, key: str | bytes) -> None:
    before = await taskwake.everything()
    answer = await sam.http.post("/tasks", json=NEW, headers=[("Idempotency-Key", key)])
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert await taskwake.everything() == before


@pytest.mark.requirement("PROD-002")
async def test_two_keys_are_refused(sam: Person) -> None:
    answer = await sam.http.post("/tasks", json=NEW, headers=[("Idempotency-Key", "a"), ("Idempotency-Key", "b")])
    assert (answer.status_code, await sam.tasks()) == (422, [])


async def test_a_key_of_255_characters_is_one(taskwake: World, sam: Person) -> None:
    answer = await sam.http.post("/tasks", json=NEW, headers={"Idempotency-Key": "x" * 255})
    assert answer.status_code == 201
    assert [row["key"] for row in await rows(taskwake, sam)] == ["x" * 255]


@pytest.mark.requirement("PROD-002")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/tasks", NEW | {"title": "Call Kim"}),
        ("POST", "/lists", NEW),
        ("POST", "/tasks?a=b", NEW),
        ("PATCH", "/me", NEW),
        ("POST", "/tasks", {"not": "valid"}),
    ],
    ids=["body", "path", "query", "method", "invalid"],
)
async def test_another_request_under_the_same_key_is_refused_and_changes_nothing(
    taskwake: World, sam: Person, method: str, path: str, body: Any
) -> None:
    first = await sam.http.post("/tasks", json=NEW, headers=KEY)
    await taskwake.settled()
    before = await taskwake.everything()
    answer = await sam.http.request(method, path, json=body, headers=KEY)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert answer.headers["content-type"] == "application/problem+json"
    assert await taskwake.everything() == before
    assert told(await sam.http.post("/tasks", json=NEW, headers=KEY)) == told(first)


async def test_anothers_request_under_the_same_key_is_their_own(sam: Person, kim: Person) -> None:
    first = await sam.http.post("/tasks", json=NEW, headers=KEY)
    other = await kim.http.post("/tasks", json=NEW, headers=KEY)
    assert (other.status_code, replayed(other)) == (201, False)
    assert [task["id"] for task in await sam.tasks()] == [first.json()["id"]]
    assert [task["id"] for task in await kim.tasks()] == [other.json()["id"]]


async def test_who_is_not_let_in_learns_nothing_of_a_key(taskwake: World, sam: Person) -> None:
    await sam.http.post("/tasks", json=NEW, headers=KEY)
    answer = await sam.http.post("/tasks", json=NEW, headers=KEY | {"authorization": "Bearer wrong"})
    assert (answer.status_code, replayed(answer)) == (401, False)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/tasks", {"title": ""}, 422),
        ("/tasks", {**NEW, "rrule": "FREQ=NEVER"}, 422),
        (f"/tasks/{uuid4()}/skip", None, 404),
    ],
    ids=["body", "rule", "gone"],
)
async def test_a_request_that_is_refused_leaves_no_row_and_may_be_put_right(
    taskwake: World, sam: Person, path: str, body: Any, status: int
) -> None:
    before = await taskwake.everything()
    answer = await sam.http.post(path, json=body, headers=KEY)
    assert answer.status_code == status
    assert await taskwake.everything() == before
    right = await sam.http.post("/tasks", json=NEW, headers=KEY)
    assert (right.status_code, replayed(right)) == (201, False)


async def test_a_sentence_for_which_nothing_is_done_is_answered_alike(sam: Person) -> None:
    await sam.create()
    body = {"text": f"rename call Sam to {'x' * 501}"}
    first = await sam.http.post("/chat", json=body, headers=KEY)
    assert (first.status_code, first.json()["understood"]) == (200, False)
    assert told(await sam.http.post("/chat", json=body, headers=KEY)) == told(first)
    assert [task["title"] for task in await sam.tasks()] == ["Call Sam"]


async def test_what_fails_between_effect_and_answer_leaves_neither(taskwake: World, sam: Person) -> None:
    await taskwake.settled()
    before = await taskwake.everything()
    async with no_answer_kept_for(taskwake, sam):
        answer = await sam.http.post("/tasks", json=NEW, headers=KEY)
    assert answer.status_code == 500
    assert await taskwake.everything() == before
    again = await sam.http.post("/tasks", json=NEW, headers=KEY)
    assert (again.status_code, replayed(again), len(await sam.tasks())) == (201, False, 1)


async def test_what_is_done_with_a_key_is_published_and_rings(taskwake: World, sam: Person) -> None:
    answer = await sam.http.post("/tasks", json={"title": "Now", "due_at": "2020-01-01T00:00:00Z"}, headers=KEY)
    await sam.is_told(answer.json())
    await taskwake.settled()


async def test_a_webhooks_secret_is_answered_again_and_not_kept(taskwake: World, sam: Person) -> None:
    body = {"url": "http://127.0.0.1:9/", "topics": ["task.due.v1"]}
    first = await sam.http.post("/webhooks", json=body, headers=KEY)
    again = await sam.http.post("/webhooks", json=body, headers=KEY)
    assert told(again) == told(first)
    secret = first.json()["secret"]
    assert secret.startswith("whsec_")
    [row] = await rows(taskwake, sam)
    assert b"whsec_" not in row["body"]
    assert secret.encode() not in row["body"]


async def test_a_key_is_kept_for_a_day_and_then_swept_by_the_next(taskwake: World, sam: Person, kim: Person) -> None:
    for person in (sam, kim):
        await person.http.post("/tasks", json=NEW, headers={"Idempotency-Key": "old"})
    for age, swept in (("23:59", False), ("24:01", True)):
        await taskwake.execute("UPDATE idempotency_keys SET created_at = now() - %s::interval WHERE key = 'old'", age)
        await sam.http.post("/tasks", json=NEW, headers={"Idempotency-Key": f"new-{age}"})
        assert ("old" not in [row["key"] for row in await rows(taskwake, sam)]) == swept
    assert [row["key"] for row in await rows(taskwake, kim)] == ["old"]
    anew = await sam.http.post("/tasks", json=NEW, headers={"Idempotency-Key": "old"})
    assert not replayed(anew)


async def test_without_a_key_nothing_is_kept(taskwake: World, sam: Person) -> None:
    await sam.create()
    await sam.create()
    assert (await rows(taskwake, sam), len(await sam.tasks())) == ([], 2)


async def test_a_key_on_what_only_reads_means_nothing(taskwake: World, sam: Person) -> None:
    answer = await sam.http.get("/tasks", headers=KEY)
    assert (answer.status_code, await rows(taskwake, sam)) == (200, [])


async def test_a_hundred_of_many_people_at_once_do_not_wait_for_each_other(taskwake: World) -> None:
    people = [await taskwake.person() for _ in range(10)]
    answers = await asyncio.gather(
        *(person.http.post("/chat", json={"text": "call Sam"}, headers=KEY) for person in people for _ in range(10))
    )
    assert {answer.status_code for answer in answers} == {200}
    for person in people:
        assert len(await person.tasks()) == 1
