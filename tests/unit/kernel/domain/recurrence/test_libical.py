# ruff: noqa: DTZ007 (local times are naive here, by design)
"""libical's own tests of its recurrence engine: tests/vectors/libical."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

import pytest

from functions.kernel.domain.recurrence import next_occurrence, occurrences, parse_rule
from functions.kernel.errors import InvalidInputError

pytestmark = pytest.mark.requirement("TIME-001", "TIME-003", "TIME-008")

FOLDER = next(folder for folder in Path(__file__).parents if folder.name == "tests") / "vectors" / "libical"

OTHERWISE = {
    "FREQ=YEARLY;BYMONTHDAY=29;COUNT=3": "BYMONTHDAY expands a year to that day of every month (RFC 5545 §3.3.10, "
    "table; as in python-dateutil, rrule.js and rust-rrule); libical takes the month of DTSTART",
    "FREQ=YEARLY;BYMONTHDAY=-29,-1;COUNT=4": "the same",
    "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30;BYWEEKNO=1;UNTIL=20320101": "libical has not implemented BYMONTHDAY with "
    "BYWEEKNO; here each limits the other",
    "FREQ=YEARLY;BYWEEKNO=53;INTERVAL=6;BYDAY=TH;COUNT=1": "DTSTART is no date of the rule, which the RFC leaves "
    "undefined, and lies in a week of 2026: the interval counts from there, as in libical's cases of 2009 and 2024",
    "FREQ=YEARLY;BYWEEKNO=53;INTERVAL=5;BYDAY=TH;COUNT=1": "the same",
}
"""The rules that are not as libical has them, and why."""


@dataclass(frozen=True)
class Case:
    line: int
    rule: str
    start: date
    start_at: date | None
    instances: list[date]
    refused: bool


def read(path: Path) -> Iterator[Case]:
    given: dict[str, str] = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        name, colon, value = line.partition(":")
        if not colon or line.startswith("#"):
            continue
        given[name] = value
        if name == "INSTANCES":
            refused = "***" in value
            instances = [] if refused else [moment(text) for text in value.split(",")]
            start_at = moment(given["START-AT"]) if "START-AT" in given else None
            yield Case(number, given["RRULE"], moment(given["DTSTART"]), start_at, instances, refused)
            given = {}


def moment(text: str) -> date:
    text = text.removesuffix("Z")
    at = datetime.strptime(text, "%Y%m%dT%H%M%S" if "T" in text else "%Y%m%d")
    return at if "T" in text else at.date()


CASES = [
    pytest.param(case, id=f"{path.stem}:{case.line}")
    for path in sorted(FOLDER.glob("*.txt"))
    for case in read(path)
    if case.rule not in OTHERWISE
]


def test_nearly_all_cases_are_run() -> None:
    assert len(CASES) >= 155
    assert len(OTHERWISE) == 5


@pytest.mark.parametrize("case", CASES)
def test_a_case_of_libical_gives_its_instances(case: Case) -> None:
    if case.refused:
        with pytest.raises(InvalidInputError):
            parse_rule(case.rule)
        return
    rule = parse_rule(case.rule)
    ends = rule.count is not None or rule.until is not None
    found = list(islice(occurrences(rule, case.start), None if ends else len(case.instances)))
    assert found == case.instances
    if case.start_at:
        later = [instance for instance in case.instances if instance > case.start_at]
        assert next_occurrence(rule, case.start, case.start_at) == later[0]
