"""Why a date of a rule is where it is, or is not: short months, moved days, and clocks that change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from functions.kernel.domain.recurrence.engine import gives
from functions.kernel.domain.recurrence.expansion import length_of_month
from functions.kernel.domain.recurrence.recurrence_set import Recurrence
from functions.kernel.domain.recurrence.rule import Rule
from functions.kernel.domain.wall_time import gap_at, is_twice, to_utc

_ENDS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Absent:
    """A day that a rule names and its month does not have."""

    year: int
    month: int
    day: int
    """As the rule has it: negative counts from the month's end."""

    def __str__(self) -> str:
        """`2026-02-31`; for a day counted from the end, the month."""
        return f"{self.year:04}-{self.month:02}" + (f"-{self.day:02}" if self.day > 0 else "")

    @property
    def why(self) -> str:
        """What does not exist, in words."""
        return f"{ordinal(self.day)} does not exist"

    @property
    def before(self) -> date:
        """The last day before it would be."""
        length = length_of_month(self.year, self.month)
        return date(self.year, self.month, 1) + _DAY * (length - 1 if self.day > 0 else -1)

    @property
    def after(self) -> date:
        """The first day after it would be."""
        return self.before + _DAY


def ordinal(day: int) -> str:
    """`31st`, or `31st from the end` for a negative one."""
    return f"{abs(day)}{_ENDS.get(abs(day), 'th')}" + (" from the end" if day < 0 else "")


def absent_days(rule: Rule, start: date, first: date, last: date) -> Iterator[Absent]:
    """The days that the rule names, that do not exist, and that would lie between the days `first` and `last`.

    Only where a rule says days of months alone; with BYDAY or BYSETPOS it is another part that chooses.
    """
    if rule.freq not in ("YEARLY", "MONTHLY") or rule.by_day or rule.by_set_pos or rule.by_week_no or rule.by_year_day:
        return
    numbers = rule.by_month_day or (start.day,)
    months = rule.by_month or (range(1, 13) if rule.freq == "MONTHLY" or rule.by_month_day else (start.month,))
    for index in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        year, month = index // 12, index % 12 + 1
        apart = year - start.year if rule.freq == "YEARLY" else index - (start.year * 12 + start.month - 1)
        if apart < 0 or apart % rule.interval or month not in months:
            continue
        length = length_of_month(year, month)
        for number in numbers:
            absent = Absent(year, month, number)
            if abs(number) > length and first <= absent.before and absent.after <= last:
                yield absent


def moved_from(rule: Rule, start: date, day: date) -> Absent | None:
    """The day that does not exist and that SKIP has moved to this one; None if the rule names this one itself."""
    length = length_of_month(day.year, day.month)
    if rule.skip == "OMIT" or day.day in (numbers := rule.by_month_day or (start.day,)):
        return None
    if day.day - length - 1 in numbers or not date.min < day < date.max:
        return None
    for absent in absent_days(rule, start, day - _DAY, day + _DAY):
        if (absent.before if rule.skip == "BACKWARD" else absent.after) == day:
            return absent
    return None


def what_clocks_do(recurrence: Recurrence, nominal: date) -> list[str]:
    """What the zone's clocks do to this wall-clock time, in words."""
    zone, rule = recurrence.zone, recurrence.rule
    if zone is None or not isinstance(nominal, datetime):
        return []
    if gap := gap_at(nominal, zone):
        return [f"DST gap: {_time(nominal)} → {_time(nominal + gap)}"]
    if is_twice(nominal, zone):
        return ["comes twice this night (DST fold): the first"]
    forward = to_utc(nominal - _DAY, zone) + _DAY - to_utc(nominal, zone) if nominal.toordinal() > 1 else timedelta()
    skipped = nominal - forward
    if forward > timedelta() and rule and gap_at(skipped, zone) == forward and gives(rule, recurrence.dtstart, skipped):
        return [f"DST gap: {_time(skipped)} → {_time(nominal)}, which comes anyway: once"]
    return []


def _time(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
