"""Places in an order that is kept as a number each, so that one that moves writes itself alone."""


def between(before: float | None, after: float | None) -> float | None:
    """A number strictly between these two, of which null is the end of the order; null when there is none left, and
    the order must be numbered anew."""
    if before is None:
        place = 1.0 if after is None else after - 1
    elif after is None:
        place = before + 1
    else:
        place = before + (after - before) / 2
    fits = (before is None or before < place) and (after is None or place < after)
    return place if fits else None
