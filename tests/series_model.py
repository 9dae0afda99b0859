"""A small reference model of a series: its days are walked one by one, and a whole history is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta


@dataclass
class Occurrence:
    """`name` is when the series has it, `due` when it is; naive local times, midnight for a whole day."""

    name: datetime
    due: datetime
    title: str
    series: int = 0
    status: str = "open"
    changed: bool = False


@dataclass
class SeriesModel:
    """What is right: `gives` says of a day whether the rule has it, `now` is the clock on the wall.

    `every` is the number of days of a rule by completion. `at` and `title` are those of what is still to come.
    """

    start: datetime
    now: Callable[[], datetime]
    gives: Callable[[date], bool]
    every: int | None = None
    title: str = "Call Sam"
    series: int = 0
    history: list[Occurrence] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.at = self.start.time()
        self.history.append(self._made(self.start))

    @property
    def current(self) -> Occurrence:
        """The open occurrence: there is always one, and only one."""
        return self.history[-1]

    @property
    def shown(self) -> list[Occurrence]:
        """Those that are there."""
        return [occurrence for occurrence in self.history if occurrence.status != "deleted"]

    def close(self, status: str) -> None:
        """Complete (`done`), skip (`skipped`) or delete (`deleted`) the current one alone: the next one comes."""
        closed = self.current
        closed.status = status
        self.history.append(self._made(self._next(closed, status)))

    def reopen(self) -> bool:
        """Take the last closing back, if nobody touched what it brought; whether that was possible."""
        closed = self.last_closed
        if closed is None or closed is not self.history[-2] or self.current.changed:
            return False
        self.history.pop()
        self.current.status = "open"
        return True

    @property
    def last_closed(self) -> Occurrence | None:
        """The last that is there and closed."""
        return next((one for one in reversed(self.shown) if one.status != "open"), None)

    def rename(self, title: str, scope: str) -> None:
        """Give the current one a new title, and those that the scope names."""
        self.current.title, self.current.changed = title, True
        if scope != "this":
            self.title = title
        if scope == "all":
            for occurrence in self.history:
                if occurrence.series == self.series:
                    occurrence.title, occurrence.changed = title, True

    def move(self, at: time, scope: str) -> None:
        """Move the current one to another time of its day, and those that the scope names."""
        due = datetime.combine(self.current.name, at)
        if scope != "this" and due != self.current.name:
            self.at = at
            self.series += 1
            self.current.series, self.current.name, self.current.changed = self.series, due, True
        if due != self.current.due:
            self.current.due, self.current.changed = due, True

    def _made(self, name: datetime) -> Occurrence:
        return Occurrence(name, name, self.title, self.series)

    def _next(self, closed: Occurrence, status: str) -> datetime:
        if self.every is None:
            after = max(closed.name, self.now())
            name = datetime.combine(after, self.at)
            while name <= after or not self.gives(name.date()):
                name += timedelta(days=1)
            return name
        base = self.now() if status == "done" else max(closed.name, self.now())
        name = datetime.combine(base, self.at) + timedelta(days=self.every)
        while any(occurrence.name == name for occurrence in self.history):
            name += timedelta(days=self.every)
        return name
