"""Cursors of the feed."""

import pytest

from functions.chat_api.feed import MAX_SEQ, MAX_TX, parse_cursor
from functions.kernel.errors import InvalidInputError


@pytest.mark.parametrize(
    ("text", "position"), [("0-0", (0, 0)), ("12-34", (12, 34)), (f"{MAX_TX - 1}-{MAX_SEQ}", (MAX_TX - 1, MAX_SEQ))]
)
def test_cursor_names_a_position(text: str, position: tuple[int, int]) -> None:
    assert parse_cursor(text) == position


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "1",
        "1-",
        "-1",
        "1-2-3",
        "a-b",
        "1.5-0",
        " 1-2",
        "+1-2",
        "²-0",
        "٣-٣",
        f"{MAX_TX}-0",
        f"1-{MAX_SEQ + 1}",
    ],
)
def test_anything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse_cursor(text)
    assert refused.value.field == "cursor"
