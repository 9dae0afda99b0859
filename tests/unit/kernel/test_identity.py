"""Identity: two writers of one fact compute the same id, and of two facts different ones."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from functions.kernel import identity

ONE, OTHER = UUID(int=1), UUID(int=2)
MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_due_event_is_the_same_in_any_zone() -> None:
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert identity.due_event_id(ONE, MOMENT, 1) == identity.due_event_id(ONE, elsewhere, 1)


def test_due_event_of_another_reminder_moment_or_version_is_another() -> None:
    ids = {
        identity.due_event_id(ONE, MOMENT, 1),
        identity.due_event_id(OTHER, MOMENT, 1),
        identity.due_event_id(ONE, MOMENT + timedelta(microseconds=1), 1),
        identity.due_event_id(ONE, MOMENT, 2),
    }
    assert len(ids) == 4


def test_ids_never_change_between_releases() -> None:
    """Ids that are stored already: another value here would double what they stand for."""
    assert identity.occurrence_id(ONE, "20261123") == UUID("db935ba8-c801-5207-8391-44bc4355afd2")
    assert identity.due_event_id(ONE, MOMENT, 1) == UUID("3bc72490-cbc2-58be-95f9-30a8d9893e61")
    assert identity.notice_id("event", ONE) == UUID("6266b66d-5010-5d93-9bd1-832445e4576a")
    assert identity.delivery_id(ONE, "email") == UUID("e18eb4cb-fe73-59b0-befe-1d0641fafa08")
    assert identity.derived_event_id("cause", "task.recurred.v1", ONE) == "5e3f2a5a-83df-5731-adaa-886367f92dcd"
