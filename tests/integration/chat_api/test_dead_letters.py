"""/dead-letters: for operators, and for nobody else."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from functions.kernel.embedded.alarm_clock import EmbeddedAlarmClock
from functions.kernel.embedded.bus import EmbeddedEventBus
from functions.kernel.events import Event
from functions.kernel.storage import logins
from functions.operations import accounts
from tests.integration.world import Person, World, until

pytestmark = pytest.mark.requirement("TRUST-027")

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def operator(taskwake: World, person: Person) -> Person:
    await asyncio.to_thread(accounts.set_operator, taskwake.url(), person.id, True)
    return person


async def dead(taskwake: World, person: Person, *, topic: str | None = None, logged: bool = True) -> dict[str, Any]:
    """A dead letter of an event of this person's, that no function would refuse."""
    task = await person.create()
    await taskwake.settled()
    [event] = await taskwake.execute("SELECT id, event FROM events WHERE key = %s", UUID(task["id"]))
    await taskwake.execute("DELETE FROM inbox WHERE function = 'task-created' AND event_id = %s", str(event["id"]))
    letter = uuid4()
    await taskwake.execute(
        """
        INSERT INTO dead_letters (id, function, topic, source, event_id, reason, attempts, event, broker_partition,
                                  broker_offset)
        VALUES (%s, 'task-created', %s, '/taskwake', %s, 'the disk is full', 8, %s, 3, 4711)
        """,
        letter,
        topic or "task.created.v1",
        str(event["id"]) if logged else str(uuid4()),
        str(event["event"]),
    )
    return {"id": str(letter), "event_id": str(event["id"])}


async def test_an_operator_sees_others_dead_letters_by_what_they_ask_for(
    taskwake: World, sam: Person, kim: Person
) -> None:
    topic = f"only-{uuid4()}"
    letters = [await dead(taskwake, kim, topic=topic) for _ in range(3)]
    await operator(taskwake, sam)
    assert (await sam.get("/me"))["operator"] is True

    async def listed(**query: Any) -> list[str]:
        page = await sam.get("/dead-letters", topic=topic, **query)
        return [letter["id"] for letter in page["dead_letters"]]

    ids = [letter["id"] for letter in reversed(letters)]
    assert await listed() == ids
    assert await listed(function="task-created", reason="DISK", replayed="false", since="2026-01-01T00:00:00Z") == ids
    assert await listed(function="task-due") == []
    assert await listed(reason="a disc") == []
    assert await listed(replayed="true") == []
    assert await listed(until="2026-01-01T00:00:00Z") == []
    first = await sam.get("/dead-letters", topic=topic, limit=2)
    second = await sam.get("/dead-letters", topic=topic, limit=2, cursor=first["next_cursor"])
    assert [letter["id"] for page in (first, second) for letter in page["dead_letters"]] == ids
    assert second["next_cursor"] is None


async def test_an_operator_sees_the_event_and_where_it_was_and_what_to_do(
    taskwake: World, sam: Person, kim: Person
) -> None:
    letter = await dead(taskwake, kim)
    await operator(taskwake, sam)
    shown = await sam.get(f"/dead-letters/{letter['id']}")
    assert (shown["partition"], shown["offset"], shown["attempts"]) == (3, 4711, 8)
    assert (shown["standing"], shown["replayable"], shown["deeds"]) == ("waiting", True, [])
    assert letter["event_id"] in shown["event"]
    assert "replay it" in shown["advice"]


@pytest.mark.requirement("TRUST-023", "TRUST-026")
async def test_a_replayed_one_is_handled_and_who_did_it_is_kept(taskwake: World, sam: Person, kim: Person) -> None:
    letter = await dead(taskwake, kim)
    await operator(taskwake, sam)
    replayed = await sam.post(f"/dead-letters/{letter['id']}/replay")
    assert replayed["standing"] in ("on its way", "handled")

    await until(lambda: _is_handled(sam, letter))
    [deed] = (await sam.get(f"/dead-letters/{letter['id']}"))["deeds"]
    assert (deed["who"], deed["action"], deed["since_then"]) == ("Sam", "replay", "handled")
    assert deed in (await sam.get("/dead-letters/audit"))["deeds"]


