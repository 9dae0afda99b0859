# ruff: noqa: DTZ001 (local times are naive here, by design)
"""A phrase is played as the task that writing it down would give."""

from datetime import datetime, timedelta

import pytest

from functions.kernel.errors import InvalidInputError
from functions.operations.simulation.phrase import account_of
from functions.operations.simulation.play import Habits, play_account
from functions.operations.simulation.progress import Progress

pytestmark = pytest.mark.requirement("TIME-027")

NOW = datetime(2026, 11, 26, 12)
BERLIN = "Europe/Berlin"


def heard(text: str, habits: Habits) -> list[tuple[str, datetime]]:
    _, account = account_of(text, NOW, BERLIN)
    quiet = Progress(lambda said: None, lambda: 0.0)
    played = play_account(account, text, NOW, BERLIN, 1, habits, quiet)
    return [(ring.kind, ring.local) for ring in played.rings]


def test_a_phrase_rings_on_its_days_and_before_them() -> None:
    assert heard("pay rent every last workday at 9 remind me 2 days before", Habits())[:4] == [
        ("before", datetime(2026, 11, 28, 9)),
        ("due", datetime(2026, 11, 30, 9)),
        ("before", datetime(2026, 12, 29, 9)),
        ("due", datetime(2026, 12, 31, 9)),
    ]


def test_every_with_a_bang_counts_from_the_completion() -> None:
    days = [local.day for _, local in heard("water plants every! 3 days at 18:00", Habits(timedelta(days=2)))]
    assert days[:3] == [26, 1, 6]


def test_a_phrase_without_repetition_rings_once() -> None:
    assert heard("dentist 3rd of May 14:00", Habits()) == [("due", datetime(2027, 5, 3, 14))]


def test_a_phrase_of_a_date_only_needs_no_title() -> None:
    assert heard("tomorrow at 9", Habits()) == [("due", datetime(2026, 11, 27, 9))]


def test_a_phrase_without_a_due_time_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no due time was understood in 'buy milk'"):
        account_of("buy milk", NOW, BERLIN)


def test_a_phrase_with_two_readings_is_refused_with_both() -> None:
    with pytest.raises(InvalidInputError, match=r"4 March 2027.*3 April 2027"):
        account_of("dentist 03/04/2027", NOW, BERLIN)
