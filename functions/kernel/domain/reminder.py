"""Reminders of a task: the forms in which a person asks for one (RFC 5545 §3.6.6: what a VALARM's TRIGGER can say)."""

import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from functions.kernel.domain.integers import INTEGRAL
from functions.kernel.domain.wall_time import wall_clock

MOST_MINUTES = 527_040
"""366 days."""
MOST_REMINDERS = 20
"""Of one task."""
LEAST_NAG, MOST_NAG = 5, 10_080
"""Minutes; a week."""


def _in_utc(moment: datetime.datetime) -> datetime.datetime:
    try:
        return moment.astimezone(datetime.UTC)
    except OverflowError:
        raise ValueError("leaves the years 1 to 9999") from None


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Before(_Form):
    """So many minutes before the task is due, or starts (RFC 5545 §3.2.14: RELATED)."""

    minutes_before: Annotated[int, Field(strict=True, ge=0, le=MOST_MINUTES, description="At most 366 days."), INTEGRAL]
    related: Literal["due", "start"] = Field("due", exclude_if=lambda related: related == "due")

    @model_validator(mode="after")
    def _not_the_due_moment(self) -> "Before":
        if self.related == "due" and not self.minutes_before:
            raise ValueError("at the due moment you are reminded anyway; minutes_before it is 1 or more")
        return self


class At(_Form):
    """At this moment, wherever the due time goes. Of a recurring task, for this occurrence only."""

    at: Annotated[AwareDatetime, AfterValidator(_in_utc)]


class OnDay(_Form):
    """At this time of day on the day the task is due, or so many days before: in the task's zone, else in yours."""

    time: Annotated[datetime.time, AfterValidator(wall_clock)]
    days_before: Annotated[int, Field(strict=True, ge=0, le=366), INTEGRAL] = 0


class Nag(_Form):
    """After the due moment again and again, every so many minutes, until the task is done."""

    every_minutes: Annotated[
        int, Field(strict=True, ge=LEAST_NAG, le=MOST_NAG, description="Five minutes to a week."), INTEGRAL
    ]


FORMS = {"minutes_before": "before", "at": "at", "time": "on-day", "every_minutes": "nag"}
"""The member that tells each form, and its name."""


def _form_of(given: Any) -> str | None:
    if isinstance(given, _Form):
        return FORMS[next(name for name in FORMS if name in type(given).model_fields)]
    found = [form for name, form in FORMS.items() if isinstance(given, dict) and name in given]
    return found[0] if len(found) == 1 else None


TaskReminder = Annotated[
    Annotated[Before, Tag("before")]
    | Annotated[At, Tag("at")]
    | Annotated[OnDay, Tag("on-day")]
    | Annotated[Nag, Tag("nag")],
    Discriminator(
        _form_of,
        custom_error_type="reminder_form",
        custom_error_message="give one of minutes_before, at, time and every_minutes",
    ),
]
"""A reminder besides the one at the due moment."""
