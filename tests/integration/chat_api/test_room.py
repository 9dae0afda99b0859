"""What a person may have many of, they may not have without end."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from functions.chat_api.limits import limits
from tests.integration.chat_api.test_limits import Site
from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("TRUST-072")

MADE: dict[str, tuple[str, dict[str, Any], int, str]] = {
    "webhooks": (
        "/webhooks",
        {"url": "https://example.org/", "topics": ["task.due.v1"]},
        100,
        "INSERT INTO webhooks (id, user_id, url, topics) SELECT gen_random_uuid(), {person}, 'https://example.org/', "
        "ARRAY['task.due.v1'] FROM generate_series(1, {some})",
    ),
    "filters": (
        "/filters",
        {"name": "a", "query": "p1"},
        100,
        "INSERT INTO filters (id, user_id, name, query, position, created_at) "
        "SELECT gen_random_uuid(), {person}, 'a', 'p1', n, now() FROM generate_series(1, {some}) n",
    ),
    "calendar feeds": (
        "/calendar-feeds",
        {"name": "a"},
        50,
        "INSERT INTO calendar_feeds (id, user_id, name, secret_hash, components, done) SELECT gen_random_uuid(), "
        "{person}, 'a', sha256(random()::text::bytea), ARRAY['VTODO'], false FROM generate_series(1, {some})",
    ),
    "tokens": (
        "/tokens",
        {"name": "a", "scopes": ["tasks:read"]},
        99,  # the person of the tests has one
        "INSERT INTO credentials (id, user_id, kind, hash, name) SELECT gen_random_uuid(), {person}, 'token', "
        "sha256(random()::text::bytea), 'a' FROM generate_series(1, {some})",
    ),
    "lists": (
        "/lists",
        {"name": "a"},
        499,  # as above
        "INSERT INTO lists (id, owner_id, name) SELECT gen_random_uuid(), {person}, 'a' "
        "FROM generate_series(1, {some})",
    ),
}


async def fill(taskwake: World, person: Person, what: str, *, left: int) -> None:
    _, _, most, insert = MADE[what]
    await taskwake.execute(insert.format(person=f"'{person.id}'", some=most - left))


@pytest.mark.parametrize("what", MADE)
async def test_no_more_are_made_than_there_may_be_also_at_once(
    taskwake: World, sam: Person, kim: Person, what: str
) -> None:
    path, body, _, _ = MADE[what]
    await fill(taskwake, sam, what, left=1)
    answers = await asyncio.gather(*(sam.http.post(path, json=body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["detail"].startswith("you have ")
    assert what in refused.json()["detail"]
    assert (await kim.http.post(path, json=body)).status_code == 201


async def test_neither_a_file_nor_a_command_makes_more_lists(taskwake: World, sam: Person) -> None:
    await fill(taskwake, sam, "lists", left=1)
    projects = [{"id": n, "title": f"P{n}", "tasks": [{"id": n, "title": "Call Sam"}]} for n in (1, 2)]
    refused = await sam.http.post("/import", json=projects)
    assert refused.status_code == 409, refused.text
    assert await sam.tasks() == []
    command = {"type": "list_create", "args": {"name": "a"}}
    both = [command | {"uuid": str(uuid4())} for _ in range(2)]
    await sam.http.post("/commands", json={"commands": both})
    assert len(await sam.get("/lists")) <= 500


async def test_a_person_has_only_so_many_streams_open(
    taskwake: World, sam: Person, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_STREAMS", 2)
    site = Site(taskwake)
    feed = taskwake.taskwake.context.feed
    with feed._watched(sam.id, (0, 0)), feed._watched(sam.id, (0, 0)):
        refused = await site.client(sam.token).get("/events")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "15")
        async with kim.http.stream("GET", "/events") as stream:
            assert stream.status_code == 200
    assert feed.watched_by(sam.id) == 0
