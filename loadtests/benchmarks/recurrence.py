"""recurrence: the next occurrence of each class of rule, by the engine and by python-dateutil in the same run."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import version

from dateutil.rrule import rrulestr

from functions.kernel.domain.recurrence import next_occurrence, parse_rule
from loadtests.machine import describe
from loadtests.percentiles import percentile
from loadtests.result import Result, at_most, reported

NAME = "recurrence"
NOW = datetime(2026, 11, 26, 10, 5)  # noqa: DTZ001 - local times are naive here
AGES = {"1 day": 1, "1 year": 365, "20 years": 7305}
TARGET_US = 20.0
BATCHES, BATCH_SECONDS, MOST_SECONDS = 20, 0.01, 1.0
RULES = {
    "daily": "FREQ=DAILY",
    "weekly": "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "every other week": "FREQ=WEEKLY;INTERVAL=2",
    "monthly on a day": "FREQ=MONTHLY;BYMONTHDAY=15",
    "monthly on its last Friday": "FREQ=MONTHLY;BYDAY=-1FR",
    "last workday of the month": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "yearly": "FREQ=YEARLY",
    "yearly on a weekday of a month": "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "every six hours": "FREQ=HOURLY;INTERVAL=6",
    "every half hour": "FREQ=MINUTELY;INTERVAL=30",
    "daily, counted": "FREQ=DAILY;COUNT=9000",
}
"""Common rules; what dateutil has no word for (SKIP) or has wrong (BYWEEKNO) is not compared."""


async def measure() -> list[Result]:
    """Both must give the same date before either is timed; no call parses, and dateutil's cache is off, its default."""
    return await asyncio.to_thread(_measure)


def _measure() -> list[Result]:
    conditions = (
        f"next date after {NOW.isoformat()} in Europe/Berlin (dateutil: on naive times); DTSTART so old; processor "
        f"time, median of up to {BATCHES} batches; python-dateutil {version('python-dateutil')}; {describe()}"
    )
    results = []
    for name, text in RULES.items():
        rule = parse_rule(text)
        for age, days in AGES.items():
            start = NOW.replace(minute=0) - timedelta(days=days)
            theirs = rrulestr(text, dtstart=start)
            ours = next_occurrence(rule, start, NOW, "Europe/Berlin")
            if ours != theirs.after(NOW):
                raise AssertionError(f"{text} from {start}: {ours}, dateutil {theirs.after(NOW)}")
            taken = _microseconds(lambda: next_occurrence(rule, start, NOW, "Europe/Berlin"))  # noqa: B023
            results += [
                at_most(f"{NAME}: {name}, {age} old", taken, "µs", TARGET_US, conditions),
                reported(
                    f"{NAME}: {name}, {age} old, dateutil",
                    _microseconds(lambda: theirs.after(NOW)),  # noqa: B023
                    "µs",
                    conditions,
                ),
            ]
    return results


def _microseconds(call: Callable[[], object]) -> float:
    """What one call takes: the median over batches of about 10 ms; fewer of what takes long."""
    begin = time.process_time()
    call()
    once = max(time.process_time() - begin, 1e-6)
    calls = max(1, int(BATCH_SECONDS / once))
    batches = []
    for _ in range(max(3, min(BATCHES, int(MOST_SECONDS / (calls * once))))):
        begin = time.process_time()
        for _ in range(calls):
            call()
        batches.append((time.process_time() - begin) / calls * 1e6)
    return percentile(batches, 50)
