"""One process: what is started, and its life as a child that cannot outlive this program."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.readiness import Readiness

LAST_LINES = 20
PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.02


class ProcessFailedError(Exception):
    """A process ended by itself, or was not ready in time; the text ends with its last 20 log lines."""


@dataclass(frozen=True)
class ProcessSpec:
    """What to start. `env` is laid over this process's environment; `ports` are for people to read."""

    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    ready: Readiness | None = None
    ready_timeout_seconds: float = 30.0
    ports: Mapping[str, int] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    """What asks it to end in order."""


class ChildProcess:
    """A started process in a group of its own; Linux kills it when this program ends, however that ends."""

    def __init__(self, spec: ProcessSpec, log: Path, process: asyncio.subprocess.Process, log_start: int) -> None:
        self.spec = spec
        self.log = log
        self.expected_to_end = False
        self._process = process
        self._log_start = log_start
        self._swept = False

    @classmethod
    async def start(cls, spec: ProcessSpec, log: Path) -> "ChildProcess":
        """Start it; its output is appended to `log`. To be called in the main thread: the kernel ties the
        child's life to the thread that started it."""
        with log.open("ab") as output:
            log_start = output.tell()
            try:
                process = await asyncio.create_subprocess_exec(
                    *map(str, spec.argv),
                    env={**os.environ, **spec.env},
                    cwd=spec.cwd,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                    preexec_fn=_die_with_parent(os.getpid()),
                )
            except OSError as error:
                raise ProcessFailedError(f"{spec.name} could not be started: {error}") from error
        return cls(spec, log, process, log_start)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    async def wait_ready(self) -> None:
        """Return once the spec's condition holds. Raises ProcessFailedError if it ends or takes too long."""
        if self.spec.ready is None:
            return
        try:
            async with asyncio.timeout(self.spec.ready_timeout_seconds):
                # Nothing tells us when another program is ready, so it is asked until it is.
                while not await self.spec.ready.reached(self.log, self._log_start):
                    if not self.running:
                        raise self.failure("before it was ready")
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as error:
            raise ProcessFailedError(
                f"{self.spec.name} was not ready after {self.spec.ready_timeout_seconds:.0f} s "
                f"(waited for {self.spec.ready}). {self._log_tail()}"
            ) from error
        if not self.running:
            # Another program has the port and answered in its place.
            raise self.failure("before it was ready")

    async def wait(self) -> int:
        """The exit code, once it has ended (negative: the signal that ended it) and its group was killed."""
        code = await self._process.wait()
        if not self._swept:  # only at once: later the number may name another group
            self._swept = True
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        return code

    async def kill(self) -> None:
        """SIGKILL to its whole group; returns when it has ended."""
        self.expected_to_end = True
        self._signal(signal.SIGKILL)
        await self.wait()

    async def terminate(self, grace_seconds: float) -> None:
        """Its stop signal, and SIGKILL to whatever of its group is left after `grace_seconds`."""
        self.expected_to_end = True
        self._signal(self.spec.stop_signal)
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                await self.wait()
        await self.kill()

    def failure(self, when: str) -> ProcessFailedError:
        """The error to raise for a process that ended by itself."""
        return ProcessFailedError(
            f"{self.spec.name} ended with exit code {self._process.returncode} {when}. {self._log_tail()}"
        )

    def _signal(self, number: signal.Signals) -> None:
        if self.running:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def _log_tail(self) -> str:
        with self.log.open("rb") as file:
            file.seek(self._log_start)
            lines = file.read().decode(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join([f"The last lines of {self.log}:", *lines]) if lines else f"{self.log} is empty."


def _die_with_parent(parent: int) -> Callable[[], None] | None:
    """What the child does before it becomes the program: ask Linux to kill it when its parent ends."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:  # the parent ended before the kernel was asked
            os._exit(1)

    return ask
