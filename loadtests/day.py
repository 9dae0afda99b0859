"""A day of 10,000 people, compressed to ten minutes, for locust: `python -m loadtests.bench day` runs it.

Each comes three times, at moments of their own, opens the page, reads what is new, and does a few things by the page,
by chat or through the API; a few hundred keep the page open. TASKWAKE_TOKENS_FILE names a file with a token a line.
"""

import itertools
import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from locust import events, task
from locust.env import Environment

from loadtests.asking import Asking, Watching, check_is_own

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
    """See check_is_own."""
    check_is_own(environment)


class Person(Asking):
    """Somebody's day: VISITS visits, of about four requests each, and then the day is over."""

    network_timeout = connection_timeout = 30.0

    def on_start(self) -> None:
        """Become one of the people, who come at any moment of the morning."""
        self.token = next(TOKENS)
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
            self.ask("GET", f"/sync?limit=500&cursor={self.cursor}", "sync")
        else:
            self.ask("GET", "/app/today", "page")
            self.ask("GET", "/tasks?status=open&limit=500", "list")
            if page := self.ask("GET", "/sync?limit=500", "sync, first"):
                self.cursor = page["cursor"]
        for _ in range(CHANCE.randint(1, 2)):
            time.sleep(CHANCE.expovariate(1 / THOUGHT_SECONDS))
            CHANCE.choices((self._create, self._complete, self._say, self._search), (5, 3, 2, 1))[0]()

    def _create(self) -> None:
        due = datetime.now(UTC) + timedelta(seconds=CHANCE.choice([30, 120, 3600, 86_400]))
        body = {"title": "Write the report", "due_at": due.isoformat()}
        if made := self.ask("POST", "/tasks", "create", body):
            self.open.append(made["id"])

    def _complete(self) -> None:
        if self.open:
            self.ask("POST", f"/tasks/{self.open.pop()}/complete", "complete")
        else:
            self._create()

    def _say(self) -> None:
        self.ask("POST", "/chat", "chat", {"text": CHANCE.choice(SENTENCES)})

    def _search(self) -> None:
        self.ask("GET", "/tasks?search=report&limit=50", "search")


class OpenPage(Watching):
    """Has the page open all day."""

    fixed_count = OPEN_PAGES
    tokens = TOKENS
