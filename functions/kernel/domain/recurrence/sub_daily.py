"""The moments of an HOURLY, MINUTELY or SECONDLY rule: a grid of units, of which its other parts let some through.

A day has 24, 1,440 or 86,400 units. With an interval of n units the grid meets a unit of the day every
n / gcd(n, units a day) days, always on days of one residue; the calendar repeats after 146,097 days. That tells
without a search whether the rule gives anything at all, so the walk never looks for what does not exist.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import product
from math import gcd, lcm

from functions.kernel.domain.recurrence import expansion
from functions.kernel.domain.recurrence.rule import Rule

_UNITS = {"HOURLY": 24, "MINUTELY": 1_440, "SECONDLY": 86_400}
_DAY = 86_400
_SOME_DAY = 730_120
_MIDNIGHT = time()


def walk(rule: Rule, start: datetime, lowest: datetime) -> Iterator[datetime]:
    """The rule's moments from `lowest` on, which is no earlier than `start`."""
    interval, units = rule.interval, _UNITS[rule.freq]
    base = _unit(start, units)
    inside, hours, minutes, seconds = _plan(rule, start.minute, start.second, base % interval)
    if not inside:
        return
    an_hour, a_minute = units // 24, max(1, units // 1_440)
    position = base + (_unit(lowest, units) - base) // interval * interval
    while True:
        day, unit = divmod(position, units)
        kept = expansion.next_kept(rule, day)
        if kept is None:
            return
        hour = unit // an_hour
        if kept > day:
            wait = (kept - day) * units - unit
        elif hours[hour]:
            wait = hours[hour] * an_hour - unit % an_hour
        elif wait := minutes[unit // a_minute % 60]:
            wait = wait * a_minute - unit % a_minute
        elif not (wait := seconds[unit % 60]):
            at = datetime.combine(date.fromordinal(day), _MIDNIGHT) + timedelta(seconds=unit * (_DAY // units))
            for offset in inside:
                moment = at + offset
                if moment >= lowest:
                    yield moment
            wait = interval
        position += -(-wait // interval) * interval


def _unit(moment: datetime, units: int) -> int:
    """The number of the unit that holds the moment, counted from the calendar's beginning."""
    second = moment.hour * 3_600 + moment.minute * 60 + moment.second
    return moment.toordinal() * units + second // (_DAY // units)


_Waits = tuple[int, ...]


@lru_cache(maxsize=4096)
def _plan(rule: Rule, minute: int, second: int, base: int) -> tuple[tuple[timedelta, ...], _Waits, _Waits, _Waits]:
    """Where in a unit the moments lie, none if there are none at all; and the waits for hours, minutes and seconds.

    A wait is how many to the next one that the rule lets through, or to the end.
    """
    units = _UNITS[rule.freq]
    inside = _inside(rule, minute, second)
    return (
        inside if inside and _gives_any(rule, base) else (),
        _distances(rule.by_hour, 24),
        _distances(rule.by_minute, 60) if units > 24 else (0,) * 60,
        _distances(rule.by_second, 60) if units > 1_440 else (0,) * 60,
    )


def _inside(rule: Rule, minute: int, second: int) -> tuple[timedelta, ...]:
    """Where in a unit the rule's moments lie; what it leaves open comes from the start."""
    minutes = (rule.by_minute or (minute,)) if rule.freq == "HOURLY" else (0,)
    seconds = (rule.by_second or (second,)) if rule.freq != "SECONDLY" else (0,)
    found = [timedelta(minutes=minute, seconds=second) for minute, second in product(minutes, seconds)]
    return tuple(found[index] for index in expansion.positions(rule, len(found))) if rule.by_set_pos else tuple(found)


def _distances(allowed: tuple[int, ...], length: int) -> _Waits:
    return tuple(
        min((value - now for value in allowed if value >= now), default=length - now) if allowed else 0
        for now in range(length)
    )


def _gives_any(rule: Rule, base: int) -> bool:
    """Whether a grid that passes through the unit `base` ever meets a unit of a day that the rule lets through."""
    interval, units = rule.interval, _UNITS[rule.freq]
    step = gcd(interval, units)
    days = interval // step  # the grid meets a unit of the day once in so many days
    common = gcd(days, expansion.days_cycle(rule))
    residues = _residues(rule, common)
    inverse = pow(units // step, -1, days)
    an_hour, a_minute = units // 24, max(1, units // 1_440)
    for hour, minute, second in product(
        rule.by_hour or range(24),
        (rule.by_minute or range(60)) if units > 24 else (0,),
        (rule.by_second or range(60)) if units > 1_440 else (0,),
    ):
        apart = base - (hour * an_hour + minute * a_minute + second)
        if apart % step == 0 and apart // step * inverse % days % common in residues:
            return True
    return False


def _residues(rule: Rule, modulus: int) -> set[int]:
    """The residues of the days that the rule lets through."""
    residues: set[int] = set()
    last = _SOME_DAY + lcm(expansion.days_cycle(rule), modulus) - 1
    day = expansion.next_kept(rule, _SOME_DAY, last)
    while day is not None and len(residues) < modulus:
        residues.add(day % modulus)
        day = expansion.next_kept(rule, day + 1, last)
    return residues
