"""What is to come: the open tasks of the next days, and the occurrences that their series will bring."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from functions.chat_api.models.upcoming import UpcomingEntry
from functions.kernel.domain.due import resolve
from functions.kernel.domain.recurrence import Recurrence, parse_recurrence_id, parse_rule, recurrence_id
from functions.kernel.domain.task import Task
from functions.kernel.domain.template import Template
from functions.kernel.domain.wall_time import as_day, as_time, to_local, to_utc
from functions.kernel.identity import occurrence_id
from functions.kernel.storage import tasks
from functions.kernel.storage.database import Connection

MOST_ENTRIES = 1_000
MOST_SERIES = 300
MOST_A_DAY = 4
"""Of one series: what comes every minute is not worth 1,440 lines."""

_DUE = f"""
    {tasks.TASKS} WHERE tasks.deleted_at IS NULL AND tasks.status = 'open' AND {tasks.SEEN_BY} AND (
        (tasks.due_on >= %(first)s::date AND tasks.due_on < %(until)s::date)
        OR (tasks.zone IS NULL AND tasks.due_local >= %(first)s::date AND tasks.due_local < %(until)s::date)
        OR (tasks.zone IS NOT NULL AND tasks.due_at >= %(first_at)s AND tasks.due_at < %(until_at)s)
    ) ORDER BY COALESCE(tasks.due_on, tasks.due_local), tasks.id LIMIT %(limit)s
"""
# A series has one open occurrence; if more were brought, what is to come begins after the last of them.
_SERIES = f"""
    SELECT * FROM (
        SELECT DISTINCT ON (tasks.series_id) {tasks.TASK_COLUMNS}, series.dtstart, series.all_day,
               series.zone AS series_zone, series.rdates, series.exdates, series.template
        FROM tasks JOIN series ON series.id = tasks.series_id
        WHERE tasks.deleted_at IS NULL AND tasks.status = 'open' AND series.anchor = 'schedule' AND {tasks.SEEN_BY}
          AND tasks.recurrence_id < %(until_name)s
        ORDER BY tasks.series_id, tasks.recurrence_id DESC
    ) AS latest ORDER BY recurrence_id, id LIMIT %(limit)s
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of a person: from `first` on, before `until`, in `zone`; `now` is UTC."""

    first: date
    until: date
    zone: str
    now: datetime

    def wall(self, task: Task) -> date | None:
        """When the task is due there: a day, or a wall-clock time of whole seconds."""
        local = to_local(task.due_at, self.zone) if task.zone and task.due_at else task.due_local
        return local.replace(microsecond=0) if local else task.due_on


async def read(connection: Connection, user_id: UUID, period: Period) -> tuple[list[UpcomingEntry], bool]:
    """The entries of the period, by their times, and whether there are more than are given.

    A series that counts from completions has none to come that are known; those of the 300 series that are due next
    are looked for.
    """
    bounds = {
        "seen_by": user_id,
        "first": period.first,
        "until": period.until,
        "first_at": to_utc(as_time(period.first), period.zone),
        "until_at": to_utc(as_time(period.until), period.zone),
        "until_name": recurrence_id(period.until + timedelta(days=2)),  # in another zone it may be another day
    }
    due = await (await connection.execute(_DUE, bounds | {"limit": MOST_ENTRIES + 1})).fetchall()
    recurring = await (await connection.execute(_SERIES, bounds | {"limit": MOST_SERIES + 1})).fetchall()
    open_tasks = [Task(**row) for row in due]
    entries = [UpcomingEntry(at=at, expected=False, task=task) for task in open_tasks if (at := period.wall(task))]
    for row in recurring[:MOST_SERIES]:
        entries += _expected(row, period)
    entries.sort(key=lambda entry: (as_time(entry.at), entry.task.id))
    return entries[:MOST_ENTRIES], len(entries) > MOST_ENTRIES or len(recurring) > MOST_SERIES


def _expected(row: dict[str, Any], period: Period) -> Iterator[UpcomingEntry]:
    task = Task(**{name: row[name] for name in Task.model_fields if name in row})
    template = Template(**row["template"]) if row["template"] else Template.of(task)
    zone = row["series_zone"]
    for value, more in days_of(_recurrence(row), period, parse_recurrence_id(row["recurrence_id"])):
        due_local = value if isinstance(value, datetime) else None
        due_on = None if due_local else value
        update = {
            "id": occurrence_id(row["series_id"], recurrence_id(value)),
            "due_on": due_on,
            "due_local": due_local,
            "zone": zone,
            "due_at": resolve(None, due_local, zone, period.zone),
            "recurrence_id": recurrence_id(value),
            "version": 0,
        }
        expected = task.model_copy(update=update | template.fields(value))
        if at := period.wall(expected):
            yield UpcomingEntry(at=at, expected=True, more_that_day=more, task=expected)


def _recurrence(row: dict[str, Any]) -> Recurrence:
    dtstart: datetime = row["dtstart"].replace(microsecond=0)
    start: date = dtstart.date() if row["all_day"] else dtstart
    added, excluded = (tuple(map(parse_recurrence_id, row[name])) for name in ("rdates", "exdates"))
    return Recurrence(start, None if row["all_day"] else row["series_zone"], parse_rule(row["rrule"]), added, excluded)


def days_of(recurrence: Recurrence, period: Period, current: date) -> list[tuple[date, bool]]:
    """The occurrences within the period that come after the `current` one and after now, by their own names (in the
    series' zone); at most four a day of the person, the last of them with whether there are more that day."""
    kind = _Kind(recurrence, period.zone)
    today = to_local(period.now, period.zone)
    stream = recurrence.entries(max(kind.named(current), kind.local(today), kind.before(period.first)))
    until = kind.local(as_time(period.until))
    found: list[tuple[date, bool]] = []
    day, count = date.min, 0
    while (entry := next(stream, None)) is not None and entry.at < until:
        if entry.excluded:
            continue
        if (its_day := kind.day(entry.at)) != day:
            day, count = its_day, 0
        count += 1
        if count <= MOST_A_DAY:
            found.append((entry.nominal, False))
        else:
            found[-1] = (found[-1][0], True)
            stream = recurrence.entries(kind.before(day + timedelta(days=1)))
    return found


@dataclass(frozen=True, slots=True)
class _Kind:
    """Writes days and times as a recurrence gives its own: days, moments (UTC), or wall-clock times that float."""

    recurrence: Recurrence
    person_zone: str

    def local(self, value: datetime) -> date:
        """A wall-clock time of the person."""
        if self.recurrence.all_day:
            return value.date()
        return to_utc(value, self.person_zone) if self.recurrence.zone else value

    def before(self, day: date) -> date:
        """The last that is before this day of the person."""
        if self.recurrence.all_day:
            return day - timedelta(days=1)
        return self.local(as_time(day)) - timedelta(seconds=1)

    def named(self, value: date) -> date:
        """The occurrence of this name."""
        if self.recurrence.all_day:
            return as_day(value)
        return to_utc(as_time(value), self.recurrence.zone) if self.recurrence.zone else as_time(value)

    def day(self, at: date) -> date:
        """The person's day of what the recurrence gave."""
        return as_day(to_local(at, self.person_zone) if isinstance(at, datetime) and at.tzinfo else at)
