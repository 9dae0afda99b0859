"""`taskwake dead-letters`: what it shows, whom it asks, what it does, and what is kept of that."""

import asyncio
import contextlib
import getpass
import json
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import uvicorn
from starlette.requests import Request
from starlette.types import Receive, Scope, Send
from typer.testing import CliRunner, Result

from functions.kernel.host.deliver import FunctionHost
from functions.kernel.host.http import answer
from functions.kernel.storage import outbox
from functions.operations.cli import app
from tests.integration.kernel.rig import Rig, delivery

Run = Callable[..., Coroutine[Any, Any, Result]]

TOKEN = "only-daprd-knows"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PLAIN = {"data": {}}
"""What makes an event one that task-due refuses."""


@pytest.fixture
def run(rig: Rig) -> Run:
    """`taskwake dead-letters …` over this database, with nobody at a terminal."""

    async def invoke(*arguments: object) -> Result:
        words = ["dead-letters", *map(str, arguments), "--url", rig.url]
        return await asyncio.to_thread(CliRunner().invoke, app, words, env={"TASKWAKE_ALARM_URL": "", "COLUMNS": "300"})

    return invoke


async def dead(rig: Rig, count: int = 1, *, logged: bool = True) -> list[UUID]:
    """So many dead letters of task-due, the oldest first; their events are in the log, or only look as if."""
    events = [await rig.due() for _ in range(count)]
    if logged:
        async with rig.functions.begin() as (connection, now):
            await outbox.write(connection, events, now)
        await rig.execute("UPDATE events SET published_at = now()")
    for event in events:
        await rig.host("task-due").deliver([delivery(event, **PLAIN)])
    rows = await rig.execute("SELECT id, event_id FROM dead_letters ORDER BY created_at")
    ours = {event.id for event in events}
    return [row["id"] for row in rows if row["event_id"] in ours]


async def unpublished(rig: Rig) -> int:
    return len(await rig.execute("SELECT 1 FROM events WHERE published_at IS NULL"))


async def audit(rig: Rig) -> list[tuple[UUID, str, str]]:
    rows = await rig.execute(
        "SELECT dead_letter_id, action, outcome FROM dead_letter_audit ORDER BY at, dead_letter_id"
    )
    return [(row["dead_letter_id"], row["action"], row["outcome"]) for row in rows]


@pytest.mark.requirement("TRUST-021")
async def test_filters_narrow_the_list_and_all_of_them_must_hold(rig: Rig, run: Run) -> None:
    old, new = await dead(rig, 2)
    await rig.execute("UPDATE dead_letters SET created_at = now() - interval '3 days', topic = 'x' WHERE id = %s", old)
    await rig.execute("UPDATE dead_letters SET replayed_at = now(), reason = 'SMTP 550 100%% full' WHERE id = %s", new)

    async def listed(*options: str) -> list[str]:
        return [row["id"] for row in json.loads((await run("list", "--json", *options)).stdout)]

    assert await listed() == [str(new), str(old)]
    assert await listed("--limit", "1") == [str(new)]
    assert await listed("--function", "task-due", "--topic", "x") == [str(old)]
    assert await listed("--function", "task-created") == []
    assert await listed("--reason", "smtp 550 100%") == [str(new)]
    assert await listed("--reason", "100_ full") == []
    assert await listed("--since", "2d") == [str(new)]
    assert await listed("--until", "2d") == [str(old)]
    assert await listed("--since", "2001-02-03", "--until", "2001-02-04T05:06+02:00") == []
    assert await listed("--replayed") == [str(new)]
    assert await listed("--no-replayed") == [str(old)]
    assert await listed("--replayed", "--topic", "x") == []


@pytest.mark.requirement("TRUST-163")
async def test_a_list_that_ends_at_its_limit_says_how_many_there_are(rig: Rig, run: Run) -> None:
    await dead(rig, 3)
    await rig.execute(
        "UPDATE dead_letters SET reason = 'disk full' WHERE created_at = (SELECT max(created_at) FROM dead_letters)"
    )
    short, as_json = await run("list", "--limit", "2"), await run("list", "--limit", "2", "--json")
    narrowed, whole = await run("list", "--reason", "disk", "--limit", "1"), await run("list", "--limit", "3")
    assert short.stderr == as_json.stderr == "2 of 3; --limit shows more.\n"
    assert len(json.loads(as_json.stdout)) == 2
    assert (narrowed.stderr, whole.stderr) == ("", "")


@pytest.mark.requirement("TRUST-021")
async def test_a_moment_that_is_none_is_refused_with_what_to_write(run: Run) -> None:
    said = await run("list", "--since", "yesterday")
    assert said.exit_code == 2
    assert "30m, 2h, 7d" in said.stderr


