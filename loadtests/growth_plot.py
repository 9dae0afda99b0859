"""What an operation costs as an installation grows: what was measured, and the curve through it."""

import math
import re
from collections.abc import Iterable
from statistics import linear_regression

import matplotlib as mpl

from loadtests.cluster.plots import GO, INK, LIMIT, MAIN, PYTHON, STYLE, as_svg, new_figure
from loadtests.result import Result

POINT = re.compile(r"growth: (?P<operation>[^,]+), (?P<tasks>[\d,]+) tasks")
COLOURS = (MAIN, PYTHON, GO, LIMIT, INK)


@mpl.rc_context(STYLE | {"axes.grid.axis": "both"})
def growth(results: Iterable[Result]) -> str:
    """An SVG with a line for each operation, both axes by powers of ten; empty where nothing was measured."""
    points: dict[str, list[tuple[float, float]]] = {}
    for result in results:
        if found := POINT.fullmatch(result.name):
            points.setdefault(found["operation"], []).append((float(found["tasks"].replace(",", "")), result.value))
    if not points:
        return ""
    figure, (axes,) = new_figure("growth", 3.2)
    for (operation, measured), colour in zip(sorted(points.items()), COLOURS, strict=False):
        tasks, costs = zip(*sorted(measured), strict=True)
        curve = linear_regression([math.log(each) for each in tasks], [math.log(each) for each in costs])
        fitted = [math.exp(curve.intercept) * each**curve.slope for each in tasks]
        axes.plot(tasks, costs, "o", ms=4.5, color=colour)
        axes.plot(tasks, fitted, lw=1.4, color=colour, label=f"{operation}: tasks^{curve.slope:.2f}")
    axes.set(xscale="log", yscale="log", ylim=(1, 100), xlabel="tasks in the installation", ylabel="ms (p50)")
    axes.legend(ncols=2, loc="upper left")
    return as_svg(figure)
