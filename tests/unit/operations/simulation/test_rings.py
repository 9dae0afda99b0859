# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import UTC, date, datetime, timedelta

import pytest

from functions.operations.simulation.rings import Downtime, Note, Ring, Simulation, years_later

pytestmark = pytest.mark.requirement("TIME-027")


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [
        (date(2026, 1, 31), 10, date(2036, 1, 31)),
        (date(2028, 2, 29), 4, date(2032, 2, 29)),
        (date(2028, 2, 29), 1, date(2029, 3, 1)),
        (date(9995, 1, 1), 10, date.max),
    ],
)
def test_years_later_is_the_same_day_where_there_is_one(day: date, years: int, later: date) -> None:
    assert years_later(day, years) == later


def test_a_simulation_that_ends_with_a_year_touches_no_next_one() -> None:
    assert Simulation("", "UTC", date(2026, 1, 1), date(2028, 1, 1)).years == range(2026, 2028)
    assert Simulation("", "UTC", date(2026, 1, 2), date(2028, 1, 2)).years == range(2026, 2029)


def test_a_downtime_covers_each_day_on_which_it_is_off() -> None:
    off = Downtime(datetime(2026, 12, 30, 23, 30, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert off.days("Europe/Berlin") == [date(2026, 12, 31), date(2027, 1, 1)]


def test_many_days_of_one_reason_are_counted() -> None:
    notes = [Note(date(2026, month, 28), "short") for month in range(1, 9)]
    said = Simulation("", "UTC", date(2026, 1, 1), date(2027, 1, 1), notes=notes).reasons_said
    assert said == [
        (
            "short",
            "2026-01-28, 2026-02-28, 2026-03-28, 2026-04-28, 2026-05-28, 2026-06-28 and 2 more, the last 2026-08-28",
        )
    ]


def test_the_document_has_each_ring_in_both_times() -> None:
    ring = Ring(datetime(2026, 1, 1, 8, tzinfo=UTC), datetime(2026, 1, 1, 9), "x", late=timedelta(minutes=1), due="d")
    document = Simulation("t", "Europe/Berlin", date(2026, 1, 1), date(2027, 1, 1), [ring]).document()
    assert document["rings"] == [
        {
            "at": "2026-01-01T08:00:00Z",
            "local": "2026-01-01T09:00:00",
            "title": "x",
            "kind": "due",
            "due": "d",
            "late_seconds": 60,
            "why": None,
        }
    ]
