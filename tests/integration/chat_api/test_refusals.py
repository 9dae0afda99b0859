"""Each error that the OpenAPI document shows of an operation is what the operation answers."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from functions.chat_api.api import create_app
from functions.chat_api.limits import Limits
from functions.chat_api.limits.limits import ADDRESSES, PEOPLE
from functions.chat_api.parameters import EXAMPLE_ID
from functions.chat_api.permissions import ALL, needed
from functions.chat_api.refusals import Refusal, refusals_of
from functions.kernel.credential import hashed, new_token
from functions.operations import accounts
from tests.integration.chat_api.test_room import fill
from tests.integration.world import NO_TLS, Person, World, soon

pytestmark = pytest.mark.requirement("PROD-450")

DOCUMENT: dict[str, Any] = create_app().openapi()
OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    operation["operationId"]: (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
PROBLEM = "application/problem+json"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
HASH = r"\b[0-9a-f]{32}\b"
Ids = dict[str, str]
State = Callable[[World, Person], Awaitable[Ids]]


async def a_task(_: World, sam: Person) -> Ids:
    return {"task_id": (await sam.create())["id"]}


async def a_task_at_version_2(_: World, sam: Person) -> Ids:
    return {"task_id": (await sam.change(await sam.create(), title="Call Kim"))["id"]}


async def an_occurrence_whose_next_is_done(taskwake: World, sam: Person) -> Ids:
    task = await sam.create(due_at=soon(86_400), rrule="FREQ=DAILY")
    await sam.complete(task)
    await taskwake.settled()
    [following] = await sam.tasks()
    await sam.complete(following)
    return {"task_id": task["id"]}


async def a_filter(_: World, sam: Person) -> Ids:
    return {"filter_id": (await sam.post("/filters", {"name": "Work", "query": "#work"}))["id"]}


async def anothers_list(taskwake: World, sam: Person) -> Ids:
    kim = await taskwake.person(name="Kim")
    await kim.share(kim.list_id, sam)
    return {"list_id": str(kim.list_id), "user_id": str(kim.id)}


async def a_list_that_others_use(taskwake: World, sam: Person) -> Ids:
    house = await sam.post("/lists", {"name": "House"})
    await sam.share(house["id"], await taskwake.person(name="Kim"))
    return {}


async def a_list(_: World, sam: Person) -> Ids:
    return {"list_id": (await sam.post("/lists", {"name": "House"}))["id"]}


async def own_list(_: World, sam: Person) -> Ids:
    return {"list_id": str(sam.list_id), "user_id": str(sam.id)}


async def a_full_list(taskwake: World, sam: Person) -> Ids:
    await taskwake.execute(
        """
        WITH people AS (INSERT INTO users (id, name) SELECT gen_random_uuid(), 'a' FROM generate_series(1, 99)
                        RETURNING id)
        INSERT INTO list_members SELECT %s, id, 'viewer' FROM people
        """,
        sam.list_id,
    )
    invited = await sam.post(f"/lists/{sam.list_id}/invitations", {})
    return {"secret": invited["secret"], "_as": (await taskwake.person(name="Kim")).token}


async def a_list_with_many_invitations(taskwake: World, sam: Person) -> Ids:
    await taskwake.execute(
        """
        INSERT INTO list_invitations
        SELECT gen_random_uuid(), %s, 'viewer', sha256(random()::text::bytea), %s, now(), now() + interval '1 day'
        FROM generate_series(1, 100)
        """,
        sam.list_id,
        sam.id,
    )
    return {"list_id": str(sam.list_id)}


async def a_webhook_that_is_off(taskwake: World, sam: Person) -> Ids:
    hook = await sam.post("/webhooks", {"url": "https://example.org/", "topics": ["task.due.v1"]})
    await sam.http.patch(f"/webhooks/{hook['id']}", json={"enabled": False})
    delivery, task = uuid4(), await sam.create()
    await taskwake.execute(
        "INSERT INTO deliveries (id, user_id, task_id, channel, title, webhook_id)"
        " VALUES (%s, %s, %s, 'webhook', 'x', %s)",
        *(delivery, sam.id, task["id"], hook["id"]),
    )
    return {"webhook_id": hook["id"], "delivery_id": str(delivery)}


async def a_notice_of_a_task_that_is_done(taskwake: World, sam: Person) -> Ids:
    task = await sam.complete(await sam.create())
    notice = uuid4()
    await taskwake.execute(
        "INSERT INTO notices (id, user_id, task_id, event_id, kind, title) VALUES (%s, %s, %s, 'x', 'due', 'x')",
        *(notice, sam.id, task["id"]),
    )
    return {"notice_id": str(notice)}


async def an_operator(taskwake: World, sam: Person) -> Ids:
    await asyncio.to_thread(accounts.set_operator, taskwake.url(), sam.id, True)
    return {}


async def a_dead_letter_of_a_foreign_event(taskwake: World, sam: Person) -> Ids:
    letter = uuid4()
    await taskwake.execute(
        "INSERT INTO dead_letters (id, function, topic, source, event_id, reason, attempts, event)"
        " VALUES (%s, 'task-due', 'task.due.v1', '', %s, 'x', 1, '')",
        *(letter, str(letter)),
    )
    return await an_operator(taskwake, sam) | {"letter_id": str(letter)}


async def anothers_event(taskwake: World, sam: Person) -> Ids:
    kim = await taskwake.person(name="Kim")
    await kim.share(kim.list_id, sam)
    task = await kim.create()
    [event] = await taskwake.execute("SELECT id FROM events WHERE key = %s", task["id"])
    return {"event_id": str(event["id"])}


async def a_list_that_was_handed_over(taskwake: World, sam: Person) -> Ids:
    house, kim = await sam.post("/lists", {"name": "House"}), await taskwake.person(name="Kim")
    await sam.share(house["id"], kim)
    given = await sam.http.patch(f"/lists/{house['id']}/members/{kim.id}", json={"role": "owner"})
    assert given.status_code == 204, given.text
    [event] = await taskwake.execute(
        "SELECT id FROM events WHERE key = %s AND by_id = %s ORDER BY seq DESC LIMIT 1", house["id"], sam.id
    )
    return {"event_id": str(event["id"])}


def as_many(what: str) -> State:
    async def made(taskwake: World, sam: Person) -> Ids:
        await fill(taskwake, sam, what, left=0)
        return {}

    return made


async def nothing(_: World, __: Person) -> Ids:
    return {}


STATES: dict[str, State] = {
    "": nothing,
    "100 open invitations": a_list_with_many_invitations,
    "a dead letter of an event that is not in the log": a_dead_letter_of_a_foreign_event,
    "a delivery of a webhook that is off": a_webhook_that_is_off,
    "a filter": a_filter,
    "a list": a_list,
    "a list of somebody else's that you may edit": anothers_list,
    "a list of yours that others use": a_list_that_others_use,
    "a list that you handed over": a_list_that_was_handed_over,
    "a list with 100 members": a_full_list,
    "a notice of a task that is done": a_notice_of_a_task_that_is_done,
    "a task at version 2": a_task_at_version_2,
    "a task that does not repeat": a_task,
    "a webhook": a_webhook_that_is_off,
    "a webhook that is off": a_webhook_that_is_off,
    "an event by somebody else": anothers_event,
    "an event by which you handed a list over": a_list_that_was_handed_over,
    "an occurrence whose next one was completed": an_occurrence_whose_next_is_done,
    "an operator": an_operator,
    "no operator": nothing,
    "the only list of your own": own_list,
    "yourself, the owner": own_list,
    **{
        f"as many {what} as you may have": as_many(what)
        for what in ("webhooks", "filters", "calendar feeds", "tokens", "lists")
    },
}
"""What the refusals name as given, made for a person; the ids of it, by their names in paths and bodies."""


def comparable(problem: dict[str, Any]) -> dict[str, Any]:
    """With each id, and each hash that is an ETag, the same."""
    known: dict[str, Any] = json.loads(re.sub(HASH, "hash", re.sub(UUID, EXAMPLE_ID, json.dumps(problem))))
    return known


def filled(path: str, ids: Ids) -> str:
    return re.sub(r"{(\w+)}", lambda found: ids.get(found[1], EXAMPLE_ID), path)


@asynccontextmanager
async def token_without(taskwake: World, person: Person, scopes: frozenset[str]) -> AsyncIterator[str]:
    secret = new_token()
    await taskwake.execute(
        "INSERT INTO credentials (id, user_id, kind, hash, name, scopes) VALUES (%s, %s, 'token', %s, 'x', %s)",
        *(uuid4(), person.id, hashed(secret), [scope for scope in ALL if scope not in scopes]),
    )
    yield secret
    await taskwake.execute("DELETE FROM credentials WHERE hash = %s", hashed(secret))


def right_body(operation: dict[str, Any]) -> Any:
    """The one that the document shows; null: the operation takes none."""
    if "requestBody" not in operation:
        return None
    [example] = operation["requestBody"]["content"]["application/json"]["examples"].values()
    return example["value"]


async def request(sam: Person, name: str, **more: Any) -> httpx.Response:
    method, path, _ = OPERATIONS[name]
    return await sam.http.request(method, filled(path, {}), **more)


async def by_nobody(taskwake: World, _: Person, name: str) -> httpx.Response:
    method, path, _operation = OPERATIONS[name]
    async with httpx.AsyncClient(base_url=taskwake.base_url, verify=NO_TLS) as nobody:
        return await nobody.request(method, filled(path, {}))


async def no_json(_: World, sam: Person, name: str) -> httpx.Response:
    return await request(sam, name, content="x", headers={"content-type": "application/json"})


async def a_text(_: World, sam: Person, name: str) -> httpx.Response:
    return await request(sam, name, content="x", headers={"content-type": "text/plain"})


async def too_large(_: World, sam: Person, name: str) -> httpx.Response:
    [problem] = examples(name)[413]
    size = int(re.findall(r"\d+", problem["detail"])[0]) + 1
    # What takes no body reads it nevertheless for its fingerprint.
    headers = {"content-type": "application/json", "idempotency-key": '"7"'}
    return await request(sam, name, content=b" " * size, headers=headers)


async def too_long(_: World, sam: Person, name: str) -> httpx.Response:
    return await request(sam, name, params={"a": "a" * 16_384})


async def too_wide(_: World, sam: Person, name: str) -> httpx.Response:
    return await request(sam, name, headers={"x-a": "a" * 32_768})


async def too_often(taskwake: World, sam: Person, name: str) -> httpx.Response:
    limits = Limits(600, clock=lambda: 0.0)
    limits._buckets[PEOPLE].take(sam.id, 200)
    limits._buckets[ADDRESSES].take("192.0.2.1", 200)
    app = create_app(replace(taskwake.taskwake.context, limits=limits))
    # Nobody knows the token of a calendar's address, and everybody sam's.
    limits._right[hashed(sam.token)] = None
    method, path, _ = OPERATIONS[name]
    transport = httpx.ASGITransport(app, client=("192.0.2.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=sam.http.headers) as client:
        return await client.request(method, filled(path, {}))


WRONG: dict[int, Callable[[World, Person, str], Awaitable[httpx.Response]]] = {
    400: no_json,
    401: by_nobody,
    413: too_large,
    414: too_long,
    415: a_text,
    429: too_often,
    431: too_wide,
}
"""By status: a request that every operation which documents it refuses so."""
BY_EVERY_OPERATION = {"a file of 11 MiB"}


async def ask(sam: Person, name: str, refusal: Refusal, ids: Ids) -> httpx.Response:
    method, path, operation = OPERATIONS[name]
    body = right_body(operation) if refusal.body is None else refusal.body
    text = body if isinstance(body, str) else None if body is None else filled(json.dumps(body), ids)
    headers = {"content-type": "application/json"} if text else {}
    headers |= {"authorization": f"Bearer {ids.get('_as', sam.token)}"} | dict(refusal.headers)
    return await sam.http.request(
        method, filled(path, ids | dict(refusal.path)), params=dict(refusal.query), headers=headers, content=text
    )


def examples(name: str) -> dict[int, list[dict[str, Any]]]:
    """What the document shows of an operation's errors: the problems, by status."""
    shown = {}
    for status, response in OPERATIONS[name][2]["responses"].items():
        if "$ref" in response:
            response = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
        if status >= "4":
            shown[int(status)] = [each["value"] for each in response["content"][PROBLEM]["examples"].values()]
    return shown


