import json
from pathlib import Path

import pytest

from loadtests.result import Result, at_least, at_most, below, merged, read_report, reported, write_report

pytestmark = pytest.mark.requirement("FLOW-030")


def test_the_report_is_a_list_of_what_was_measured_against_which_target(tmp_path: Path) -> None:
    report = tmp_path / "reports" / "bench.json"
    results = [
        at_most("created-to-notice: p99", 39.724, "ms", 100, "2 cores"),
        reported("burst: last", 2.5, "s", "2 cores"),
    ]

    write_report(results, report)

    assert json.loads(report.read_text()) == [
        {
            "name": "created-to-notice: p99",
            "value": 39.72,
            "unit": "ms",
            "target": "<= 100",
            "met": True,
            "conditions": "2 cores",
        },
        {"name": "burst: last", "value": 2.5, "unit": "s", "target": None, "met": None, "conditions": "2 cores"},
    ]
    assert read_report(report) == results


@pytest.mark.parametrize(
    ("result", "met"),
    [
        (at_most("a", 1.5, "x", 1.5, ""), True),
        (at_most("a", 1.5004, "x", 1.5, ""), False),
        (below("a", 100, "ms", 100, ""), False),
        (below("a", 99.99, "ms", 100, ""), True),
        (at_least("a", 300_000, "events/min", 300_000, ""), True),
        (at_least("a", 299_999, "events/min", 300_000, ""), False),
    ],
)
def test_a_target_is_met_by_what_was_measured_not_by_what_is_shown(result: Result, met: bool) -> None:
    assert result.met is met


def test_a_benchmark_that_runs_again_replaces_its_own_results_only() -> None:
    before = [reported("minute: p50", 5, "ms", ""), reported("burst: p50", 1, "s", "")]

    after = merged(before, [reported("minute: p99", 9, "ms", "")], ["minute"])

    assert [result.name for result in after] == ["burst: p50", "minute: p99"]


def test_without_a_report_there_are_no_results(tmp_path: Path) -> None:
    assert read_report(tmp_path / "bench.json") == []
