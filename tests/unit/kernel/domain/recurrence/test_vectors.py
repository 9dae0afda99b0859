"""What RFC 5545, rust-rrule and rrule-temporal hold to be right: tests/vectors."""

import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from functions.kernel.domain.recurrence.content_lines import format_recurrence, parse_recurrence

pytestmark = pytest.mark.requirement("TIME-001", "TIME-002", "TIME-003", "TIME-004", "TIME-008")

FOLDER = next(folder for folder in Path(__file__).parents if folder.name == "tests") / "vectors"


def cases(name: str) -> list[object]:
    rows = json.loads((FOLDER / name).read_text())
    return [pytest.param(row["text"], row["endless"], row["expected"], id=row["name"]) for row in rows]


@pytest.mark.parametrize(
    ("text", "endless", "expected"),
    cases("rfc5545/examples.json")
    + cases("rust-rrule/daylight_saving.json")
    + cases("rrule-temporal/rfc7529_skip.json"),
)
def test_a_rule_gives_the_moments_that_others_hold_to_be_right(text: str, endless: bool, expected: list[str]) -> None:
    recurrence = parse_recurrence(text)
    wanted = [datetime.fromisoformat(moment).astimezone(UTC) for moment in expected]
    assert list(islice(recurrence.occurrences(), len(wanted) if endless else None)) == wanted
    assert parse_recurrence(format_recurrence(recurrence)) == recurrence
