"""The plots, in the form of the cluster's."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator

from loadtests.cluster.plots import GO, LIMIT, MAIN, QUIET, ROW, STYLE, as_svg, new_figure
from loadtests.peers.outcome import Outcome

DOT: dict[str, Any] = {"marker": "o", "ms": 6, "mew": 0}
BAR: dict[str, Any] = {"marker": "|", "ms": 10, "mew": 2}
POINT: dict[str, Any] = {"marker": "o", "ms": 3, "mew": 0}
OPEN: dict[str, Any] = {"marker": ">", "ms": 6, "mew": 0, "mfc": LIMIT}
"""Of what did not come to its end."""


def label(of: Outcome) -> str:
    """What a contestant is called."""
    return f"{of.contestant} ({of.tuning})" if of.tuning else of.contestant


@mpl.rc_context(STYLE)
def lateness(outcomes: Sequence[Outcome], limit_ms: float | None = None) -> str:
    """A row for each: from its p50 over its p99 to its latest, on a scale of powers of ten. Who did not do all of them
    within the patience has an open end."""
    figure, (axes,) = new_figure(f"lateness {outcomes[0].scenario}", 0.9 + ROW * len(outcomes))
    for row, each in enumerate(reversed(outcomes)):
        values = (each.late_p50_ms, each.late_p99_ms, each.late_max_ms)
        ends = [each.patience_seconds * 1000 if value is None else value for value in values]
        axes.plot([ends[0], ends[2]], [row, row], color=_colour(each), lw=1.6, alpha=0.6)
        for value, end, style in zip(values, ends, (DOT, BAR, POINT), strict=True):
            axes.plot([end], [row], color=_colour(each), **(style if value is not None else OPEN))
    if limit_ms:
        axes.axvline(limit_ms, color=LIMIT, ls="--", lw=1.2)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f} ms" if value < 1000 else f"{value / 1000:,.3g} s")
    _rows(axes, outcomes)
    axes.set_xlabel("late by")
    return as_svg(figure)


@mpl.rc_context(STYLE)
def course(outcomes: Sequence[Outcome]) -> str:
    """How the share that is done grew, by seconds late: Taskwake, and the others' tuned ones."""
    figure, (axes,) = new_figure(f"course {outcomes[0].scenario}", 3.2)
    styles = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1))]
    others = [each for each in outcomes if each.tuning == "tuned"]
    for each in outcomes:
        if each not in others and each.contestant != "taskwake":
            continue
        style = styles[others.index(each) % len(styles)] if each in others else "-" if not each.tuning else ":"
        points = [(ms / 1000, percent) for percent, ms in enumerate(each.late_ms) if ms is not None]
        if points:
            axes.plot(
                *zip(*points, strict=True),
                ls=style,
                lw=1.4 if each in others else 2.4,
                color=_colour(each),
                label=label(each),
            )
    axes.set_xlim(left=0)
    axes.set_ylim(0, 101)
    axes.set_title("% done, by seconds late")
    axes.legend(loc="lower right")
    axes.grid(axis="y")
    return as_svg(figure)


@mpl.rc_context(STYLE)
def cost(outcomes: Sequence[Outcome]) -> str:
    """Processor seconds for 1,000: the worker's, and PostgreSQL's on top."""
    shown = [each for each in outcomes if each.cpu is not None]
    figure, (axes,) = new_figure(f"cost {outcomes[0].scenario}", 0.9 + ROW * len(shown))
    for row, each in enumerate(reversed(shown)):
        worker, postgres = each.worker_cpu_seconds_per_1000 or 0, each.postgres_cpu_seconds_per_1000 or 0
        axes.barh([row], [worker], color=_colour(each), height=0.6)
        axes.barh([row], [postgres], left=[worker], color=_colour(each), alpha=0.45, height=0.6)
        axes.annotate(f"{worker + postgres:.2f}", (worker + postgres, row), xytext=(3, 0), textcoords="offset points",
                      va="center", fontsize=9, color=QUIET)  # fmt: skip
    axes.margins(x=0.14)
    _rows(axes, shown)
    axes.set_xlabel("seconds for 1,000")
    return as_svg(figure)


@mpl.rc_context(STYLE)
def recovery(outcomes: Sequence[Outcome], limit_seconds: float) -> str:
    """Seconds from the restart until the first one was done again, and until all were."""
    figure, (axes,) = new_figure("recovery", 0.9 + ROW * len(outcomes))
    for row, each in enumerate(reversed(outcomes)):
        known = each.recovered_seconds is not None
        end = each.patience_seconds if each.recovered_seconds is None else each.recovered_seconds
        begin = end if each.again_seconds is None else each.again_seconds
        axes.plot([begin, end], [row, row], color=_colour(each), lw=1.6, alpha=0.6)
        axes.plot([begin], [row], "o", ms=6, color=_colour(each))
        axes.plot([end], [row], color=_colour(each), **(BAR if known else OPEN))
    axes.axvline(limit_seconds, color=LIMIT, ls="--", lw=1.2)
    axes.set_xlim(left=0)
    _rows(axes, outcomes)
    axes.set_xlabel("seconds after the restart")
    return as_svg(figure)


def _rows(axes: Axes, outcomes: Sequence[Outcome]) -> None:
    axes.set_yticks(range(len(outcomes)), [label(each) for each in reversed(outcomes)])
    axes.set_ylim(-0.6, len(outcomes) - 0.4)


def _colour(of: Outcome) -> str:
    return MAIN if of.contestant == "taskwake" else GO if of.tuning == "tuned" else QUIET
