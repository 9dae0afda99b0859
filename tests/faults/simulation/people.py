"""People: each does one thing after the other, with a client that asks again until it is answered."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from functions.kernel.credential import hashed
from tests.faults.simulation.history import History, Mailed, Miss, Told, Verb, Write
from tests.faults.simulation.installation import API, Answer, Installation
from tests.faults.simulation.model import moment_of
from tests.faults.simulation.world import World

AGAIN_SECONDS, MOST_SECONDS = 0.5, 15
"""Between two attempts: ever longer."""
PATIENCE_SECONDS = 30
UNANSWERED = frozenset({503})
RULES = ("FREQ=MINUTELY;INTERVAL=45", "FREQ=HOURLY;INTERVAL=2", "FREQ=DAILY")


def settle_in(world: World, names: dict[str, bool]) -> tuple[str, dict[str, str]]:
    """Make people with a list that they share, each with an e-mail address or without; returns the list's id, and the
    people's tokens."""
    tokens = {name: f"token-of-{name}" for name in names}
    ids = {name: uuid4() for name in names}
    list_id = uuid4()
    run = world.server.execute
    for name, has_mail in names.items():
        email = f"{name}@example.org" if has_mail else None
        run("INSERT INTO users (id, name, email) VALUES (%s, %s, %s)", ids[name], name, email)
        run(
            "INSERT INTO credentials (id, user_id, kind, hash, used_at) VALUES (%s, %s, 'token', %s, now())",
            *(uuid4(), ids[name], hashed(tokens[name])),
        )
    owner, *others = ids.values()
    run("INSERT INTO lists (id, owner_id, name) VALUES (%s, %s, 'ours')", list_id, owner)
    run("INSERT INTO list_members (list_id, user_id, role) VALUES (%s, %s, 'owner')", list_id, owner)
    for other in others:
        run("INSERT INTO list_members (list_id, user_id, role) VALUES (%s, %s, 'editor')", list_id, other)
    return str(list_id), tokens


