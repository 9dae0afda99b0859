"""The filter language: what is read, what is written, and what is refused, where and why."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.kernel.domain.filters import Filter, names_status, parse, read_search, write
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
from functions.kernel.domain.phrases import Habits
from functions.kernel.errors import InvalidInputError
from tests.filter_trees import HABITS, NOW, filters

pytestmark = pytest.mark.requirement("PROD-030")

TODAY = Due("on", Point("today", date(2026, 11, 26)))
P1, P2, P3 = HasPriority(1), HasPriority(2), HasPriority(3)


def read(text: str) -> Filter:
    return parse(text, NOW, HABITS)


@given(filters())
def test_what_is_written_is_read_as_the_same(tree: Filter) -> None:
    assert read(write(tree)) == tree


BITS = [
    *("p1", "today", "due:", "due before:", "#a", "@", "search:", "created by:", "me", "estimate <", "3", "not", "é"),
    *("&", "|", "!", "(", ")", '"', "\\", ",", "*", " ", "\n", "\0", "\ud800"),
]
TEXTS = st.lists(st.sampled_from(BITS), max_size=15).map("".join) | st.text(max_size=40)


@given(TEXTS)
@example("(" * 1000)
@example("!" * 1000)
@example("p1|" * 333)
@example("\ud800")
@example("@\x00")
def test_any_text_is_read_or_refused_where_it_is_wrong(text: str) -> None:
    try:
        tree = read(text)
    except InvalidInputError as error:
        refused = error
    else:
        assert read(write(tree)) == tree
        return
    assert refused.field == "filter"
    assert refused.message
    assert refused.span is not None
    assert 0 <= refused.span[0] <= refused.span[1] <= len(text)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("p1", P1),
        ("p1 & p2 | p3", Or((And((P1, P2)), P3))),
        ("p1 | p2 & p3", Or((P1, And((P2, P3))))),
        ("!p1 & p2", And((Not(P1), P2))),
        ("!(p1 & p2)", Not(And((P1, P2)))),
        ("! ! p1", Not(Not(P1))),
        ("(p1|p2)&p3", And((Or((P1, P2)), P3))),
        ("((p1))", P1),
        ("today", TODAY),
        ("Overdue", Is("overdue")),
        ("OD", Is("overdue")),
        ("no  date", Is("no date")),
        ("7 days", DueWithin(7)),
        ("next 7 days", DueWithin(7)),
        ("no priority", HasPriority(4)),
        ("completed", HasStatus("done")),
        ("due: 2026-11-27", Due("on", Point("2026-11-27", date(2026, 11, 27)))),
        ("date: nov 27, 2026", Due("on", Point("nov 27, 2026", date(2026, 11, 27)))),
        ("due before: next friday", Due("before", Point("next friday", date(2026, 12, 4)))),
        (
            "DUE AFTER : today at 14:00",
            Due("after", Point("today at 14:00", date(2026, 11, 26), datetime(2026, 11, 26, 13, tzinfo=UTC))),
        ),
        ("due: 3/4/2027", Due("on", Point("3/4/2027", date(2027, 4, 3)))),
        ("created: 3 days ago", Created("on", Point("3 days ago", date(2026, 11, 23)))),
        ("created before: -1 month", Created("before", Point("-1 month", date(2026, 10, 26)))),
        ("deadline after: yesterday", Deadline("after", Point("yesterday", date(2026, 11, 25)))),
        ("#work", InList(Name(("work",)))),
        ("##work", InList(Name(("work",)))),
        (r"#My\ list", InList(Name(("My list",)))),
        ('#"My & list" & p1', And((InList(Name(("My & list",))), P1))),
        ("#*work*", InList(Name(("", "work", "")))),
        (r"@5\*", Labelled(Name(("5*",)))),
        ("@home*", Labelled(Name(("home", "")))),
        ("assigned to: ME", AssignedTo("me")),
        ("assigned to: others", AssignedTo("others")),
        ('assigned to: "me"', AssignedTo(Name(("me",)))),
        ("added by: Sam Smith", CreatedBy(Name(("Sam Smith",)))),
        ("estimate < 30", Estimated("<", 30)),
        ("estimate>=2h", Estimated(">=", 120)),
        ('search: "call sam" -milk e-mail', Search((Words("call sam", quoted=True), Words("milk", excluded=True),
                                                    Words("e mail")))),
        ("search: a, b (p1)", None),
    ],
)  # fmt: skip
def test_text_says(text: str, tree: Filter | None) -> None:
    if tree is None:
        with pytest.raises(InvalidInputError):
            read(text)
    else:
        assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "wrong", "says"),
    [
        ("", "", "a filter says something"),
        ("p1 & todya", "todya", "did you mean “today”?"),
        ("p1 p2", "p1 p2", "between two terms & or |"),
        ("today, p1", ",", "a comma joins nothing here"),
        ("#a, b", ",", "in quotes"),
        ("#My list", " ", "in quotes"),
        ("(p1 | p2", "(", "does not end"),
        ("p1)", ")", "leave it out"),
        ("(p1 p2)", "p1 p2", "no term"),
        ("(p1) (p2)", "(", "between two terms"),
        ("p1 &", "&", "behind this “&”"),
        ("| p1", "|", "before this “|”"),
        ("p1 & ()", ")", "before this “)”"),
        ("!", "!", "behind this “!”"),
        ("#", "#", "the name of a list belongs here"),
        ('@""', '@""', "the name of a label belongs here"),
        ('p1 & #"a', '"a', "does not end"),
        ("p1 & x\\", "\\", "backslash"),
        ("due:", ":", "a day belongs here"),
        ("due: whenever", "whenever", "is no day"),
        ("due: today #work", "today #work", "is no day"),
        ("due: every day", "every day", "is no day"),
        ("deadline: today at 9:00", "today at 9:00", "leave out the time"),
        ("dua: today", "dua", "did you mean “due:”?"),
        ("created by:", ":", "the name of a person belongs here"),
        ("search: -", "-", "words to search for belong here"),
        ("search: " + "a " * 21, ("a " * 21).strip(), "at most 20 words"),
        ("0 days", "0 days", "count 1 to 3650"),
        ("estimate 30", "estimate 30", "estimate < 30"),
        ("/section", "/section", "no sections"),
        ("created: 9000 years ago", "9000 years ago", "leaves the years"),
        ("#𝒳 & todya", "todya", "did you mean"),
    ],
)
def test_wrong_text_is_refused_with_what_to_write_and_where(text: str, wrong: str, says: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read(text)
    assert says in refused.value.message
    start, end = refused.value.span
    assert text[start:end].strip() == wrong.strip() or text[start:end] == wrong


def test_day_that_could_be_two_is_asked_back() -> None:
    with pytest.raises(InvalidInputError, match="3 April 2027") as refused:
        parse("due: 03/04", NOW, Habits(None, 0, "UTC"))
    assert refused.value.span == (5, 10)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("p1 " + " " * 998, "at most 1,000 characters"),
        ("(" * 60 + "p1" + ")" * 60, "at most 50 deep"),
        ("!" * 60 + "p1", "at most 50 deep"),
        ("|".join(["p1"] * 101), "at most 100 terms"),
    ],
)
def test_filter_beyond_a_limit_is_refused(text: str, says: str) -> None:
    with pytest.raises(InvalidInputError, match=says):
        read(text)


def test_filter_at_the_limits_is_read() -> None:
    assert read("(" * 50 + "p1" + ")" * 50) == P1
    assert read("|".join(["p1"] * 100)) == Or((P1,) * 100)


def test_filter_names_a_status_wherever_it_does() -> None:
    assert names_status(read("p1 | !(p2 & done)"))
    assert not names_status(read("overdue & search: done"))


def test_search_takes_no_operator_for_one() -> None:
    assert read_search("a & (b | !c)") == Search((Words("a"), Words("b"), Words("c")))
