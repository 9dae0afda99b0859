# ruff: noqa: DTZ001 (local times are naive here, by design)
"""What a series will bring in a period, held against all its occurrences, one by one."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.chat_api.upcoming import MOST_A_DAY, Period, days_of
from functions.kernel.domain.recurrence import Recurrence, parse_rule
from functions.kernel.domain.wall_time import as_day, to_local, to_utc

pytestmark = pytest.mark.requirement("PROD-080")

ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Pacific/Kiritimati"])
RULES = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3;COUNT=5",
        "FREQ=WEEKLY;BYDAY=MO,FR",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=DAILY;BYHOUR=0,3,6,9,12,15,18,21",
        "FREQ=HOURLY;INTERVAL=5",
        "FREQ=YEARLY",
    ]
)
DAYS = st.dates(date(2026, 3, 20), date(2026, 4, 10))  # the clocks change in between
TIMES = st.datetimes(datetime(2026, 3, 20), datetime(2026, 4, 10)).map(lambda at: at.replace(microsecond=0))


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    zone = draw(st.none() | ZONES)
    rule = draw(RULES)
    all_day = zone is None and "HOUR" not in rule and draw(st.booleans())
    excluded = tuple(draw(st.lists(DAYS if all_day else TIMES, max_size=2)))
    return Recurrence(draw(DAYS if all_day else TIMES), zone, parse_rule(rule), (), excluded)


@given(recurrences(), ZONES, DAYS, st.integers(1, 20), st.datetimes(datetime(2026, 3, 15), datetime(2026, 4, 15)))
def test_it_is_what_comes_after_the_present_one_and_after_now_four_a_day_at_most(
    recurrence: Recurrence, zone: str, first: date, days: int, now: datetime
) -> None:
    period = Period(first, first + timedelta(days=days), zone, now.replace(tzinfo=UTC))
    here = to_local(period.now, zone)

    def day(at: date) -> date:
        return as_day(to_local(at, zone) if isinstance(at, datetime) and at.tzinfo else at)

    def is_to_come(at: date) -> bool:
        if not isinstance(at, datetime):
            return at > here.date()
        return at > (to_utc(here, zone) if at.tzinfo else here)

    entries = takewhile(lambda entry: day(entry.at) < period.until, recurrence.entries())
    present = next((entry for entry in recurrence.entries() if not entry.excluded), None)
    if present is None:
        return
    expected = []
    to_come = [
        entry
        for entry in entries
        if not entry.excluded and entry.at > present.at and day(entry.at) >= first and is_to_come(entry.at)
    ]
    for _, each in groupby(to_come, key=lambda entry: day(entry.at)):
        names = [entry.nominal for entry in each]
        shown = [(name, False) for name in names[:MOST_A_DAY]]
        expected += [*shown[:-1], (shown[-1][0], len(names) > MOST_A_DAY)]
    assert days_of(recurrence, period, present.nominal) == expected