@pytest.mark.requirement("TRUST-131")
async def test_a_replayed_one_is_handed_on_at_once_as_it_is_in_the_log(
    taskwake: World, sam: Person, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = await dead(taskwake, kim)
    await taskwake.execute(
        "UPDATE events SET event = (event::jsonb || %s::jsonb)::json WHERE id = %s",
        json.dumps({"traceparent": TRACE}),
        letter["event_id"],
    )
    await operator(taskwake, sam)
    published: list[Event] = []
    publish = EmbeddedEventBus.publish

    async def noting(bus: EmbeddedEventBus, events: Sequence[Event]) -> None:
        published.extend(events)
        await publish(bus, events)

    async def silent(*_: Any, **__: Any) -> None:
        """No alarm is set: what is published now is not by one."""

    monkeypatch.setattr(EmbeddedEventBus, "publish", noting)
    monkeypatch.setattr(EmbeddedAlarmClock, "arm", silent)
    await sam.post(f"/dead-letters/{letter['id']}/replay")
    await until(lambda: _is_handled(sam, letter))
    [event] = [event for event in published if event.id == letter["event_id"]]
    assert event.traceparent == TRACE
    assert len(await kim.notices()) == 0, "task-created tells the other members only"


@pytest.mark.requirement("TRUST-131")
async def test_what_could_not_be_handed_on_at_once_is_by_the_outbox_check(
    taskwake: World, sam: Person, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = await dead(taskwake, kim)
    await operator(taskwake, sam)

    async def broken(*_: Any) -> None:
        raise ConnectionError("the bus is away")

    with monkeypatch.context() as away:
        away.setattr(EmbeddedEventBus, "publish", broken)
        await sam.post(f"/dead-letters/{letter['id']}/replay")
        await asyncio.gather(*taskwake.taskwake.context.publishing)
    assert (await sam.get(f"/dead-letters/{letter['id']}"))["standing"] == "on its way"
    await taskwake.taskwake.look_again()
    await until(lambda: _is_handled(sam, letter))


async def _is_handled(person: Person, letter: dict[str, Any]) -> bool:
    return bool((await person.get(f"/dead-letters/{letter['id']}"))["standing"] == "handled")


@pytest.mark.requirement("TRUST-023", "TRUST-026")
async def test_what_is_not_in_the_log_is_refused_with_what_to_do_and_the_try_is_kept(
    taskwake: World, sam: Person
) -> None:
    letter = await dead(taskwake, await operator(taskwake, sam), logged=False)
    refused = await sam.http.post(f"/dead-letters/{letter['id']}/replay")
    assert refused.status_code == 409
    assert "drop it" in refused.json()["detail"]
    [deed] = (await sam.get(f"/dead-letters/{letter['id']}"))["deeds"]
    assert (deed["outcome"], deed["since_then"]) == ("not in the log", None)


@pytest.mark.requirement("TRUST-025", "TRUST-026")
async def test_a_dropped_one_is_gone_and_the_audit_pages(taskwake: World, sam: Person) -> None:
    letters = [(await dead(taskwake, await operator(taskwake, sam)))["id"] for _ in range(2)]
    for letter in letters:
        assert (await sam.http.delete(f"/dead-letters/{letter}")).status_code == 204
        assert (await sam.http.delete(f"/dead-letters/{letter}")).status_code == 404
        assert (await sam.http.post(f"/dead-letters/{letter}/replay")).status_code == 404
        assert (await sam.http.get(f"/dead-letters/{letter}")).status_code == 404
    first = await sam.get("/dead-letters/audit", limit=1)
    second = await sam.get("/dead-letters/audit", limit=1, cursor=first["next_cursor"])
    assert [deed["dead_letter_id"] for page in (first, second) for deed in page["deeds"]] == letters[::-1]


ROUTES = [
    ("GET", "/dead-letters"),
    ("GET", "/dead-letters/audit"),
    ("GET", "/dead-letters/{id}"),
    ("POST", "/dead-letters/{id}/replay"),
    ("DELETE", "/dead-letters/{id}"),
]


async def test_who_is_no_operator_any_more_is_refused_even_their_own(taskwake: World, sam: Person) -> None:
    letter = await dead(taskwake, await operator(taskwake, sam))
    assert (await sam.get("/dead-letters"))["dead_letters"]
    await asyncio.to_thread(accounts.set_operator, taskwake.url(), sam.id, False)
    for method, path in ROUTES:
        answer = await sam.http.request(method, path.format(**letter))
        assert (answer.status_code, "taskwake operator grant" in answer.text) == (403, True), path
    assert (await sam.get("/me"))["operator"] is False
    assert await taskwake.execute("SELECT 1 FROM dead_letters WHERE id = %s", letter["id"])


@pytest.mark.requirement("TRUST-132")
async def test_only_who_needs_to_know_asks_whether_somebody_is_an_operator(
    taskwake: World, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    fetch = taskwake.taskwake.context.database.fetch

    async def noting(query: str, *arguments: Any, **more: Any) -> Any:
        asked.append(query)
        return await fetch(query, *arguments, **more)

    monkeypatch.setattr(taskwake.taskwake.context.database, "fetch", noting)
    await sam.get("/tasks")
    assert asked
    assert not [query for query in asked if "is_operator" in query]
    assert (await sam.get("/me"))["operator"] is False
    assert (await sam.http.get("/dead-letters")).status_code == 403
    assert len([query for query in asked if "is_operator" in query]) == 2


async def test_an_operators_token_needs_the_scope_account(taskwake: World, sam: Person) -> None:
    await operator(taskwake, sam)
    made = await sam.post("/tokens", {"name": "x", "scopes": ["tasks:read", "tasks:write"]})
    for method, path in ROUTES:
        answer = await sam.http.request(
            method, path.format(id=uuid4()), headers={"authorization": f"Bearer {made['secret']}"}
        )
        assert (answer.status_code, "scope account" in answer.text) == (403, True), path


async def test_nobody_makes_themselves_an_operator_through_the_api(taskwake: World, sam: Person) -> None:
    await sam.http.patch("/me", json={"operator": True})
    assert (await sam.get("/me"))["operator"] is False


@pytest.mark.parametrize("who", ["", "sam"])
async def test_to_others_postgresql_itself_gives_and_changes_nothing(taskwake: World, sam: Person, who: str) -> None:
    letter = UUID((await dead(taskwake, sam))["id"])
    async with await psycopg.AsyncConnection.connect(taskwake.url(logins.API.name)) as connection:
        await connection.execute("SELECT set_config('taskwake.user_id', %s, true)", (str(sam.id) if who else "",))
        for query in (
            "SELECT * FROM find_dead_letters(%s, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 9)",
            "SELECT * FROM replay_dead_letters(%s, 'root')",
            "SELECT * FROM drop_dead_letters(%s, 'root')",
            "SELECT * FROM replayed_events(%s)",
        ):
            assert await (await connection.execute(query, ([letter],))).fetchall() == []
        assert await (await connection.execute("SELECT * FROM dead_letter_event(%s)", (letter,))).fetchall() == []
        rows = await connection.execute("SELECT * FROM find_dead_letter_audit(NULL, NULL, NULL, 9)")
        assert await rows.fetchall() == []
    assert await taskwake.execute("SELECT 1 FROM dead_letters WHERE id = %s AND replayed_at IS NULL", letter)
    assert not await taskwake.execute("SELECT 1 FROM dead_letter_audit WHERE dead_letter_id = %s", letter)


async def test_an_operator_who_leaves_leaves_what_they_did_and_no_name(
    taskwake: World, sam: Person, kim: Person
) -> None:
    letter = await dead(taskwake, kim)
    await operator(taskwake, kim)
    await operator(taskwake, sam)
    await kim.http.delete(f"/dead-letters/{letter['id']}")
    assert (await kim.http.request("DELETE", "/me", json={"confirm": "Kim"})).status_code == 204
    deeds = (await sam.get("/dead-letters/audit", limit=200))["deeds"]
    assert [deed["who"] for deed in deeds if deed["dead_letter_id"] == letter["id"]] == ["somebody who left"]
    assert not await taskwake.execute("SELECT 1 FROM operators WHERE user_id = %s", kim.id)
