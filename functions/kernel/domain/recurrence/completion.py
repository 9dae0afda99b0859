"""What follows when an occurrence is completed, by the series' anchor."""

from datetime import date, datetime, timedelta
from typing import Literal

from functions.kernel.domain.recurrence.engine import next_occurrence
from functions.kernel.domain.recurrence.names import parse_recurrence_id
from functions.kernel.domain.recurrence.recurrence_set import Recurrence
from functions.kernel.domain.recurrence.rule import SUB_DAILY, Rule
from functions.kernel.domain.wall_time import to_local, to_utc

Anchor = Literal["schedule", "completion"]
CatchUp = Literal["latest", "all", "none"]
"""Which of the occurrences that were due while the service was off are told of, late."""
# Longer than any clocks went forward by; Samoa left out a day in 2011.
_LONGEST_GAP = timedelta(hours=25)


def following(
    rule: Rule,
    dtstart: date,
    recurrence_id: str,
    completed_at: datetime,
    zone: str = "UTC",
    anchor: Anchor = "schedule",
    rdates: tuple[date, ...] = (),
    exdates: tuple[date, ...] = (),
) -> date | None:
    """The occurrence that follows when the one called `recurrence_id` was completed at that moment (aware).

    By schedule: the first after both, of what the rule and `rdates` give and `exdates` do not take out. Completed
    early, it is the one after this occurrence; completed late, the missed ones are skipped. By completion: the rule
    starts anew on the day of completion, at the time of day of `dtstart`. The answer is a time or day in `zone`.
    """
    current = parse_recurrence_id(recurrence_id)
    done = to_local(completed_at, zone)
    if isinstance(dtstart, datetime):
        due = current if isinstance(current, datetime) else datetime.combine(current, dtstart.time())
        if anchor == "schedule" and (rdates or exdates or _clocks_changed(completed_at, done, zone)):
            recurrence = Recurrence(dtstart.replace(microsecond=0), zone, rule, rdates, exdates)
            return _next_of(recurrence, max(to_utc(due, zone), completed_at))
        if anchor == "schedule":
            return next_occurrence(rule, dtstart, max(due, done), zone)
        anew = done if rule.freq in SUB_DAILY else datetime.combine(done, dtstart.time())
        found = next_occurrence(rule, anew, anew, zone)
        # Completed twice on one day, the same date would come again; it is this occurrence's name already.
        return next_occurrence(rule, anew, due, zone) if found == due else found
    day, today = current.date() if isinstance(current, datetime) else current, done.date()
    if anchor == "schedule" and (rdates or exdates):
        return _next_of(Recurrence(dtstart, zone, rule, rdates, exdates), max(day, today))
    if anchor == "schedule":
        return next_occurrence(rule, dtstart, max(day, today), zone)
    next_day = next_occurrence(rule, today, today, zone)
    return next_occurrence(rule, today, day, zone) if next_day == day else next_day


def _clocks_changed(moment: datetime, local: datetime, zone: str) -> bool:
    """Whether they did so shortly before it: then a wall-clock time does not tell what has passed already."""
    return local - to_local(moment - _LONGEST_GAP, zone) != _LONGEST_GAP


def _next_of(recurrence: Recurrence, after: date) -> date | None:
    """By the name that the rule or RDATE gives it, as every occurrence has."""
    return next((entry.nominal for entry in recurrence.entries(after) if not entry.excluded), None)
