"""Every error is one of three outcomes, and each outcome one of Dapr's answers."""

import psycopg
import pytest
from psycopg import OperationalError

from functions.kernel import errors
from functions.kernel.host.outcome import DONE, Rejected, Retry, dapr_status, outcome_of

pytestmark = pytest.mark.requirement("FLOW-008")

FINAL = [
    errors.InvalidInputError("zone", "no such zone"),
    errors.NotFoundError("gone"),
    errors.ConflictError("done already"),
    errors.ExpiredError("begin anew"),
    errors.OutdatedError("another version"),
    errors.NotAllowedError("not yours"),
    errors.InsufficientScopeError(("tasks:write",), "not with this token"),
    errors.UnauthenticatedError("who?"),
    errors.IssuerUnavailableError("nobody can tell"),
    errors.RejectedError("never"),
    errors.InvalidEventError("data", "no object"),
    errors.RateLimitedError("too often", 7),
    errors.SecretMissingError("no secret"),
]


@pytest.mark.parametrize("error", FINAL, ids=lambda error: type(error).__name__)
def test_decision_of_our_own_is_final_and_keeps_its_reason(error: Exception) -> None:
    outcome = outcome_of(error)
    assert isinstance(outcome, Rejected)
    assert outcome.reason == f"{type(error).__name__}: {error}"
    assert dapr_status(outcome) == "SUCCESS"


@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        RuntimeError(),
        OperationalError("gone"),
        TimeoutError(),
        OSError(),
        errors.AlarmUnavailableError("x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_anything_unexpected_or_unavailable_is_tried_again(error: Exception) -> None:
    assert isinstance(outcome_of(error), Retry)
    assert dapr_status(outcome_of(error)) == "RETRY"


@pytest.mark.requirement("TRUST-171", "TRUST-172")
@pytest.mark.parametrize(
    ("error", "suspect", "repeats"),
    [
        (KeyError("x"), True, True),
        (RuntimeError("of the handler's own"), True, True),
        (psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"), True, True),
        (psycopg.errors.NumericValueOutOfRange(), True, True),
        (psycopg.errors.ForeignKeyViolation(), True, True),
        (psycopg.errors.RaiseException(), True, True),
        (psycopg.errors.ProgramLimitExceeded("index row size exceeds btree maximum"), True, True),
        (psycopg.errors.UndefinedTable(), True, False),
        (psycopg.errors.InsufficientPrivilege(), True, False),
        (psycopg.errors.ReadOnlySqlTransaction(), True, False),
        (psycopg.DatabaseError("lost synchronization with server"), True, False),
        (psycopg.errors.DeadlockDetected(), False, False),
        (psycopg.errors.CannotConnectNow(), False, False),
        (OperationalError("gone"), False, False),
        (TimeoutError(), False, False),
        (OSError(), False, False),
        (errors.AlarmUnavailableError("x"), False, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_what_failed_of_its_values_will_fail_each_time_and_trouble_between_the_parts_is_not_its_fault(
    error: Exception, suspect: bool, repeats: bool
) -> None:
    outcome = outcome_of(error)
    assert isinstance(outcome, Retry)
    assert (outcome.suspect, outcome.repeats) == (suspect, repeats)


def test_done_is_success() -> None:
    assert dapr_status(DONE) == "SUCCESS"


def test_every_error_of_the_tree_is_tried_here() -> None:
    tried = {type(error) for error in FINAL} | {errors.AlarmUnavailableError, errors.TaskwakeError}
    assert tried == {kind for kind in vars(errors).values() if isinstance(kind, type)}
