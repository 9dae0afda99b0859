import pytest

from loadtests.percentiles import percentile


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([1.0, 2.0, 100.0], 50) == 2.0
    assert percentile(list(range(1, 201)), 99) == 198
    assert percentile([7.0], 99) == 7.0
    assert percentile([3.0, 1.0, 2.0], 100) == 3.0


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="not one value"):
        percentile([], 99)
