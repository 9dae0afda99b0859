"""Filters as trees, at random; each can be written."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

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
    Words,
)
from functions.kernel.domain.phrases import Habits
from functions.kernel.domain.wall_time import to_utc

NOW = datetime(2026, 11, 26, 10, 0)  # noqa: DTZ001 - local
HABITS = Habits("dmy", 0, "Europe/Berlin")

FACTS = st.sampled_from(Fact.__args__).map(Is)
RELATIONS = st.sampled_from(["on", "before", "after"])


def _timed(day: date, hour: int) -> Point:
    local = datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001 - local
    return Point(f"{day} at {hour:02}:00", day, to_utc(local, HABITS.zone or "UTC").astimezone(UTC))


NEAR = st.dates(date(2026, 11, 20), date(2026, 12, 3))
DAYS = NEAR.map(lambda day: Point(day.isoformat(), day)) | st.sampled_from(
    [
        Point("today", date(2026, 11, 26)),
        Point("yesterday", date(2026, 11, 25)),
        Point("3 days ago", date(2026, 11, 23)),
        Point("tomorrow", date(2026, 11, 27)),
    ]
)
POINTS = DAYS | st.builds(_timed, NEAR, st.integers(0, 23))
NAME_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=6).filter(
    lambda text: text.strip() == text and bool(text)
)


def names(text: st.SearchStrategy[str]) -> st.SearchStrategy[Name]:
    return st.one_of(
        text.map(lambda one: Name((one,))),
        text.map(lambda one: Name((one, ""))),
        text.map(lambda one: Name(("", one))),
        st.tuples(text, text).map(Name),
        st.just(Name(("", ""))),
    )


def searches(word: st.SearchStrategy[str]) -> st.SearchStrategy[Search]:
    words = st.builds(
        Words,
        st.lists(word, min_size=1, max_size=2).map(" ".join),
        quoted=st.booleans(),
        excluded=st.booleans(),
    )
    return st.lists(words, min_size=1, max_size=3).map(lambda found: Search(tuple(found)))


WORDS = st.text("abcxyzäß日0", min_size=1, max_size=4)


def filters(
    name: st.SearchStrategy[str] = NAME_TEXT, word: st.SearchStrategy[str] = WORDS
) -> st.SearchStrategy[Filter]:
    """Any filter, its names and search words out of these."""
    who = st.sampled_from(["me", "others"]) | names(name)
    terms = st.one_of(
        FACTS,
        st.builds(Due, RELATIONS, POINTS),
        st.builds(Created, RELATIONS, POINTS),
        st.builds(Deadline, RELATIONS, DAYS),
        st.builds(DueWithin, st.integers(1, 12)),
        st.sampled_from(["open", "done", "all"]).map(HasStatus),
        st.integers(1, 4).map(HasPriority),
        names(name).map(InList),
        names(name).map(Labelled),
        who.map(AssignedTo),
        who.map(CreatedBy),
        st.builds(Estimated, st.sampled_from(["<", "<=", "=", ">=", ">"]), st.integers(0, 120)),
        searches(word),
    )
    return st.recursive(
        terms,
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
        ),
        max_leaves=6,
    )
