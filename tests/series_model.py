"""A small reference model of a series: its days are walked one by one, and a whole history is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass
class Occurrence:
    day: date
    status: str = "open"
    changed: bool = False


@dataclass
class SeriesModel:
    """What is right: `gives` says of a day whether the rule has it; `anchor` as in the series.

    `every` is the number of days of a rule by completion.
    """

    start: date
    today: date
    gives: Callable[[date], bool]
    every: int | None = None
    history: list[Occurrence] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.history.append(Occurrence(self.start))

    @property
    def current(self) -> Occurrence:
        """The open occurrence: there is always one, and only one."""
        return self.history[-1]

    def close(self, status: str) -> None:
        """Complete (`done`) or skip (`skipped`) the current one."""
        current = self.current
        current.status = status
        self.history.append(Occurrence(self._next(current, status)))

    def reopen(self) -> bool:
        """Take the last closing back, if nobody touched what it brought; whether that was possible."""
        if len(self.history) == 1 or self.current.changed:
            return False
        self.history.pop()
        self.current.status = "open"
        return True

    def _next(self, closed: Occurrence, status: str) -> date:
        if self.every is None:
            day = max(closed.day, self.today) + timedelta(days=1)
            while not self.gives(day):
                day += timedelta(days=1)
            return day
        base = max(closed.day, self.today) if status == "skipped" else self.today
        day = base + timedelta(days=self.every)
        while any(occurrence.day == day for occurrence in self.history):
            day += timedelta(days=self.every)
        return day
