"""Places in an order: a number between two, as long as there is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.domain.position import between

pytestmark = pytest.mark.requirement("PROD-013")


@given(st.floats(-1e9, 2e9), st.floats(-1e9, 2e9))
def test_a_place_is_strictly_between_or_there_is_none(one: float, other: float) -> None:
    low, high = sorted((one, other))
    place = between(low, high)
    assert place is None or low < place < high
    if high - low > 1:
        assert place is not None


@given(st.floats(-1e9, 2e9))
def test_there_always_is_a_place_at_both_ends(place: float) -> None:
    before, after = between(None, place), between(place, None)
    assert before is not None
    assert after is not None
    assert before < place < after


def test_halving_comes_to_an_end_that_is_told() -> None:
    low, high = 1.0, 2.0
    halved = 0
    while (place := between(low, high)) is not None:
        high, halved = place, halved + 1
    assert halved > 40
