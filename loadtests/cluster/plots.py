"""The plots of a run, as SVG that takes its colours from the page around it."""

import io
from collections.abc import Sequence
from statistics import median
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.typing import RcKeyType

from loadtests.cluster import cold_start, hello
from loadtests.cluster.burst import BUCKET_SECONDS, DUE, Burst
from loadtests.cluster.cold_start import EVENT, REQUEST, Start
from loadtests.cluster.history import Run
from loadtests.cluster.idle import MIB, Idle
from loadtests.cluster.reminder import TARGET_MS, Rung

# Matplotlib knows no CSS variables: each colour stands for one, by its name.
INK, QUIET, GRID, MAIN, PYTHON, GO, LIMIT = (f"#0000f{number}" for number in range(7))
VARIABLES = {INK: "ink", QUIET: "quiet", GRID: "grid", MAIN: "main", PYTHON: "python", GO: "go", LIMIT: "limit"}
STYLE: dict[RcKeyType, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": GRID,
    "axes.grid": True,
    "axes.grid.axis": "x",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlecolor": QUIET,
    "axes.titlelocation": "left",
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": GRID,
    "ytick.color": GRID,
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "legend.labelcolor": QUIET,
}
WIDTH = 5.2
"""Inches, which makes letters as large as the page's on a phone."""
ROW = 0.36
RUNS = 12
"""As many of the last ones as can be told apart."""


@mpl.rc_context(STYLE)
def cold_starts(starts: Sequence[Start]) -> str:
    """A row for each subject: every trial, and the median."""
    names = [hello.GO, hello.PYTHON, *sorted({start.subject for start in starts} - {hello.GO, hello.PYTHON})]
    figure, (axes,) = new_figure("cold starts", 0.9 + ROW * len(names))
    for row, name in enumerate(reversed(names)):
        for way, shift in ((EVENT, 0.14), (REQUEST, -0.14)):
            values = [start.milliseconds for start in starts if (start.subject, start.way) == (name, way)]
            if not values:
                continue
            face = _colour(name) if way == EVENT else "none"
            axes.plot(values, [row + shift] * len(values), "o", ms=4.5, mec=_colour(name), mfc=face, alpha=0.75)
            axes.plot([median(values)], [row + shift], "|", ms=12, mew=2.2, color=_colour(name))
    baseline = [start.milliseconds for start in starts if (start.subject, start.way) == (hello.PYTHON, EVENT)]
    if baseline:
        limit = cold_start.TARGET_RATIO * median(baseline)
        axes.axvline(limit, color=LIMIT, ls="--", lw=1.2)
        axes.annotate(f"{cold_start.TARGET_RATIO:g} x {hello.PYTHON}", (limit, 1), xycoords=("data", "axes fraction"),
                      xytext=(-4, 3), textcoords="offset points", ha="right", fontsize=9, color=LIMIT)  # fmt: skip
    axes.set_yticks(range(len(names)), list(reversed(names)))
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_xlim(left=0)
    axes.set_xlabel("milliseconds    ● by event   ○ by plain HTTP   | median")
    return as_svg(figure)


@mpl.rc_context(STYLE)
def lateness(rungs: Sequence[Rung]) -> str:
    """Each reminder; and how long before its moment the function was awake that handles it."""
    figure, (late, awake) = new_figure("lateness", 2.4, [1, 1])
    for axes, values, title in (
        (late, [rung.late_ms for rung in rungs], f"milliseconds late, at most {TARGET_MS:,}"),
        (awake, [rung.awake_ms / 1000 for rung in rungs], "seconds before its moment: all awake"),
    ):
        axes.plot(values, [0] * len(values), "o", ms=6, color=MAIN, alpha=0.6, mew=0)
        axes.set_title(title)
        axes.set_yticks([])
    late.axvline(TARGET_MS, color=LIMIT, ls="--", lw=1.2)
    late.set_xlim(left=min(0, *(rung.late_ms for rung in rungs)))
    awake.invert_xaxis()
    awake.axvline(0, color=LIMIT, ls="--", lw=1.2)
    return as_svg(figure)


