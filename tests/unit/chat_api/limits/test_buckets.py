"""A bucket lets in no more than it promises, in no window, whenever and however much is asked."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.chat_api.limits.buckets import Buckets

pytestmark = pytest.mark.requirement("PROD-044")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


schedules = st.lists(st.tuples(st.floats(0, 30), st.integers(1, 12), st.booleans()), max_size=60)
sizes, rates = st.integers(1, 10), st.sampled_from([0.1, 0.5, 1.0, 3.0, 10.0])


@given(schedules, sizes, rates)
def test_no_window_of_any_schedule_admits_more_than_its_size_and_what_came_in_meanwhile(
    schedule: list[tuple[float, int, bool]], size: int, per_second: float
) -> None:
    clock = Clock()
    buckets = Buckets(size, per_second, clock)
    admitted: list[tuple[float, int]] = []
    for pause, tokens, _ in schedule:
        clock.now += pause
        if buckets.take("sam", tokens).wait_seconds is None:
            admitted.append((clock.now, min(tokens, size)))
    for first in range(len(admitted)):
        taken = 0
        for moment, tokens in admitted[first:]:
            taken += tokens
            assert taken <= size + (moment - admitted[first][0]) * per_second + 1e-6


@given(schedules, sizes, rates)
def test_who_waits_as_long_as_was_said_is_let_in_and_nobody_who_waits_less(
    schedule: list[tuple[float, int, bool]], size: int, per_second: float
) -> None:
    clock = Clock()
    buckets = Buckets(size, per_second, clock)
    for pause, tokens, waits in schedule:
        clock.now += pause
        wait = buckets.take("sam", tokens).wait_seconds
        if wait is not None and waits:
            clock.now += wait * 0.99
            assert buckets.take("sam", tokens).wait_seconds is not None
            clock.now += wait * 0.01 + 1e-6
            assert buckets.take("sam", tokens).wait_seconds is None


@given(schedules, sizes, rates)
def test_what_is_left_can_be_taken_at_once_and_not_one_more(
    schedule: list[tuple[float, int, bool]], size: int, per_second: float
) -> None:
    clock = Clock()
    buckets = Buckets(size, per_second, clock)
    left = size
    for pause, tokens, _ in schedule:
        clock.now += pause
        left = buckets.take("sam", tokens).left
    if left:
        assert buckets.take("sam", left).wait_seconds is None
    assert buckets.take("sam").wait_seconds is not None or not schedule


def test_a_refusal_takes_nothing_and_one_name_nothing_of_another() -> None:
    clock = Clock()
    buckets = Buckets(5, 1.0, clock)
    buckets.take("sam", 3)
    assert buckets.take("sam", 3).left == 2
    assert buckets.take("sam", 2).wait_seconds is None
    assert buckets.take("kim", 5).wait_seconds is None


def test_more_than_a_bucket_holds_is_let_in_when_it_is_full() -> None:
    clock = Clock()
    buckets = Buckets(5, 1.0, clock)
    assert buckets.take("sam", 100).left == 0
    assert buckets.take("sam", 100).wait_seconds == pytest.approx(5)
    clock.now += 5
    assert buckets.take("sam", 100).wait_seconds is None


def test_what_is_given_back_can_be_taken_again() -> None:
    buckets = Buckets(1, 1.0, Clock())
    buckets.take("sam")
    buckets.give_back("sam")
    assert buckets.take("sam").wait_seconds is None
    assert math.isclose(buckets.take("sam").wait_seconds or 0, 1)


def test_no_more_names_are_remembered_than_was_said_and_those_used_last() -> None:
    buckets = Buckets(1, 0.001, Clock(), remembered=3)
    for name in range(100):
        buckets.take("often" if name % 2 else name)
    assert len(buckets) == 3
    assert buckets.take("often").wait_seconds is not None
