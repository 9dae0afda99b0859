"""`python -m loadtests.scorecard`: measures what was promised and writes loadtests/reports/scorecard.html and .json.

Each row is a promise, the figure that Taskwake was begun with, the target, what was measured, the test that holds it,
and what bounds it here. With --from-reports nothing is measured: the rows are those of the last `loadtests.bench`.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from html import escape

from loadtests import bench
from loadtests.cluster.page import STYLE
from loadtests.growth_plot import growth
from loadtests.result import REPORT, Result, read_report

REPORTS = REPORT.parent
JSON, PAGE = REPORTS / "scorecard.json", REPORTS / "scorecard.html"


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise, and where its figure comes from: `measured` is a result's name in bench.json. `begun_with` is what the
    project was to reach at least; `bound` says what keeps it from more on this machine, `test` which test holds it."""

    text: str
    begun_with: str
    measured: str
    test: str
    bound: str = ""


FAULTS = "tests/faults/test_simulation.py, tests/faults/test_kill.py"
DOWNTIME = "tests/faults/test_downtime.py"
PROMISES = (
    Promise("An operation of the API is answered (p99, all)", "< 500 ms", "operations: all p99", "loadtests/thresholds.py"),
    Promise("10,000 people, a day in ten minutes: requests that failed", "10k users", "day: failures", "loadtests/benchmarks/day.py"),
    Promise("… a task is created (p99)", "< 500 ms", "day: POST create, p99", "loadtests/benchmarks/day.py"),
    Promise("… what is new is read (p99)", "< 500 ms", "day: GET sync, p99", "loadtests/benchmarks/day.py"),
    Promise("… a sentence is understood (p99)", "< 500 ms", "day: POST chat, p99", "loadtests/benchmarks/day.py"),
    Promise("… events a minute", "1000+", "day: events", "loadtests/benchmarks/day.py"),
    Promise("… the latest reminder", "± 30 s", "day: reminders, latest", "loadtests/benchmarks/day.py"),
    Promise("Events a minute, the Dapr way", "1000+", "throughput-dapr: events", "tests/dapr-integration/test_flow.py"),
    Promise("A reminder is late by, embedded (p99)", "± 30 s", "minute-embedded: p99", "tests/integration/test_demo.py"),
    Promise("A reminder is late by, the Dapr way (p99)", "± 30 s", "minute-dapr: p99", "tests/dapr-integration/test_flow.py"),
    Promise(
        "Monday, 09:00: 10,000 reminders in one second (p99)", "± 30 s", "herd: p99", FAULTS,
        "one process handles all events; its processor and PostgreSQL's share two cores",
    ),
    Promise("… lost", "0", "herd: lost", FAULTS),
    Promise("… twice", "0", "herd: twice", FAULTS),
    Promise("After a year away: new reminders meanwhile (p99)", "± 30 s", "backlog: new reminders, p99", "tests/integration/recurring_task_service/test_catch_up.py"),
    Promise("… lost", "0", "backlog: lost", "tests/integration/recurring_task_service/test_catch_up.py"),
    Promise("24 h away (virtual clock): occurrences neither told nor recorded", "", "downtime: lost", DOWNTIME),
    Promise("… told or recorded twice", "", "downtime: twice", DOWNTIME),
    Promise("… told early", "", "downtime: early", DOWNTIME),
    Promise("… of a task, told out of their order", "", "downtime: out of order", DOWNTIME),
    Promise("5,000 streams, each cut off once a minute for ten minutes: gaps", "0", "streams: gaps", "tests/integration/chat_api/test_cut.py"),
    Promise("… events of others", "0", "streams: foreign", "tests/integration/chat_api/test_row_level_security.py"),
    Promise("A change in one browser is in another, 500 connected (p99)", "", "live: p99", "tests/browser/test_page.py"),
    Promise("10,000 tasks in an account: a list (p99)", "< 500 ms", "filters: list, p99", "tests/integration/chat_api/test_filtering.py"),
    Promise("… a search (p99)", "< 500 ms", "filters: search, a frequent word, p99", "tests/integration/chat_api/test_filtering.py"),
    Promise("… 100 changes by sync (p99)", "< 500 ms", "filters: sync, 100 changed, p99", "tests/integration/chat_api/test_sync.py"),
    Promise("The page's first load", "", "page: first load", "tests/browser/test_loading.py"),
    Promise("The page can be used after", "", "page: interactive", "tests/browser/test_loading.py"),
    Promise("1 % poison in a stream: healthy events' p99, times that without", "", "poison: p99 beside, against without", "tests/integration/operations/test_poison.py"),
    Promise(
        "A million events while Taskwake and PostgreSQL are killed and frozen, and events come again: handled", "",
        "million: events", FAULTS,
    ),
    Promise("… lost", "0", "million: lost", FAULTS),
    Promise("… twice", "0", "million: twice", FAULTS),
    Promise("… early", "0", "million: early", FAULTS),
    Promise("People at work, the Dapr way: requests that failed", "0", "load-dapr: failures", "tests/dapr-integration/test_flow.py"),
    Promise(
        "… a task is created (p99)", "< 500 ms", "load-dapr: POST create, p99", "tests/dapr-integration/test_flow.py",
        "Kafka, twelve processes and as many daprds share two cores with locust",
    ),
    Promise("Ten minutes of steady work: memory grows in an hour by", "", "leak: memory of Taskwake, growth an hour", "loadtests/benchmarks/leak.py"),
    Promise("A task is created, from 1,000 to a million tasks: exponent of the cost", "", "growth: create, exponent", "loadtests/benchmarks/growth.py"),
    Promise("A list is read, from 1,000 to a million tasks: exponent of the cost", "", "growth: list, exponent", "loadtests/benchmarks/growth.py"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row(Result):
    """A result as a promise's figure, in bench.json's form and with what belongs to the promise."""

    begun_with: str
    test: str
    bound: str


def rows(results: Iterable[Result]) -> list[Row]:
    """The promises with what was measured; one that was not yet measured has no row, and `missing` names it."""
    by_name = {result.name: result for result in results}
    return [
        Row(**(asdict(found) | {"name": one.text}), begun_with=one.begun_with, test=one.test, bound=one.bound)
        for one in PROMISES
        if (found := by_name.get(one.measured))
    ]


def missing(results: Iterable[Result]) -> list[str]:
    """The promises without a figure."""
    names = {result.name for result in results}
    return [one.text for one in PROMISES if one.measured not in names]


def page(shown: Sequence[Row], unmeasured: Sequence[str], plot: str = "") -> str:
    """The page: one file, no script; `plot` is what growth costs."""
    met = sum(row.met is not False for row in shown)
    gaps = "".join(f"<li>{escape(text)}</li>" for text in unmeasured)
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Taskwake: what was promised</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{STYLE}{EXTRA}</style>\n<main>\n'
        f"<h1>What was promised</h1>\n<p>{met} of {len(shown)} are kept. Each bar is the figure's share of its target: "
        "the shorter, the better; where more is better, the other way round.</p>\n"
        '<div class="wide"><table><thead><tr><th>promise</th><th>begun with</th><th class="number">target</th>'
        '<th class="number">measured</th><th>share</th><th>held by, measured how</th></tr></thead><tbody>\n'
        f"{''.join(map(_row, shown))}</tbody></table></div>\n"
        f"{f'<h2>Not measured yet</h2><ul>{gaps}</ul>' if gaps else ''}"
        f"{f'<h2>What growth costs</h2><figure>{plot}</figure>' if plot else ''}</main>\n</html>\n"
    )


EXTRA = """
td.how { white-space: normal; min-width: 16rem; } td.how summary { color: var(--quiet); cursor: pointer; }
td.how code { overflow-wrap: anywhere; } tbody th { min-width: 15rem; } meter { width: 7rem; }
figure { max-width: 46rem; }
"""


def _row(row: Row) -> str:
    kind = {True: "yes", False: "no", None: ""}[row.met]
    bound = f"<p>{escape(row.bound)}</p>" if row.bound else ""
    return (
        f'<tr><th>{escape(row.name)}</th><td>{escape(row.begun_with)}</td><td class="number">{escape(row.target or "")}'
        f'</td><td class="number"><span class="{kind}">{row.value:,.7g} {escape(row.unit)}</span></td>'
        f"<td>{_meter(row)}</td>"
        f'<td class="how"><details><summary><code>{escape(row.test)}</code></summary>{bound}'
        f"<p>{escape(row.conditions)}</p></details></td></tr>\n"
    )


def _meter(row: Row) -> str:
    """The share of the target that the figure takes up, as a bar with its words."""
    comparison, _, text = (row.target or "").partition(" ")
    if not text or not (limit := float(text)):
        return ""
    share = limit / max(row.value, 1e-9) if comparison.startswith(">") else max(row.value, 0) / limit
    return f'<meter min="0" max="1" low="0.999" high="1" optimum="0" value="{min(share, 1):.3f}">{share:.0%}</meter>'


def benchmarks() -> Iterator[str]:
    """Those that have to be run for all promises, in the order in which they stand here."""
    yield from dict.fromkeys(one.measured.partition(":")[0] for one in PROMISES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, unless told otherwise, and write both; 1 when a promise is not kept, or not measured."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.scorecard", description=__doc__)
    parser.add_argument("--from-reports", action="store_true", help="measure nothing: show what was measured last")
    if not parser.parse_args(arguments).from_reports:
        bench.main(list(benchmarks()))
    shown, unmeasured = rows(read_report()), missing(read_report())
    JSON.write_text(json.dumps([asdict(row) for row in shown], indent=2, ensure_ascii=False) + "\n")
    PAGE.write_text(page(shown, unmeasured, growth(read_report())))
    print(f"Written to {PAGE} and {JSON}")
    return 1 if unmeasured or any(row.met is False for row in shown) else 0


if __name__ == "__main__":
    sys.exit(main())
