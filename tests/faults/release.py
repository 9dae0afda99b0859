"""`taskwake` of one release, over a PostgreSQL that another runs: so two of them share one, as pods of a cluster do."""

import threading
from pathlib import Path

from functions.bootstrap import embedded
from functions.kernel.embedded.postgres import Postgres
from functions.operations import cli, migrate


def program(database: Path, migrations: Path) -> str:
    """What makes a process of the release that knows these migrations (see tests.served.command)."""
    return f"from tests.faults.release import run; run({str(database)!r}, {str(migrations)!r})"


def run(database: str, migrations: str) -> None:
    """As the command line says, over the PostgreSQL of this folder."""
    embedded.Postgres = lambda _: _Shared(Path(database))
    migrate.MIGRATIONS = Path(migrations)
    cli.app()


class _Shared(Postgres):
    """Started and stopped by somebody else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._left = threading.Event()

    def start(self) -> None:
        """It runs."""

    async def ready(self, seconds: float | None = None) -> None:
        """It is."""

    def wait(self) -> None:
        self._left.wait()

    def stop(self) -> None:
        self._left.set()

    def bound_log(self) -> None:
        """Not ours."""
