"""Percentiles by the nearest rank: always a value that was measured."""

import math
from collections.abc import Collection


def percentile(values: Collection[float], percent: float) -> float:
    """The smallest value that at least `percent` % of them do not exceed. Raises ValueError when there are none."""
    if not values:
        raise ValueError("there is no percentile of nothing: not one value was measured")
    rank = max(1, math.ceil(len(values) * percent / 100))
    return sorted(values)[rank - 1]