@pytest.mark.requirement("TRUST-022")
async def test_show_says_all_that_is_known_of_it_and_what_to_do(rig: Rig, run: Run) -> None:
    [letter] = await dead(rig)
    await rig.execute("UPDATE dead_letters SET broker_partition = 3, broker_offset = 4711")
    said = await run("show", letter)
    assert said.exit_code == 0
    assert "task.due.v1, partition 3, offset 4711" in said.stdout
    assert '\n  "data": {' in said.stdout
    assert "data.reminder_id" in said.stdout
    assert said.stdout.endswith(f"taskwake dead-letters replay {letter}\n")
    shown = json.loads((await run("show", letter, "--json")).stdout)
    assert (shown["standing"], shown["attempts"], shown["audit"]) == ("waiting", 1, [])
    assert json.loads(shown["event"])["type"] == "dev.taskwake.task.due.v1"


@pytest.mark.requirement("TRUST-022")
async def test_show_of_one_that_is_not_there_says_who_dropped_it(rig: Rig, run: Run) -> None:
    [letter] = await dead(rig)
    await run("drop", letter, "--yes")
    dropped, unknown = await run("show", letter), await run("show", uuid4())
    assert dropped.exit_code == unknown.exit_code == 1
    assert f"was dropped by {getpass.getuser()}@" in dropped.stderr
    assert "dead-letters list" in unknown.stderr


@pytest.mark.requirement("TRUST-023")
async def test_replay_publishes_the_same_events_again_and_begins_their_attempts_anew(rig: Rig, run: Run) -> None:
    first, second = await dead(rig, 2)
    said = await run("replay", first)
    assert (said.exit_code, said.stdout[:6]) == (0, "1 of 1")
    assert await unpublished(rig) == 1
    assert [row["event_id"] for row in await rig.execute("SELECT event_id FROM attempts")] == [
        row["event_id"] for row in await rig.execute("SELECT event_id FROM dead_letters WHERE id = %s", second)
    ]
    assert await audit(rig) == [(first, "replay", "handed on")]


@contextlib.asynccontextmanager
async def served_alarm(rig: Rig) -> AsyncIterator[list[str]]:
    """The alarm function over HTTP, as on a cluster: the options by which it is found."""
    host = rig.host("alarm")

    async def get_host() -> FunctionHost:
        return host

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (await answer(Request(scope, receive), get_host, TOKEN))(scope, receive, send)

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    server.capture_signals = contextlib.nullcontext
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield ["--alarm-url", f"http://127.0.0.1:{listening.getsockname()[1]}", "--alarm-token", TOKEN]
    finally:
        server.should_exit = True
        await serving


@pytest.mark.requirement("TRUST-131")
async def test_an_alarm_that_is_rung_for_it_publishes_what_was_just_replayed_unchanged(rig: Rig, run: Run) -> None:
    [letter] = await dead(rig)
    await rig.execute("UPDATE events SET created_at = now() - interval '2 seconds'")
    await rig.execute("UPDATE events SET event = (event::jsonb || %s::jsonb)::json", json.dumps({"traceparent": TRACE}))
    async with served_alarm(rig) as address:
        said = await run("replay", letter, "--dry-run", *address)
        assert (said.exit_code, rig.bus.published) == (0, [])
        said = await run("replay", letter, *address)
    assert said.stdout == "1 of 1 are handed on again.\n"
    [event] = rig.bus.published
    assert event.traceparent == TRACE
    assert await rig.execute("SELECT 1 FROM dead_letters WHERE event_id = %s", event.id)


@pytest.mark.requirement("TRUST-131")
async def test_where_nobody_can_be_told_it_says_when_a_replayed_event_is_published(rig: Rig, run: Run) -> None:
    said = await run("replay", *await dead(rig))
    assert "by the next alarm, an hour at most from now" in said.stdout
    [letter] = await dead(rig)
    said = await run("replay", letter, "--alarm-url", "http://127.0.0.1:9")
    assert "by the next alarm" in said.stdout
    assert "was not rung" in said.stderr


@pytest.mark.requirement("TRUST-023")
async def test_one_that_is_replayed_and_fails_again_waits_anew_with_the_new_reason(rig: Rig, run: Run) -> None:
    event = await rig.due()
    async with rig.functions.begin() as (connection, now):
        await outbox.write(connection, [event], now)
    host = rig.host("task-due")
    await host.deliver([delivery(event, data={})])
    [letter] = [row["id"] for row in await rig.execute("SELECT id FROM dead_letters")]
    await host.deliver([delivery(event, data="again, before anybody looked")])
    assert "reminder_id" in json.loads((await run("show", letter, "--json")).stdout)["reason"]
    await run("replay", letter)
    assert json.loads((await run("show", letter, "--json")).stdout)["standing"] == "on its way"
    await host.deliver([delivery(event, data="another")])
    again = json.loads((await run("show", letter, "--json")).stdout)
    assert again["standing"] == "waiting"
    assert "reminder_id" not in again["reason"]
    assert [deed["since_then"] for deed in again["audit"]] == ["failed again"]
    await run("replay", letter)
    await host.deliver([delivery(event)])
    mended = json.loads((await run("show", letter, "--json")).stdout)
    assert mended["standing"] == "handled"
    assert [deed["since_then"] for deed in mended["audit"]] == ["handled", "replayed again"]
    assert await rig.count("notices") == 1


