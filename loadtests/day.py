"""A day of 10,000 people, compressed to ten minutes, for locust: `python -m loadtests.bench day` runs it.

Each comes three times, at moments of their own, opens the page, reads what is new, and does a few things by the page,
by chat or through the API; a few hundred keep the page open. TASKWAKE_TOKENS_FILE names a file with a token a line.
"""

import itertools
import json
import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from locust import FastHttpUser, events, task
from locust.env import Environment

SECONDS = float(os.environ.get("TASKWAKE_DAY_SECONDS", "600"))
VISITS = 3
OPEN_PAGES = int(os.environ.get("TASKWAKE_OPEN_PAGES", "300"))
TOKENS = itertools.cycle(Path(os.environ["TASKWAKE_TOKENS_FILE"]).read_text().split())
CHANCE = random.Random(1)
THOUGHT_SECONDS = 2.0
"""Between two things that somebody does in a visit, on average."""
SENTENCES = ("remind me to call Sam tomorrow at 9", "buy milk on friday", "water the plants every monday at 8am")


@events.init.add_listener  # type: ignore[untyped-decorator]
def only_this_machine(environment: Environment, **_: Any) -> None:
    """Load is for one's own Taskwake only."""
    if urlsplit(environment.host or "").hostname != "127.0.0.1":
        raise SystemExit("give --host http://127.0.0.1:<port>")


class Person(FastHttpUser):
    """Somebody's day: VISITS visits, of about four requests each, and then the day is over."""

    network_timeout = connection_timeout = 30.0

    def on_start(self) -> None:
        """Become one of the people, who come at any moment of the morning."""
        self.headers = {"authorization": f"Bearer {next(TOKENS)}"}
        self.cursor = ""
        self.open: list[str] = []
        time.sleep(CHANCE.uniform(0, SECONDS / VISITS))  # locust's: only this person waits

    def wait_time(self) -> float:
        """Seconds until the next visit."""
        return CHANCE.uniform(0.5, 1.5) * SECONDS / VISITS

    @task
    def visit(self) -> None:
        """Open the page, or ask what is new; then a thing or two."""
        if self.cursor:
            self._ask("GET", f"/sync?limit=500&cursor={self.cursor}", "sync")
        else:
            self._ask("GET", "/app/today", "page")
            self._ask("GET", "/tasks?status=open&limit=500", "list")
            if page := self._ask("GET", "/sync?limit=500", "sync, first"):
                self.cursor = page["cursor"]
        for _ in range(CHANCE.randint(1, 2)):
            time.sleep(CHANCE.expovariate(1 / THOUGHT_SECONDS))
            CHANCE.choices((self._create, self._complete, self._say, self._search), (5, 3, 2, 1))[0]()

    def _create(self) -> None:
        due = datetime.now(UTC) + timedelta(seconds=CHANCE.choice([30, 120, 3600, 86_400]))
        body = {"title": "Write the report", "due_at": due.isoformat()}
        if made := self._ask("POST", "/tasks", "create", body):
            self.open.append(made["id"])

    def _complete(self) -> None:
        if self.open:
            self._ask("POST", f"/tasks/{self.open.pop()}/complete", "complete")
        else:
            self._create()

    def _say(self) -> None:
        self._ask("POST", "/chat", "chat", {"text": CHANCE.choice(SENTENCES)})

    def _search(self) -> None:
        self._ask("GET", "/tasks?search=report&limit=50", "search")

    def _ask(self, method: str, path: str, name: str, body: dict[str, Any] | None = None) -> Any:
        request = self.client.request(method, path, name=name, json=body, headers=self.headers, catch_response=True)
        with request as response:
            if response.status_code not in (200, 201):
                response.failure(f"{response.status_code}: {(response.text or '')[:200]}")
                return None
            response.success()
            return json.loads(response.text) if "json" in response.headers.get("content-type", "") else None


class OpenPage(FastHttpUser):
    """Has the page open all day: one live stream, each event reported from its time to its arrival."""

    fixed_count = OPEN_PAGES
    network_timeout = 3600.0

    @task
    def watch(self) -> None:
        """Read the stream until the day ends."""
        headers = {"authorization": f"Bearer {next(TOKENS)}", "accept": "text/event-stream"}
        with self.client.get("/events", name="open stream", headers=headers, stream=True) as response:
            while line := response.stream.readline(b"\n"):
                if line.startswith(b"data: "):
                    self._report(json.loads(line[6:]))

    def _report(self, event: dict[str, Any]) -> None:
        taken = time.time() - datetime.fromisoformat(event["time"]).timestamp()
        self.environment.events.request.fire(
            request_type="SSE", name="event seen", response_time=max(0.0, taken * 1000), response_length=0,
            exception=None, context={},
        )  # fmt: skip
