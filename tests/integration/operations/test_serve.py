"""`taskwake serve` as a process: what kills it, what ends it, and what stands in its way."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from functions.kernel.embedded.postgres import LOG_BYTES
from tests.integration.world import NO_TLS, PATIENCE_SECONDS, execute, soon, until
from tests.served import Served, command

pytestmark = pytest.mark.requirement("FLOW-016")


def client(served: Served, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=served.base_url,
        headers={"authorization": f"Bearer {token}"},
        timeout=PATIENCE_SECONDS,
        verify=NO_TLS,
    )


async def write_until_cut(http: httpx.AsyncClient, accepted: list[dict[str, Any]], **due: str) -> None:
    """Create tasks one after the other, until the server is no more; what was answered is noted."""
    with contextlib.suppress(httpx.TransportError):
        while True:
            answer = await http.post("/tasks", json={"title": f"task {len(accepted)}"} | due)
            assert answer.status_code == 201, answer.text
            accepted.append(answer.json())


async def each_is_noticed_once(url: str, tasks: list[dict[str, Any]]) -> None:
    """Every task is there, told exactly once, and nothing is left to publish."""
    ids = [str(task["id"]) for task in tasks]
    rows = await execute(url, "SELECT count(*) AS n FROM tasks WHERE id = ANY(%s::uuid[])", ids)
    assert rows[0]["n"] == len(ids)
    told = "SELECT count(DISTINCT task_id) AS n FROM notices WHERE task_id = ANY(%s::uuid[])"

    async def all_told() -> bool:
        return (await execute(url, told, ids))[0]["n"] == len(ids)

    await until(all_told)
    twice = "SELECT task_id FROM notices WHERE kind = 'due' GROUP BY 1 HAVING count(*) > 1"
    assert await execute(url, twice) == []
    early = "SELECT id FROM notices WHERE created_at < remind_at"
    assert await execute(url, early) == []


@pytest.mark.requirement("FLOW-005")
@pytest.mark.requirement("FLOW-010")
async def test_kill_9_while_tasks_are_written_and_ring_loses_and_doubles_nothing(tmp_path: Path, serve) -> None:
    served, accepted = serve(tmp_path), []
    token = served.new_token()
    async with client(served, token) as http:
        writers = [
            asyncio.create_task(write_until_cut(http, accepted, due_at=soon(seconds)))
            for seconds in (-5, 0.3, 0.6, 2, 4)
        ]
        await asyncio.sleep(1.5)
        served.kill()
        await asyncio.gather(*writers)
    assert len(accepted) > 20
    served = serve(tmp_path)
    await each_is_noticed_once(served.owner_url, accepted)
    code, _ = served.end()
    assert code == 0


@pytest.mark.requirement("FLOW-005")
async def test_kill_9_in_a_burst_of_reminders_loses_and_doubles_nothing(tmp_path: Path, serve) -> None:
    served = serve(tmp_path)
    url, user = served.owner_url, served.first_user()
    await execute(
        url,
        """
        WITH made AS (
            INSERT INTO tasks (id, list_id, title, due_local, zone, due_at, created_by)
            SELECT gen_random_uuid(), lists.id, 'task ' || n, now() AT TIME ZONE 'UTC', 'UTC', now(), owner_id
            FROM lists, generate_series(1, 10000) n WHERE owner_id = %s RETURNING id, list_id, due_at, created_by
        )
        INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at)
        SELECT gen_random_uuid(), id, list_id, created_by, 'due', due_at FROM made
        """,
        user,
    )
    token = served.new_token()
    async with client(served, token) as http:
        # Any reminder rings the alarm, which claims whatever is due.
        await http.post("/tasks", json={"title": "first", "due_at": soon(-1)})

        async def one_told() -> bool:
            return bool(await execute(url, "SELECT 1 FROM notices LIMIT 1"))

        await until(one_told)
    served.kill()
    served = serve(tmp_path)
    waiting = await execute(url, "SELECT count(*) AS n FROM notices")
    assert waiting[0]["n"] < 10_001, "it was killed too late to show anything"
    rows = await execute(url, "SELECT id FROM tasks")
    await each_is_noticed_once(url, rows)
    assert len(rows) == 10_001


async def test_postgresql_left_behind_by_a_kill_is_taken_over(tmp_path: Path, serve) -> None:
    served = serve(tmp_path)
    pid = int((tmp_path / "postgres/data/postmaster.pid").read_text().split()[0])
    os.kill(served.process.pid, signal.SIGSTOP)  # it cannot see to its PostgreSQL any more
    served.kill()
    again = serve(tmp_path)
    assert int((tmp_path / "postgres/data/postmaster.pid").read_text().split()[0]) != pid
    assert again.end()[0] == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_signal_ends_it_with_code_0_while_a_stream_is_open_and_loses_nothing(tmp_path: Path, serve, how) -> None:
    served, accepted = serve(tmp_path), []
    token = served.new_token()
    async with client(served, token) as http, http.stream("GET", "/events") as stream:
        lines = stream.aiter_lines()
        await anext(lines)
        writer = asyncio.create_task(write_until_cut(http, accepted, due_at=soon(-1)))

        async def ten_accepted() -> bool:
            return len(accepted) >= 10

        await until(ten_accepted)
        code, said = await asyncio.to_thread(served.end, how, 10)
        await writer
    assert code == 0, said
    assert "Stopping" in said
    assert float(said.split("Stopping: ")[1].split()[0]) < 5
    assert not (tmp_path / "postgres/data/postmaster.pid").exists()
    assert (tmp_path / "stderr.log").read_text() == ""
    again = serve(tmp_path)
    await each_is_noticed_once(again.owner_url, accepted)


async def test_signal_while_it_starts_ends_it(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *command("serve", "--port", "0", "--data", str(tmp_path / "data")),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )

    async def begun() -> bool:
        return await asyncio.to_thread((tmp_path / "data" / "lock").exists)

    await until(begun)
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(PATIENCE_SECONDS):
        said, _ = await process.communicate()
    assert process.returncode == 0, said
    assert b"Traceback" not in said


async def test_login_works_once(tmp_path: Path, serve) -> None:
    served = serve(tmp_path)
    async with httpx.AsyncClient(verify=NO_TLS) as browser:
        assert (await browser.get(served.login_url)).status_code == 303
        assert (await browser.get(served.base_url + "/me")).status_code == 200
        assert (await browser.get(served.login_url)).status_code == 401


def test_taken_port_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run("serve", "--port", port, "--data", str(tmp_path))
    assert ended.returncode == 1
    assert f"port {port} is taken" in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_second_server_over_a_folder_is_refused_and_the_first_goes_on(tmp_path: Path, serve) -> None:
    served = serve(tmp_path)
    ended = await asyncio.to_thread(run, "serve", "--port", "0", "--data", str(tmp_path))
    assert ended.returncode == 1
    assert f"another Taskwake (process {served.process.pid}) runs over {tmp_path}" in ended.stderr
    assert "Traceback" not in ended.stderr
    async with client(served, served.new_token()) as http:
        assert (await http.post("/tasks", json={"title": "still here"})).status_code == 201


@pytest.mark.requirement("FLOW-019")
async def test_secrets_are_readable_by_their_owner_only_and_stand_in_no_log(tmp_path: Path, serve) -> None:
    served = serve(tmp_path)
    token = served.new_token()
    async with client(served, token) as http:
        await http.patch("/me", json={"email": "sam@example.org"})
        hook = (
            await http.post("/webhooks", json={"url": "http://127.0.0.1:9/hidden", "topics": ["task.due.v1"]})
        ).json()
        await http.post("/tasks", json={"title": "x", "due_at": soon(-1)})
        await http.get("/tasks", headers={"authorization": "Bearer not-a-token-of-anybody"})
        session = (await http.get(served.login_url)).cookies["taskwake_session"]

        async def failure_logged() -> bool:
            return "delivery-requested" in (tmp_path / "taskwake.log").read_text()

        await until(failure_logged)
    assert served.end()[0] == 0
    kept = (tmp_path / "secrets.json").read_text()
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    secrets = [token, session, served.login_url.split("login=")[1], hook["secret"], "hidden", "not-a-token-of-anybody"]
    secrets += [word for word in kept.split('"') if len(word) > 25]
    logs = [tmp_path / name for name in ("taskwake.log", "stderr.log", "postgres/postgres.log")]
    for path in logs:
        text = path.read_text()
        assert not [secret for secret in secrets if secret in text], path
    assert (tmp_path / "taskwake.log").stat().st_mode & 0o077 == 0


@pytest.mark.requirement("TRUST-167")
def test_a_log_of_postgresql_that_is_too_long_is_put_aside(tmp_path: Path, serve) -> None:
    log = tmp_path / "postgres" / "postgres.log"
    log.parent.mkdir(mode=0o700)
    log.touch()
    os.truncate(log, LOG_BYTES + 1)
    serve(tmp_path)
    assert 0 < log.stat().st_size < LOG_BYTES
    assert log.with_name("postgres.log.1").stat().st_size == LOG_BYTES + 1


@pytest.mark.requirement("FLOW-019")
def test_secrets_that_others_can_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{}")
    (tmp_path / "secrets.json").chmod(0o644)
    ended = run("serve", "--port", "0", "--data", str(tmp_path))
    assert ended.returncode == 1
    assert "chmod 600" in ended.stderr
    assert "Traceback" not in ended.stderr


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=30, check=False)


async def gone(served: Served) -> bool:
    """Whether it takes no connections any more."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", served.port)
    except OSError:
        return True
    writer.close()
    return False


