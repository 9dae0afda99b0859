"""The scorecard: nothing promised is left out, and nothing is said to be kept that is not."""

import re
from html import escape
from pathlib import Path

import pytest

from loadtests import bench
from loadtests.growth_plot import growth
from loadtests.result import Result
from loadtests.scorecard import PROMISES, benchmarks, missing, page, rows

pytestmark = pytest.mark.requirement("TRUST-100")

ROOT = Path(__file__).parents[3]
FIRST = PROMISES[0]


def result(met: bool | None, value: float = 3.0) -> Result:
    return Result(FIRST.measured, value, "ms", "<= 4", met, "embedded; on some machine")


def test_each_promise_names_files_that_hold_it_and_a_benchmark_that_measures_it() -> None:
    for promise in PROMISES:
        assert all((ROOT / name).is_file() for name in promise.test.split(", ")), promise.text
    assert set(benchmarks()) <= set(bench.BENCHMARKS)


def test_a_promise_is_shown_with_its_figure_its_target_and_its_conditions() -> None:
    [row] = rows([result(met=True)])
    assert (row.name, row.value, row.target, row.met, row.test) == (FIRST.text, 3.0, "<= 4", True, FIRST.test)
    shown = page([row], [])
    assert "1 of 1 are kept" in shown
    assert "embedded; on some machine" in shown
    assert re.search(r'<meter [^>]*value="0.750">75%</meter>', shown)


def test_a_promise_that_is_not_kept_is_called_so() -> None:
    shown = page(rows([result(met=False, value=9.0)]), [])
    assert "0 of 1 are kept" in shown
    assert '<span class="no">9 ms</span>' in shown


def test_what_growth_costs_is_a_picture_with_a_curve_for_each_operation_and_none_without_figures() -> None:
    costs = [Result(f"growth: create, {n:,} tasks", 2.0 * n**0.5, "ms", None, None, "") for n in (10**3, 10**4, 10**6)]
    shown = page([], [], growth(costs))
    assert "What growth costs" in shown
    assert "create: tasks^0.50" in shown
    assert growth([result(met=True)]) == ""
    assert "What growth costs" not in page([], [], growth([]))


def test_what_was_not_measured_is_named_and_not_counted() -> None:
    unmeasured = missing([result(met=True)])
    assert len(unmeasured) == len(PROMISES) - 1
    assert all(escape(text) in page([], unmeasured) for text in unmeasured)
