"""The phrases of four other libraries' tests: how many of each are read rightly."""

from collections import Counter

import pytest

from loadtests.phrase_cases import FILES, cases, judge, ours

REACHED = {"recurrent": (236, 22), "timefhuman": (34, 3), "parsedatetime": (164, 4), "dateparser": (76, 5)}
"""So many are right at least, so many wrong at most; the others are taken for no date."""


@pytest.mark.requirement("TIME-026")
@pytest.mark.parametrize("name", FILES)
def test_no_fewer_phrases_are_right_and_no_more_wrong_than_were_reached(name: str) -> None:
    verdicts = Counter(judge(case, ours(case)) for case in cases(name))

    right, wrong = REACHED[name]
    assert verdicts["right"] >= right
    assert verdicts["wrong"] <= wrong
