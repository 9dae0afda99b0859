import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from loadtests.peers.field import FIELD, TUNED
from loadtests.peers.outcome import Outcome
from loadtests.peers.page import page
from loadtests.peers.scenarios import FULL
from loadtests.peers.verdict import compared, promised

pytestmark = pytest.mark.requirement("TIME-028")


def one(contestant: str, tuning: str, scenario: str, late_ms: float = 20.0) -> Outcome:
    jobs = next(each.jobs for each in FULL if each.name == scenario)
    times: dict[str, float | None] = {"again_seconds": 0.8, "recovered_seconds": 1.2} if scenario == "kill" else {}
    values = TUNED[contestant] if tuning == "tuned" else {}
    return Outcome(
        contestant, tuning, "1.0", values, scenario, f"The {scenario}", "2026-11-26 12:00", "abc1234",
        jobs, jobs, 0, 0, 0, 0, 31, late_ms, late_ms, late_ms, [late_ms] * 101, jobs / 5000, 0.2, 0.1, **times,
    )  # fmt: skip


WHOLE = [one(each.setting.name, each.setting.tuning, scenario.name) for scenario in FULL for each in FIELD]


def test_every_contestant_is_in_every_table_and_in_plots_that_take_their_colours_from_the_page() -> None:
    text = page(WHOLE, "2 cores")

    assert text.count("<th>river (stock)</th>") == len(FULL)
    assert text.count("<th>taskwake (dapr)</th>") == len(FULL)
    assert all(f"<h2>The {scenario.name}</h2>" in text for scenario in FULL)
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawings) == 3 + 3 + 2 + 2 + 1
    for drawing in drawings:
        ElementTree.fromstring(drawing)  # noqa: S314 - our own
        assert "#0000f" not in drawing


def test_it_says_who_is_ahead_with_which_figure_and_why() -> None:
    faster = replace(one("river", "tuned", "burst-20k"), last_seconds=0.5)

    text = page([one("taskwake", "", "burst-20k"), faster], "2 cores")

    assert "(Taskwake 4 s): river (tuned) 0.5 s." in text
    assert "<b>river</b>: it is compiled" in text


def test_nobody_is_ahead_by_a_difference_that_two_runs_have() -> None:
    own, peer = one("taskwake", "", "spread", 20), one("river", "tuned", "spread", 19.5)

    assert [each.better for each in compared([own, peer]) if each.measure.unit == "ms"] == [[]]


def test_who_reached_it_is_ahead_of_a_taskwake_that_did_not() -> None:
    own = replace(one("taskwake", "", "kill"), recovered_seconds=None, held=1)

    (ahead,) = compared([own, one("river", "tuned", "kill")])

    assert [value for _, value in ahead.better] == [1.2]


def test_a_missed_promise_is_shown_as_missed() -> None:
    late, held = one("taskwake", "", "spread", 51), replace(one("taskwake", "", "kill"), recovered_seconds=None, held=3)

    missed = {result.name for result in promised([late, held], "2 cores") if result.met is False}

    assert missed == {"spread, embedded: p99", "kill, embedded: held", "kill, embedded: all done after the restart"}


def test_the_burst_is_held_against_the_best_in_python() -> None:
    of = [one("taskwake", "", "burst-20k"), replace(one("pgqueuer", "tuned", "burst-20k"), last_seconds=2.0)]

    (rate,) = (result for result in promised(of, "2 cores") if result.unit == "reminders/s")

    assert (rate.value, rate.target, rate.met) == (5000, ">= 10000", False)


def test_what_was_not_reached_is_shown_by_the_patience() -> None:
    of = replace(one("pg-boss", "stock", "burst-1k"), late_p99_ms=None, late_max_ms=None, last_seconds=None, held=900)

    text = page([one("taskwake", "", "burst-1k"), of], "2 cores")

    assert 'data-of="99 of 100">&gt; 31 s' in text
    assert '<span class="no">900</span>' in text
