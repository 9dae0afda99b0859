"""How a person writes dates: what decides between two readings of the same words."""

from dataclasses import dataclass

from functions.kernel.domain.phrases.tokens import DateOrder


@dataclass(frozen=True, slots=True)
class Habits:
    """`date_order`: what 03/04 means; null: both readings are offered and none is taken. `week_start`: 0 is Monday.
    `zone`: where "in 2 hours" is counted across a change of the clocks; null: it is counted on the dial."""

    date_order: DateOrder | None = None
    week_start: int = 0
    zone: str | None = None
