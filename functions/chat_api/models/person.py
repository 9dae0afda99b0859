"""Who asks, and what they may change of themselves."""

from datetime import datetime, time
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from functions.chat_api.fields import Email, Name, Reminders, TimeOfDay, ZoneName
from functions.chat_api.models.input import Input
from functions.kernel.domain.phrases import DateOrder
from functions.kernel.domain.reminder import TaskReminder

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


class Person(BaseModel):
    """Who asks."""

    id: UUID
    name: str
    email: str | None
    zone: str
    date_order: DateOrder | None = None
    week_start: Weekday = "MO"
    quiet_from: time | None = None
    quiet_until: time | None = None
    default_reminders: list[TaskReminder] = []


class PersonRead(Person):
    """Who you are. `operator`: you may look after dead letters."""

    operator: bool = False


class PersonChange(Input):
    """What to change of yourself. An `email` switches e-mail notices on, null switches them off.

    `date_order` says what you mean by 03/04; null: you are asked each time. `week_start` is the first day of your week.
    From `quiet_from` until `quiet_until` by the clocks of your zone no reminder rings; it rings when they end. Null:
    there are no quiet hours. `default_reminders` are those of a new task with a due time that names none.
    A new `zone` moves what is due all day or at a time of no zone.
    """

    name: Name = ""
    email: Email | None = None
    zone: ZoneName = ""
    date_order: DateOrder | None = None
    week_start: Weekday = "MO"
    quiet_from: TimeOfDay | None = Field(None, examples=["22:00"])
    quiet_until: TimeOfDay | None = Field(None, examples=["07:00"])
    default_reminders: Reminders = Field([])


class MovedTask(BaseModel):
    """A task whose due time means another moment now: `was` and `is_now` (UTC)."""

    task_id: UUID
    title: str
    was: datetime
    is_now: datetime


class PersonChanged(PersonRead):
    """Who you are now. `moved`: the tasks that a change of zone moved, soonest first, at most 100 of `moved_count`."""

    moved: list[MovedTask] = []
    moved_count: int = 0


class AccountRemoval(Input):
    """That you mean it: `confirm` is your e-mail address, or if you have none, your name. Lists of yours that others
    use are not deleted (409, which names them), unless `shared` says so.
    """

    confirm: str = Field(max_length=254)
    shared: Literal["refuse", "delete"] = "refuse"
