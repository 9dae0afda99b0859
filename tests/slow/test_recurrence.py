# ruff: noqa: DTZ001 (local times are naive here, by design)
"""A million random rules: `make test-slow`, with how far it is shown each 20,000.

`TASKWAKE_RANDOM_RULES` sets how many, `TASKWAKE_RANDOM_SEED` which; a failure names the rule, its start and its zone.
"""

import os
import random
from datetime import date, datetime, timedelta
from itertools import islice, pairwise
from time import monotonic, process_time

import pytest
from dateutil.rrule import rrulestr

from functions.kernel.domain.recurrence import Recurrence, Rule, next_occurrence, occurrences, parse_rule
from functions.kernel.errors import InvalidInputError

pytestmark = [pytest.mark.slow, pytest.mark.requirement("TIME-005", "TIME-008")]

RULES = int(os.environ.get("TASKWAKE_RANDOM_RULES", "1000000"))
SEED = int(os.environ.get("TASKWAKE_RANDOM_SEED", "5545"))
ONE_WITH_DATEUTIL_IN = 50
LONGEST_SECONDS = 5.0
"""Of processor time: no rule may take as long; what takes longer is a search without a bound."""

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu")


def random_rule(chance: random.Random) -> str:
    freq = chance.choice(FREQUENCIES)
    parts = [f"FREQ={freq}"]

    def some(name: str, share: float, *values: object) -> None:
        if chance.random() < share:
            chosen = chance.sample(values, min(len(values), chance.randint(1, 4)))
            parts.append(f"{name}={','.join(map(str, chosen))}")

    if chance.random() < 0.5:
        parts.append(f"INTERVAL={chance.choice((2, 2, 3, 3, 4, 5, 5, 6, 7, 10, 12, 15, 25, 30, 45, 90, 400, 1441))}")
    some("BYMONTH", 0.25, *range(1, 13))
    if freq != "WEEKLY":
        some("BYMONTHDAY", 0.25, *range(1, 32), *range(-31, 0))
    if freq not in ("WEEKLY", "MONTHLY", "DAILY"):
        some("BYYEARDAY", 0.1, *range(1, 367), *range(-366, 0))
    if freq == "YEARLY":
        some("BYWEEKNO", 0.1, *range(1, 54), *range(-53, 0))
    numbered = freq in ("YEARLY", "MONTHLY") and "BYWEEKNO" not in ";".join(parts) and chance.random() < 0.4
    some("BYDAY", 0.4, *([f"{number}{day}" for number in (1, 2, 5, -1, -2) for day in DAYS] if numbered else DAYS))
    some("BYHOUR", 0.25, *range(24))
    some("BYMINUTE", 0.25, *range(60))
    some("BYSECOND", 0.1, *range(60))
    if len(parts) > 2:
        some("BYSETPOS", 0.15, 1, 2, 3, -1, -2)
    if chance.random() < 0.2:
        parts.append(f"WKST={chance.choice(DAYS)}")
    if chance.random() < 0.15:
        parts += ["RSCALE=GREGORIAN", f"SKIP={chance.choice(('OMIT', 'BACKWARD', 'FORWARD'))}"]
    if chance.random() < 0.1:
        parts.append(f"COUNT={chance.randint(1, 30)}")
    return ";".join(parts)


def random_start(chance: random.Random) -> datetime:
    return datetime(1990, 1, 1) + timedelta(seconds=chance.randrange(50 * 365 * 86_400))


def check(text: str, start: date, zone: str, with_dateutil: bool) -> bool:
    """Hold the laws to one rule; false when it is refused."""
    try:
        rule = parse_rule(text)
    except InvalidInputError:
        return False
    assert parse_rule(str(rule)) == rule
    few = list(islice(occurrences(rule, start, zone), 5))
    assert all(earlier < later for earlier, later in pairwise([start - timedelta(seconds=1), *few]))
    for earlier, later in pairwise(few):
        assert next_occurrence(rule, start, earlier, zone) == later
        assert next_occurrence(rule, start, earlier + (later - earlier) / 2, zone) == later
    if few and rule.count == len(few):
        assert next_occurrence(rule, start, few[-1], zone) is None
    recurrence = Recurrence(start, zone, rule)
    moments = list(islice(recurrence.occurrences(), 5))
    assert len(moments) == len(few)
    for before, after in pairwise(moments):
        assert before < after
        assert recurrence.next(before) == after
    if with_dateutil and zone == "UTC" and comparable(rule) and len(few) == 5 and few[-1].year - few[0].year < 20:
        assert few == list(islice(rrulestr(str(rule), dtstart=start), 5))
    return True


def comparable(rule: Rule) -> bool:
    """Whether python-dateutil is right about such a rule.

    It has no SKIP; it takes weeks of BYWEEKNO apart at New Year; a weekly BYSETPOS picks from all seven days;
    of BYDAY=MO,1MO it forgets one; and it takes BYSETPOS in an HOURLY (or finer) rule for the whole day.
    """
    numbers = {ordinal == 0 for ordinal, _ in rule.by_day}
    return rule.skip == "OMIT" and not rule.by_week_no and not rule.by_set_pos and len(numbers) < 2


def test_a_million_random_rules_keep_the_laws() -> None:
    chance, begin, refused, longest = random.Random(SEED), monotonic(), 0, (0.0, "")
    for number in range(1, RULES + 1):
        text, start, zone = random_rule(chance), random_start(chance), chance.choice(ZONES)
        before = process_time()
        try:
            refused += not check(text, start, zone, number % ONE_WITH_DATEUTIL_IN == 0)
        except Exception as error:
            raise AssertionError(f"{text} from {start.isoformat()} in {zone}: {error!r}") from error
        longest = max(longest, (process_time() - before, text))
        assert longest[0] < LONGEST_SECONDS, longest
        if number % 20_000 == 0 or number == RULES:
            took = monotonic() - begin
            print(
                f"{number:>9,} rules, {refused:,} refused, {took:,.0f} s; longest {longest[0]:.2f} s: {longest[1]}",
                flush=True,
            )
