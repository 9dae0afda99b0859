"""A filter as a condition in SQL over `tasks`: every value is a parameter, no text of a person's is ever part of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from functions.kernel.domain.filters import Filter
from functions.kernel.domain.filters.tree import (
    And,
    AssignedTo,
    Created,
    CreatedBy,
    Deadline,
    Due,
    DueWithin,
    Estimated,
    Fact,
    HasPriority,
    HasStatus,
    InList,
    Is,
    Labelled,
    Name,
    Not,
    Or,
    Search,
    Words,
)
from functions.kernel.domain.wall_time import to_local
from functions.kernel.storage.filtering.times import DAY, Window, days, passed, window

# Read off the members, which are few: a policy that is asked of each list there is would read them all.
_MY_LISTS = """
    SELECT lists.id FROM list_members AS mine JOIN lists ON lists.id = mine.list_id
    WHERE mine.user_id = {me} AND {named}
"""
_SHARED = """
    SELECT mine.list_id FROM list_members AS mine
    JOIN list_members AS theirs ON theirs.list_id = mine.list_id AND theirs.user_id <> mine.user_id
    WHERE mine.user_id = {me}
"""
FELLOWS = "SELECT user_id FROM list_members WHERE list_id IN (SELECT member_lists())"
"""Those whom who asks shares a list with, themselves too."""
SHOWN = f"names_of_members(ARRAY({FELLOWS}))"
"""The id and name of each whom a person is shown: to the API's role, which reads nobody else's row."""
_FACTS: dict[Fact, str] = {
    "no date": "tasks.due_on IS NULL AND tasks.due_local IS NULL",
    "no time": "tasks.due_on IS NOT NULL",
    "recurring": "tasks.series_id IS NOT NULL",
    "no labels": "tasks.labels = '{}'",
    "no deadline": "tasks.deadline_on IS NULL",
    "no estimate": "tasks.estimate_minutes IS NULL",
    "assigned": "tasks.assignee_id IS NOT NULL",
    "subtask": "tasks.parent_id IS NOT NULL",
}
_COMPARED = {"on": "=", "before": "<", "after": ">"}


class Condition:
    """Writes conditions for one person, where they are (an IANA zone), and one moment (UTC); `parameters` are what
    they call by name.

    A condition may be null where a column is; then the filter does not hold of that task. `people` is what ids and
    names of people are read from; an e-mail address is never asked for, since nobody is shown another's.
    """

    def __init__(self, person_id: UUID, zone: str, now: datetime, people: str = SHOWN) -> None:
        self.parameters: dict[str, Any] = {}
        self._people = people
        self._zone, self._now = zone, now
        self._me = self._value(person_id)

    def of(self, tree: Filter) -> str:
        """The condition that the filter says."""
        match tree:
            case And(of=parts):
                return " AND ".join(f"({self.of(part)})" for part in parts)
            case Or(of=parts):
                return " OR ".join(f"({self.of(part)})" for part in parts)
            case Not(of=part):
                return f"({self.of(part)}) IS NOT TRUE"
            case Is(fact=fact):
                return self._fact(fact)
            case HasStatus(status=status):
                return "TRUE" if status == "all" else f"tasks.status = {self._value(status)}"
            case HasPriority(priority=priority):
                return f"tasks.priority = {self._value(priority)}"
            case Estimated(comparison=comparison, minutes=minutes):
                return f"tasks.estimate_minutes {comparison} {self._value(minutes)}"
            case InList(name=name):
                return f"tasks.list_id IN ({_MY_LISTS.format(me=self._me, named=self._like('lists.name', name))})"
            case Labelled(name=name):
                some = f"EXISTS (SELECT FROM unnest(tasks.labels) AS label WHERE {self._like('label', name)})"
                return f"tasks.labels <> '{{}}' AND {some}"  # which spares most tasks the rest
            case AssignedTo(who=who):
                return self._who("tasks.assignee_id", who)
            case CreatedBy(who=who):
                return self._who("tasks.created_by", who)
            case Search():
                return f"tasks.search @@ {self.query(tree)}"
        return self._dated(tree)

    def query(self, search: Search) -> str:
        """The search's tsquery, which is made once a statement, also where a plan is kept that knows no values."""
        parts = (self._words(words, last=words is search.words[-1]) for words in search.words)
        return f"(SELECT {' && '.join(parts)})"

    def _words(self, words: Words, *, last: bool) -> str:
        if words.excluded:
            return f"!!{self._beside(words.text)}"
        if words.quoted or not last:
            return self._beside(words.text)
        head, _, begun = words.text.rpartition(" ")
        # In quotes of its own, of what has no character that to_tsquery would understand.
        query = f"to_tsquery('simple', '''' || search_words({self._value(begun)}) || ''':*')"
        return f"({self._beside(head)} <-> {query})" if head else query

    def _beside(self, words: str) -> str:
        return f"phraseto_tsquery('simple', search_words({self._value(words)}))"

    def _dated(self, tree: Due | DueWithin | Created | Deadline) -> str:
        zone = self._zone
        match tree:
            case DueWithin(days=count):
                today = to_local(self._now, zone).date()
                return self._due(days(today, today + (count - 1) * DAY, zone))
            case Due(relation=relation, point=point):
                return self._due(window(relation, point, zone))
            case Created(relation=relation, point=point):
                meant = window(relation, point, zone)
                return self._between(
                    "tasks.created_at", meant.begin and meant.begin.moment, meant.end and meant.end.moment
                )
            case Deadline(relation=relation, point=point):
                return f"tasks.deadline_on {_COMPARED[relation]} {self._value(point.day)}"

    def _fact(self, fact: Fact) -> str:
        match fact:
            case "overdue":
                return f"tasks.status = 'open' AND ({self._due(passed(self._now, self._zone))})"
            case "shared":
                return f"tasks.list_id IN ({_SHARED.format(me=self._me)})"
        return _FACTS[fact]

    def _due(self, meant: Window) -> str:
        """Due all day, at a time of no zone, which is where who looks is, or at a moment."""
        begin, end = meant.begin, meant.end
        floating = self._between("tasks.due_local", begin and begin.local, end and end.local)
        zoned = self._between("tasks.due_at", begin and begin.moment, end and end.moment)
        timed = f"(tasks.zone IS NULL AND {floating}) OR (tasks.zone IS NOT NULL AND {zoned})"
        if meant.first is None and meant.last is None:
            return timed
        return f"{timed} OR ({self._between('tasks.due_on', meant.first, meant.last and meant.last + DAY)})"

    def _between(self, column: str, begin: Any, end: Any) -> str:
        bounds = [f"{column} >= {self._value(begin)}"] if begin is not None else []
        bounds += [f"{column} < {self._value(end)}"] if end is not None else []
        return " AND ".join(bounds)

    def _who(self, column: str, who: str | Name) -> str:
        if isinstance(who, Name):
            named = self._like("person.name", who)
            among = f"SELECT id FROM {self._people} AS person WHERE id IN ({FELLOWS})"  # noqa: S608 - constants
            return f"{column} IN ({among} AND {named})"
        return f"{column} {'=' if who == 'me' else '<>'} {self._me}"

    def _like(self, column: str, name: Name) -> str:
        # Twice as fast as ILIKE, and in any case of any language, whatever the database's locale.
        return f'lower({column} COLLATE "pg_c_utf8") LIKE (SELECT lower({self._pattern(name)} COLLATE "pg_c_utf8"))'

    def _pattern(self, name: Name) -> str:
        escaped = (part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for part in name.parts)
        return self._value("%".join(escaped))

    def _value(self, value: Any) -> str:
        name = f"meant_{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"
