"""What follows when an occurrence is completed, by the series' anchor."""

from datetime import date, datetime
from typing import Literal

from functions.kernel.domain.recurrence.engine import next_occurrence
from functions.kernel.domain.recurrence.names import parse_recurrence_id
from functions.kernel.domain.recurrence.rule import SUB_DAILY, Rule

Anchor = Literal["schedule", "completion"]


def following(
    rule: Rule,
    dtstart: date,
    recurrence_id: str,
    completed_at_local: datetime,
    zone: str = "UTC",
    anchor: Anchor = "schedule",
) -> date | None:
    """The occurrence that follows when the one called `recurrence_id` was completed at that local time.

    By schedule: the first after both. Completed early, it is the one after this occurrence; completed late,
    the missed ones are skipped. By completion: the rule starts anew on the day of completion, at the time of
    day of `dtstart`.
    """
    current = parse_recurrence_id(recurrence_id)
    if isinstance(dtstart, datetime):
        due = current if isinstance(current, datetime) else datetime.combine(current, dtstart.time())
        if anchor == "schedule":
            return next_occurrence(rule, dtstart, max(due, completed_at_local), zone)
        sub_daily = rule.freq in SUB_DAILY
        anew = completed_at_local if sub_daily else datetime.combine(completed_at_local, dtstart.time())
        found = next_occurrence(rule, anew, anew, zone)
        # Completed twice on one day, the same date would come again; it is this occurrence's name already.
        return next_occurrence(rule, anew, due, zone) if found == due else found
    day = current.date() if isinstance(current, datetime) else current
    done = completed_at_local.date()
    if anchor == "schedule":
        return next_occurrence(rule, dtstart, max(day, done), zone)
    next_day = next_occurrence(rule, done, done, zone)
    return next_occurrence(rule, done, day, zone) if next_day == day else next_day
