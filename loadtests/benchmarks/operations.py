"""operations: every task operation over HTTP at 200 requests a second, embedded."""

import asyncio
import random
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from loadtests.connection import Connections, request
from loadtests.embedded import embedded
from loadtests.machine import describe
from loadtests.open_loop import paced
from loadtests.people import people
from loadtests.percentiles import percentile
from loadtests.result import Result, at_most, below, reported

NAME = "operations"
RATE, SECONDS, WARM_UP_SECONDS = 200.0, 30, 3
PEOPLE, CONNECTIONS = 20, 64
TARGET_MS = 100.0
WEIGHTS = {"create": 22, "list": 25, "read": 20, "change": 12, "complete": 13, "reopen": 4, "delete": 4}


async def measure() -> list[Result]:
    """An open loop: a request leaves when it is due, whatever the answers before it took."""
    async with embedded() as served:
        crowd = [_Person(one.token) for one in await asyncio.to_thread(people, served.owner_url, PEOPLE)]
        traffic = _Traffic(crowd, await Connections(served.port).open(CONNECTIONS))
        await paced(RATE, int(RATE * WARM_UP_SECONDS), traffic.send)
        traffic.forget()
        await paced(RATE, int(RATE * SECONDS), traffic.send)
        traffic.close()
    conditions = (
        f"embedded; {RATE:g} requests/s in an open loop for {SECONDS} s by {PEOPLE} people over {CONNECTIONS} "
        f"kept-alive connections, client on the same machine; latency from the planned send to the whole answer; "
        f"{describe()}"
    )
    every = [late for times in traffic.taken_ms.values() for late in times]
    return [
        *(
            below(f"{NAME}: {operation} p99", percentile(times, 99), "ms", TARGET_MS, conditions)
            for operation, times in sorted(traffic.taken_ms.items())
        ),
        reported(f"{NAME}: all p50", percentile(every, 50), "ms", conditions),
        below(f"{NAME}: all p99", percentile(every, 99), "ms", TARGET_MS, conditions),
        at_most(f"{NAME}: failures", traffic.failures, "requests", 0, conditions),
    ]


class _Person:
    """A token, and what its person has: tasks that are open, and tasks that are done."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.open: list[str] = []
        self.done: list[str] = []


class _Traffic:
    """Sends operations as they come in real use, and notes how long each took."""

    def __init__(self, people: list[_Person], connections: Connections) -> None:
        self._people = people
        self._connections = connections
        self._chance = random.Random(1)
        self.taken_ms: dict[str, list[float]] = defaultdict(list)
        self.failures = 0

    def forget(self) -> None:
        """What was so far was warming up."""
        self.taken_ms.clear()
        self.failures = 0

    def close(self) -> None:
        """Hang up."""
        self._connections.close()

    async def send(self, _: int, planned: float) -> None:
        """One operation of one person."""
        person = self._chance.choice(self._people)
        operation = self._chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        if operation == "reopen" and not person.done:
            operation = "complete"
        if operation not in ("list", "reopen") and len(person.open) < 3:
            operation = "create"
        method, path, body, task = self._asked(operation, person)
        try:
            answer = await self._connections.send(request(method, path, person.token, body))
        except (ConnectionError, TimeoutError):
            self.failures += 1
            return
        self.taken_ms[operation].append((time.perf_counter() - planned) * 1000)
        if answer.status not in (200, 201, 204):
            self.failures += 1
        elif operation == "create":
            person.open.append(answer.json()["id"])
        elif task:
            (person.done if operation == "complete" else person.open).append(task)

    def _asked(self, operation: str, person: _Person) -> tuple[str, str, Any, str | None]:
        """Method, path, body, and the task that is back in a list after the answer; it is nobody else's until then."""
        due = datetime.now(UTC) + timedelta(minutes=self._chance.randint(60, 10_000))
        if operation == "create":
            return "POST", "/tasks", {"title": "Write the report", "due_at": due.isoformat()}, None
        if operation == "list":
            return "GET", "/tasks?limit=50", None, None
        tasks = person.done if operation == "reopen" else person.open
        task = tasks.pop(self._chance.randrange(len(tasks)))
        if operation == "read":
            return "GET", f"/tasks/{task}", None, task
        if operation == "change":
            return "PATCH", f"/tasks/{task}", {"title": "Write the report again", "due_at": due.isoformat()}, task
        if operation == "delete":
            return "DELETE", f"/tasks/{task}", None, None
        return "POST", f"/tasks/{task}/{operation}", None, task
