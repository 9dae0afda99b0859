"""pgqueuer: `adapter.py prepare | enqueue | work`; see loadtests/peers/adapters/README.md."""

import json
import os
import sys
from datetime import datetime, timedelta

import asyncpg
import uvloop
from pgqueuer import PgQueuer, Queries
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.models import Job

SETTINGS = json.loads(os.environ.get("PEER_SETTINGS", "{}"))
CONNECTIONS = SETTINGS.pop("AsyncpgPoolDriver max_size", None)
SECONDS = ("dequeue_timeout", "heartbeat_timeout")


async def prepare() -> None:
    """Its tables."""
    connection = await asyncpg.connect()
    await Queries(AsyncpgDriver(connection)).install()
    await connection.close()


async def enqueue() -> None:
    """Enqueue what stdin lists. It takes delays, which count from the transaction's begin: they are made of that."""
    jobs = json.load(sys.stdin)
    connection = await asyncpg.connect()
    queries = Queries(AsyncpgDriver(connection))
    for start in range(0, len(jobs), 1000):
        part = jobs[start : start + 1000]
        async with connection.transaction():
            now = await connection.fetchval("SELECT now()")
            delays: list[timedelta | None] = [datetime.fromisoformat(due_at) - now for _, due_at in part]
            payloads: list[bytes | None] = [json.dumps(each).encode() for each in part]
            await queries.enqueue(["fire"] * len(part), payloads, [0] * len(part), delays)
    await connection.close()


async def work() -> None:
    """Until killed. Stock, as its guide begins: one connection."""
    writers = await asyncpg.create_pool(min_size=1, max_size=CONNECTIONS or 10)
    if CONNECTIONS:
        driver = AsyncpgPoolDriver(await asyncpg.create_pool(min_size=1, max_size=CONNECTIONS))
    else:
        driver = AsyncpgDriver(await asyncpg.connect())
    pgq = PgQueuer(driver)

    @pgq.entrypoint("fire")
    async def fire(job: Job) -> None:
        job_id, due_at = json.loads(job.payload or b"")
        await writers.execute(
            "INSERT INTO fired (job_id, due_at) VALUES ($1, $2)", job_id, datetime.fromisoformat(due_at)
        )

    print("ready", flush=True)
    await pgq.run(**{name: timedelta(seconds=each) if name in SECONDS else each for name, each in SETTINGS.items()})


uvloop.run({"prepare": prepare, "enqueue": enqueue, "work": work}[sys.argv[1]]())
