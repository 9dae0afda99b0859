"""Three ways to give a due time, one way to keep it."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from functions.chat_api.due_input import Due, due_of
from functions.chat_api.models.task import DueInput
from functions.kernel.errors import InvalidInputError

NINE = datetime(2026, 7, 1, 9)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (DueInput(), Due()),
        (DueInput(due_on=date(2026, 7, 1)), Due(on=date(2026, 7, 1), moment=datetime(2026, 7, 1, 7, tzinfo=UTC))),
        (DueInput(due_local=NINE), Due(local=NINE, moment=datetime(2026, 7, 1, 7, tzinfo=UTC))),
        (
            DueInput(due_local=NINE, zone="Asia/Tokyo"),
            Due(local=NINE, zone="Asia/Tokyo", moment=datetime(2026, 7, 1, tzinfo=UTC)),
        ),
        (
            DueInput(due_at=NINE.replace(tzinfo=timezone(timedelta(hours=2)))),
            Due(local=NINE, zone="Europe/Berlin", moment=datetime(2026, 7, 1, 7, tzinfo=UTC)),
        ),
    ],
)
def test_due_time_is_kept_as_wall_clock_time_with_its_moment(given: DueInput, kept: Due) -> None:
    assert due_of(given, "Europe/Berlin") == kept
    assert kept.at == (kept.moment if kept.local else None)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (DueInput(due_on=date(2026, 7, 1), due_local=NINE), "due_local"),
        (DueInput(due_local=NINE, due_at=NINE.replace(tzinfo=UTC)), "due_at"),
        (DueInput(zone="Europe/Berlin"), "zone"),
        (DueInput(due_on=date(2026, 7, 1), zone="Europe/Berlin"), "zone"),
        (DueInput(due_local=NINE, zone="Berlin"), "zone"),
    ],
)
def test_what_does_not_go_together_is_refused_by_name(given: DueInput, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        due_of(given, "UTC")
    assert refused.value.field == field
