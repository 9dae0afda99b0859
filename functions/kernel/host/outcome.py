"""Every outcome of an event is one of three; this module alone maps errors and Dapr's answers to them."""

from dataclasses import dataclass

from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from functions.kernel.errors import AlarmUnavailableError, TaskwakeError


@dataclass(frozen=True, slots=True)
class Done:
    """Handled, now or earlier."""


@dataclass(frozen=True, slots=True)
class Retry:
    """The same event may be handled later. `suspect`: the event itself may be why it failed, since nothing that
    handling needs is known to be away."""

    reason: str
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """It can never be handled: a dead letter."""

    reason: str


AWAY = (AlarmUnavailableError, OperationalError, PoolTimeout, OSError, TimeoutError)
"""What handling needs does not answer: the database, the alarm clock, another machine."""

Outcome = Done | Retry | Rejected

DONE = Done()


def outcome_of(error: Exception) -> Outcome:
    """Retry for anything unexpected, or unavailable now; any other error of Taskwake's own is a decision about the
    event, and final."""
    reason = f"{type(error).__name__}: {error}"
    final = isinstance(error, TaskwakeError) and not isinstance(error, AlarmUnavailableError)
    return Rejected(reason) if final else Retry(reason, suspect=not isinstance(error, AWAY))


def dapr_status(outcome: Outcome) -> str:
    """Dapr's answer (Pub/Sub API, "Expected HTTP response"). A rejected event is stored with its reason
    already, which DROP would lose, so for Dapr it is done."""
    return "RETRY" if isinstance(outcome, Retry) else "SUCCESS"
