"""Who is measured, by which settings: stock is what a guide's first page has, tuned what the documents offer for work
like this."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from loadtests.peers.contestant import Entrant, Setting
from loadtests.peers.installed import node_peer, python_peer, river
from loadtests.peers.program import Program, Queue
from loadtests.peers.taskwake import DAPR, EMBEDDED

VERSIONS = {
    "procrastinate": "3.10.0",
    "pgqueuer": "1.6.0",
    "graphile-worker": "0.18.0",
    "pg-boss": "12.38.0",
    "river": "0.51.2",
}
"""As the adapters' locks pin them."""
QUEUES = {
    "procrastinate": Queue(
        "procrastinate_jobs",
        "scheduled_at",
        "SELECT (args->>'job_id')::int FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        " AND scheduled_at < now() + interval '1 day'",
    ),
    "pgqueuer": Queue(
        "pgqueuer",
        "execute_after",
        "SELECT (convert_from(payload, 'UTF8')::json->>0)::int FROM pgqueuer WHERE status IN ('queued', 'picked')"
        " AND execute_after < now() + interval '1 day'",
    ),
    "graphile-worker": Queue(
        "graphile_worker._private_jobs",
        "run_at",
        "SELECT (payload->>'job_id')::int FROM graphile_worker._private_jobs WHERE attempts <= max_attempts"
        " AND run_at < now() + interval '1 day'",
        own=("id", "is_available"),
    ),
    "pg-boss": Queue(
        "pgboss.job",
        "start_after",
        "SELECT (data->>'job_id')::int FROM pgboss.job WHERE state IN ('created', 'retry', 'active')"
        " AND start_after < now() + interval '1 day'",
    ),
    "river": Queue(
        "river_job",
        "scheduled_at",
        "SELECT (args->>'job_id')::int FROM river_job"
        " WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled')"
        " AND scheduled_at < now() + interval '1 day'",
    ),
}
COMMANDS: dict[str, Callable[[], list[str]]] = {
    "procrastinate": partial(python_peer, "procrastinate"),
    "pgqueuer": partial(python_peer, "pgqueuer"),
    "graphile-worker": partial(node_peer, "graphile_worker"),
    "pg-boss": partial(node_peer, "pg_boss"),
    "river": river,
}
TUNED: dict[str, dict[str, Any]] = {
    "procrastinate": {
        "concurrency": 20,
        "pool max_size": 20,
        "fetch_job_polling_interval": 0.1,
        "delete_jobs": "successful",
        "update_heartbeat_interval": 1,
        "stalled_worker_timeout": 3,
        "retry stalled jobs every, seconds": 1,
    },
    "pgqueuer": {
        "AsyncpgPoolDriver max_size": 20,
        "batch_size": 250,
        "max_concurrent_tasks": 500,
        "dequeue_timeout": 0.1,
        "heartbeat_timeout": 10,
    },
    "graphile-worker": {
        "concurrentJobs": 24,
        "maxPoolSize": 26,
        "pollInterval": 100,
        "localQueue": {"size": 500},
        "completeJobBatchDelay": 0,
        "failJobBatchDelay": 0,
        "forceUnlockWorkers at the start": True,
    },
    "pg-boss": {
        "constructor": {"max": 20, "superviseIntervalSeconds": 1, "monitorIntervalSeconds": 1},
        "queue": {"expireInSeconds": 2},
        "work": {
            "batchSize": 500,
            "localConcurrency": 2,
            "pollingIntervalSeconds": 0.5,
            "burstWhenBatchFull": True,
            "transactional": True,
        },
    },
    "river": {
        "MaxWorkers": 500,
        "pool MaxConns": 20,
        "FetchCooldown": 10,
        "FetchPollInterval": 50,
        "JobTimeout": 1000,
        "RescueStuckJobsAfter": 2000,
    },
}
"""Names as each peer has them; River's durations are milliseconds, the others' seconds but for graphile-worker's."""


def _peer(name: str, tuning: str) -> Program:
    setting = Setting(name, tuning, VERSIONS[name], TUNED[name] if tuning == "tuned" else {})
    return Program(setting, QUEUES[name], COMMANDS[name])


FIELD: Sequence[Entrant] = (
    EMBEDDED,
    DAPR,
    *(_peer(name, tuning) for name in VERSIONS for tuning in ("stock", "tuned")),
)
