"""What a file says of tasks: the form between iCalendar, CSV or JSON text and the tables. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from functions.kernel.domain.recurrence import Anchor, CatchUp
from functions.kernel.domain.reminder import TaskReminder
from functions.kernel.errors import InvalidInputError

MOST_LINES = 500_000
MOST_ITEMS = 50_000
"""Tasks of a file. What is read takes some hundred times the memory of its shortest line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a task says, under the names that it has there; moments are whole seconds, aware, UTC.

    Of a series it is what its occurrences are made from, due when the series begins.
    """

    title: str
    notes: str = ""
    labels: tuple[str, ...] = ()
    priority: int = 4
    deadline_on: date | None = None
    estimate_minutes: int | None = None
    due_on: date | None = None
    due_local: datetime | None = None
    zone: str | None = None
    start_on: date | None = None
    start_local: datetime | None = None
    reminders: tuple[TaskReminder, ...] = ()
    done: bool = False
    skipped: bool = False
    completed_at: datetime | None = None

    @property
    def due(self) -> date | None:
        """The day, or the wall-clock time, at which it is due."""
        return self.due_local or self.due_on

    @property
    def start(self) -> date | None:
        """The day, or the wall-clock time, from which on it is to be done."""
        return self.start_local or self.start_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """When it was created and last changed, how often it was changed, and its place among its siblings (null: by when
    it was created); no part of what it says."""

    created_at: datetime | None = None
    changed_at: datetime | None = None
    version: int = 1
    position: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One of a series that is closed, or not as the series has it; `name` is its RECURRENCE-ID."""

    name: str
    state: State
    stamps: Stamps = field(default=Stamps(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """What a series comes by. The dates are named as RECURRENCE-ID does, each tuple sorted.

    `passed` are dates before the open occurrence that nobody did and that are gone. Which occurrence is open follows
    from the dates, unless they are `listed`: then those among `occurrences` are; without one the series has ended.
    """

    rrule: str
    anchor: Anchor = "schedule"
    catch_up: CatchUp = "latest"
    rdates: tuple[str, ...] = ()
    exdates: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    listed: bool = False
    occurrences: tuple[Occurrence, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing of it is to come."""
        return self.listed and all(one.state.done for one in self.occurrences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One task, or one series with all of its occurrences. `parent` is the UID of the task it is a part of; an event is
    an appointment, which passes by itself."""

    uid: str
    state: State
    parent: str | None = None
    list_name: str | None = None
    repetition: Repetition | None = None
    stamps: Stamps = field(default=Stamps(), compare=False, repr=False)
    is_event: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """What became of a part of a file, and why. `where` names the part, such as `VTODO, line 12`."""

    where: str
    uid: str | None
    title: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a file says: what can be taken over, what was left out whole, and what was left out of the others."""

    items: Sequence[Item]
    skipped: Sequence[Note]
    remarks: Sequence[Note]
    places: dict[str, str] = field(default_factory=dict)
    """Where each UID stands."""


def check_lines(data: bytes) -> None:
    """Raise InvalidInputError (field `body`) for a file of more lines than are read."""
    if data.count(b"\n") > MOST_LINES:
        raise InvalidInputError("body", f"more than {MOST_LINES:,} lines; send it in parts")


def check_items(count: int) -> None:
    """Raise InvalidInputError (field `body`) for more tasks than are taken over at once."""
    if count > MOST_ITEMS:
        raise InvalidInputError("body", f"more than {MOST_ITEMS:,} tasks; send it in parts")
