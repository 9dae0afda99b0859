"""Taskwake, embedded: `adapter.py prepare | enqueue | work`; see loadtests/peers/adapters/README.md.

What works is all of it but the API: the alarm, the bus, and every function. The server is the harness's, in the present
folder, so that a kill of the worker leaves it running, as with the peers.
"""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path

import uvloop

from functions.bootstrap.embedded import EmbeddedTaskwake
from functions.kernel.storage import logins
from functions.kernel.webhook_secret import KEY_NAME


def prepare(taskwake: EmbeddedTaskwake) -> None:
    """The schema, the logins, and a person."""
    from functions.operations.migrate import ensure_login, migrate  # not what a worker starts with
    from loadtests.peers.taskwake_rows import prepare_rows

    taskwake.secrets.ensure(KEY_NAME)
    migrate(taskwake.owner_url)
    for login in (logins.API, logins.FUNCTIONS):
        ensure_login(taskwake.owner_url, login)
    prepare_rows(taskwake.owner_url)


def enqueue(taskwake: EmbeddedTaskwake) -> None:
    """A task with a reminder for each that stdin lists."""
    from loadtests.peers.taskwake_rows import write

    write(taskwake.owner_url, [(number, datetime.fromisoformat(due_at)) for number, due_at in json.load(sys.stdin)])


async def work(taskwake: EmbeddedTaskwake) -> None:
    """Until killed."""
    await taskwake.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    here = EmbeddedTaskwake(Path.cwd())
    if sys.argv[1] == "work":
        uvloop.run(work(here))
    else:
        {"prepare": prepare, "enqueue": enqueue}[sys.argv[1]](here)
