"""People at work, for locust: they create tasks by form and by chat, list, read, change, complete and reopen them.

`make load` runs it. By hand: TASKWAKE_TOKENS="<token> …" locust -f loadtests/locustfile.py --host http://127.0.0.1:8080
A few watch the live stream meanwhile.
"""

import itertools
import os
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from locust import events, task
from locust.env import Environment

from loadtests.asking import Asking, Watching, check_is_own
from loadtests.thresholds import P99_MS, UNTIMED, Measured, breaches

REQUESTS_A_SECOND_EACH = 2.0
WATCHERS = 3
TOKENS = itertools.cycle(os.environ.get("TASKWAKE_TOKENS", "").split())
CHANCE = random.Random(1)
BEGAN: list[float] = []
"""When all people were there, once they are (Unix time)."""
SENTENCES = (
    "remind me to call Sam tomorrow at 9",
    "buy milk on friday",
    "water the plants every monday at 8am",
    "what is due today",
)


@events.init.add_listener  # type: ignore[untyped-decorator]
def only_this_machine(environment: Environment, **_: Any) -> None:
    """Load is for one's own Taskwake only."""
    check_is_own(environment)
    if not os.environ.get("TASKWAKE_TOKENS"):
        raise SystemExit("give TASKWAKE_TOKENS (`taskwake token` prints one)")


@events.spawning_complete.add_listener  # type: ignore[untyped-decorator]
def all_are_there(**_: Any) -> None:
    """From here on it counts (--reset-stats)."""
    BEGAN.append(time.time())


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def judge(environment: Environment, **_: Any) -> None:
    """End with 1 when a threshold was not kept to."""
    stats = environment.stats
    measured = [
        Measured(name, entry.num_requests, entry.num_failures, entry.get_response_time_percentile(0.99) or 0.0)
        for (name, _method), entry in stats.entries.items()
    ]
    wanted = float(os.environ.get("TASKWAKE_RATE", "0"))
    p99_ms = float(os.environ.get("TASKWAKE_P99_MS", P99_MS))
    # The live stream hears of reminders for a while after the last request.
    asked = [entry for (name, _method), entry in stats.entries.items() if name not in UNTIMED]
    seconds = max((entry.last_request_timestamp or 0 for entry in asked), default=0) - (BEGAN[-1] if BEGAN else 0)
    found = breaches(measured, wanted, sum(entry.num_requests for entry in asked) / max(seconds, 1), p99_ms)
    if not stats.total.num_requests:
        found.append("not one request was made")
    for breach in found:
        print(f"threshold: {breach}")
    environment.process_exit_code = 1 if found else 0


class Person(Asking):
    """Works through their tasks, at random moments, so many in a second on average whatever the answers take.

    Not locust's constant_throughput: one slow moment would bring everybody into step, and they would stay so.
    """

    network_timeout = connection_timeout = 10.0

    def on_start(self) -> None:
        """Become one of the people."""
        self.token = next(TOKENS)
        self.open: list[str] = []
        self.done: list[str] = []
        self.next_at = time.monotonic()

    def wait_time(self) -> float:
        """Seconds until the next request; none for one that is late already."""
        self.next_at += CHANCE.expovariate(REQUESTS_A_SECOND_EACH)
        return max(0.0, self.next_at - time.monotonic())

    @task(25)
    def look_at_the_list(self) -> None:
        self.ask("GET", "/tasks?limit=50", "list")

    @task(20)
    def read_one(self) -> None:
        if one := self._one(self.open):
            self.ask("GET", f"/tasks/{one}", "read")

    @task(18)
    def create(self) -> None:
        due = datetime.now(UTC) + timedelta(seconds=CHANCE.choice([1, 5, 3600, 86_400]))
        self._create({"title": "Write the report", "due_at": due.isoformat()})

    @task(12)
    def change(self) -> None:
        if one := self._one(self.open):
            due = datetime.now(UTC) + timedelta(hours=CHANCE.randint(1, 200))
            self.ask("PATCH", f"/tasks/{one}", "change", {"due_at": due.isoformat()})

    @task(12)
    def complete(self) -> None:
        if one := self._one(self.open):
            self.ask("POST", f"/tasks/{one}/complete", "complete")
            self.open.remove(one)
            self.done.append(one)

    @task(4)
    def reopen(self) -> None:
        if self.done:
            one = self.done.pop()
            self.ask("POST", f"/tasks/{one}/reopen", "reopen")
            self.open.append(one)
        else:
            self.complete()

    @task(9)
    def say(self) -> None:
        self.ask("POST", "/chat", "chat", {"text": CHANCE.choice(SENTENCES)})

    def _one(self, tasks: list[str]) -> str | None:
        """One of the tasks; without any, this request creates one instead."""
        if tasks:
            return CHANCE.choice(tasks)
        self._create({"title": "The first thing to do"})
        return None

    def _create(self, body: dict[str, Any]) -> None:
        if made := self.ask("POST", "/tasks", "create", body):
            self.open.append(made["id"])


class Watcher(Watching):
    """Has the page open."""

    fixed_count = WATCHERS
    tokens = TOKENS
