"""A phrase as an account of one task."""

from dataclasses import replace
from datetime import date, datetime, time
from uuid import UUID

from functions.chat_api.chat.changes import new_task_of
from functions.chat_api.due_input import due_of
from functions.chat_api.models.person import Person
from functions.kernel.domain.phrases import Habits, Phrase, parse
from functions.kernel.domain.recurrence import check_rule, parse_rule, recurrence_id
from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import to_utc
from functions.kernel.errors import InvalidInputError
from functions.operations.simulation.account import Account
from functions.recurring_task_service.series import Series

ID = UUID(int=0)
"""Of the task, its series, its list and its owner: there is one of each."""


def account_of(text: str, now: datetime, zone: str) -> tuple[Phrase, Account]:
    """What the phrase says as of `now` (naive local time in `zone`), and the account that writing it down would give.

    Raises InvalidInputError when no due time was understood or it is one of two, or the rule gives no date.
    """
    phrase = parse(text, now, Habits(zone=zone))
    if not phrase.is_settled:
        unclear = next(ambiguity for ambiguity in phrase.ambiguities if not ambiguity.settled)
        raise InvalidInputError("phrase", f"{unclear} Write the one you mean")
    if not phrase.has_due:
        raise InvalidInputError("phrase", f"no due time was understood in {text!r}; try “every last workday at 9”")
    new = new_task_of(replace(phrase, title=phrase.title or text), Person(id=ID, name="", email=None, zone=zone), None)
    due = due_of(new, zone)
    start: date | None = due.local or due.on
    recurs = new.rrule is not None and start is not None
    task = Task(
        id=ID,
        list_id=ID,
        title=new.title,
        due_on=due.on,
        due_local=due.local,
        zone=due.zone,
        due_at=due.at,
        series_id=ID if recurs else None,
        recurrence_id=recurrence_id(start) if recurs and start else None,
        rrule=new.rrule,
        reminders=new.reminders or [],
        version=1,
        created_by=ID,
        created_at=to_utc(now, zone),
    )
    if new.rrule is None or start is None:
        return phrase, Account([task], {})
    check_rule(parse_rule(new.rrule), start, due.zone or zone)
    series = Series(
        id=ID,
        rrule=new.rrule,
        dtstart=start if isinstance(start, datetime) else datetime.combine(start, time()),
        all_day=due.local is None,
        zone=due.zone,
        anchor=phrase.anchor,
        user_zone=zone,
        exdates=[recurrence_id(value) for value in phrase.exdates],
    )
    return phrase, Account([task], {ID: series})
