"""When a webhook that failed is called again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.notification_service.retrying import LONGEST_WISH, MAIL_PAUSES, PAUSES, pause_after

pytestmark = pytest.mark.requirement("PROD-071")

failures = st.integers(1, len(PAUSES))
spreads = st.floats(0, 1)


def test_ten_attempts_are_spread_over_three_days() -> None:
    assert pause_after(len(PAUSES), 0) is not None
    assert pause_after(len(PAUSES) + 1, 0) is None
    for spread in (0, 1):
        together = sum((pause_after(made, spread) or timedelta() for made in range(1, 10)), timedelta())
        assert timedelta(hours=66) < together < timedelta(hours=84)


@given(st.integers(1, len(PAUSES) - 1), spreads)
def test_each_pause_is_longer_than_the_one_before_it_of_the_same_spread(made: int, spread: float) -> None:
    assert pause_after(made, spread) < pause_after(made + 1, spread)


@given(failures, spreads)
def test_a_pause_is_moved_by_a_tenth_at_most(made: int, spread: float) -> None:
    assert 0.899 < pause_after(made, spread) / PAUSES[made - 1] < 1.101


@given(failures, spreads, st.timedeltas(timedelta(), timedelta(days=999)))
def test_the_receivers_wish_lengthens_a_pause_up_to_a_day_and_never_shortens_it(
    made: int, spread: float, wish: timedelta
) -> None:
    pause = pause_after(made, spread)
    assert pause_after(made, spread, wish) == max(pause, min(wish, LONGEST_WISH))


def test_a_wish_makes_no_attempt_after_the_last() -> None:
    assert pause_after(len(PAUSES) + 1, 0.5, timedelta(seconds=1)) is None


@pytest.mark.requirement("PROD-185")
def test_an_e_mail_is_tried_often_in_the_first_two_minutes_and_for_as_long_as_a_webhook() -> None:
    moments = [sum(MAIL_PAUSES[:made], timedelta()) for made in range(1, len(MAIL_PAUSES) + 1)]
    assert len([moment for moment in moments if moment < timedelta(minutes=2)]) == 5
    assert list(MAIL_PAUSES) == sorted(MAIL_PAUSES)
    assert timedelta(days=3) < moments[-1] < timedelta(days=3, hours=4)