@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_example_of_an_operations_own_is_what_it_answers(taskwake: World, sam: Person, name: str) -> None:
    method, path, operation = OPERATIONS[name]
    for refusal in refusals_of(method, path, operation):
        if refusal.given in BY_EVERY_OPERATION:
            continue
        if refusal.given.startswith("a token without the scope"):
            async with token_without(taskwake, sam, needed(method.upper(), path, operation["tags"])) as token:
                answer = await ask(sam, name, refusal, {"_as": token})
        else:
            answer = await ask(sam, name, refusal, await STATES[refusal.given](taskwake, sam))
        assert answer.headers["content-type"] == PROBLEM
        assert comparable(answer.json()) in map(comparable, examples(name)[answer.status_code])
        assert answer.status_code == refusal.problem.status, answer.text


@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_example_that_operations_share_is_what_each_of_them_answers(
    taskwake: World, sam: Person, name: str
) -> None:
    shown = examples(name)
    for status, wrong in WRONG.items():
        if status in shown:
            answer = await wrong(taskwake, sam, name)
            assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
            assert answer.json() in shown[status]


def test_every_state_is_given_somewhere() -> None:
    given = {
        each.given for method, path, operation in OPERATIONS.values() for each in refusals_of(method, path, operation)
    }
    assert {each for each in given if not each.startswith("a token without")} == {*STATES, *BY_EVERY_OPERATION}
