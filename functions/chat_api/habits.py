"""What the grammar of phrases needs to know of a person."""

from functions.chat_api.models.person import Person
from functions.kernel.domain.phrases import Habits
from functions.kernel.domain.recurrence import WEEKDAYS


def habits_of(person: Person) -> Habits:
    """How this person writes dates."""
    return Habits(person.date_order, WEEKDAYS.index(person.week_start), person.zone)
