"""UNTIL as RFC 5545 (§3.3.10) wants it: of the start's kind, and in UTC where the start has a zone."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

from functions.kernel.domain.recurrence import Rule
from functions.kernel.domain.wall_time import as_day, to_utc


def conforming(rule: Rule, dtstart: date, zone: str | None) -> Rule:
    """The rule with its UNTIL in that form; it gives the same dates."""
    until = rule.until
    if until is None:
        return rule
    if not isinstance(dtstart, datetime):
        return replace(rule, until=as_day(until))
    local = until if isinstance(until, datetime) else datetime.combine(until, time(23, 59, 59))
    if zone is None:
        return replace(rule, until=local.astimezone(UTC).replace(tzinfo=None) if local.tzinfo else local)
    return replace(rule, until=local if local.tzinfo else to_utc(local, zone))


def ended_by(rule: Rule, last: date, dtstart: date, zone: str | None) -> Rule:
    """The rule, ended with this date of it."""
    return conforming(replace(rule, count=None, until=last), dtstart, zone)
