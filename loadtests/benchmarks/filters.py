"""filters: lists, filters, searches and sync in an account of 10,000 tasks, among ten others of as many, embedded."""

import asyncio
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import psycopg

from functions.operations import accounts
from loadtests.connection import Connection, request
from loadtests.embedded import embedded
from loadtests.machine import describe
from loadtests.percentiles import percentile
from loadtests.result import Result, below, reported

NAME = "filters"
OTHERS, TASKS, LISTS = 10, 10_000, 10
TIMES, WARM_UP = 200, 10
TARGET_MS = 50.0
CHANGED = 100
FILTERS = (
    "today | overdue",
    "(today | overdue) & p1 & #work & !@waiting",
    "next 7 days & !recurring",
    "no date & @home* & estimate <= 30",
    "assigned to: me | created: today",
)
SEARCHES = {
    "a frequent word": "word1",
    "a rare word": "word1999",
    "a beginning": "word3 word1",
    "not found": '"word1 nowhere"',
}
ASKED: dict[str, dict[str, str]] = {
    "list": {},
    "list by due time": {"status": "open", "sort": "due"},
    **{text: {"filter": text, "sort": "due"} for text in FILTERS},
    **{f"search, {kind}": {"search": text, "status": "all", "sort": "relevance"} for kind, text in SEARCHES.items()},
}
"""As the page and the command line ask: filters by due time, words by how well they fit, also of what is done."""
COLUMNS = (
    "id, list_id, title, notes, status, due_on, due_local, zone, due_at, created_by, created_at, completed_at, labels, "
    "priority, estimate_minutes"
)


async def measure() -> list[Result]:
    """One request after the other, over one connection, of each kind by turns."""
    async with embedded() as served:
        token = await asyncio.to_thread(filled, served.owner_url)
        connection = await Connection.open(served.port)
        paths = {name: f"/tasks?{urlencode(query | {'limit': '100'})}" for name, query in ASKED.items()}
        paths |= await _syncs(connection, token)
        taken_ms: dict[str, list[float]] = {name: [] for name in paths}
        for turn in range(WARM_UP + TIMES):
            for name, path in paths.items():
                asked = request("GET", path, token)
                begin = time.perf_counter()
                answer = await connection.send(asked)
                if turn >= WARM_UP:
                    taken_ms[name].append((time.perf_counter() - begin) * 1000)
                assert answer.status == 200, answer.body
        connection.close()
    conditions = (
        f"embedded; an account of {TASKS} tasks in {LISTS} lists, 7 of 10 open, beside {OTHERS} others of as many; "
        f"pages of 100, {TIMES} requests of each kind by turns over one kept-alive connection; {describe()}"
    )
    return [
        result
        for name, times in taken_ms.items()
        for result in (
            reported(f"{NAME}: {name}, p50", percentile(times, 50), "ms", conditions),
            below(f"{NAME}: {name}, p99", percentile(times, 99), "ms", TARGET_MS, conditions),
        )
    ]


async def _syncs(connection: Connection, token: str) -> dict[str, str]:
    """What a client asks that keeps a copy: what changed since, and more of the whole."""
    first = cursor = ""
    more = True
    while more:
        page = (await connection.send(request("GET", f"/sync?limit=500{cursor}", token))).json()
        more, cursor = page["has_more"], f"&cursor={page['cursor']}"
        first = first or cursor
    for n in range(CHANGED):
        answer = await connection.send(request("POST", "/tasks", token, {"title": f"Changed {n}"}))
        assert answer.status == 201, answer.body
    return {
        f"sync, {CHANGED} changed": f"/sync?limit=500{cursor}",
        "sync, a page of 100 of the whole": f"/sync?limit=100{first}",
    }


def filled(owner_url: str) -> str:
    """Write the accounts' tasks; a token of one of them."""
    chance = random.Random(1)
    people = [accounts.add_user(owner_url, f"Person {n}") for n in range(1 + OTHERS)]
    with psycopg.connect(owner_url) as connection:
        for person in people:
            lists = [uuid4() for _ in range(LISTS)]
            for list_id, name in zip(lists, ["Work", "Home", *map("List {}".format, range(LISTS))], strict=False):
                connection.execute("INSERT INTO lists VALUES (%s, %s, %s)", (list_id, person, name))
                connection.execute("INSERT INTO list_members VALUES (%s, %s, 'owner')", (list_id, person))
            with connection.cursor().copy(f"COPY tasks ({COLUMNS}) FROM STDIN") as copy:
                for row in rows(chance, person, lists):
                    copy.write_row(row)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("ANALYZE")  # as autovacuum does a minute later
    return accounts.issue(owner_url, people[0], "token")


def rows(chance: random.Random, person: UUID, lists: list[UUID]) -> Iterator[tuple[Any, ...]]:
    """One account's tasks: words as frequent as in a language, half of them with notes, a fourth without a due time."""
    now = datetime.now(UTC)
    words = [f"word{n}" for n in range(2_000)]
    weights = [1 / (n + 1) for n in range(len(words))]
    for _ in range(TASKS):
        due = now + timedelta(minutes=chance.randint(-20_000, 200_000))
        kind = chance.choice(("day", "floating", "zoned", "none"))
        done = chance.random() < 0.3
        yield (
            uuid4(),
            chance.choice(lists),
            " ".join(chance.choices(words, weights, k=5)),
            " ".join(chance.choices(words, weights, k=30)) if chance.random() < 0.5 else "",
            "done" if done else "open",
            due.date() if kind == "day" else None,
            due.replace(tzinfo=None) if kind in ("floating", "zoned") else None,
            "UTC" if kind == "zoned" else None,
            due if kind in ("floating", "zoned") else None,
            person,
            now - timedelta(minutes=chance.randint(0, 500_000)),
            now if done else None,
            [label for label in ("waiting", "home", "phone") if chance.random() < 0.2],
            chance.randint(1, 4),
            chance.choice((None, 15, 60)),
        )
