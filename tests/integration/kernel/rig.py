"""One function's host over a database of its own, with a bus and an alarm clock that only take notes."""

import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from functions.catalogue import BY_NAME
from functions.kernel.cloudevent import parse_mapping, render
from functions.kernel.domain.task import Task
from functions.kernel.events import Event, TaskDue
from functions.kernel.host.deliver import FunctionHost
from functions.kernel.host.delivery import Delivery
from functions.kernel.host.function import Function
from functions.kernel.storage import logins
from functions.kernel.storage.database import Database
from functions.kernel.storage.unit_of_work import UnitsOfWork
from tests.integration.world import World, execute


class BrokenBus:
    """Takes notes; while `down`, it takes nothing over."""

    def __init__(self) -> None:
        self.published: list[Event] = []
        self.down = False

    async def publish(self, events: Sequence[Event]) -> None:
        if self.down:
            raise ConnectionError("the bus is down")
        self.published += events


class NotingClock:
    """Takes notes of the moments."""

    def __init__(self) -> None:
        self.moments: list[datetime] = []

    async def arm(self, moments: Collection[datetime], *, now: datetime | None = None, anew: bool = False) -> None:
        self.moments += moments


@dataclass
class Rig:
    """A database with one person and one list in it."""

    url: str
    functions: Database
    api: Database
    bus: BrokenBus = field(default_factory=BrokenBus)
    clock: NotingClock = field(default_factory=NotingClock)
    user_id: UUID = field(default_factory=uuid4)
    list_id: UUID = field(default_factory=uuid4)

    @classmethod
    @contextlib.asynccontextmanager
    async def begin(cls, world: World) -> AsyncIterator["Rig"]:
        name = await world.new_database()
        rig = cls(
            world.url(database=name),
            Database(world.url(logins.FUNCTIONS.name, name), max_connections=4),
            Database(world.url(logins.API.name, name), max_connections=4),
        )
        await rig.execute("INSERT INTO users (id, name) VALUES (%s, 'Sam')", rig.user_id)
        await rig.execute("INSERT INTO lists (id, owner_id, name) VALUES (%s, %s, 'x')", rig.list_id, rig.user_id)
        await rig.execute("INSERT INTO list_members VALUES (%s, %s, 'owner')", rig.list_id, rig.user_id)
        yield rig
        await rig.functions.close()
        await rig.api.close()
        await world.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def host(self, function: str | Function, *, held_up: bool = False, **ports: object) -> FunctionHost:
        units = UnitsOfWork(self.functions, self.bus, self.clock)
        function = BY_NAME[function] if isinstance(function, str) else function
        return FunctionHost(function, self.functions, units, ports, held_up=held_up)

    async def execute(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        return await execute(self.url, query, *parameters)

    async def count(self, table: str) -> int:
        return (await self.execute(f"SELECT count(*) AS n FROM {table}"))[0]["n"]  # noqa: S608

    async def task(self, **fields: Any) -> Task:
        """A task in the list."""
        task = Task(
            id=uuid4(),
            list_id=self.list_id,
            title="Call Sam",
            version=1,
            created_by=self.user_id,
            created_at=datetime.now(UTC),
        ).model_copy(update=fields)
        await self.execute(
            "INSERT INTO tasks (id, list_id, title, created_by) VALUES (%s, %s, %s, %s)",
            task.id,
            task.list_id,
            task.title,
            task.created_by,
        )
        return task

    async def due(self, task: Task | None = None) -> TaskDue:
        """The event that a reminder of this task, or of a new one, rang."""
        task = task or await self.task()
        return TaskDue(
            reminder_id=uuid4(),
            task_id=task.id,
            list_id=task.list_id,
            user_id=self.user_id,
            kind="due",
            remind_at=datetime.now(UTC),
            title=task.title,
        )


def delivery(event: Event, **attributes: object) -> Delivery:
    """The event as it arrives."""
    mapping = render(event) | attributes
    return Delivery(parse_mapping(mapping), mapping)
