"""What RFC 5545, rust-rrule and rrule-temporal hold to be right: tests/vectors."""

import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from functions.kernel.domain.recurrence import occurrences, parse_recurrence_id, parse_rule
from functions.kernel.domain.wall_time import to_utc

pytestmark = pytest.mark.requirement("TIME-001", "TIME-003", "TIME-004", "TIME-008")

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
    lines = {line.partition(":")[0].partition(";")[0]: line for line in text.splitlines()}
    zone = lines["DTSTART"].partition("TZID=")[2].partition(":")[0]
    start = parse_recurrence_id(lines["DTSTART"].rpartition(":")[2])
    excluded = lines.get("EXDATE", "").rpartition(":")[2].split(",")
    found = (
        to_utc(moment, zone)
        for moment in occurrences(parse_rule(lines["RRULE"]), start, zone)
        if f"{moment:%Y%m%dT%H%M%S}" not in excluded
    )
    wanted = [datetime.fromisoformat(moment).astimezone(UTC) for moment in expected]
    assert list(islice(found, len(wanted) if endless else None)) == wanted
