"""What waits in the database, and should not any more."""

from datetime import timedelta
from typing import Any

from functions.kernel.domain.due import LATE
from functions.kernel.storage.outbox import CHECK_SECONDS
from functions.operations.doctor.finding import Finding, well, wrong
from functions.operations.doctor.sight import Sight

OUTBOX_AGE = timedelta(seconds=4 * CHECK_SECONDS)
"""An event is looked after by the end of the second check period after its own; so long a check has to get there."""
MAIL_AGE = timedelta(minutes=20)
"""Longer than an e-mail is tried for in the embedded way."""
ERASURE_AGE = timedelta(hours=4)
"""Of several hourly sweeps each reads all tables once, and the last finds nothing."""


def outbox(sight: Sight) -> Finding:
    """How long the oldest event has waited to be published."""
    row = sight.row(
        "SELECT count(*) AS number, coalesce(clock_timestamp() - min(created_at), '0') AS age"
        " FROM events WHERE published_at IS NULL"
    )
    if row["age"] <= OUTBOX_AGE:
        return well("outbox", f"{row['number']} events wait", sight.place)
    todo = (
        "see whether the broker answers and the alarm runs; then `taskwake rearm`, which publishes what was left behind"
    )
    return wrong("outbox", f"{row['number']} events wait, the oldest for {span(row['age'])}", sight.place, todo)


def event_log(sight: Sight) -> Finding:
    """Whether the event log has the next month already, and nothing was written that no month was there for."""
    months = sight.rows("SELECT name, until_at FROM event_months()")
    if not months:
        half = sight.rows("SELECT 1 FROM pg_constraint WHERE conname = 'events_first_month'")
        if half:
            todo = "`taskwake retention --divide` ends it; the hourly sweep takes it back, and is overdue after an hour"
            return wrong("event log", "to divide it was begun, and not ended", sight.place, todo)
        return well("event log", "one table", sight.place)
    todo = "`taskwake migrate` makes the months, and the hourly sweep does; see the alarm function's log"
    stray = sight.row("SELECT count(*) AS number FROM events_default")["number"]
    if stray:
        return wrong("event log", f"{stray} events have no month, and are kept beside", sight.place, todo)
    last = months[-1]["until_at"]
    row = sight.row(
        "SELECT %s < (date_trunc('month', now(), 'UTC') AT TIME ZONE 'UTC' + interval '2 months') AT TIME ZONE 'UTC'"
        " AS late",
        last,
    )
    if row["late"]:
        return wrong("event log", f"its months end on {last:%Y-%m-%d}", sight.place, todo)
    return well("event log", f"{len(months)} parts, until {last:%Y-%m-%d}", sight.place)


def alarms(sight: Sight) -> Finding:
    """Whether reminders are due that nobody rang for: an alarm was lost, or the alarm function does not get on."""
    row = sight.row(
        "SELECT count(*) AS number, max(clock_timestamp() - remind_at) AS age FROM reminders"
        " WHERE fired_at IS NULL AND remind_at < clock_timestamp() - %s",
        LATE,
    )
    if not row["number"]:
        return well("alarms", "no reminder is overdue", sight.place)
    todo = "`taskwake rearm` sets the alarms again, and the hourly sweep does; see the alarm function's log"
    return wrong("alarms", f"{row['number']} reminders are overdue, one by {span(row['age'])}", sight.place, todo)


def dead_letters(sight: Sight) -> Finding:
    """Whether an event was given up, and nobody handed it on again."""
    rows = sight.rows(
        "SELECT function, count(*) AS number FROM dead_letters WHERE replayed_at IS NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    if not rows:
        return well("dead letters", "none", sight.place)
    what = ", ".join(f"{row['number']} of {row['function']}" for row in rows)
    return wrong(
        "dead letters", what, sight.place, "`taskwake dead-letters list` says why; `replay` hands them on again"
    )


def webhooks(sight: Sight) -> Finding:
    """Whether webhooks fail; those that were switched off are counted only."""
    row = sight.row(
        """
        SELECT count(*) FILTER (WHERE failing_since IS NOT NULL AND disabled_at IS NULL) AS failing,
               count(*) FILTER (WHERE disabled_at IS NOT NULL) AS disabled,
               clock_timestamp() - min(failing_since) FILTER (WHERE disabled_at IS NULL) AS age, count(*) AS number
        FROM webhooks
        """
    )
    disabled = f", {row['disabled']} switched off" if row["disabled"] else ""
    if not row["failing"]:
        return well("webhooks", f"{row['number']}, none fails{disabled}", sight.place)
    what = f"{row['failing']} of {row['number']} fail, one for {span(row['age'])}{disabled}"
    todo = "GET /webhooks/{id}/deliveries says what was answered; if all fail, see whether this network lets them out"
    return wrong("webhooks", what, sight.place, todo)


def mail(sight: Sight) -> Finding:
    """Whether e-mails of the last day are still not delivered."""
    row: dict[str, Any] = sight.row(
        """
        SELECT count(*) AS number, count(*) FILTER (
            WHERE delivered_at IS NULL AND requested_at < clock_timestamp() - %s) AS failed
        FROM deliveries WHERE channel = 'email' AND requested_at > clock_timestamp() - interval '1 day'
        """,
        MAIL_AGE,
    )
    if not row["failed"]:
        return well("mail", f"{row['number']} in the last day", sight.place)
    what = f"{row['failed']} of {row['number']} in the last day are not delivered"
    todo = (
        "the log says why each failed, `taskwake dead-letters list` what was refused for good; "
        "`taskwake secret smtp-url` sets the server"
    )
    return wrong("mail", what, sight.place, todo)


def erasures(sight: Sight) -> Finding:
    """Whether traces of somebody who deleted their account are still there."""
    row = sight.row("SELECT count(*) AS number, coalesce(clock_timestamp() - min(left_at), '0') AS age FROM erasures")
    if row["age"] <= ERASURE_AGE:
        return well("erasures", f"{row['number']} under way", sight.place)
    todo = "the hourly sweep erases them; the alarm function's log says what keeps it from that"
    what = f"{row['number']} people left, one {span(row['age'])} ago, and traces of them are still there"
    return wrong("erasures", what, sight.place, todo)


def span(age: timedelta) -> str:
    """So long, in the largest whole unit."""
    seconds = int(age.total_seconds())
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
