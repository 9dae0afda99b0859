"""A filter in SQL selects the very tasks of which it holds: by PostgreSQL, and by a plain reading in Python."""

import operator
import random
import string
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.chat_api.models.person import Person
from functions.kernel.domain.filters import Filter, read_search
from functions.kernel.domain.filters.tree import (
    And,
    AssignedTo,
    Created,
    CreatedBy,
    Deadline,
    Due,
    DueWithin,
    Estimated,
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
    Words,
)
from functions.kernel.domain.wall_time import to_local, to_utc
from functions.kernel.storage import logins
from functions.kernel.storage.filtering.condition import Condition
from tests.filter_trees import HABITS, NOW, filters
from tests.integration.world import World

pytestmark = pytest.mark.requirement("PROD-031")

ZONE = "Europe/Berlin"
NOW_AT = to_utc(NOW, ZONE).astimezone(UTC)
TASKS = 150
NAMES = ["work", "Work%", "w_rk", "home", "HOME", "a b", "Ärger", "ärger*", "sam", "Kim Lee", "b\\s"]
WORDS = ["call", "Sam", "milk", "café", "cafe", "Straße", "mil", "3", "ça", "ＭＩＬＫ"]
TITLES = ["Call Sam", "call milk", "MILK café", "Cafe-Straße 3.14", "sam@milk.example", "ca\u0327a", "Milkshake, call"]


@dataclass
class Row:
    """A task of the reference."""

    columns: dict[str, Any]
    list_name: str
    shared: bool
    id: UUID = field(default_factory=uuid4)


class Account:
    """A person, those they share a list with, and all that they see."""

    def __init__(
        self, me: Person, named: dict[UUID, str], rows: list[Row], connection: psycopg.Connection[Any]
    ) -> None:
        self.me, self.named, self.rows, self.connection = me, named, rows, connection

    def found(self, tree: Filter) -> set[UUID]:
        """By PostgreSQL, under the role that row-level security binds."""
        condition = Condition(self.me.id, self.me.zone, NOW_AT)
        query = f"SELECT id FROM tasks WHERE deleted_at IS NULL AND ({condition.of(tree)})"  # noqa: S608
        with self.connection.transaction():
            self.connection.execute("SELECT set_config('taskwake.user_id', %s, true)", (str(self.me.id),))
            return {row[0] for row in self.connection.execute(query, condition.parameters)}


@pytest_asyncio.fixture(scope="module")
async def account(taskwake: World) -> Any:
    me, kim = await taskwake.person(zone=ZONE), await taskwake.person(name="Kim Lee", zone="Asia/Tokyo")
    stranger = await taskwake.person(name="work")
    chance = random.Random(1)
    lists: dict[UUID, tuple[str, bool]] = {}
    for name in [*NAMES[:7], "Inbox"]:
        list_id, shared = uuid4(), chance.random() < 0.4
        lists[list_id] = (name, shared)
        await taskwake.execute("INSERT INTO lists (id, owner_id, name) VALUES (%s, %s, %s)", list_id, me.id, name)
        for user in (me, kim) if shared else (me,):
            await taskwake.execute("INSERT INTO list_members VALUES (%s, %s, 'editor')", list_id, user.id)
    rows = [row(chance, lists, me.id, kim.id) for _ in range(TASKS)]
    for part in rows[1::4]:
        part.columns["parent_id"] = rows[0].id
    for occurrence in rows[::5]:
        occurrence.columns["series_id"] = uuid4()
        await taskwake.execute(
            "INSERT INTO series (id, list_id, rrule, dtstart, all_day) VALUES (%s, %s, 'FREQ=DAILY', now(), true)",
            occurrence.columns["series_id"],
            occurrence.columns["list_id"],
        )
    for each in [*rows, row(chance, {stranger.list_id: ("work", False)}, stranger.id, stranger.id)]:
        names = ", ".join(each.columns)
        values = ", ".join(["%s"] * len(each.columns))
        await taskwake.execute(
            f"INSERT INTO tasks (id, {names}) VALUES (%s, {values})",  # noqa: S608
            each.id,
            *each.columns.values(),
        )
    person = Person(id=me.id, name="Sam", email=None, zone=ZONE, date_order="dmy")
    with psycopg.connect(taskwake.url(logins.API.name), autocommit=True) as connection:
        yield Account(person, {me.id: "Sam", kim.id: "Kim Lee"}, rows, connection)
    await taskwake.execute("DELETE FROM series WHERE id = ANY (%s)", [each.columns.get("series_id") for each in rows])
    await taskwake.execute("DELETE FROM tasks WHERE created_by = ANY (%s)", [me.id, kim.id, stranger.id])