class Person:
    """Acts on tasks of their own in the list."""

    def __init__(self, installation: Installation, history: History, name: str, token: str, list_id: str) -> None:
        self.name = name
        self.last_moment = installation.world.now()
        """The last one that they asked to be reminded at."""
        self._installation = installation
        self._world = installation.world
        self._history = history
        self._token = token
        self._list_id = list_id
        self._titles = 0
        self._mine: set[str] = set()
        self._series: set[str] = set()
        self._undoable: Write | None = None

    async def live(self, deeds: int) -> None:
        """Do so many things, over a few hours."""
        await self._create()
        for _ in range(deeds - 1):
            await asyncio.sleep(self._world.random.choice([0.0, 0.05, 2, 30, 300, 1200]) * self._world.random.random())
            await self._do_something()

    async def get(self, path: str) -> Any:
        """What a GET answers."""
        _, _, answer = await self._ask("GET", path)
        assert answer.status == 200, f"GET {path}: {answer}"
        return answer.body

    async def _do_something(self) -> None:
        random = self._world.random
        if random.random() < 0.3 or not self._mine:
            await self._create()
            return
        if self._undoable and random.random() < 0.15:
            await self._undo(self._undoable)
            return
        seen = (await self.get("/tasks?status=all&limit=500"))["tasks"]
        mine = [task for task in seen if task["id"] in self._mine or task["series_id"] in self._series]
        if not mine:
            return
        task = random.choice(mine[-6:])
        if task["status"] == "done":
            await self._write("reopen", "POST", f"/tasks/{task['id']}/reopen", seen=task)
            return
        verbs: list[Verb] = ["complete", "complete", "due", "title", "snooze", "delete"]
        verb = random.choice(["complete", "complete", "skip", "snooze"] if task["series_id"] else verbs)
        await self._do(verb, task)

    async def _do(self, verb: Verb, task: dict[str, Any]) -> None:
        path = f"/tasks/{task['id']}"
        match verb:
            case "complete" | "skip":
                await self._write(verb, "POST", f"{path}/{verb}", seen=task)
            case "title":
                await self._write(verb, "PATCH", path, {"title": self._new_title()}, seen=task)
            case "due":
                await self._write(verb, "PATCH", path, {"due_at": self._some_moment()}, seen=task)
            case "delete":
                await self._write(verb, "DELETE", path, seen=task)
            case _:
                notices = (await self.get("/notices?limit=500"))["notices"]
                if ids := [notice["id"] for notice in notices if notice["task_id"] == task["id"]]:
                    until = self._moment(timedelta(minutes=self._world.random.uniform(1, 90)))
                    await self._write("snooze", "POST", f"/notices/{ids[0]}/snooze", {"until": until}, seen=task)

    async def _create(self) -> None:
        random = self._world.random
        body: dict[str, Any] = {"title": self._new_title(), "list_id": self._list_id, "zone": "UTC"}
        body["due_at"] = self._some_moment()
        if random.random() < 0.5:
            body["reminders"] = [{"minutes_before": random.choice([1, 2, random.randint(1, 60)])}]
        if random.random() < 0.3:
            body["rrule"] = random.choice(RULES)
            body["due_at"] = self._moment(timedelta(minutes=random.randint(1, 90)), whole=True)
        write = await self._write("create", "POST", "/tasks", body)
        if write.accepted:
            self._mine.add(write.body["id"])
            if "rrule" in body:
                self._series.add(write.body["series_id"])

    async def _undo(self, undone: Write) -> None:
        task_id = undone.body["id"] if undone.verb == "create" else undone.task_id
        await self._write("undo", "POST", "/undo", seen=undone.seen, task_id=task_id, undone=undone)

    async def _write(
        self,
        verb: Verb,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        seen: dict[str, Any] | None = None,
        task_id: str = "",
        undone: Write | None = None,
    ) -> Write:
        sent, answered, answer = await self._ask(method, path, body, key=str(uuid4()))
        task_id = task_id or (seen or {}).get("id", "")
        write = Write(self.name, verb, task_id, sent, answered, answer.status, body or {}, answer.body, seen, undone)
        self._history.writes.append(write)
        self._world.note(f"{self.name} {verb} {path}: {answer.status}")
        if answer.status not in (200, 201, 204, 409):
            self._history.failures.append(f"{method} {path} with {body}: {answer}")
        of_series = bool(seen and seen["series_id"]) or "rrule" in (body or {})
        if verb != "snooze" and write.accepted:
            self._undoable = write if verb != "undo" and not of_series else None
        return write

    async def _ask(
        self, method: str, path: str, body: Any = None, key: str | None = None
    ) -> tuple[datetime, datetime, Answer]:
        random = self._world.random
        headers = {"authorization": f"Bearer {self._token}"} | ({"idempotency-key": f'"{key}"'} if key else {})
        sent = self._world.now()
        pause = AGAIN_SECONDS
        while True:
            process, _ = self._installation.pick(API)
            if process is not None:
                lost = self._installation.broker.faults and random.random() < self._installation.broker.unanswered
                patience = random.choice([0.01, 0.05, 0.3]) if lost else PATIENCE_SECONDS
                answer = await process.ask(method, path, body, headers, patience)
                if answer and answer.status not in UNANSWERED:
                    return sent, self._world.now(), answer
                self._world.note(f"{self.name} {method} {path}: {answer.status if answer else 'no answer'}")
            await asyncio.sleep(pause * (1 + random.random()))
            pause = min(2 * pause, MOST_SECONDS)

    def _new_title(self) -> str:
        self._titles += 1
        return f"{self.name} {self._titles}"

    def _some_moment(self) -> str:
        """Most often to come, soon or in some hours."""
        minutes = self._world.random.choice([-3, 0.01, 0.1, 1, 5, 20, 60, 180])
        return self._moment(timedelta(minutes=minutes * self._world.random.uniform(0.2, 1)))

    def _moment(self, span: timedelta, *, whole: bool = False) -> str:
        moment = self._world.now() + span
        if whole:
            moment = moment.replace(microsecond=0)
        self.last_moment = max(self.last_moment, moment)
        return moment.isoformat()


async def look(person: Person, history: History, received: dict[UUID, Any]) -> None:
    """Write down what a person finds in the end: their notices, deliveries and misses, as answered."""
    ledger = (await person.get("/reminders/ledger?limit=500"))["entries"]
    rang = {entry["notice_id"]: moment_of(entry["fired_at"]) for entry in ledger if entry["fired_at"]}
    for notice in (await person.get("/notices?limit=500"))["notices"]:
        moment = moment_of(notice["remind_at"]) if notice["remind_at"] else None
        at = moment_of(notice["created_at"])
        told = Told(person.name, notice["task_id"], notice["kind"], moment, at, rang.get(notice["id"]))
        history.told.append(told)
    for delivery in (await person.get("/deliveries?limit=500"))["deliveries"]:
        if (got := received.get(UUID(delivery["id"]))) is not None:
            history.mailed.append(Mailed(person.name, delivery["task_id"], got[0]))
    for miss in (await person.get("/reminders/misses?limit=200"))["misses"]:
        first, last, at = (moment_of(miss[name]) for name in ("first_at", "last_at", "created_at"))
        history.misses.append(Miss(miss["series_id"], miss["task_id"], first, last, at))
