"""What a chat sentence can ask for: a closed set."""

from dataclasses import dataclass, replace
from typing import Literal

from functions.kernel.domain.intent.listing import ListTasks
from functions.kernel.domain.phrases import Ambiguity, Phrase


@dataclass(frozen=True, slots=True)
class CreateTask:
    """Write a new task; its title is never empty."""

    phrase: Phrase


@dataclass(frozen=True, slots=True)
class CompleteTask:
    """Complete the task that `words` mean ("it": the one last spoken of)."""

    words: str


@dataclass(frozen=True, slots=True)
class SkipTask:
    """Let the occurrence that `words` mean pass undone."""

    words: str


@dataclass(frozen=True, slots=True)
class ReopenTask:
    """Take back that the task was completed."""

    words: str


@dataclass(frozen=True, slots=True)
class DeleteTask:
    """Delete the task that `words` mean."""

    words: str


@dataclass(frozen=True, slots=True)
class Shift:
    """Move the due time this far from where it is; negative: earlier."""

    months: int
    seconds: int


Cleared = Literal["due", "deadline", "reminders", "repetition", "priority", "labels", "notes", "assignee", "estimate"]


@dataclass(frozen=True, slots=True)
class ChangeTask:
    """Change the task that `words` mean; exactly one of the others is set, but for `same_day` and `otherwise`."""

    words: str
    phrase: Phrase | None = None
    """The new due time, rule, priority or list; its title is empty."""
    title: str | None = None
    shift: Shift | None = None
    same_day: bool = False
    """`phrase` named a time of day or a rule, but no day: the task's own day stays."""
    note: str | None = None
    """What is added to its notes."""
    otherwise: Phrase | None = None
    """What to add where there is no such task."""
    deadline: Phrase | None = None
    """The day by which it must be done; its title is empty."""
    estimate_minutes: int | None = None
    clear: Cleared | None = None
    """What it is to have no more."""
    without: tuple[str, ...] = ()
    """The labels that it is to have no more."""
    assignee: str | None = None
    """Who is to do it, by name; "me": who says so."""

    @classmethod
    def to(cls, words: str, phrase: Phrase) -> "ChangeTask":
        """Change it to what the phrase says."""
        named = any(span.kind == "date" for span in phrase.spans)
        timed = bool(phrase.due_local or phrase.rrule)
        return cls(words, replace(phrase, title="", spans=()), same_day=timed and not named)


@dataclass(frozen=True, slots=True)
class SnoozeTask:
    """Remind of the task again later: when `phrase` says, or by `shift` from now; exactly one is set."""

    words: str
    phrase: Phrase | None = None
    shift: Shift | None = None


@dataclass(frozen=True, slots=True)
class AddSubtask:
    """Write a new task as a part of the one that `words` mean; its title is never empty."""

    words: str
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class FindTasks:
    """Show the tasks that the words mean, done ones too."""

    words: str


@dataclass(frozen=True, slots=True)
class ShowLists:
    """Show the lists that the person sees."""


@dataclass(frozen=True, slots=True)
class MakeList:
    """Make a list of one's own; its name is never empty."""

    name: str


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back what was done last."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Yes: do what was asked about."""


@dataclass(frozen=True, slots=True)
class Decline:
    """No: leave it."""


@dataclass(frozen=True, slots=True)
class Pick:
    """The one of this number, from 1, of those that were asked about."""

    number: int


DeedForMany = CompleteTask | SkipTask | ReopenTask | ChangeTask | DeleteTask | SnoozeTask
"""What can be done to several tasks at once."""
Deed = DeedForMany | AddSubtask
"""What is done to a task that words mean."""


@dataclass(frozen=True, slots=True)
class Many:
    """Do the same to each of several tasks: those that would be shown for `of`; null: those last spoken of."""

    deed: DeedForMany
    of: ListTasks | None


@dataclass(frozen=True, slots=True)
class Help:
    """Say what can be asked, with these examples."""

    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Nothing is done; these examples say what can be asked instead."""

    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nothing is done: the words of the ambiguity mean one of two things, and nothing says which. `said` is the whole
    text, its gaps tidied."""

    ambiguity: Ambiguity
    said: str


Intent = (
    CreateTask
    | ListTasks
    | FindTasks
    | ShowLists
    | MakeList
    | Deed
    | Many
    | Undo
    | Confirm
    | Decline
    | Pick
    | Help
    | NotUnderstood
    | Unclear
)
