"""Ways to say the same, tried in turn."""

import re
from collections.abc import Iterable


def first_fullmatch(patterns: Iterable[re.Pattern[str]], said: str) -> re.Match[str] | None:
    """The match of the first pattern that the whole sentence is one of."""
    return next((found for pattern in patterns if (found := pattern.fullmatch(said))), None)
