"""Runs named processes together: one log file each, ready in order, ended in reverse, none left behind."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from infra.local.process import ChildProcess, ProcessFailedError, ProcessSpec

GRACE_SECONDS = 10.0
PROCESS_LIST = "processes.json"


def read_process_list(log_dir: Path) -> list[dict[str, Any]]:
    """What runs, or ran last, under `log_dir`: name, pid (None once ended), ports, log."""
    try:
        processes: list[dict[str, Any]] = json.loads((log_dir / PROCESS_LIST).read_text())
    except FileNotFoundError:
        return []
    return processes


class Supervisor:
    """Starts, watches, kills and ends processes. Leaving it as a context ends them all.

    Progress goes to `say`, one line a process; their output goes to `log_dir`/<name>.log only.
    """

    def __init__(self, log_dir: Path, say: Callable[[str], None] = print) -> None:
        self.log_dir = log_dir
        self._say = say
        # In the order they were started; those started together are one group.
        self._groups: list[list[str]] = []
        self._children: dict[str, ChildProcess] = {}
        self._ended: asyncio.Queue[ChildProcess] = asyncio.Queue()
        self._watchers: set[asyncio.Task[None]] = set()
        log_dir.mkdir(parents=True, exist_ok=True)

    async def start(self, *specs: ProcessSpec) -> None:
        """Start them together and return when all are ready.

        Raises ProcessFailedError with the last 20 log lines of one that ended or was not ready in time; the
        others keep running until `stop`.
        """
        for spec in specs:
            if spec.name in self._children:
                raise ValueError(f"a process named {spec.name} was already started: use restart")
        self._groups.append([spec.name for spec in specs])
        async with asyncio.TaskGroup() as group:
            starts = [group.create_task(self._failure_of_start(spec)) for spec in specs]
        for start in starts:
            if failure := start.result():
                raise failure

    async def kill(self, name: str) -> None:
        """SIGKILL, as a crash would; returns when it has ended."""
        await self._children[name].kill()
        self._write_process_list()

    async def restart(self, name: str) -> None:
        """Start it again with the same spec, ending it first if it runs; returns when it is ready."""
        child = self._children[name]
        await child.terminate(GRACE_SECONDS)
        await self._start(child.spec)

    async def watch(self) -> NoReturn:
        """Wait until a process ends that was not killed or stopped here, and raise ProcessFailedError."""
        raise (await self.ended()).failure("by itself")

    async def ended(self) -> ChildProcess:
        """The next process that ends and was not killed or stopped here; each once."""
        return await self._ended.get()

    async def stop(self) -> None:
        """End all, the last started first (together if started so): SIGTERM, then SIGKILL after 10 s."""
        while self._groups:
            names = self._groups.pop()
            children = [self._children[name] for name in names if name in self._children]
            await asyncio.gather(*(child.terminate(GRACE_SECONDS) for child in children))
        await asyncio.gather(*self._watchers)
        self._write_process_list()

    def pid(self, name: str) -> int:
        return self._children[name].pid

    def log(self, name: str) -> Path:
        return self.log_dir / f"{name}.log"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _failure_of_start(self, spec: ProcessSpec) -> ProcessFailedError | None:
        try:
            await self._start(spec)
        except ProcessFailedError as error:
            return error
        return None

    async def _start(self, spec: ProcessSpec) -> None:
        started_at = time.monotonic()
        child = await ChildProcess.start(spec, self.log(spec.name))
        self._children[spec.name] = child
        watcher = asyncio.create_task(self._watch(child))
        self._watchers.add(watcher)
        watcher.add_done_callback(self._watchers.discard)
        self._write_process_list()
        await child.wait_ready()
        self._say(f"  {spec.name} ready in {time.monotonic() - started_at:.1f} s")

    async def _watch(self, child: ChildProcess) -> None:
        await child.wait()
        if not child.expected_to_end:
            self._ended.put_nowait(child)

    def _write_process_list(self) -> None:
        processes = [
            {
                "name": name,
                "pid": child.pid if child.running else None,
                "ports": dict(child.spec.ports),
                "log": str(child.log),
            }
            for name, child in self._children.items()
        ]
        path = self.log_dir / PROCESS_LIST
        unfinished = path.with_suffix(".new")
        unfinished.write_text(json.dumps(processes, indent=2) + "\n")
        unfinished.replace(path)