@mpl.rc_context(STYLE)
def burst(of: Burst) -> str:
    """How late they were, notices per second as they came, and pods as they came and went."""
    figure, (late, notices, pods) = new_figure("burst", 5.4, [1, 1, 1])
    late.plot([ms / 1000 for ms in of.late_ms], range(len(of.late_ms)), color=MAIN, lw=2)
    late.set_title("% noticed, by seconds late")
    rates = [count / BUCKET_SECONDS for _, count in of.notices]
    notices.bar([at for at, _ in of.notices], rates, BUCKET_SECONDS, align="edge", color=MAIN)
    notices.set_title("notices a second, by seconds after their moment")
    for axes in (late, notices):
        axes.set_xlim(0, 1.05 * of.late_ms[-1] / 1000)
    moments = [at for at, _, _ in of.pods]
    pods.step(moments, [count for _, count, _ in of.pods], where="post", color=QUIET, lw=1.4, label="pods")
    pods.step(moments, [ready for _, _, ready in of.pods], where="post", color=MAIN, lw=2, label="taking requests")
    pods.axvline(0, color=LIMIT, ls="--", lw=1.2)
    pods.set_title(f"pods of {DUE.name}, by seconds before and after it")
    pods.set_yticks(range(max(count for _, count, _ in of.pods) + 1))
    pods.legend(loc="upper right")
    for axes in (late, notices, pods):
        axes.grid(axis="y")
    return as_svg(figure)


@mpl.rc_context(STYLE)
def memory(idle: Idle) -> str:
    """Of each pod while all is asleep, and of the platform's namespaces."""
    own = sorted((bytes_ / MIB, _workload(pod)) for pod, bytes_ in idle.memory.items())
    platform = sorted((bytes_ / MIB, namespace) for namespace, bytes_ in idle.platform.items())
    figure, parts = new_figure(
        "memory", 1.2 + ROW * 0.8 * (len(own) + len(platform)), [len(own), max(1, len(platform))]
    )
    titles = ("Taskwake asleep, MiB", "the platform under it, MiB")
    for axes, rows, colour, title in zip(parts, (own, platform), (MAIN, QUIET), titles, strict=True):
        bars = axes.barh([name for _, name in rows], [size for size, _ in rows], color=colour, height=0.65)
        axes.bar_label(bars, fmt="%.0f", padding=3, fontsize=9, color=QUIET)
        axes.set_title(f"{title}: {sum(size for size, _ in rows):,.0f} in all")
        axes.margins(x=0.12)
    return as_svg(figure)


@mpl.rc_context(STYLE)
def history(runs: Sequence[Run]) -> str:
    """The median cold start of each function from run to run, beside hello world's."""
    shown = runs[-RUNS:]
    figure, (axes,) = new_figure("history", 3.2)
    names = sorted({start.subject for run in shown for start in run.starts})
    for name in names:
        way = EVENT if any((s.subject, s.way) == (name, EVENT) for run in shown for s in run.starts) else REQUEST
        points = []
        for number, run in enumerate(shown):
            values = [start.milliseconds for start in run.starts if (start.subject, start.way) == (name, way)]
            if values:
                points.append((number, median(values)))
        width = 1.2 if _colour(name) == MAIN else 2.4
        axes.plot(*zip(*points, strict=True), marker="o", ms=4, lw=width, color=_colour(name), alpha=0.8)
    axes.set_xticks(range(len(shown)), [f"{len(runs) - len(shown) + number + 1}" for number in range(len(shown))])
    axes.set_xlim(-0.3, len(shown) - 0.7)
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    axes.set_title("median milliseconds, by run; hello worlds are thick")
    return as_svg(figure)


def _colour(subject: str) -> str:
    return {hello.PYTHON: PYTHON, hello.GO: GO}.get(subject, MAIN)


def _workload(pod: str) -> str:
    """A Deployment's name, from its pod's."""
    return pod.rsplit("-", 2)[0]


def new_figure(name: str, height: float, heights: Sequence[float] = (1,)) -> tuple[Figure, list[Axes]]:
    """A figure of this name and of this height, in inches, with a plot under the other; their heights are relative."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained", gid=name)
    grid = figure.add_gridspec(len(heights), 1, height_ratios=heights)
    return figure, [figure.add_subplot(grid[row]) for row in range(len(heights))]


def as_svg(figure: Figure) -> str:
    """The figure as an element of a page; its ids are no other figure's."""
    name = str(figure.get_gid()).replace(" ", "-")
    file = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name, "svg.id": name}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    for colour, variable in VARIABLES.items():
        text = text.replace(colour, f"var(--{variable})")
    return text
