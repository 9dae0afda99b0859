# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import UTC, date, datetime

from functions.kernel.domain.due import describe, resolve

DAY, LOCAL = date(2026, 11, 23), datetime(2026, 11, 23, 9)


def test_an_all_day_task_is_due_at_nine_where_its_owner_is() -> None:
    assert resolve(DAY, None, None, "Asia/Tokyo") == datetime(2026, 11, 23, 0, tzinfo=UTC)


def test_a_zoned_time_ignores_where_its_owner_is() -> None:
    assert resolve(None, LOCAL, "Europe/Berlin", "Asia/Tokyo") == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_a_floating_time_moves_with_its_owner() -> None:
    assert resolve(None, LOCAL, None, "America/New_York") == datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_without_a_due_time_nothing_rings() -> None:
    assert resolve(None, None, None, "UTC") is None
    assert describe(None, None, None) is None


def test_the_due_time_is_written_for_a_person() -> None:
    assert describe(DAY, None, None) == "2026-11-23"
    assert describe(None, LOCAL, "Europe/Berlin") == "2026-11-23 09:00 Europe/Berlin"
    assert describe(None, LOCAL, None) == "2026-11-23 09:00"
