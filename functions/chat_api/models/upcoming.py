"""What is to come in the next days."""

from datetime import date

from pydantic import BaseModel, Field

from functions.chat_api.fields import OccurrenceDate
from functions.kernel.domain.task import Task


class UpcomingEntry(BaseModel):
    """An open task, or an occurrence that its series will bring (`expected`): with the id that it will have, version 0.

    `at` is when it is due where you are: a day, or a wall-clock time in your zone. Of an occurrence that comes more
    often on its day, `more_that_day` says so: the first four of a day are shown.
    """

    at: OccurrenceDate = Field(examples=["2026-11-27T09:00:00"])
    expected: bool
    more_that_day: bool = False
    task: Task


class Upcoming(BaseModel):
    """The days from `from` on, before `until`, in your zone; entries by their time, a day before its times.

    `more`: there is more in these days than is shown.
    """

    from_: date = Field(alias="from")
    until: date
    zone: str
    entries: list[UpcomingEntry]
    more: bool
