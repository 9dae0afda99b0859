from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.domain.intent import match

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


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.uuids(), st.text(max_size=40)), max_size=5, unique_by=lambda t: t[0]),
)
def test_only_given_tasks_are_found_each_once(words: str, titles: list[tuple[UUID, str]]) -> None:
    result = match(words, titles)
    assert len(set(result)) == len(result)
    assert set(result) <= {task_id for task_id, _ in titles}
