"""The live feed: every event a person may see, once, in the order of the log, from any point on."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from functions.chat_api import feed
from tests.integration.world import PATIENCE_SECONDS, Person, World

pytestmark = pytest.mark.requirement("FLOW-015")


@dataclass
class Sent:
    """One server-sent event."""

    id: str
    topic: str
    event: dict[str, Any]

    @property
    def task(self) -> str:
        return self.event["data"].get("task", {}).get("id") or self.event["data"].get("task_id")


class Stream:
    """An open stream; `lines` are all that came."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self.lines: list[str] = []

    async def line(self) -> str:
        async with asyncio.timeout(PATIENCE_SECONDS):
            self.lines.append(await anext(self._lines))
        return self.lines[-1]

    async def next(self) -> Sent:
        fields: dict[str, str] = {}
        while True:
            line = await self.line()
            if not line and "data" in fields:
                return Sent(fields["id"], fields["event"], json.loads(fields["data"]))
            name, _, value = line.partition(": ")
            fields[name] = value

    async def take(self, number: int) -> list[Sent]:
        return [await self.next() for _ in range(number)]


@contextlib.asynccontextmanager
async def opened(person: Person, last: str | None = None, **query: str) -> AsyncIterator[Stream]:
    headers = {"last-event-id": last} if last else {}
    async with person.http.stream("GET", "/events", params=query, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        stream = Stream(answer.aiter_lines())
        assert await stream.line() == "retry: 1000"
        yield stream


async def test_events_come_live_in_their_order_as_cloudevents(sam: Person) -> None:
    async with opened(sam) as stream:
        task = await sam.create()
        await sam.change(task, title="b")
        await sam.complete(task)
        await sam.reopen(task)
        await sam.delete(task)
        sent = await stream.take(5)
    verbs = ["created", "updated", "completed", "reopened", "deleted"]
    assert [event.topic for event in sent] == [f"task.{verb}.v1" for verb in verbs]
    assert [event.event["type"] for event in sent] == [f"dev.taskwake.task.{verb}.v1" for verb in verbs]
    assert {event.task for event in sent} == {task["id"]}


async def test_resuming_after_an_id_has_no_gap_and_no_repetition(sam: Person) -> None:
    async with opened(sam) as stream:
        tasks = [await sam.create() for _ in range(3)]
        first = await stream.next()
    tasks += [await sam.create() for _ in range(3)]
    async with opened(sam, first.id) as stream:
        second = await stream.take(2)
    async with opened(sam, cursor=second[-1].id) as stream:
        tasks.append(await sam.create())
        third = await stream.take(4)
    sent = [first, *second, *third]
    assert [event.task for event in sent] == [task["id"] for task in tasks]


async def test_who_is_cut_off_before_anything_happened_goes_on_from_there(sam: Person) -> None:
    async with opened(sam) as stream:
        name, _, start = (await stream.line()).partition(": ")
    assert name == "id"
    task = await sam.create()
    async with opened(sam, start) as stream:
        assert (await stream.next()).task == task["id"]


async def test_each_sign_of_life_says_where_to_go_on(
    taskwake: World, sam: Person, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "HEARTBEAT_SECONDS", 0.05)
    async with opened(sam) as stream:
        while await stream.line() != ": alive":
            pass
        name, _, start = (await stream.line()).partition(": ")
    assert name == "id"
    task = await sam.create()
    async with opened(sam, start) as stream:
        assert (await stream.next()).task == task["id"]


@pytest.mark.requirement("PROD-026")
async def test_stream_of_a_revoked_token_ends_at_once(sam: Person) -> None:
    made = await sam.post("/tokens", {"name": "watch", "scopes": ["tasks:read"]})
    headers = {"authorization": f"Bearer {made['secret']}"}
    async with asyncio.timeout(PATIENCE_SECONDS), sam.http.stream("GET", "/events", headers=headers) as answer:
        lines = answer.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        await sam.http.delete(f"/tokens/{made['id']}")
        assert [line async for line in lines if line.startswith("data")] == []


@pytest.mark.requirement("PROD-026")
async def test_stream_tells_nothing_more_after_its_token_was_revoked_elsewhere(taskwake: World, sam: Person) -> None:
    made = await sam.post("/tokens", {"name": "watch", "scopes": ["tasks:read"]})
    headers = {"authorization": f"Bearer {made['secret']}"}
    async with asyncio.timeout(PATIENCE_SECONDS), sam.http.stream("GET", "/events", headers=headers) as answer:
        lines = answer.aiter_lines()
        before = await sam.create()
        while before["id"] not in await anext(lines):
            pass
        await taskwake.execute("DELETE FROM credentials WHERE id = %s", made["id"])
        after = await sam.create()
        assert not [line async for line in lines if after["id"] in line]


async def test_list_names_where_the_stream_goes_on(sam: Person) -> None:
    await sam.create()
    answer = await sam.http.get("/tasks")
    later = await sam.create()
    async with opened(sam, cursor=answer.headers["x-event-cursor"]) as stream:
        while (sent := await stream.next()).task != later["id"]:
            assert sent.task in [task["id"] for task in answer.json()["tasks"]]


async def test_more_than_a_batch_is_read_to_its_end(taskwake: World, sam: Person) -> None:
    start = (await sam.http.get("/tasks")).headers["x-event-cursor"]
    await taskwake.execute(
        """
        INSERT INTO events (id, topic, key, user_id, event, published_at)
        SELECT gen_random_uuid(), 'task.due.v1', %s, %s, json_build_object('data', json_build_object('task_id', n)),
               now()
        FROM generate_series(1, 1200) n
        """,
        uuid4(),
        sam.id,
    )
    async with opened(sam, cursor=start) as stream:
        assert [event.task for event in await stream.take(1200)] == list(range(1, 1201))


async def test_event_of_a_transaction_that_commits_late_is_not_missed(taskwake: World, sam: Person) -> None:
    insert = """
        INSERT INTO events (id, topic, key, user_id, event, published_at)
        VALUES (gen_random_uuid(), 'task.due.v1', %s, %s, '{"data": {"task_id": "late"}}', now())
    """
    async with opened(sam) as stream:
        before = await sam.create()
        sent = [await stream.next()]
        async with await psycopg.AsyncConnection.connect(taskwake.url()) as slow:
            await slow.execute(insert, (uuid4(), sam.id))
            after = await sam.create()
            # It is committed, and yet is held back: the slow transaction's event belongs before it.
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await stream.next()
            await slow.commit()
        async with opened(sam, sent[0].id) as resumed:
            both = await resumed.take(2)
    assert [event.task for event in (*sent, *both)] == [before["id"], "late", after["id"]]


async def test_writers_at_once_are_followed_across_reconnects_without_gap_or_repetition(sam: Person) -> None:
    start = (await sam.http.get("/tasks")).headers["x-event-cursor"]

    async def write() -> list[str]:
        return [(await sam.create())["id"] for _ in range(15)]

    writing = asyncio.gather(*(write() for _ in range(4)))
    seen: list[Sent] = []
    while len(seen) < 60:
        async with opened(sam, seen[-1].id if seen else start) as stream:
            seen += await stream.take(min(7, 60 - len(seen)))
    made = {task for tasks in await writing for task in tasks}
    assert {event.task for event in seen} == made
    assert len({event.event["id"] for event in seen}) == 60


@pytest.mark.requirement("FLOW-020")
async def test_events_of_other_people_never_come(sam: Person, kim: Person) -> None:
    async with opened(sam, cursor="0-0") as stream:
        await kim.create(due_at="2020-01-01T00:00:00Z")
        task = await sam.create()
        assert (await stream.next()).task == task["id"]


@pytest.mark.requirement("FLOW-020")
async def test_members_of_a_list_see_its_events(taskwake: World, sam: Person) -> None:
    kim = await taskwake.person(name="Kim")
    await sam.share(sam.list_id, kim)
    async with opened(kim) as stream:
        task = await sam.create()
        assert (await stream.next()).task == task["id"]


async def test_comment_shows_that_the_line_is_alive(sam: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "HEARTBEAT_SECONDS", 0.1)
    async with opened(sam) as stream:
        while await stream.line() != ": alive":
            pass
        task = await sam.create()
        assert (await stream.next()).task == task["id"]


async def test_writing_alone_wakes_the_stream(sam: Person) -> None:
    async with opened(sam) as stream, asyncio.timeout(feed.HEARTBEAT_SECONDS / 3):
        await sam.create()
        await stream.next()


@pytest.mark.requirement("PROD-110")
async def test_a_change_is_read_by_those_whom_it_concerns_and_by_nobody_else(
    taskwake: World, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim = await taskwake.person(name="Kim")
    stranger = await taskwake.person()
    await sam.share(sam.list_id, kim)
    readers: list[UUID] = []
    read = feed.Feed._read

    async def noted(self: feed.Feed, user_id: UUID, *others: Any) -> Any:
        readers.append(user_id)
        return await read(self, user_id, *others)

    async with opened(sam) as first, opened(sam) as second, opened(kim) as third, opened(stranger):
        monkeypatch.setattr(feed.Feed, "_read", noted)
        for _ in range(5):
            task = await sam.create()
            for stream in (first, second, third):
                # Kim is also told that a mail of an earlier one is to be sent.
                while (await stream.next()).task != task["id"]:
                    pass
    assert readers.count(stranger.id) <= 1, "it reads when it begins, and has no reason to again"
    assert min(readers.count(sam.id), readers.count(kim.id)) >= 5


@pytest.mark.requirement("PROD-110")
async def test_streams_go_on_when_the_database_answers_again(sam: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "AGAIN_SECONDS", 0.05)
    looked = feed.Feed._looked
    failures = iter([True, True])

    async def failing(self: feed.Feed, position: feed.Position | None) -> feed.Position:
        if position is not None and next(failures, False):
            raise psycopg.OperationalError("the server is gone")
        return await looked(self, position)

    monkeypatch.setattr(feed.Feed, "_looked", failing)
    async with opened(sam) as stream:
        tasks = [await sam.create() for _ in range(3)]
        assert [event.task for event in await stream.take(3)] == [task["id"] for task in tasks]
    assert next(failures, None) is None


@pytest.mark.requirement("PROD-110")
async def test_a_stream_that_begins_as_the_last_one_ends_misses_nothing(
    taskwake: World, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    positions: list[asyncio.Future[feed.Position]] = []
    asked = asyncio.Event()

    async def slow(_: object) -> feed.Position:
        positions.append(asyncio.get_running_loop().create_future())
        asked.set()
        return await positions[-1]

    alone = feed.Feed(taskwake.taskwake.context.database)
    now = await feed.present(taskwake.taskwake.context.database)
    monkeypatch.setattr(feed, "present", slow)
    first, second = alone.stream(sam.id, now), alone.stream(sam.id, now)
    for stream in (first, second):
        assert (await anext(stream)).startswith("retry: 1000\nid: ")
    waiting = asyncio.create_task(anext(first))
    await asked.wait()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    waiting = asyncio.create_task(anext(second))
    await asyncio.sleep(0)
    task = await sam.create()
    for position in positions:
        position.set_result(now)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert task["id"] in await waiting
    await alone.close()
    await second.aclose()
    assert len(positions) == 1, "one look-out serves both"


@pytest.mark.requirement("PROD-110")
async def test_more_news_than_one_look_takes_reach_everybody(
    taskwake: World, sam: Person, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST_NEWS", 3)
    async with opened(sam) as stream, opened(kim) as other:
        made = await asyncio.gather(*(sam.create() for _ in range(10)), *(kim.create() for _ in range(10)))
        ids = [task["id"] for task in made]
        assert {event.task for event in await stream.take(10)} == set(ids[:10])
        assert {event.task for event in await other.take(10)} == set(ids[10:])
