"""Cursors name their timeline, and look as they always did where nothing was restored."""

import pytest

from functions.chat_api import sync
from functions.chat_api.timeline import MAX_SEQ, MAX_TX, check, cursor_of, mark, parse_cursor, split
from functions.kernel.errors import ExpiredError, InvalidInputError

pytestmark = pytest.mark.requirement("TRUST-037")


def test_without_a_restore_a_cursor_is_the_bare_transaction() -> None:
    assert mark(0, 4711) == 4711
    assert str(sync.Round(since=1, until=2, timeline=0)) == "1.2.0.0.-1.00000000000000000000000000000000"


@pytest.mark.parametrize("timeline", [0, 1, 65535])
def test_a_marked_transaction_is_a_cursor_that_says_both(timeline: int) -> None:
    tx = mark(timeline, 4711)

    assert tx < MAX_TX
    assert parse_cursor(f"{tx}-5") == (tx, 5)
    assert split(tx) == (timeline, 4711)


@pytest.mark.parametrize("timeline", [0, 9])
def test_a_round_is_read_as_it_was_written(timeline: int) -> None:
    for begun in (sync.Round(since=3, until=7, timeline=timeline), sync.Round(until=7, tx=5, timeline=timeline)):
        assert sync.parse(str(begun)) == begun
    assert sync.parse(f"{mark(timeline, 8)}-1") == sync.Round(since=8, timeline=timeline)


@pytest.mark.parametrize(("tx", "known"), [(mark(9, 5), True), (mark(9, 12), False), (mark(8, 5), False), (5, False)])
def test_a_cursor_of_another_timeline_or_of_the_future_is_gone(tx: int, known: bool) -> None:
    if known:
        check(tx, timeline=9, following=11)
    else:
        with pytest.raises(ExpiredError, match="begin anew"):
            check(tx, timeline=9, following=11)


@pytest.mark.parametrize(
    ("text", "position"), [("0-0", (0, 0)), ("12-34", (12, 34)), (f"{MAX_TX - 1}-{MAX_SEQ}", (MAX_TX - 1, MAX_SEQ))]
)
def test_cursor_names_a_position(text: str, position: tuple[int, int]) -> None:
    assert parse_cursor(text) == position
    assert cursor_of(position) == text


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
