"""What a run does with whoever is measured."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from loadtests.peers.scenarios import Job
from loadtests.peers.server import Server


class Contestant(Protocol):
    """One of them, over a server of its own. The calls come in this order; `start` again after `kill`."""

    async def prepare(self) -> None:
        """Make its tables."""

    async def enqueue(self, jobs: Sequence[Job]) -> None:
        """Hand it the jobs, by its own means."""

    async def add_ballast(self, count: int) -> None:
        """Give it so many more, which are due in a year."""

    async def start(self) -> None:
        """Start its worker; returns when that is ready. Raises RuntimeError, with its words, when it ends first."""

    def pids(self) -> Collection[int]:
        """Of its worker, and of all else that it is made of beside PostgreSQL."""

    async def kill(self) -> None:
        """kill -9 of the worker."""

    async def stop(self) -> None:
        """End all that was started."""

    async def waiting(self) -> Collection[int]:
        """The numbers of the jobs that it still means to do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A contestant as it is measured: `name` and `tuning` tell it from others, `values` is what was set, by the names
    it gives them, and nothing else was."""

    name: str
    tuning: str
    version: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """`river-tuned`; what the command line calls it."""
        return "-".join(filter(None, (self.name, self.tuning)))


class Entrant(Protocol):
    """Whoever can be measured."""

    @property
    def setting(self) -> Setting: ...

    def install(self) -> None:
        """Get what it needs, which may take minutes the first time. Raises ToolMissingError."""

    def over(self, server: Server) -> Contestant:
        """It, over this server."""