async def end_of(served: Served) -> int:
    """Its exit code, once it has ended."""
    await asyncio.to_thread(served.process.communicate, timeout=2 * PATIENCE_SECONDS)
    return served.process.returncode


@pytest.mark.requirement("TRUST-043")
async def test_a_write_that_was_begun_when_it_is_asked_to_end_is_answered_and_kept(tmp_path: Path, serve) -> None:
    served = serve(tmp_path)
    async with (
        client(served, served.new_token()) as http,
        await psycopg.AsyncConnection.connect(served.owner_url) as holder,
    ):
        await holder.execute("LOCK TABLE tasks")
        writing = asyncio.create_task(http.post("/tasks", json={"title": "begun"}))

        async def begun() -> bool:
            query = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'tasks'::regclass"
            return bool(await execute(served.owner_url, query))

        await until(begun)
        served.process.send_signal(signal.SIGTERM)
        await until(lambda: gone(served))
        await holder.rollback()
        answer = await writing
    assert answer.status_code == 201
    assert await end_of(served) == 0
    served = serve(tmp_path)
    assert await execute(served.owner_url, "SELECT title FROM tasks") == [{"title": "begun"}]


@pytest.mark.requirement("TRUST-043")
@pytest.mark.requirement("TRUST-046")
async def test_a_webhook_that_is_being_called_when_it_is_asked_to_end_is_called_once(tmp_path: Path, serve) -> None:
    called, answered = asyncio.Event(), asyncio.Event()
    calls: list[str] = []

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append((await reader.readuntil(b"\r\n\r\n")).decode().split("webhook-id: ")[1].split()[0])
        called.set()
        await answered.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(receive, "127.0.0.1", 0) as receiver:
        port = receiver.sockets[0].getsockname()[1]
        served = serve(tmp_path)
        async with client(served, served.new_token()) as http:
            hook = {"url": f"http://127.0.0.1:{port}/hook", "topics": ["task.due.v1"]}
            assert (await http.post("/webhooks", json=hook)).status_code == 201
            async with http.stream("GET", "/events") as stream:
                lines = stream.aiter_lines()
                assert await anext(lines) == "retry: 1000"
                await http.post("/tasks", json={"title": "x", "due_at": soon(-1)})
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await called.wait()
                    served.process.send_signal(signal.SIGTERM)
                    assert [line async for line in lines]  # what was told, and a proper end: a cut raises
            answered.set()
        assert await end_of(served) == 0
        served = serve(tmp_path)

        async def noted() -> bool:
            return bool(await execute(served.owner_url, "SELECT 1 FROM deliveries WHERE delivered_at IS NOT NULL"))

        await until(noted)

        async def all_published() -> bool:
            return not await execute(served.owner_url, "SELECT 1 FROM events WHERE published_at IS NULL")

        await until(all_published)
    assert len(calls) == 1
    attempts = await execute(served.owner_url, "SELECT status FROM delivery_attempts")
    assert attempts == [{"status": 204}]
