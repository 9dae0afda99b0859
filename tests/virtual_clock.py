"""`taskwake` by a virtual clock, in a process of its own: whatever takes the system's clock as its default is imported
after that one has been replaced."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

AHEAD = "TASKWAKE_TEST_SECONDS_AHEAD"
"""Names the file that says how many seconds the server is ahead of this machine."""
LOOK_SECONDS = 0.05
SERVE = "from tests.virtual_clock import main; main()"


def ahead(file: Path) -> timedelta:
    """By how much the time in this file's world is later than here."""
    return timedelta(seconds=float(file.read_text()))


def main() -> None:
    """Do as `taskwake` with the same arguments."""
    from functions.kernel import clock

    file = Path(os.environ[AHEAD])
    clock.system_clock = lambda: datetime.now(UTC) + ahead(file)
    from functions.kernel.embedded import alarm_clock
    from functions.operations.cli import app

    alarm_clock.CLOCK_CHECK_SECONDS = LOOK_SECONDS
    app()
