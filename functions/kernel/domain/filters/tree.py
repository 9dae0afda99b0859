"""What a filter says: terms, and how they are joined."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Relation = Literal["on", "before", "after"]
Comparison = Literal["<", "<=", "=", ">=", ">"]
Fact = Literal[
    "overdue", "no date", "no time", "recurring", "no labels", "no deadline", "no estimate", "assigned", "shared",
    "subtask",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """A day where the person is who asks; with a time of day also its moment (UTC). `words` say it."""

    words: str
    day: date
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A name in any case; whatever may stand between two of its parts, so that `home*` is ("home", "")."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """Due on, before or after a day, or at, before or after a moment."""

    relation: Relation
    point: Point


@dataclass(frozen=True, slots=True)
class DueWithin:
    """Due today or on one of the days after it, so many in all."""

    days: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """With a deadline on, before or after a day."""

    relation: Relation
    point: Point


@dataclass(frozen=True, slots=True)
class Created:
    """Created on, before or after a day, or before or after a moment."""

    relation: Relation
    point: Point


@dataclass(frozen=True, slots=True)
class Is:
    """One of the facts that need no more words. `overdue` is open, and its time, or the whole day, has passed."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class HasStatus:
    """Open, done, or either."""

    status: Literal["open", "done", "all"]


@dataclass(frozen=True, slots=True)
class HasPriority:
    """Of this priority: 1 is the highest, 4 is none."""

    priority: int


@dataclass(frozen=True, slots=True)
class InList:
    """In a list of this name."""

    name: Name


@dataclass(frozen=True, slots=True)
class Labelled:
    """With a label of this name."""

    name: Name


@dataclass(frozen=True, slots=True)
class AssignedTo:
    """Assigned to oneself, to somebody else, or to somebody of this name."""

    who: Literal["me", "others"] | Name


@dataclass(frozen=True, slots=True)
class CreatedBy:
    """Created by oneself, by somebody else, or by somebody of this name."""

    who: Literal["me", "others"] | Name


@dataclass(frozen=True, slots=True)
class Estimated:
    """With an estimate of less, more or just so many minutes."""

    comparison: Comparison
    minutes: int


@dataclass(frozen=True, slots=True)
class Words:
    """Words that stand beside each other, without punctuation, one blank between two; `excluded`: do not."""

    text: str
    quoted: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """Of which title, notes or labels hold all of these; of the last, unless it is quoted, the beginning is enough."""

    words: tuple[Words, ...]


Term = (
    Due | DueWithin | Deadline | Created | Is | HasStatus | HasPriority | InList | Labelled | AssignedTo | CreatedBy
    | Estimated | Search
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Not:
    """Whatever the filter does not hold of."""

    of: "Filter"


@dataclass(frozen=True, slots=True)
class And:
    """Two or more that all hold."""

    of: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more of which one holds."""

    of: tuple["Filter", ...]


Filter = Term | Not | And | Or


def names_status(tree: Filter) -> bool:
    """Whether the filter says something of the status; one that does not means open tasks."""
    match tree:
        case And(of=parts) | Or(of=parts):
            return any(names_status(part) for part in parts)
        case Not(of=part):
            return names_status(part)
    return isinstance(tree, HasStatus)
