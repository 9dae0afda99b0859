from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.domain.intent import alike, beginnings, match

pytestmark = pytest.mark.requirement("FLOW-014")

TITLES = [
    "call Sam",
    "call Sam about the party",
    "Write quarterly report",
    "Buy milk",
    "Pay rent",
    "wash the dishes",
]
TASKS = [(uuid4(), title) for title in TITLES]


def found(words: str) -> list[str]:
    titles = dict(TASKS)
    return [titles[task_id] for task_id in match(words, TASKS)]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("called Sam", "call Sam"),
        ("report", "Write quarterly report"),
        ("the quarterly reports", "Write quarterly report"),
        ("bought milk", "Buy milk"),
        ("paid the rent", "Pay rent"),
        ("party", "call Sam about the party"),
        ("washing dishes", "wash the dishes"),
        ("quartely reprot", "Write quarterly report"),
    ],
)
def test_one_clear_winner_is_found(words: str, title: str) -> None:
    assert found(words) == [title]


def test_several_that_fit_alike_are_all_returned_best_first() -> None:
    assert found("sam") == ["call Sam", "call Sam about the party"]


@pytest.mark.parametrize("words", ["", "it", "the", "call Bob", "dentist"])
def test_what_fits_no_title_finds_nothing(words: str) -> None:
    assert found(words) == []


@pytest.mark.requirement("PROD-162")
@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("pay gas bill", "pay water bill"),
        ("call Tom back", "call Tim back"),
        ("call Karen back", "call Karin back"),
        ("call Anna", "call Anne"),
        ("complete 2", "buy 2 milk"),
        ("2", "buy 2 milk"),
        ("turn on the heating", "turn off the heating"),
    ],
)
def test_a_title_that_lacks_a_word_is_not_meant(words: str, title: str) -> None:
    assert match(words, [(uuid4(), title)]) == []


@pytest.mark.requirement("PROD-162")
def test_a_title_that_lacks_a_word_is_asked_about_where_it_has_most() -> None:
    water, tim, other = (uuid4(), "pay water bill"), (uuid4(), "call Tim back"), (uuid4(), "wash the car")
    assert alike("pay gas bill", [other, tim, water]) == [water[0]]
    assert alike("call Tom back", [water, tim, other]) == [tim[0]]
    assert alike("call Bob", [tim]) == []


@pytest.mark.requirement("PROD-162")
def test_a_word_that_another_title_has_is_no_slip() -> None:
    marina, martina = (uuid4(), "email Marina"), (uuid4(), "call Martina")
    assert match("email Martina", [marina, martina]) == []
    assert match("email Marrina", [marina, martina]) == [marina[0]]


@pytest.mark.requirement("PROD-163")
@pytest.mark.parametrize(
    ("words", "title"), [("called Sam", "call Sam"), ("bought parties", "buy a party"), ("Café", "cafe")]
)
def test_what_a_title_may_begin_a_word_with_finds_it(words: str, title: str) -> None:
    typed, _ = beginnings(words)
    assert any(word.startswith(form) for form in typed for word in title.split())


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.uuids(), st.text(max_size=40)), max_size=5, unique_by=lambda t: t[0]),
)
def test_only_given_tasks_are_found_each_once(words: str, titles: list[tuple[UUID, str]]) -> None:
    result = match(words, titles)
    assert len(set(result)) == len(result)
    assert set(result) <= {task_id for task_id, _ in titles}
