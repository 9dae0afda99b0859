"""The scorecard: nothing promised is left out, nothing that is missed is hidden, and nothing is said to be kept that
was not measured."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from html import escape
from pathlib import Path

import pytest

from loadtests import bench, fuzz, promises, scorecard, soak
from loadtests.cluster.history import Run, read_runs, write_runs
from loadtests.growth_plot import growth
from loadtests.promises import SCENARIOS, Promise
from loadtests.result import Result, at_least, at_most, below, read_report, reported, write_report
from loadtests.scorecard_page import page
from loadtests.scorecard_rows import OTHERS, Row, figures, rows

ROOT = Path(__file__).parents[3]
WHEN = "; 2 cores (Some(R) Processor), 24 GiB, Linux; measured on 2026-11-27 12:45 UTC at revision eecba2b+"
ALL = [promise for scenario in SCENARIOS for promise in scenario.promises]


def made(*results: Result, runs: tuple[Run, ...] = ()) -> list[Row]:
    return rows(figures(results, runs))


def about(name: str, *results: Result) -> Row:
    """The row of the promise that is about the result of this name."""
    [row] = [row for row, promise in zip(made(*results), ALL, strict=False) if promise.is_about(name)]
    return row


def whole() -> Iterator[Result]:
    """A result that meets its target for each promise."""
    for promise in ALL:
        yield at_most(promise.measured.replace("*", "create"), 0, "ms", 1, f"by the test{WHEN}")


@pytest.mark.requirement("TRUST-100")
def test_each_promise_names_files_that_hold_it_and_what_measures_it() -> None:
    for promise in ALL:
        assert all((ROOT / name).is_file() for name in promise.test.split(", ")), promise.text
    measuring = {promise.measured.partition(":")[0] for promise in ALL}
    soaks = {f"soak-{name}" for name in soak.NAMES} | {f"fuzz-{name}" for name in fuzz.PARTS}
    cluster = {f"cluster {part}" for part in ("load", "reminder", "burst", "cold-start", "idle", "image")}
    assert measuring == {*bench.BENCHMARKS, *soaks, *cluster}
    assert sorted(scorecard.benchmarks()) == sorted(bench.BENCHMARKS)


@pytest.mark.requirement("TRUST-150")
def test_of_several_operations_the_one_that_misses_by_most_is_shown_and_how_many_do() -> None:
    times = {"list": 510, "chat": 550, "create": 460, "sync": 499}
    row = about("day: sync, p99", *(below(f"day: {name}, p99", ms, "ms", 500, "") for name, ms in times.items()))
    assert (row.result, row.value, row.met, row.results, row.missed) == ("day: chat, p99", 550, False, 4, 2)


@pytest.mark.requirement("TRUST-150")
def test_a_missed_target_is_shown_though_another_is_nearer_to_a_larger_one() -> None:
    exact = below("day: chat, p99", 500, "ms", 500, "")
    near = at_most("day: list, p99", 500, "ms", 500, "")
    assert about("day: chat, p99", near, exact).result == "day: chat, p99"
    assert about("day: chat, p99", exact, near).result == "day: chat, p99"


@pytest.mark.requirement("TRUST-150")
def test_whatever_misses_its_target_in_the_kept_reports_is_in_a_row_that_says_so() -> None:
    found = figures(read_report(), read_runs())
    shown = rows(found)
    assert sum(row.missed for row in shown) >= sum(each.result.met is False for each in found)
    assert all(row.bound for row in shown if row.missed and row.scenario != OTHERS), "say what bounds it"


@pytest.mark.requirement("TRUST-150")
@pytest.mark.parametrize("name", ["day: anything new", "a new benchmark: p99"])
def test_a_target_that_no_promise_is_about_has_a_row_of_its_own(name: str) -> None:
    row = made(at_most(name, 9, "ms", 4, ""))[-1]
    assert (row.scenario, row.promise, row.met) == (OTHERS, name, False)


@pytest.mark.requirement("TRUST-151")
def test_what_was_not_measured_is_called_so_and_not_counted() -> None:
    shown = made(reported("day: events", 4_000, "events/min", "no target, so nothing to keep"))
    assert len(shown) == len(ALL)
    assert all((row.value, row.met) == (None, None) for row in shown)
    text = page(shown)
    assert f"0 of {len(ALL)} are kept, 0 missed, {len(ALL)} not measured" in text
    assert text.count(">not measured<") == len(ALL)


@pytest.mark.requirement("TRUST-152")
def test_a_row_says_when_at_which_commit_and_where_and_a_missed_one_what_bounds_it() -> None:
    row = about("day: failures", at_most("day: failures", 2, "requests", 0, f"embedded{WHEN}"))
    assert (row.at, row.revision, row.machine) == (
        "2026-11-27 12:45",
        "eecba2b+",
        "2 cores (Some(R) Processor), 24 GiB",
    )
    assert row.bound == promises.PROCESSORS
    text = page([row])
    assert all(escape(said) in text for said in (row.at, row.revision, row.machine, row.bound, row.conditions))
    assert "0 of 1 are kept, 1 missed, 0 not measured" in text
    assert '<span class="no">2 requests</span>' in text
    kept = about("day: failures", at_most("day: failures", 0, "requests", 0, "on a machine of old"))
    assert (kept.at, kept.revision, kept.machine, kept.bound) == ("", "", "", "")
    assert page([kept]).count(">—<") == 3


@pytest.mark.requirement("TRUST-100")
def test_a_bar_shows_the_share_of_the_target() -> None:
    assert 'value="0.750">75%</meter>' in page([about("live: p99", at_most("live: p99", 3, "ms", 4, ""))])
    assert '">50%</meter>' in page([about("day: events", at_least("day: events", 20, "events/min", 10, ""))])
    assert "<meter" not in page([about("herd: lost", at_most("herd: lost", 0, "reminders", 0, ""))])


@pytest.mark.requirement("TRUST-155")
def test_what_was_measured_on_a_cluster_is_shown_each_part_as_it_was_measured_last() -> None:
    def run(at: str, *results: Result) -> Run:
        return Run("as it is", at, "abc1234", f"machine{WHEN}", results=list(results))

    first = run(
        "2026-11-24 01:00",
        at_most("burst: lost", 3, "reminders", 0, ""),
        at_most("idle: queries while asleep", 0, "queries", 0, ""),
    )
    second = run("2026-11-26 02:00", at_most("burst: lost", 0, "reminders", 0, ""))
    shown = {row.result: row for row in made(runs=(first, second))}
    lost, idle = shown["cluster burst: lost"], shown["cluster idle: queries while asleep"]
    assert (lost.met, lost.at) == (True, "2026-11-26 02:00")
    assert (idle.met, idle.at, idle.machine) == (True, "2026-11-24 01:00", "2 cores (Some(R) Processor), 24 GiB")


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command reads and writes here."""
    monkeypatch.setattr(scorecard, "read_report", lambda: read_report(tmp_path / "bench.json"))
    monkeypatch.setattr(scorecard, "read_runs", lambda: read_runs(tmp_path / "bench-cluster.json"))
    monkeypatch.setattr(scorecard, "JSON", tmp_path / "scorecard.json")
    monkeypatch.setattr(scorecard, "PAGE", tmp_path / "scorecard.html")
    return tmp_path


