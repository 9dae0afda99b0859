"""loadtests/reports/bench-cluster.html: the last run in plots, and all runs side by side. One file, no script."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TypeVar

from loadtests.cluster import hello, plots
from loadtests.cluster.history import REPORT, Run, last_results
from loadtests.result import Result

PAGE = REPORT.with_suffix(".html")
T = TypeVar("T")
STYLE = """
:root { color-scheme: light dark; --paper: #fcfcfa; --card: #fff; --ink: #1d2430; --quiet: #5c6675; --grid: #dfe3e8;
  --main: #2563c9; --python: #b7791f; --go: #0e8a7a; --limit: #c2413b; --good: #14804a; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171c; --card: #1b2027; --ink: #e6e9ee; --quiet: #9aa5b4;
  --grid: #323a45; --main: #74a7ff; --python: #e3b04b; --go: #4fc9b6; --limit: #ff7b72; --good: #56c98a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
p, figcaption { color: var(--quiet); margin: 0 0 .8rem; max-width: 46rem; }
figcaption { font-size: .9rem; margin: 0 0 .5rem; } figcaption b { color: var(--ink); display: block; font-size: 1rem; }
.plots { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr));
  align-items: start; }
figure { margin: 0; padding: 1rem; background: var(--card); border: 1px solid var(--grid); border-radius: .6rem; }
svg { width: 100%; height: auto; display: block; font-family: system-ui, sans-serif; }
.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--grid); border-radius: .6rem; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .7rem; text-align: left; border-bottom: 1px solid var(--grid); vertical-align: top; }
td { white-space: nowrap; } tr:last-child > * { border-bottom: 0; } th { font-weight: 500; min-width: 8rem; }
thead th { color: var(--quiet); font-weight: 500; }
td.number { text-align: right; } .yes { color: var(--good); } .no { color: var(--limit); font-weight: 600; }
th.python { color: var(--python); } th.go { color: var(--go); }
"""


def page(runs: Sequence[Run]) -> str:
    """The page about these runs; each part is shown as it was measured last."""
    run = runs[-1]
    last = [result for _, result in last_results(runs)]
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Taskwake on a cluster: measured</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{STYLE}</style>\n<main>\n'
        "<h1>Taskwake on a cluster: measured</h1>\n"
        f"<p>{escape(run.label)} · {run.at} UTC · revision {run.revision}</p>\n"
        f"<h2>What was promised</h2>\n{_table(result for result in last if result.target)}\n"
        f'<h2>How it was</h2>\n<div class="plots">\n{"".join(_figures(runs))}</div>\n'
        f"<h2>What was tried</h2>\n<p>A column for each run, the newest first.</p>\n{_side_by_side(runs)}\n"
        f"<h2>How it was measured</h2>\n{_conditions(last)}\n</main>\n</html>\n"
    )


def write_page(runs: Sequence[Run], path: Path = PAGE) -> None:
    """Write the page about these runs."""
    path.write_text(page(runs))


def _figures(runs: Sequence[Run]) -> Iterator[str]:
    if starts := _last(run.starts for run in runs):
        text = "Each function from zero, beside the smallest there is in Python and in Go, in the same run."
        yield _figure("Cold starts", text, plots.cold_starts(starts))
    if rungs := _last(run.rungs for run in runs):
        text = "Due while everything sleeps: the alarm wakes a lead time early and warms who handles what rings."
        yield _figure("How late a reminder is", text, plots.lateness(rungs))
    if burst := _last(run.burst for run in runs):
        text = f"From zero, as far as it is of use, and back; the last notice {burst.late_ms[100] / 1000:.1f} s late."
        yield _figure(f"{burst.wanted:,} reminders due in one second", text, plots.burst(burst))
    if idle := _last(run.idle for run in runs):
        cpu = sum(idle.cpu_seconds.values()) / idle.seconds * 1000
        text = f"{cpu:.0f} thousandths of a processor; {idle.queries_per_hour:,.0f} queries an hour."
        yield _figure("Asleep", text, plots.memory(idle))
    if any(run.starts for run in runs):
        text = "The median cold start of each function, by run, numbered as in the table below."
        yield _figure("From run to run", text, plots.history(runs))


def _last(values: Iterable[T]) -> T | None:
    """The newest that is there."""
    return next((value for value in reversed(list(values)) if value), None)


def _figure(title: str, text: str, svg: str) -> str:
    return f"<figure><figcaption><b>{escape(title)}</b>{escape(text)}</figcaption>{svg}</figure>\n"


def _table(results: Iterable[Result]) -> str:
    rows = "".join(
        f'<tr><th>{escape(each.name)}</th><td class="number">{each.value:,.6g} {escape(each.unit)}</td>'
        f"<td>{escape(each.target or '')}</td><td>{_met(each.met)}</td></tr>\n"
        for each in results
    )
    head = "<thead><tr><th>what</th><th>value</th><th>target</th><th>met</th></tr></thead>"
    return f'<div class="wide"><table>{head}\n{rows}</table></div>'


def _met(met: bool | None) -> str:
    return {True: '<span class="yes">yes</span>', False: '<span class="no">no</span>', None: ""}[met]


def _side_by_side(runs: Sequence[Run]) -> str:
    newest = list(enumerate(runs, start=1))[: -plots.RUNS - 1 : -1]
    heads = "".join(f"<th>{number}: {escape(run.label)}<br>{run.at}<br>{run.revision}</th>" for number, run in newest)
    names = dict.fromkeys(result.name for _, run in newest for result in run.results)
    rows = "".join(f"<tr>{_name(name)}{''.join(_value(run, name) for _, run in newest)}</tr>\n" for name in names)
    return (
        f'<div class="wide"><table><thead><tr><th></th>{heads}</tr></thead>\n{rows}'
        f"<tr><th>images</th>{''.join(_images(run) for _, run in newest)}</tr>\n</table></div>"
    )


def _name(name: str) -> str:
    kind = "python" if hello.PYTHON in name else "go" if hello.GO in name else ""
    return f'<th class="{kind}">{escape(name)}</th>'


def _value(run: Run, name: str) -> str:
    found = next((result for result in run.results if result.name == name), None)
    if found is None:
        return "<td></td>"
    missed = " no" if found.met is False else ""
    return f'<td class="number{missed}">{found.value:,.6g} {escape(found.unit)}</td>'


def _images(run: Run) -> str:
    tags = "<br>".join(f"{escape(size.name)} {escape(size.digest.removeprefix('sha256:')[:12])}" for size in run.images)
    return f"<td>{tags}</td>"


def _conditions(results: Sequence[Result]) -> str:
    kinds = {result.name.partition(":")[0]: result.conditions for result in results}
    return "".join(f"<p><b>{escape(kind)}</b>: {escape(conditions)}</p>\n" for kind, conditions in kinds.items())
