import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from loadtests.cluster import burst, cold_start, idle, reminder, sizes
from loadtests.cluster.burst import Burst
from loadtests.cluster.cold_start import EVENT, REQUEST, Start
from loadtests.cluster.history import Run, read_runs, write_runs
from loadtests.cluster.idle import Idle
from loadtests.cluster.page import page
from loadtests.cluster.reminder import Rung
from loadtests.cluster.sizes import Size

pytestmark = pytest.mark.requirement("CLUSTER-021")

NUMBERS = {"hello-go": 700.0, "hello-python": 1000.0, "task-due": 1100.0}


def whole(label: str = "as it is") -> Run:
    run = Run(label, "2026-11-24 00:00", "abc1234", "2 cores")
    run.images = [Size("task-due", "sha256:0123456789abcdef", 50_000_000)]
    run.starts = [Start(name, way, ms) for name, ms in NUMBERS.items() for way in (EVENT, REQUEST)]
    run.rungs = [Rung(45.5, 2500), Rung(80.0, 2100)]
    run.burst = Burst(10, [float(ms) for ms in range(101)], 0, 0, 0, [(0.0, 10)], [(-3.0, 1, 1), (60.0, 0, 0)])
    run.idle = Idle(120, {"alarm-anchor-5d-x1": 10**8}, {"alarm-anchor-5d-x1": 1.0}, {"dapr-system": 10**8}, 0, 9)
    run.results = [
        *sizes.results(run.images, "archives"),
        *cold_start.results(run.starts, "alternating"),
        *reminder.results(run.rungs, "from zero"),
        *burst.results(run.burst, "at once"),
        *idle.results(run.idle, "asleep"),
    ]
    return run


def cold(label: str) -> Run:
    run = Run(label, "2026-11-24 01:00", "def5678+", "2 cores")
    run.starts = [Start(name, EVENT, ms * 1.5) for name, ms in NUMBERS.items()]
    run.results = cold_start.results(run.starts, "alternating")
    return run


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    runs = [whole(), cold("later imports")]

    write_runs(runs, tmp_path / "reports" / "bench-cluster.json")

    # JSON has no tuples.
    [first, second] = read_runs(tmp_path / "reports" / "bench-cluster.json")
    assert (first.starts, first.rungs, first.results) == (runs[0].starts, runs[0].rungs, runs[0].results)
    assert first.idle == runs[0].idle
    assert first.burst is not None
    assert first.burst.pods == [[-3.0, 1, 1], [60.0, 0, 0]]
    assert second == runs[1]


def test_without_a_report_there_are_no_runs(tmp_path: Path) -> None:
    assert read_runs(tmp_path / "bench-cluster.json") == []


def test_the_page_needs_nothing_but_itself() -> None:
    text = page([whole()])

    assert "<script" not in text
    assert not re.search(r"""(src|href)=["'](?!#)(?!http://www\.w3\.org)""", text)
    assert "url(http" not in text


def test_every_plot_is_drawn_in_the_colours_of_the_page_and_has_ids_of_its_own() -> None:
    text = page([whole(), whole("again")])

    plots = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(plots) == 5
    ids: list[str] = []
    for plot in plots:
        ElementTree.fromstring(plot)  # noqa: S314 - our own
        assert "var(--main)" in plot
        ids += re.findall(r'<(?:clipPath|path|use|svg)[^>]* id="([^"]+)"', plot)
    assert not re.search(r"#0000f\d", text)
    assert len(set(ids)) == len(ids)


def test_a_part_that_was_not_measured_again_is_shown_as_it_was_measured_last() -> None:
    text = page([whole("the first"), cold("later imports")])

    assert len(re.findall("<svg", text)) == 5
    assert "reminders due in one second" in text
    assert "1: the first" in text
    assert "2: later imports" in text
    promised = text[text.index("What was promised") : text.index("How it was<")]
    assert "reminder: lateness from zero, p99" in promised


def test_labels_are_text_whatever_is_in_them() -> None:
    assert "&lt;b&gt;" in page([whole("<b>")])
    assert "<b>:" not in page([whole("<b>")])