def written(folder: Path, results: list[Result]) -> int:
    """What the command ends with when these are the reports."""
    ours = [each for each in results if not each.name.startswith("cluster ")]
    others = [replace(each, name=each.name.removeprefix("cluster ")) for each in results if each not in ours]
    write_report(ours, folder / "bench.json")
    write_runs([Run("all", "2026-11-26 02:00", "abc1234", "here", results=others)], folder / "bench-cluster.json")
    return scorecard.main(["--from-reports"])


@pytest.mark.requirement("TRUST-150", "TRUST-151")
def test_the_command_fails_when_anything_is_missed_or_not_measured_and_says_what(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = list(whole())
    assert written(reports, results) == 0
    assert f"{len(ALL)} of {len(ALL)} are kept" in (reports / "scorecard.html").read_text()
    [*rest, last] = results
    assert written(reports, rest) == 1
    assert "not measured: " in capsys.readouterr().out
    assert written(reports, [*rest, replace(last, value=2.0, met=False)]) == 1
    assert "missed: " in capsys.readouterr().out
    assert written(reports, [*results, at_most("herd: something new", 1, "reminders", 0, "")]) == 1
    assert "missed: What else has a target: herd: something new" in capsys.readouterr().out


@pytest.mark.requirement("TRUST-100")
def test_the_json_has_the_form_of_the_benchmarks(reports: Path) -> None:
    written(reports, list(whole()))
    shown = json.loads((reports / "scorecard.json").read_text())
    assert all(asdict(Result("", 0, "", None, None, "")).keys() <= row.keys() for row in shown)
    assert len({row["name"] for row in shown}) == len(shown)


@pytest.mark.requirement("TRUST-100")
def test_what_growth_costs_is_a_picture_with_a_curve_for_each_operation_and_none_without_figures() -> None:
    costs = [reported(f"growth: create, {n:,} tasks", 2.0 * n**0.5, "ms", "") for n in (10**3, 10**4, 10**6)]
    shown = page([], growth(costs))
    assert "What growth costs" in shown
    assert "create: tasks^0.50" in shown
    assert growth([reported("live: p50", 3, "ms", "")]) == ""
    assert "What growth costs" not in page([], growth([]))


@pytest.mark.requirement("TRUST-100")
def test_a_promise_is_about_results_by_their_names() -> None:
    promise = Promise("the slowest", "day: *, p99", "")
    assert promise.is_about("day: POST create, p99")
    assert not promise.is_about("day: failures")
    assert not promise.is_about("load-dapr: POST create, p99")