@pytest.mark.requirement("TRUST-023")
async def test_what_is_not_in_the_log_is_not_replayed_and_the_rest_is(rig: Rig, run: Run) -> None:
    [ours], [foreign] = await dead(rig), await dead(rig, logged=False)
    said = await run("replay", ours, foreign, "--yes", "--json")
    assert said.exit_code == 1
    assert json.loads(said.stdout) == [
        {"id": str(ours), "outcome": "handed on"},
        {"id": str(foreign), "outcome": "not in the log"},
    ]
    assert "cannot be replayed" in said.stderr
    assert {outcome for _, _, outcome in await audit(rig)} == {"handed on", "not in the log"}
    assert "drop" in (await run("show", foreign)).stdout.splitlines()[-1]


@pytest.mark.requirement("TRUST-024")
@pytest.mark.parametrize("verb", ["replay", "drop"])
async def test_a_dry_run_shows_which_are_meant_and_changes_nothing(rig: Rig, run: Run, verb: str) -> None:
    letters = await dead(rig, 3)
    said = await run(verb, "--function", "task-due", "--dry-run", "--json")
    assert said.exit_code == 0
    assert {row["id"] for row in json.loads(said.stdout)} == set(map(str, letters))
    assert "3 dead letters meant" in said.stderr
    assert (await rig.count("dead_letters"), await unpublished(rig), await audit(rig)) == (3, 0, [])


@pytest.mark.requirement("TRUST-163")
async def test_a_dry_run_of_a_replay_says_which_cannot_be_replayed(rig: Rig, run: Run) -> None:
    [ours], [foreign] = await dead(rig), await dead(rig, logged=False)
    said = await run("replay", "--all", "--dry-run")
    as_json = await run("replay", "--all", "--dry-run", "--json")
    dropping = await run("drop", "--all", "--dry-run")
    rows = {row.split("\t")[0]: row.split("\t")[-1] for row in said.stdout.splitlines()}
    assert rows == {str(ours): "waiting", str(foreign): "waiting, not in the log"}
    for told in (said, as_json):
        assert f"cannot be replayed: `show` says what to do: {foreign}." in told.stderr
    assert {row["id"]: row["is_logged"] for row in json.loads(as_json.stdout)} == {str(ours): True, str(foreign): False}
    assert "cannot be replayed" not in dropping.stderr


@pytest.mark.requirement("TRUST-024")
@pytest.mark.parametrize("verb", ["replay", "drop"])
async def test_nothing_is_done_to_many_when_nobody_is_there_to_ask(rig: Rig, run: Run, verb: str) -> None:
    await dead(rig, 2)
    said = await run(verb, "--all")
    assert said.exit_code == 1
    assert "--yes" in said.stderr
    assert (await rig.count("dead_letters"), await unpublished(rig), await audit(rig)) == (2, 0, [])


@pytest.mark.requirement("TRUST-024")
@pytest.mark.parametrize("arguments", [[], ["--replayed"], [uuid4(), "--all"], [uuid4(), "--reason", "x"]])
async def test_which_are_meant_must_be_said_and_in_one_way(run: Run, arguments: list[object]) -> None:
    said = await run("drop", *arguments)
    assert said.exit_code == 2
    assert "--all" in said.stderr


@pytest.mark.requirement("TRUST-024")
async def test_by_a_filter_only_those_that_wait_are_replayed(rig: Rig, run: Run) -> None:
    letters = await dead(rig, 3)
    await run("replay", letters[0])
    said = await run("replay", "--topic", "task.due.v1", "--yes", "--rate", "0")
    assert said.stdout.startswith("2 of 2")
    assert [letter for letter, _, _ in await audit(rig)] == [letters[0], *sorted(letters[1:])]


