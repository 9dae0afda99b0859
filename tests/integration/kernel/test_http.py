"""The HTTP face of a function: what Dapr, or any sender of CloudEvents, gets for an answer."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from functions.kernel.cloudevent import MAX_BATCH_BYTES, render
from functions.kernel.host.http import answer
from tests.integration.kernel.rig import Rig

pytestmark = pytest.mark.requirement("FLOW-025")

TOKEN = "only-daprd-knows"
EVENT = {"content-type": "application/cloudevents+json"}

Client = Callable[[str], httpx.AsyncClient]


@pytest.fixture
async def to(rig: Rig) -> AsyncIterator[Client]:
    """A client of a function, as its daprd."""
    clients: list[httpx.AsyncClient] = []

    def client(function: str) -> httpx.AsyncClient:
        host = rig.host(function)

        async def get_host():
            return host

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            response = await answer(Request(scope, receive), get_host, TOKEN)
            await response(scope, receive, send)

        clients.append(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://function", headers={"dapr-api-token": TOKEN}
            )
        )
        return clients[-1]

    yield client
    for opened in clients:
        await opened.aclose()


async def reasons(rig: Rig) -> list[str]:
    return [row["reason"] for row in await rig.execute("SELECT reason FROM dead_letters ORDER BY created_at")]


def as_bulk(*events: dict[str, Any]) -> dict[str, Any]:
    entries = [
        {"entryId": str(n), "event": event, "contentType": "application/cloudevents+json", "metadata": {"__key": "k"}}
        for n, event in enumerate(events)
    ]
    return {
        "id": "bulk",
        "entries": entries,
        "topic": "task.due.v1",
        "pubsubname": "pubsub",
        "type": "x",
        "metadata": {},
    }


async def test_single_event_is_handled_once(rig: Rig, to: Client) -> None:
    body = json.dumps(render(await rig.due()))
    for _ in range(2):
        got = await to("task-due").post("/events", content=body, headers=EVENT)
        assert (got.status_code, got.json()) == (200, {"status": "SUCCESS"})
    assert await rig.count("notices") == 1


async def test_bulk_is_answered_entry_by_entry(rig: Rig, to: Client) -> None:
    events = [render(await rig.due()) for _ in range(3)]
    poison = events[1] | {"data": {}}
    got = await to("task-due").post("/events", json=as_bulk(events[0], poison, events[2]))
    assert got.json() == {"statuses": [{"entryId": str(n), "status": "SUCCESS"} for n in range(3)]}
    assert await rig.count("notices") == 2
    [reason] = await reasons(rig)
    assert "data.reminder_id" in reason


async def test_binary_mode_is_understood(rig: Rig, to: Client) -> None:
    event = render(await rig.due())
    headers = {f"ce-{name}": str(value) for name, value in event.items() if name not in ("data", "datacontenttype")}
    body = json.dumps(event["data"])
    got = await to("task-due").post("/events", content=body, headers=headers | {"content-type": "application/json"})
    assert got.json() == {"status": "SUCCESS"}
    assert await rig.count("notices") == 1


async def test_batch_is_understood_and_its_bad_event_alone_rejected(rig: Rig, to: Client) -> None:
    events = [render(await rig.due()) for _ in range(2)]
    batch = [events[0], {"id": "poison", "source": "/x"}, events[1]]
    headers = {"content-type": "application/cloudevents-batch+json"}
    got = await to("task-due").post("/events", content=json.dumps(batch), headers=headers)
    assert got.json()["status"] == "SUCCESS"
    assert "specversion" in got.json()["reason"]
    assert await rig.count("notices") == 2


async def test_bad_event_of_a_batch_of_one_is_kept_under_its_own_id(rig: Rig, to: Client) -> None:
    headers = {"content-type": "application/cloudevents-batch+json"}
    await to("task-due").post("/events", content=json.dumps([{"id": "poison", "source": "/x"}]), headers=headers)
    [letter] = await rig.execute("SELECT event_id, source, event FROM dead_letters")
    assert (letter["event_id"], letter["source"]) == ("poison", "/x")
    assert json.loads(letter["event"]) == {"id": "poison", "source": "/x"}


NONSENSE = [b"", b"null", b"5", b"{", b"\xff\xfe", b"[" * 100_000, b'{"entries": 5}']


@pytest.mark.requirement("FLOW-007")
@pytest.mark.parametrize(
    "media_type",
    ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json", "text/plain", ""],
)
async def test_nonsense_is_rejected_and_never_retried(rig: Rig, to: Client, media_type: str) -> None:
    client = to("task-due")
    for body in NONSENSE:
        got = await client.post("/events", content=body, headers={"content-type": media_type})
        assert (got.status_code, got.json()["status"]) == (200, "SUCCESS")
    assert len(await reasons(rig)) == len(NONSENSE)


async def test_empty_batch_is_done(rig: Rig, to: Client) -> None:
    headers = {"content-type": "application/cloudevents-batch+json"}
    assert (await to("task-due").post("/events", content=b"[]", headers=headers)).json() == {"status": "SUCCESS"}
    assert await reasons(rig) == []


async def test_event_of_another_type_is_rejected(rig: Rig, to: Client) -> None:
    body = json.dumps(render(await rig.due()))
    await to("task-created").post("/events", content=body, headers=EVENT)
    assert "not what task-created handles" in (await reasons(rig))[0]


async def test_failure_is_answered_with_retry(rig: Rig, to: Client) -> None:
    await rig.execute("ALTER TABLE notices RENAME TO elsewhere")
    body = json.dumps(render(await rig.due()))
    got = await to("task-due").post("/events", content=body, headers=EVENT)
    assert got.json()["status"] == "RETRY"
    await rig.execute("ALTER TABLE elsewhere RENAME TO notices")
    got = await to("task-due").post("/events", content=body, headers=EVENT)
    assert got.json() == {"status": "SUCCESS"}
    assert await rig.count("notices") == 1


@pytest.mark.parametrize("name", ["ring-1", "ring-1-abc", "ring-", "anything", f"ring-{'9' * 30}"])
async def test_job_rings_the_alarm(rig: Rig, to: Client, name: str) -> None:
    task = await rig.task()
    await rig.execute(
        """
        INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at)
        VALUES (gen_random_uuid(), %s, %s, %s, 'due', now())
        """,
        task.id,
        task.list_id,
        rig.user_id,
    )
    got = await to("alarm").post(f"/job/{name}", json={})
    assert (got.status_code, got.json()) == (200, {"status": "SUCCESS"})
    assert [event.task_id for event in rig.bus.published] == [task.id]


async def test_job_waits_for_the_moments_of_its_second_and_rings_none_early(rig: Rig, to: Client) -> None:
    task = await rig.task()
    second = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)
    await rig.execute(
        """
        INSERT INTO reminders (id, task_id, list_id, user_id, kind, name, remind_at)
        SELECT gen_random_uuid(), %s, %s, %s, 'due', n::text, %s::timestamptz + n * interval '100 milliseconds'
        FROM generate_series(0, 9) n
        """,
        task.id,
        task.list_id,
        rig.user_id,
        second,
    )
    await to("alarm").post(f"/job/ring-{int(second.timestamp())}", json={})
    assert len(rig.bus.published) == 10
    rows = await rig.execute("SELECT min(fired_at - remind_at) AS least FROM reminders")
    assert rows[0]["least"] >= timedelta(0)


async def test_dead_letter_of_a_function_is_kept(rig: Rig, to: Client) -> None:
    event = await rig.due()
    for _ in range(2):
        got = await to("dead-letter").post("/dead-letters/task-due", content=json.dumps(render(event)), headers=EVENT)
        assert got.json() == {"status": "SUCCESS"}
    [letter] = await rig.execute("SELECT function, event_id, attempts FROM dead_letters")
    assert letter == {"function": "task-due", "event_id": event.id, "attempts": 1}


WHERE = {"__topic": "task.due.v1", "__partition": "3", "__offset": "4711", "__key": "k"}
PLACE = "SELECT topic, broker_partition, broker_offset FROM dead_letters"


@pytest.mark.requirement("TRUST-020")
async def test_a_dead_letter_says_where_the_broker_has_it_whichever_way_it_came(rig: Rig, to: Client) -> None:
    expected = {"topic": "task.due.v1", "broker_partition": 3, "broker_offset": 4711}
    poison = [render(await rig.due()) | {"data": {}} for _ in range(3)]
    bulk = as_bulk(poison[0])
    bulk["entries"][0]["metadata"] = WHERE
    await to("task-due").post("/events", json=bulk)
    await to("task-due").post("/events", content=json.dumps(poison[1]), headers=EVENT | WHERE)
    # daprd publishes a dead letter with what it was told of the event, and Kafka's headers carry that on.
    await to("dead-letter").post("/dead-letters/task-due", content=json.dumps(poison[2]), headers=EVENT | WHERE)
    assert await rig.execute(PLACE) == [expected] * 3


@pytest.mark.requirement("TRUST-020")
@pytest.mark.parametrize(
    "where",
    [
        {},
        {"__topic": "task.due.v1"},
        WHERE | {"__partition": "x"},
        WHERE | {"__offset": "-1"},
        WHERE | {"__offset": "9" * 30},
        WHERE | {"__topic": "dead-letter.task-due"},
    ],
)
async def test_a_place_that_nobody_says_rightly_is_kept_as_none(rig: Rig, to: Client, where: dict[str, str]) -> None:
    body = json.dumps(render(await rig.due()))
    await to("dead-letter").post("/dead-letters/task-due", content=body, headers=EVENT | where)
    assert await rig.execute(PLACE) == [{"topic": "task.due.v1", "broker_partition": None, "broker_offset": None}]


@pytest.mark.parametrize("headers", [{"dapr-api-token": "guess"}, {"dapr-api-token": ""}, {"dapr-api-token": "ö"}])
@pytest.mark.parametrize("path", ["/events", "/job/ring-1", "/dead-letters/task-due"])
async def test_who_does_not_show_the_token_is_refused(rig: Rig, to: Client, headers, path) -> None:
    headers = {name: value.encode() for name, value in headers.items()}
    got = await to("task-due").post(path, json=as_bulk(render(await rig.due())), headers=headers)
    assert got.status_code == 401
    assert await rig.count("notices") == 0


async def test_dapr_is_told_that_subscriptions_are_declared_elsewhere(to: Client) -> None:
    client = to("task-due")
    assert (await client.get("/dapr/subscribe")).json() == []
    assert (await client.get("/dapr/config")).json() == {}
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/nothing")).status_code == 404
    assert (await client.post("/nothing")).status_code == 404
    assert (await client.delete("/events")).status_code == 405


async def test_body_larger_than_any_bulk_is_refused(to: Client) -> None:
    got = await to("delivery-requested").post("/events", content=b" " * (MAX_BATCH_BYTES + 1), headers=EVENT)
    assert got.status_code == 413