def row(chance: random.Random, lists: dict[UUID, tuple[str, bool]], me: UUID, kim: UUID) -> Row:
    list_id = chance.choice(list(lists))
    name, shared = lists[list_id]
    creator, assignee = chance.choice([me, kim] if shared else [me]), None
    if chance.random() < 0.5:
        assignee = chance.choice([me, kim] if shared else [me])
    local = datetime(2026, 11, 20) + timedelta(days=chance.randrange(14), hours=chance.choice([0, 1, 10, 23]))  # noqa: DTZ001
    zone = chance.choice([None, "UTC", "America/Los_Angeles", "Pacific/Kiritimati", ZONE])
    kind = chance.choice(["none", "day", "time", "time"])
    return Row(
        {
            "list_id": list_id,
            "title": chance.choice(TITLES),
            "notes": " ".join(chance.choices(WORDS, k=chance.randrange(3))),
            "status": chance.choice(["open", "open", "done"]),
            "due_on": local.date() if kind == "day" else None,
            "due_local": local if kind == "time" else None,
            "zone": zone if kind == "time" else None,
            # Of a floating one it is derived where its owner is, which is not where who looks is.
            "due_at": to_utc(local, zone or "Asia/Tokyo") if kind == "time" else None,
            "labels": chance.sample(NAMES, chance.randrange(3)),
            "priority": chance.randint(1, 4),
            "created_by": creator,
            "created_at": NOW_AT + timedelta(hours=chance.randrange(-200, 200)),
            "assignee_id": assignee,
            "deadline_on": chance.choice([None, date(2026, 11, 20) + timedelta(days=chance.randrange(14))]),
            "estimate_minutes": chance.choice([None, chance.randint(1, 120)]),
        },
        name,
        shared,
    )


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tree=filters(st.sampled_from(NAMES), st.sampled_from([word for word in WORDS if word.isascii()] + ["é", "straße"]))
)
def test_sql_selects_what_the_filter_holds_of(account: Account, tree: Filter) -> None:
    assert account.found(tree) == {each.id for each in account.rows if holds(tree, each, account)}


@pytest.mark.parametrize("word", WORDS)
def test_search_finds_words_whatever_their_case_accents_and_width(account: Account, word: str) -> None:
    assert account.found(read_search(f'"{word}"')) == {
        each.id for each in account.rows if holds(read_search(f'"{word}"'), each, account)
    }


