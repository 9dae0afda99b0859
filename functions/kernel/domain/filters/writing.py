"""From what a filter says back to its text, which reads as the same."""

from functions.kernel.domain.filters.names import write_name
from functions.kernel.domain.filters.search import write_search
from functions.kernel.domain.filters.tree import (
    And,
    AssignedTo,
    Created,
    CreatedBy,
    Deadline,
    Due,
    DueWithin,
    Estimated,
    Filter,
    HasPriority,
    HasStatus,
    InList,
    Is,
    Labelled,
    Name,
    Not,
    Or,
    Point,
    Search,
    Term,
)


def write(tree: Filter) -> str:
    """The filter as text: read again at the same time it is the same filter."""
    match tree:
        case Not(of=And() | Or() as part):
            return f"!({write(part)})"
        case Not(of=part):
            return f"!{write(part)}"
        case And(of=parts):
            return " & ".join(f"({write(part)})" if isinstance(part, And | Or) else write(part) for part in parts)
        case Or(of=parts):
            return " | ".join(f"({write(part)})" if isinstance(part, Or) else write(part) for part in parts)
    return _term(tree)


def _term(term: Term) -> str:
    match term:
        case Due(relation=relation, point=point):
            return _dated("due", relation, point)
        case Deadline(relation=relation, point=point):
            return _dated("deadline", relation, point)
        case Created(relation=relation, point=point):
            return _dated("created", relation, point)
        case DueWithin(days=days):
            return f"next {days} days"
        case Is(fact=fact):
            return fact
        case HasStatus(status=status):
            return status
        case HasPriority(priority=priority):
            return f"p{priority}"
        case InList(name=name):
            return f"#{_marked(name)}"
        case Labelled(name=name):
            return f"@{write_name(name)}"
        case AssignedTo(who=who):
            return f"assigned to: {_who(who)}"
        case CreatedBy(who=who):
            return f"created by: {_who(who)}"
        case Estimated(comparison=comparison, minutes=minutes):
            return f"estimate {comparison} {minutes}"
        case Search():
            return f"search: {write_search(term)}"


def _dated(key: str, relation: str, point: Point) -> str:
    return f"{key}: {point.words}" if relation == "on" else f"{key} {relation}: {point.words}"


def _marked(name: Name) -> str:
    text = write_name(name)
    return f"\\{text}" if text.startswith("#") else text  # ## says what # says


def _who(who: str | Name) -> str:
    if isinstance(who, str):
        return who
    text = write_name(who)
    return f'"{text}"' if text.lower() in ("me", "others") else text