@pytest.mark.requirement("TRUST-025")
async def test_dropped_is_gone_with_its_attempts_and_its_delivery_has_failed(rig: Rig, run: Run) -> None:
    task = await rig.task()
    for name in ("kept", "dropped"):
        await rig.execute(
            """
            WITH delivery AS (
                INSERT INTO deliveries (id, user_id, task_id, channel, title)
                VALUES (gen_random_uuid(), %s, %s, 'email', %s) RETURNING id
            ), noted AS (
                INSERT INTO attempts (function, source, event_id, last_error)
                SELECT 'delivery-requested', '/taskwake', id::text, 'x' FROM delivery
            )
            INSERT INTO dead_letters (id, function, topic, source, event_id, reason, attempts, event)
            SELECT id, 'delivery-requested', '', '/taskwake', id::text, %s, 1, '' FROM delivery
            """,
            rig.user_id,
            task.id,
            name,
            name,
        )
    said = await run("drop", "--reason", "dropped", "--yes")
    assert said.stdout == "1 of 1 are dropped.\n"
    rows = await rig.execute(
        """
        SELECT title, given_up_at IS NOT NULL AS given_up, count(attempts.event_id) AS attempts,
               count(dead_letters.id) AS dead
        FROM deliveries LEFT JOIN attempts ON attempts.event_id = deliveries.id::text
        LEFT JOIN dead_letters ON dead_letters.event_id = deliveries.id::text GROUP BY 1, 2 ORDER BY 1
        """
    )
    assert [tuple(row.values()) for row in rows] == [("dropped", True, 0, 0), ("kept", False, 1, 1)]


@pytest.mark.requirement("TRUST-026")
async def test_the_audit_says_who_did_what_with_which_and_what_became_of_it(rig: Rig, run: Run) -> None:
    first, second = await dead(rig, 2)
    await run("replay", first)
    await run("drop", second, "--yes")
    dropped, replayed = json.loads((await run("audit", "--json")).stdout)
    assert replayed["who"].startswith(f"{getpass.getuser()}@")
    assert (replayed["dead_letter_id"], replayed["action"], replayed["since_then"]) == (
        str(first),
        "replay",
        "on its way",
    )
    assert (dropped["dead_letter_id"], dropped["outcome"], dropped["since_then"]) == (str(second), "dropped", None)
    assert "reminder_id" in dropped["reason"]
    whole = await run("audit")
    assert "on its way" in whole.stdout
    assert whole.stderr == ""


@pytest.mark.requirement("PROD-436")
async def test_the_audit_says_when_there_is_more_than_it_shows(rig: Rig, run: Run) -> None:
    for letter in await dead(rig, 2):
        await run("drop", letter, "--yes")
    cut = await run("audit", "--limit", "1", "--json")
    assert len(json.loads(cut.stdout)) == 1
    assert "--limit shows more" in cut.stderr
    assert (await run("audit", "--limit", "2")).stderr == ""


@pytest.mark.requirement("TRUST-026")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM dead_letter_audit",
        "TRUNCATE dead_letter_audit",
        "UPDATE dead_letter_audit SET action = 'drop', outcome = 'dropped'",
        "UPDATE dead_letter_audit SET at = now()",
    ],
)
async def test_not_even_the_tables_owner_takes_anything_from_the_audit(rig: Rig, run: Run, statement: str) -> None:
    await run("replay", *await dead(rig))
    before = await rig.execute("SELECT * FROM dead_letter_audit")
    assert before
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only added to"):
        await rig.execute(statement)
    assert await rig.execute("SELECT * FROM dead_letter_audit") == before


@pytest.mark.requirement("TRUST-021")
async def test_what_poison_holds_commands_no_terminal(rig: Rig, run: Run) -> None:
    [letter] = await dead(rig)
    await rig.execute(
        "UPDATE dead_letters SET reason = E'\\x1b[2Jgone\\nline', event = E'\\x1b]0;x\\x07', source = E'\\x1b'"
    )
    for said in (await run("list"), await run("show", letter)):
        assert "\x1b" not in said.stdout
        assert "[2Jgone line" in said.stdout


@pytest.mark.requirement("TRUST-027")
async def test_the_machine_appoints_an_operator_and_dismisses_them(rig: Rig) -> None:
    await rig.execute("UPDATE users SET email = 'sam@example.org'")

    async def said(verb: str, who: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, ["operator", verb, who, "--url", rig.url])

    for _ in range(2):
        assert "is an operator now" in (await said("grant", "SAM@example.org")).stdout
        assert [row["user_id"] for row in await rig.execute("SELECT user_id FROM operators")] == [rig.user_id]
    assert "is no operator now" in (await said("revoke", str(rig.user_id))).stdout
    answer = await asyncio.to_thread(
        CliRunner().invoke, app, ["operator", "revoke", str(rig.user_id), "--url", rig.url, "--json"]
    )
    assert json.loads(answer.stdout) == {"user_id": str(rig.user_id), "operator": False}
    assert await rig.count("operators") == 0
    unknown = await said("grant", "kim@example.org")
    assert (unknown.exit_code, "taskwake user add" in unknown.stderr) == (1, True)