def holds(tree: Filter, task: Row, account: Account) -> bool:
    """Whether the filter holds of the task, as plainly as it can be said."""
    columns = task.columns
    me = account.me.id
    match tree:
        case And(of=parts):
            return all(holds(part, task, account) for part in parts)
        case Or(of=parts):
            return any(holds(part, task, account) for part in parts)
        case Not(of=part):
            return not holds(part, task, account)
        case Is(fact=fact):
            return facts(task)[fact]
        case HasStatus(status=status):
            return status in ("all", columns["status"])
        case HasPriority(priority=priority):
            return columns["priority"] == priority
        case Estimated(comparison=comparison, minutes=minutes):
            return columns["estimate_minutes"] is not None and COMPARED[comparison](
                columns["estimate_minutes"], minutes
            )
        case InList(name=name):
            return fits(name, task.list_name)
        case Labelled(name=name):
            return any(fits(name, label) for label in columns["labels"])
        case AssignedTo(who=who):
            return columns["assignee_id"] is not None and is_who(who, columns["assignee_id"], me, account)
        case CreatedBy(who=who):
            return is_who(who, columns["created_by"], me, account)
        case Search(words=parts):
            return all(has(part, part is parts[-1], columns) for part in parts)
        case DueWithin(days=days):
            return any(due(task, "on", Point("", NOW.date() + timedelta(days=n))) for n in range(days))
        case Due(relation=relation, point=point):
            return due(task, relation, point)
        case Created(relation=relation, point=point):
            return related(relation, columns["created_at"], point)
        case Deadline(relation=relation, point=point):
            return columns["deadline_on"] is not None and RELATED[relation](columns["deadline_on"], point.day)
    raise AssertionError(tree)


COMPARED = {"<": operator.lt, "<=": operator.le, "=": operator.eq, ">=": operator.ge, ">": operator.gt}
RELATED = {"on": operator.eq, "before": operator.lt, "after": operator.gt}


def moment(task: Row) -> datetime | None:
    """When a task with a time is due, for who looks: a floating one where they are."""
    columns = task.columns
    if columns["due_local"] is None:
        return None
    return columns["due_at"] if columns["zone"] else to_utc(columns["due_local"], ZONE)


def related(relation: str, at: datetime, point: Point) -> bool:
    if point.moment is not None:
        return RELATED[relation](at, point.moment)
    return RELATED[relation](to_local(at, ZONE).date(), point.day)


def due(task: Row, relation: str, point: Point) -> bool:
    if (at := moment(task)) is not None:
        return related(relation, at, point)
    if (on := task.columns["due_on"]) is None:
        return False
    return RELATED[relation](on, point.day) and not (point.moment is not None and relation == "on")


def facts(task: Row) -> dict[str, bool]:
    columns = task.columns
    at = moment(task)
    passed = at < NOW_AT if at else columns["due_on"] is not None and columns["due_on"] < NOW.date()
    return {
        "overdue": passed and columns["status"] == "open",
        "no date": not at and not columns["due_on"],
        "no time": columns["due_on"] is not None,
        "recurring": "series_id" in columns,
        "no labels": not columns["labels"],
        "no deadline": columns["deadline_on"] is None,
        "no estimate": columns["estimate_minutes"] is None,
        "assigned": columns["assignee_id"] is not None,
        "shared": task.shared,
        "subtask": "parent_id" in columns,
    }


def fits(name: Name, text: str) -> bool:
    first, *rest = (part.lower() for part in name.parts)
    text = text.lower()
    if not rest:
        return text == first
    *inner, last = rest
    if not text.startswith(first):
        return False
    at = len(first)
    for part in inner:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return text.endswith(last) and len(text) - len(last) >= at


def is_who(who: str | Name, user: UUID, me: UUID, account: Account) -> bool:
    if isinstance(who, Name):
        return fits(who, account.named[user])
    return (user == me) == (who == "me")


def words_of(text: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not "\u0300" <= c <= "\u036f").lower()
    return plain.translate(str.maketrans(dict.fromkeys(string.punctuation, " "))).split()


def has(words: Words, last: bool, columns: dict[str, Any]) -> bool:
    wanted, begun = words_of(words.text), last and not words.quoted and not words.excluded
    there = words_of(columns["title"]) + words_of(" ".join(columns["labels"])) + words_of(columns["notes"])
    places = [there[at : at + len(wanted)] for at in range(len(there) - len(wanted) + 1)]
    found = any(
        place == wanted or (begun and place[:-1] == wanted[:-1] and place[-1].startswith(wanted[-1]))
        for place in places
    )
    return found != words.excluded


def test_what_is_tested_is_there(account: Account) -> None:
    assert HABITS.zone == ZONE
    assert len(account.found(HasStatus("all"))) == TASKS
