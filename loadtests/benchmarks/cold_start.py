"""cold-start: from the start of task-due's process to its first event handled, beside functions-framework's hello."""

import asyncio
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

import psycopg

import functions
from functions.kernel.cloudevent import render_json
from functions.kernel.embedded.postgres import Postgres
from functions.kernel.events import TaskDue
from functions.kernel.storage import logins
from functions.operations import accounts
from functions.operations.migrate import ensure_login, migrate
from loadtests.machine import describe
from loadtests.reminders import written
from loadtests.result import Result, at_most, reported

NAME = "cold-start"
PAIRS, WARM_UP = 11, 2
TARGET_RATIO = 1.5
SOURCE = Path(functions.__file__).parent / "main.py"
HELLO = """import functions_framework

@functions_framework.http
def hello(request):
    return "hello"
"""


async def measure() -> list[Result]:
    """Pairs A B A B …, so that whatever else the machine does hits both."""
    with tempfile.TemporaryDirectory(prefix="taskwake-load-") as name:
        folder = Path(name)
        hello_source = folder / "hello.py"
        hello_source.write_text(HELLO)
        async with _database(folder / "postgres") as (owner_url, url), _secrets(url) as endpoint:
            tasks = await written(owner_url, [datetime.now(UTC)] * (PAIRS + WARM_UP), "Cold")
            events = await _events(owner_url, tasks)
            hello = {"FUNCTION_SOURCE": str(hello_source), "FUNCTION_TARGET": "hello"}
            task_due = {"FUNCTION_SOURCE": str(SOURCE), "FUNCTION_TARGET": "task-due", "DAPR_HTTP_ENDPOINT": endpoint}
            pairs = []
            for event in events:
                first = await _first_answer(hello, event, b"hello")
                pairs.append((first, await _first_answer(task_due, event, b"SUCCESS")))
            await _check(owner_url, len(events))
    hello_ms = [first * 1000 for first, _ in pairs[WARM_UP:]]
    task_due_ms = [second * 1000 for _, second in pairs[WARM_UP:]]
    conditions = (
        f"medians of {PAIRS} interleaved pairs after {WARM_UP} to warm up; uvicorn functions_framework.aio:app, "
        f"bytecode compiled; from the process's start to the first answer: for task-due the secret from a stand-in for "
        f"daprd, inbox, notice and commit included; {describe()}"
    )
    ratio = median(task_due_ms) / median(hello_ms)
    return [
        reported(f"{NAME}: hello-world", median(hello_ms), "ms", conditions),
        reported(f"{NAME}: task-due", median(task_due_ms), "ms", conditions),
        at_most(f"{NAME}: ratio", ratio, "x", TARGET_RATIO, conditions),
    ]


async def _first_answer(function: dict[str, str], body: bytes, expected: bytes) -> float:
    """Seconds from the start of the process to its first answer. It inherits the listening socket, so that a request
    can wait for it as it does behind Knative, and nothing polls."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        arguments = ["-m", "uvicorn", "functions_framework.aio:app", "--fd", str(listening.fileno())]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *arguments, "--no-access-log", "--lifespan", "off", "--log-level", "warning"),
            env=environment | function,
            pass_fds=[listening.fileno()],
        )
        try:
            answer = await _post(port, body)
            taken = time.perf_counter() - started
        finally:
            process.terminate()
            await process.wait()
    if b" 200 " not in answer.partition(b"\r\n")[0] or expected not in answer:
        raise RuntimeError(f"{function['FUNCTION_TARGET']} answered {answer[:500]!r}")
    return taken


async def _post(port: int, body: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"POST /events HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n"
        f"content-type: application/cloudevents+json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    try:
        return await asyncio.wait_for(reader.read(), 60)
    finally:
        writer.close()


@asynccontextmanager
async def _database(folder: Path) -> AsyncIterator[tuple[str, str]]:
    """A PostgreSQL with the schema and a person: its address for the owner, and for functions."""
    postgres = Postgres(folder)
    await asyncio.to_thread(postgres.start)
    try:
        await postgres.ready()
        await asyncio.to_thread(migrate, postgres.url())
        await asyncio.to_thread(ensure_login, postgres.url(), logins.FUNCTIONS)
        await asyncio.to_thread(accounts.first_user, postgres.url())
        yield postgres.url(), postgres.url(logins.FUNCTIONS.name)
    finally:
        await asyncio.to_thread(postgres.stop)


@asynccontextmanager
async def _secrets(url: str) -> AsyncIterator[str]:
    """Stands in for daprd's secrets API: its address."""
    body = json.dumps({logins.FUNCTIONS.secret: url}).encode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def _events(owner_url: str, tasks: list[UUID]) -> list[bytes]:
    """A `task.due` event for each of the tasks."""
    async with await psycopg.AsyncConnection.connect(owner_url) as connection:
        rows = await (
            await connection.execute(
                "SELECT id, list_id, created_by, title, due_at FROM tasks WHERE id = ANY(%s)", (tasks,)
            )
        ).fetchall()
    return [
        render_json(
            TaskDue(
                reminder_id=uuid4(), task_id=task, list_id=in_list, user_id=user, kind="due", remind_at=at, title=title
            )
        )
        for task, in_list, user, title, at in rows
    ]


async def _check(owner_url: str, wanted: int) -> None:
    """An answer counts only with its effect."""
    async with await psycopg.AsyncConnection.connect(owner_url) as connection:
        row = await (await connection.execute("SELECT count(*) FROM notices")).fetchone()
    if row is None or row[0] != wanted:
        raise RuntimeError(f"{wanted} events were handled, and {row and row[0]} notices written")
