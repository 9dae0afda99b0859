"""What of a recurrence set lies between two moments, however much it is."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice, takewhile

from functions.kernel.domain.recurrence.engine import occurrences
from functions.kernel.domain.recurrence.recurrence_set import Entry, Recurrence
from functions.kernel.domain.recurrence.rule import SUB_DAILY
from functions.kernel.domain.wall_time import to_local


def first_between(recurrence: Recurrence, after: date, until: date) -> Entry | None:
    """The first member after `after` and not after `until`, both of the type that the set gives, or None."""
    return next(_members(recurrence, after, until), None)


def last_between(recurrence: Recurrence, after: date, until: date) -> Entry | None:
    """The last of them. Takes some 25 looks for the first one, however many there are."""
    unit = timedelta(days=1) if recurrence.all_day else timedelta(seconds=1)
    steps = range((until - after) // unit + 1)

    def is_past_the_last(step: int) -> bool:
        return first_between(recurrence, after + step * unit, until) is None

    past = bisect_left(steps, True, key=is_past_the_last)
    return first_between(recurrence, after + (past - 1) * unit, until) if past else None


def count_between(recurrence: Recurrence, after: date, last: Entry, most: int) -> int:
    """How many there are after `after` and up to the member `last`, counted up to `most`."""
    rule, zone = recurrence.rule, recurrence.zone
    if rule is None or rule.freq in SUB_DAILY or recurrence.rdates or recurrence.exdates:
        return sum(1 for _ in islice(_members(recurrence, after, last.at), most))
    # The days of a rule are in the order of their names, and to read each as a moment takes three times as long.
    begin = to_local(after, zone) if zone and isinstance(after, datetime) else after
    names = occurrences(rule, recurrence.dtstart, zone or "UTC", begin)
    return sum(1 for _ in islice(takewhile(lambda name: name <= last.nominal, names), most))


def _members(recurrence: Recurrence, after: date, until: date) -> Iterator[Entry]:
    there = (entry for entry in recurrence.entries(after) if not entry.excluded)
    return takewhile(lambda entry: entry.at <= until, there)
