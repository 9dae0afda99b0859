"""Processes that outlive the command that starts them, known by number and start time: none is ever mistaken."""

import http.client
import json
import os
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.local.process import LAST_LINES, ProcessFailedError

POLL_SECONDS = 0.05
SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Pid:
    """One process of this machine; a later one with the same number started at another time."""

    number: int
    started: int

    @classmethod
    def of(cls, number: int) -> "Pid | None":
        """The process that has this number now, if it runs."""
        try:
            text = Path(f"/proc/{number}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return None
        # https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the name, which may hold anything, ends with ")".
        state, *fields = text.rpartition(")")[2].split()
        return None if state in "ZX" else cls(number, int(fields[18]))

    @property
    def alive(self) -> bool:
        return Pid.of(self.number) == self

    def kill(self) -> None:
        """SIGKILL, and wait until it has ended. Raises TimeoutError when that takes more than 30 s."""
        self.end(signal.SIGKILL, 30)

    def end(self, number: signal.Signals, seconds: float) -> None:
        """Send the signal, and wait until it has ended. Raises TimeoutError."""
        if self.alive:
            os.kill(self.number, number)
        wait_until(lambda: not self.alive, seconds, f"process {self.number} to end")


@dataclass(frozen=True)
class Daemon:
    """A program of the node, and how one sees that it is ready."""

    name: str
    argv: Sequence[str | Path]
    ready: Callable[[], bool] = lambda: True
    timeout_seconds: float = 60


class Daemons:
    """The programs that run inside of `enter` (a command that runs another in the node's namespaces).

    `folder`/<name>.json says which process each one is, `logs`/<name>.log is what it says.
    """

    def __init__(self, folder: Path, logs: Path, enter: Callable[[], list[str]]) -> None:
        self._folder = folder
        self._logs = logs
        self._enter = enter

    def pid(self, name: str) -> Pid | None:
        """The process, if it runs."""
        try:
            recorded = Pid(**json.loads((self._folder / f"{name}.json").read_text()))
        except FileNotFoundError:
            return None
        return recorded if recorded.alive else None

    def names(self) -> list[str]:
        """All that were ever started."""
        return sorted(path.stem for path in self._folder.glob("*.json"))

    def start(self, daemon: Daemon) -> float | None:
        """Start it unless it runs, and wait until it is ready; the seconds that took, or None when it ran already.

        Raises ProcessFailedError with its last log lines.
        """
        began = time.monotonic()
        log = self._logs / f"{daemon.name}.log"
        pid = self.pid(daemon.name)
        ran = pid is not None
        if pid is None:
            pid = start_detached([*self._enter(), *daemon.argv], log)
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._folder / f"{daemon.name}.json", json.dumps(asdict(pid)))
        deadline = began + daemon.timeout_seconds
        while not daemon.ready():
            if not pid.alive:
                raise ProcessFailedError(f"{daemon.name} ended before it was ready. {tail(log)}")
            if time.monotonic() > deadline:
                raise ProcessFailedError(
                    f"{daemon.name} was not ready after {daemon.timeout_seconds:.0f} s. {tail(log)}"
                )
            time.sleep(POLL_SECONDS)
        return None if ran else time.monotonic() - began


def start_detached(argv: Sequence[str | Path], log: Path) -> Pid:
    """Start a command that forks one process and waits for it (unshare, nsenter), and return that process.

    Both go on when this program ends. Raises ProcessFailedError when there is no such process.
    """
    with log.open("ab") as output:
        path = os.pathsep.join((os.environ.get("PATH", os.defpath), SYSTEM_FOLDERS))
        outer = subprocess.Popen(
            list(map(str, argv)),
            env={**os.environ, "PATH": path},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
    while outer.poll() is None:
        inner = children.read_text().split()
        if inner and (pid := Pid.of(int(inner[0]))):
            # Whoever started a process has to take note of its end.
            threading.Thread(target=outer.wait, daemon=True).start()
            return pid
        time.sleep(0.005)
    raise ProcessFailedError(f"`{' '.join(map(str, argv))}` ended with {outer.returncode}. {tail(log)}")


def tail(log: Path) -> str:
    """The last lines of a log, as the end of an error's text."""
    lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
    return "\n".join([f"The last lines of {log}:", *lines]) if lines else f"{log} is empty."


def http_ok(host: str, port: int, path: str = "/healthz", tls: ssl.SSLContext | None = None) -> bool:
    """Whether `GET path` answers 200 now."""
    connection = (
        http.client.HTTPSConnection(host, port, timeout=2, context=tls)
        if tls
        else http.client.HTTPConnection(host, port, timeout=2)
    )
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Raises TimeoutError, which says `what` was waited for, when it does not hold in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(POLL_SECONDS)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that nobody ever reads half of it, unless that is what it holds: kube-proxy ends on a change."""
    if path.exists() and path.read_text() == text:
        return
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.write_text(text)
    unfinished.replace(path)
