"""loadtests/reports/bench-peers.html: who did what, how late, at which cost. One file, no script."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from loadtests.cluster.page import STYLE
from loadtests.peers import plots
from loadtests.peers.outcome import REPORT, Outcome
from loadtests.peers.scenarios import FULL
from loadtests.peers.verdict import AT_WORK, HOLDS, RECOVERY_SECONDS, SPARSE_MS, compared, promised
from loadtests.result import Result

PAGE = REPORT.with_suffix(".html")
# On a narrow screen a row of a table is a card, each value with its column's name before it.
CARDS = """
@media (max-width: 44rem) { table, tbody, tr, th, td { display: block; } thead { display: none; }
  tbody th { border: 0; padding-bottom: 0; font-weight: 600; } td, td.number { display: flex; gap: 1rem; border: 0;
  justify-content: space-between; text-align: right; white-space: normal; padding: .1rem .7rem; }
  td::before { content: attr(data-of); color: var(--quiet); text-align: left; } td:empty { display: none; }
  tr { border-bottom: 1px solid var(--grid); padding: .4rem 0; } }
ul { padding-left: 1.2rem; max-width: 46rem; } li { margin: .3rem 0; } code { overflow-wrap: anywhere; }
tr.taskwake th { color: var(--main); } thead th { min-width: 0; }
thead th.number { text-align: right; }
.plots { grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); margin-bottom: 1rem; }
figure { max-width: 38rem; }
"""
COLUMNS = (
    "",
    "half",
    "99 of 100",
    "latest",
    "a second",
    "CPU s/1,000",
    "of it PostgreSQL",
    "held",
    "lost",
    "twice",
    "early",
)
KILL_COLUMNS = ("", "first again", "all done", "held", "lost", "twice", "early")
METHOD = """
<p>Each run has a PostgreSQL of its own: the same binary, the same settings, a copy of the same empty data folder,
reached over its Unix socket. The contestant makes its tables, is handed the jobs by its own client (a batch of up to
1,000 where it has one), its worker starts, and only then they fall due. The work is one row in a table, with the time
by the database's clock. Where a contestant hands over many jobs at a time, their rows are written by one statement.
Late is that time minus the moment the job was due; whole milliseconds, the coarsest clock here. Taskwake does for a
reminder what it always does (the event, its log, the inbox, the notice, the plan of deliveries), and writes the row
in the notice's transaction.</p>
<p>Processor time is what /proc says of the worker and all under it, and of PostgreSQL and all under it, from the
first moment until a second after the last one was done; on the Dapr way that is every function, every daprd, Kafka
and Dapr's scheduler. Held is what was not done when the patience ended and still waits in the queue or is claimed by
the dead worker; lost is what nobody will do. Twice is what a worker did and was killed before it could say so: the
peers promise at least once. A million for ballast are copies of one job, written by SQL, and the table is vacuumed.
On the Dapr way the functions alarm and task-due are killed; elsewhere the worker is the whole process.</p>
<p>Stock is what a peer's guide begins with, nothing set; tuned is what its documents offer for work like this, chosen
by trying. Taskwake has nothing to tune. What counts is read from the database four times a second, by a connection
whose cost is in no figure.</p>
"""


def page(outcomes: Sequence[Outcome], machine: str) -> str:
    """The page about these runs."""
    revisions = ", ".join(sorted({each.revision for each in outcomes}))
    when = " to ".join(dict.fromkeys([min(each.at for each in outcomes), max(each.at for each in outcomes)]))
    versions = ", ".join(dict.fromkeys(f"{each.contestant} {each.version}" for each in outcomes))
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>The due engine beside its peers</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{STYLE}{CARDS}</style>\n<main>\n'
        "<h1>The due engine beside its peers</h1>\n"
        f"<p>{when} UTC · revision {escape(revisions)} · {escape(versions)} · {escape(machine)}</p>\n"
        f"<h2>What was promised</h2>\n{_promised(promised(outcomes, machine))}\n"
        f"<h2>Where a peer is ahead</h2>\n{_ahead(outcomes)}\n"
        f"{''.join(_scenarios(outcomes))}"
        f"<h2>What was set</h2>\n{_settings(outcomes)}\n<h2>How it was measured</h2>\n{METHOD}</main>\n</html>\n"
    )


def write_page(outcomes: Sequence[Outcome], machine: str, path: Path = PAGE) -> None:
    """Write the page about these runs."""
    path.write_text(page(outcomes, machine))


def _scenarios(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for name in (scenario.name for scenario in FULL):
        of = [each for each in outcomes if each.scenario == name]
        if not of:
            continue
        yield f'<h2>{escape(of[0].title)}</h2>\n<div class="plots">\n{"".join(_figures(name, of))}</div>\n'
        yield (
            _table(KILL_COLUMNS, ((each, _kill_row(each)) for each in of))
            if name == "kill"
            else _table(COLUMNS, ((each, _row(each)) for each in of))
        )
        if name == "kill":
            contestants = dict.fromkeys(each.contestant for each in of)
            yield f"<ul>{''.join(f'<li><b>{each}</b>: {escape(HOLDS[each])}</li>' for each in contestants)}</ul>\n"


def _figures(name: str, of: Sequence[Outcome]) -> Iterator[str]:
    if name == "kill":
        text = "From the moment the next worker is started: ● the first done, | all done; ▶ some are still held."
        yield _figure("Recovery", text, plots.recovery(of, RECOVERY_SECONDS))
        return
    sparse = name in ("spread", "ballast")
    text = "● half, | 99 of 100, · the latest; ▶ some were not done while it was waited."
    yield _figure("Lateness", text, plots.lateness(of, SPARSE_MS if sparse else None))
    if not sparse:
        yield _figure("Course", "Taskwake, and the others as tuned.", plots.course(of))
    if any(each.cpu is not None for each in of):
        text = "Processor seconds for a thousand: the worker's, and pale PostgreSQL's."
        yield _figure("Cost", text, plots.cost(of))


def _figure(title: str, text: str, svg: str) -> str:
    return f"<figure><figcaption><b>{escape(title)}</b>{escape(text)}</figcaption>{svg}</figure>\n"


def _row(of: Outcome) -> Iterator[str]:
    for value in (of.late_p50_ms, of.late_p99_ms, of.late_max_ms):
        yield f"{value:,.0f} ms" if value is not None else f"&gt; {of.patience_seconds:g} s"
    yield f"{of.per_second:,.0f}" if of.per_second else ""
    yield f"{of.cpu:.2f}" if of.cpu is not None else ""
    yield f"{of.postgres_cpu_seconds_per_1000:.2f}" if of.postgres_cpu_seconds_per_1000 is not None else ""
    yield from _counts(of)


def _kill_row(of: Outcome) -> Iterator[str]:
    for value in (of.again_seconds, of.recovered_seconds):
        yield f"{value:.2f} s" if value is not None else f"&gt; {of.patience_seconds:g} s"
    yield from _counts(of)


def _counts(of: Outcome) -> Iterator[str]:
    for count in (of.held, of.lost, of.twice, of.early):
        yield f'<span class="no">{count:,}</span>' if count else "0"


def _table(columns: Sequence[str], rows: Iterable[tuple[Outcome, Iterable[str]]]) -> str:
    head = "<th></th>" + "".join(f'<th class="number">{escape(column)}</th>' for column in columns[1:])
    body = "".join(
        f'<tr class="{escape(of.contestant)}"><th>{escape(plots.label(of))}</th>'
        + "".join(
            f'<td class="number" data-of="{escape(name)}">{value}</td>'
            for name, value in zip(columns[1:], values, strict=True)
        )
        + "</tr>\n"
        for of, values in rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>\n'


def _promised(results: Sequence[Result]) -> str:
    """What concerns time and rates, and in one line each what must be none."""
    rows = "".join(
        f'<tr><th>{escape(each.name)}</th><td class="number" data-of="value">{each.value:,.6g} {escape(each.unit)}</td>'
        f'<td data-of="target">{escape(each.target or "")}</td><td data-of="met">{_met(each.met)}</td></tr>\n'
        for each in results
        if each.unit != "reminders" or not each.met
    )
    counted = [each for each in results if each.unit == "reminders"]
    none = sum(bool(each.met) for each in counted)
    said = f"<p>Lost, twice, early, held: none in {none} of {len(counted)} counts.</p>" if counted else ""
    head = '<thead><tr><th>what</th><th class="number">value</th><th>target</th><th>met</th></tr></thead>'
    return f'{said}<div class="wide"><table>{head}<tbody>\n{rows}</tbody></table></div>'


def _met(met: bool | None) -> str:
    return {True: '<span class="yes">yes</span>', False: '<span class="no">no</span>', None: ""}[met]


def _ahead(outcomes: Sequence[Outcome]) -> str:
    items, ahead = [], dict[str, None]()
    for of in compared(outcomes):
        ours = "not reached" if of.ours is None else _said(of.ours, of.measure.unit)
        who = "; ".join(f"{plots.label(each)} {_said(value, of.measure.unit)}" for each, value in of.better) or "nobody"
        why = f" {of.measure.why}" if of.better else ""
        items.append(f"<li><b>{escape(of.measure.title)}</b> (Taskwake {ours}): {escape(who)}.{escape(why)}</li>")
        ahead |= {} if of.measure.why else dict.fromkeys(each.contestant for each, _ in of.better)
    if not items:
        return "<p>Nothing to compare with was measured.</p>"
    reasons = "".join(f"<li><b>{name}</b>: {escape(AT_WORK[name])}</li>" for name in ahead)
    why = f"<p>Why they are ahead in a burst, or cost less:</p>\n<ul>{reasons}</ul>" if reasons else ""
    return f"<ul>\n{''.join(items)}</ul>\n{why}"


def _said(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def _settings(outcomes: Sequence[Outcome]) -> str:
    names = {plots.label(each): each.values for each in outcomes}
    items = (
        f"<li><b>{escape(name)}</b>: <code>{escape(_values(values))}</code></li>" for name, values in names.items()
    )
    return f"<ul>\n{''.join(items)}</ul>"


def _values(values: dict[str, object]) -> str:
    said = (
        f"{name} {_values(value)}" if isinstance(value, dict) else f"{name} = {value}" for name, value in values.items()
    )
    return ", ".join(said) or "nothing"
