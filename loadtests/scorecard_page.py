"""loadtests/reports/scorecard.html: a table, on a phone a card for each promise. One file, no script."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from loadtests.cluster.page import STYLE
from loadtests.result import Result, share
from loadtests.scorecard_rows import Row

HEADS = ("promise", "measured", "target", "share", "begun with", "when (UTC)", "commit", "machine", "held by")
NUMBERS = frozenset({"measured", "target"})
UNKNOWN = "—"
EXTRA = """
main { max-width: 96rem; } .missed li { color: var(--limit); } .missed a { color: inherit; }
th { min-width: 0; } th.number { text-align: right; } tbody th { min-width: 11rem; }
tr.scenario { background: var(--paper); } tr.scenario th { font-weight: 600; padding-top: .9rem; }
th, td { white-space: normal; } td.number, td.when { white-space: nowrap; }
td small { color: var(--quiet); display: block; white-space: normal; }
summary { color: var(--quiet); cursor: pointer; } details p { margin: .4rem 0; } code { overflow-wrap: anywhere; }
td.bound { color: var(--limit); } meter { width: 4rem; } figure { max-width: 46rem; }
@media (min-width: 70.01rem) { td.held { min-width: 14rem; } td.machine { min-width: 9rem; } }
@media (max-width: 70rem) {
  table, tbody { display: block; } thead { display: none; }
  tr { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); padding: .6rem .8rem;
    border-bottom: 1px solid var(--grid); }
  tr.bound { padding-top: 0; } tr:has(+ tr.bound) { border-bottom: 0; }
  th, td { border: 0; padding: .1rem 0; min-width: 0; } td.number { text-align: left; }
  tr > th, td.bound { grid-column: 1 / -1; }
  td[data-head] { display: contents; } td[data-head]::before { content: attr(data-head); color: var(--quiet); }
  td.empty { display: none; } td > .value { overflow-wrap: anywhere; white-space: normal; }
}
"""


def page(shown: Sequence[Row], plot: str = "") -> str:
    """The page about these promises; `plot` is what growth costs."""
    kept, missed = (sum(row.met is met for row in shown) for met in (True, False))
    heads = "".join(f'<th class="number">{head}</th>' if head in NUMBERS else f"<th>{head}</th>" for head in HEADS)
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Taskwake: what was promised</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{STYLE}{EXTRA}</style>\n<main>\n'
        f"<h1>What was promised</h1>\n<p>{kept} of {len(shown)} are kept, {missed} missed, "
        f"{len(shown) - kept - missed} not measured. A bar is the share of its target that the figure takes up: the "
        "shorter, the better; where more is better, the other way round. Of several figures the one that misses its "
        f"target by most, or is nearest to it, is shown.</p>\n{_missed(shown)}"
        f'<div class="wide"><table><thead><tr>{heads}</tr></thead>\n<tbody>\n'
        f"{''.join(_rows(shown))}</tbody></table></div>\n"
        f"{f'<h2>What growth costs</h2><figure>{plot}</figure>' if plot else ''}</main>\n</html>\n"
    )


def _missed(shown: Sequence[Row]) -> str:
    links = "".join(f'<li><a href="#{_anchor(row)}">{escape(row.name)}</a></li>' for row in shown if row.missed)
    return f'<ul class="missed">{links}</ul>\n' if links else ""


def _anchor(row: Row) -> str:
    """An id of its own, as HTML and addresses both write it."""
    return "-".join(re.findall(r"\w+", row.name))


def _rows(shown: Sequence[Row]) -> Iterator[str]:
    for scenario, group in groupby(shown, key=lambda row: row.scenario):
        yield f'<tr class="scenario"><th colspan="{len(HEADS)}">{escape(scenario)}</th></tr>\n'
        for row in group:
            cells = "".join(_cell(head, text) for head, text in zip(HEADS[1:], _texts(row), strict=True))
            yield f'<tr id="{_anchor(row)}"><th>{escape(row.promise)}</th>{cells}</tr>\n'
            if row.bound:
                bound = f"missed; what bounds it: {row.bound}"
                yield f'<tr class="bound"><td class="bound" colspan="{len(HEADS)}">{escape(bound)}</td></tr>\n'


def _cell(head: str, text: str) -> str:
    kind = "number" if head in NUMBERS else head.partition(" ")[0]
    return f'<td class="{kind}{"" if text else " empty"}" data-head="{head}"><div class="value">{text}</div></td>'


def _texts(row: Row) -> Iterator[str]:
    """Of each cell after the first, as HTML."""
    yield _measured(row)
    yield escape(row.target or "")
    yield _meter(row)
    yield escape(row.begun_with)
    for known in (row.at, row.revision, row.machine):
        yield escape(known or UNKNOWN) if row.result else ""
    how = f"<details><summary>measured how</summary><p>{escape(row.conditions)}</p></details>" if row.result else ""
    yield "".join(f"<div><code>{escape(test)}</code></div>" for test in row.test.split(", ")) + how


def _measured(row: Row) -> str:
    if row.value is None:
        return "not measured"
    which = ""
    if row.results > 1:
        which = f"{row.result.partition(': ')[2]}, of {row.results}{f'; {row.missed} missed' if row.missed else ''}"
    kind = "no" if row.met is False else "yes"
    return f'<span class="{kind}">{row.value:,.7g} {escape(row.unit)}</span><small>{escape(which)}</small>'


def _meter(row: Row) -> str:
    """The share of the target that the figure takes up, as a bar with its words; none of a target of none."""
    if row.value is None or not row.target or not float(row.target.partition(" ")[2]):
        return ""
    part = share(Result(row.result, row.value, row.unit, row.target, row.met, row.conditions))
    return f'<meter min="0" max="1" low="0.999" high="1" optimum="0" value="{min(part, 1):.3f}">{part:.0%}</meter>'
