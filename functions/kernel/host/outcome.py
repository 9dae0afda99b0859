"""Every outcome of an event is one of three; this module alone maps errors and Dapr's answers to them."""

from dataclasses import dataclass

from psycopg import DataError, Error, IntegrityError, OperationalError
from psycopg.errors import ProgramLimitExceeded, RaiseException, WithCheckOptionViolation
from psycopg_pool import PoolTimeout

from functions.kernel.errors import AlarmUnavailableError, TaskwakeError


@dataclass(frozen=True, slots=True)
class Done:
    """Handled, now or earlier."""


@dataclass(frozen=True, slots=True)
class Retry:
    """The same event may be handled later. `suspect`: the event itself may be why it failed, since nothing that
    handling needs is known to be away. `repeats`: so it will fail each time, for it was its values that failed, or what
    the code made of them. `attempts`: so often it was just tried."""

    reason: str
    suspect: bool = False
    repeats: bool = False
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Rejected:
    """It can never be handled: a dead letter. `attempts`: so often it was just tried."""

    reason: str
    attempts: int = 1


AWAY = (AlarmUnavailableError, OperationalError, PoolTimeout, OSError, TimeoutError)
"""What handling needs does not answer: the database, the alarm clock, another machine."""
OF_VALUES = (DataError, IntegrityError, ProgramLimitExceeded, RaiseException, WithCheckOptionViolation)
"""What PostgreSQL says of the values it is given. Whatever else it refuses may be for want of a migration, of a right,
or of a server that takes writes."""

Outcome = Done | Retry | Rejected

DONE = Done()


def outcome_of(error: Exception) -> Retry | Rejected:
    """Retry for anything unexpected, or unavailable now; any other error of Taskwake's own is a decision about the
    event, and final."""
    reason = f"{type(error).__name__}: {error}"
    if isinstance(error, TaskwakeError) and not isinstance(error, AlarmUnavailableError):
        return Rejected(reason)
    of_values = isinstance(error, OF_VALUES)
    suspect = of_values or not isinstance(error, AWAY)
    return Retry(reason, suspect, repeats=of_values or (suspect and not isinstance(error, Error)))


def dapr_status(outcome: Outcome) -> str:
    """Dapr's answer (Pub/Sub API, "Expected HTTP response"). A rejected event is stored with its reason
    already, which DROP would lose, so for Dapr it is done."""
    return "RETRY" if isinstance(outcome, Retry) else "SUCCESS"
