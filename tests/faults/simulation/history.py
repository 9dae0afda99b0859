"""What was seen from outside of a run with faults: what people asked and were answered, what they were told and when,
and what was broken meanwhile. All times are aware moments."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

END_OF_TIME = datetime.max.replace(tzinfo=UTC)
Verb = Literal["create", "title", "due", "complete", "skip", "reopen", "delete", "snooze", "undo"]


@dataclass(frozen=True, slots=True)
class Write:
    """Something that a person did to a task, from when they first sent it until they had its answer.

    `asked` is what they sent, `body` the answer (JSON), `seen` the task as they saw it before; `undone` is the write
    that it takes back.
    """

    person: str
    verb: Verb
    task_id: str
    sent: datetime
    answered: datetime
    status: int
    asked: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    seen: dict[str, Any] | None = None
    undone: "Write | None" = None

    @property
    def accepted(self) -> bool:
        return self.status < 300


@dataclass(frozen=True, slots=True)
class Told:
    """A notice: which reminder's `moment` it is of, if it is of one; `at` is when it was written, and `rang` when its
    reminder did, as the ledger has it."""

    person: str
    task_id: str
    kind: str
    moment: datetime | None
    at: datetime
    rang: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mailed:
    """A message that a person got: a second one of the same delivery is none."""

    person: str
    task_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Miss:
    """What a series says that it left out: of these tasks, due from `first` to `last`, as of `at`."""

    series_id: str
    task_id: str
    first: datetime
    last: datetime
    at: datetime


@dataclass
class History:
    """`tasks` are those that are there at the end, as answered then. `members` are the people of the list; `mailed_to`
    those with an e-mail address. `outages` are when nothing ran at all, `losses` when the scheduler lost its data,
    `sweeps` when the alarms were set again from the database: begun, done."""

    members: list[str] = field(default_factory=list)
    mailed_to: list[str] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    mailed: list[Mailed] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    outages: list[tuple[datetime, datetime]] = field(default_factory=list)
    losses: list[datetime] = field(default_factory=list)
    sweeps: list[tuple[datetime, datetime]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """Answers that no fault explains, and dead letters."""
    ended: datetime = END_OF_TIME
