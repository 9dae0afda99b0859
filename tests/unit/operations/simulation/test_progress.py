"""A simulation that takes a while says how far it has come."""

from datetime import date

import pytest

from functions.operations.simulation.progress import Progress

pytestmark = pytest.mark.requirement("TIME-027")


def test_it_is_silent_for_two_seconds_and_then_speaks_every_five() -> None:
    said: list[str] = []
    seconds = iter([0.0, 1.9, 2.0, 2.1, 6.9, 7.0])
    progress = Progress(said.append, lambda: next(seconds))

    for year in range(2026, 2031):
        progress.reached(date(year, 1, 1))

    assert said == ["  played until 2027-01-01 …", "  played until 2030-01-01 …"]
