"""Labels: which words are one, and what each is once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.domain.labels import LONGEST_LABEL, as_label, check_label, unique

pytestmark = pytest.mark.requirement("PROD-010")


@pytest.mark.parametrize(
    "text", ["", "  ", "a b", "a\tb", "@a", "a,b", "#1", 'a"b', "x" * (LONGEST_LABEL + 1), "a\x00"]
)
def test_what_would_be_trouble_to_type_is_no_label(text: str) -> None:
    with pytest.raises(ValueError, match="a label"):
        check_label(text)


def test_a_label_is_trimmed() -> None:
    assert check_label(" R&D/home ") == "R&D/home"


@given(st.text())
def test_any_text_gives_a_label_or_none(text: str) -> None:
    label = as_label(text)
    assert label is None or check_label(label) == label


@given(st.lists(st.text(alphabet="aAbBß", min_size=1, max_size=3)))
def test_each_is_there_once_in_the_spelling_that_came_first(labels: list[str]) -> None:
    kept = unique(labels)
    firsts = [label for n, label in enumerate(labels) if label.lower() not in {each.lower() for each in labels[:n]}]
    assert kept == firsts
