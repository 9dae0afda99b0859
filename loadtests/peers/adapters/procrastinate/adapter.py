"""procrastinate: `adapter.py prepare | enqueue | work`; see loadtests/peers/adapters/README.md."""

import asyncio
import json
import os
import sys
from datetime import datetime

import procrastinate

SETTINGS = json.loads(os.environ.get("PEER_SETTINGS", "{}"))
CONNECTIONS = SETTINGS.pop("pool max_size", None)
RETRY_STALLED_SECONDS = SETTINGS.pop("retry stalled jobs every, seconds", None)

pool = {"max_size": CONNECTIONS} if CONNECTIONS else {}
app = procrastinate.App(connector=procrastinate.PsycopgConnector(**pool))


@app.task(name="fire")
async def fire(job_id: int, due_at: str) -> None:
    """The work: one row."""
    await app.connector.execute_query_async(
        "INSERT INTO fired (job_id, due_at) VALUES (%(job_id)s, %(due_at)s::timestamptz)", job_id=job_id, due_at=due_at
    )


async def enqueue() -> None:
    """Defer what stdin lists, those of one moment together, as its batches have one."""
    by_moment: dict[str, list[int]] = {}
    for job_id, due_at in json.load(sys.stdin):
        by_moment.setdefault(due_at, []).append(job_id)
    for due_at, ids in by_moment.items():
        task = fire.configure(schedule_at=datetime.fromisoformat(due_at))
        for start in range(0, len(ids), 1000):
            await task.batch_defer_async(*({"job_id": each, "due_at": due_at} for each in ids[start : start + 1000]))


async def retry_stalled() -> None:
    """What its guide "Retry stalled jobs" has a periodic task do; those have minutes, so it is a loop here."""
    while True:
        stale = SETTINGS.get("stalled_worker_timeout", 30.0)
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stale):
            await app.job_manager.retry_job(job)
        await asyncio.sleep(RETRY_STALLED_SECONDS)


async def work() -> None:
    """Until killed."""
    retrying = asyncio.create_task(retry_stalled()) if RETRY_STALLED_SECONDS else None
    print("ready", flush=True)
    await app.run_worker_async(**SETTINGS)
    if retrying:
        retrying.cancel()


async def main(command: str) -> None:
    async with app.open_async():
        if command == "prepare":
            await app.schema_manager.apply_schema_async()
        elif command == "enqueue":
            await enqueue()
        else:
            await work()


asyncio.run(main(sys.argv[1]))
