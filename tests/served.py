"""A real `taskwake serve` in a process of its own, over a folder of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from functions.kernel.embedded.postgres import Postgres
from functions.operations import accounts

SERVE = "from functions.operations.cli import app; app()"


def command(*arguments: str, program: str = SERVE) -> list[str]:
    """`taskwake` with these arguments, by the interpreter that runs the tests."""
    return [sys.executable, "-c", program, *arguments]


def address_said_by(process: "subprocess.Popen[str]") -> str:
    """Where a function's process says that it serves, once it does; fails with all that it said if it ends before."""
    assert process.stdout
    said = ""
    while (found := re.search(r"running on (http://\S+)", said)) is None:
        line = process.stdout.readline()
        assert line, said
        said += line
    return found[1]


@dataclass
class Served:
    """A running server, which lets in whoever asks, however often; `said` is what it printed until it served."""

    process: subprocess.Popen[str]
    folder: Path
    said: str
    base_url: str
    login_url: str
    within: Sequence[str] = ()

    @classmethod
    def start(
        cls, folder: Path, *, port: int = 0, program: str = SERVE, within: Sequence[str] = (), **environment: str
    ) -> "Served":
        """Start it on this port, or a free one, and wait until it serves. `within`: a command that runs it, such as one
        that gives it mounts of its own."""
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "stderr.log").open("a") as stderr:
            process = subprocess.Popen(
                [*within, *command("serve", "--port", str(port), "--data", str(folder), program=program)],
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                env={**os.environ, "TASKWAKE_REQUESTS_PER_MINUTE": "0", **environment},
                start_new_session=True,
            )
        assert process.stdout
        said = ""
        while "stop   Ctrl-C" not in said:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"it ended: {said}{(folder / 'stderr.log').read_text()}")
            said += line
        base_url = said.split("Taskwake serves at ")[1].split()[0]
        return cls(process, folder, said, base_url, said.split("open   ")[1].split()[0], within)

    @property
    def port(self) -> int:
        return int(self.base_url.rsplit(":", 1)[1])

    @property
    def owner_url(self) -> str:
        # As the process sees its folder, which may be on a mount of its own.
        seen = f"/proc/{self.process.pid}/root{self.folder}"
        url = Postgres(self.folder / "postgres").url()
        return url.replace(quote(str(self.folder), safe=""), quote(seen, safe="")) if self.within else url

    def first_user(self) -> UUID:
        return accounts.first_user(self.owner_url)

    def new_token(self) -> str:
        return accounts.issue(self.owner_url, self.first_user(), "token")

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()

    def end(self, how: signal.Signals = signal.SIGINT, seconds: float = 20) -> tuple[int, str]:
        """Ask it to end; its exit code, and what it said meanwhile. Fails, and kills it, when it does not."""
        self.process.send_signal(how)
        try:
            said, _ = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise AssertionError(f"it did not end within {seconds} s, having said: {error.stdout!r}") from None
        return self.process.returncode, said
