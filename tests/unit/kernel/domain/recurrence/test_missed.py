"""What lies between two moments is found without walking there, and is what a walk finds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.domain.recurrence import Recurrence, parse_rule
from functions.kernel.domain.recurrence.missed import count_between, first_between, last_between

pytestmark = pytest.mark.requirement("TIME-020")

RULES = (
    "FREQ=DAILY",
    "FREQ=HOURLY",
    "FREQ=MINUTELY;INTERVAL=25",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=WEEKLY;BYDAY=MO,FR",
    "FREQ=DAILY;COUNT=40",
    "FREQ=HOURLY;BYHOUR=1,2,3",
    "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,30",
)
START = datetime(2026, 1, 31, 2, 30)  # noqa: DTZ001 - local times are naive here


@given(
    rule=st.sampled_from(RULES),
    zone=st.sampled_from(("UTC", "Europe/Berlin", "America/New_York")),
    after=st.integers(0, 300 * 24 * 60),
    minutes=st.integers(-60, 90 * 24 * 60),
)
def test_the_last_and_their_number_are_those_of_a_walk_also_where_clocks_change(
    rule: str, zone: str, after: int, minutes: int
) -> None:
    recurrence = Recurrence(START, zone, parse_rule(rule))
    begin = datetime(2026, 1, 31, tzinfo=UTC) + timedelta(minutes=after)
    end = begin + timedelta(minutes=minutes)
    walked = []
    for entry in recurrence.entries():
        if entry.at > end:
            break
        if entry.at > begin:
            walked.append(entry)
    assert first_between(recurrence, begin, end) == (walked[0] if walked else None)
    last = last_between(recurrence, begin, end)
    assert last == (walked[-1] if walked else None)
    assert last is None or count_between(recurrence, begin, last, 50) == min(len(walked), 50)


def test_days_are_found_alike() -> None:
    recurrence = Recurrence(date(2026, 1, 31), None, parse_rule("FREQ=MONTHLY"), exdates=(date(2026, 8, 31),))
    found = last_between(recurrence, date(2026, 1, 31), date(2026, 9, 30))
    assert found is not None
    assert found.at == date(2026, 7, 31)
    assert count_between(recurrence, date(2026, 1, 31), found, 10) == 3


def test_a_rule_by_the_second_over_a_thousand_years_is_no_walk() -> None:
    recurrence = Recurrence(START, "Europe/Berlin", parse_rule("FREQ=SECONDLY"))
    end = datetime(3026, 1, 1, tzinfo=UTC)
    found = last_between(recurrence, datetime(2026, 2, 1, tzinfo=UTC), end)
    assert found is not None
    assert found.at == end
