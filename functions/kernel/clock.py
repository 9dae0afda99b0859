"""The clock: the one place in which this machine's time is read.

Whatever acts on time takes its clock, with this one as the default, so that tests and `taskwake simulate` give it
another. Pure functions take the moment itself; transactions take the database's clock (`UnitOfWork.now`).
"""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Says what time it is: an aware moment, UTC."""


def system_clock() -> datetime:
    """The time by this machine's clock, UTC."""
    return datetime.now(UTC)
